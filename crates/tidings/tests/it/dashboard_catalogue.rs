//! The pages of the dashboard about what the service offers, and about work behind requests, without a browser: event types
//! and their editor, catalogues, plans, operational webhooks, jobs. What forms do is read back over the API.

use serde_json::json;
use tidings_testkit::app::{rows, text};

use crate::staff::{Staff, hidden, location, post};
use crate::support::{Scene, app};

#[tokio::test]
async fn the_editor_names_the_wrong_field_and_saves_a_right_one_once() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let (list, new) = ("/dashboard/event-types", "/dashboard/event-types/new");
    assert!(
        staff
            .page(list)
            .await
            .contains("The catalogue has no events yet.")
    );
    let schema = "%7B%22type%22%3A%22text%22%7D"; // {"type":"text"}
    for (fields, error) in [
        ("name=a+b&schema=&sample=".to_owned(), "name-error"),
        ("name=a.b&schema=%7B".to_owned(), "schema-error"),
        (format!("name=a.b&schema={schema}"), "schema-error"),
        ("name=a.b&sample=%5B%5D".to_owned(), "sample-error"),
    ] {
        let wrong = staff.send(new, list, &fields).await;
        assert_eq!(wrong.status, 422, "{fields}");
        assert!(
            wrong.text().contains(&format!("id=\"{error}\"")),
            "{fields}: {}",
            wrong.text()
        );
    }
    assert!(rows(&app.client.get("/api/v1/event-type").await).is_empty());

    let schema = "%7B%22type%22%3A%22object%22%2C%22required%22%3A%5B%22id%22%5D%7D"; // an object with an id
    let shown = staff.page(new).await;
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let fields = format!(
        "token={token}&once={once}&name=booking.created&description=A+booking&group=bookings&flags=beta,+vip\
         &policy=refuse&schema={schema}&sample=%7B%22id%22%3A1%7D"
    );
    for _ in 0..2 {
        let made = post(&staff.client, list, &fields).await;
        assert_eq!(
            location(&made),
            "/dashboard/event-types/booking.created?done=saved"
        );
    }
    let path = "/api/v1/event-type/booking.created";
    let stored = app.client.get(path).await.expect(200);
    assert_eq!(stored["schemas"]["1"]["required"], json!(["id"]));
    assert_eq!(stored["schemaPolicy"], "refuse");
    assert_eq!(stored["featureFlags"], json!(["beta", "vip"]));
    assert_eq!(stored["groupName"], "bookings");

    // The policy holds: what does not fit is refused.
    let owner = app.create_application("Cool Account").await;
    let misfit = json!({"eventType": "booking.created", "payload": {}});
    assert_eq!(app.try_send(&owner, misfit.clone()).await.status, 422);

    let page = "/dashboard/event-types/booking.created";
    let update = format!("{page}/update");
    let looser = "%7B%22type%22%3A%22object%22%2C%22required%22%3A%5B%22name%22%5D%7D";
    let fields = format!("description=Another&policy=warn&schema={looser}&new-version=on");
    location(&staff.send(&update, &update, &fields).await);
    let stored = app.client.get(path).await.expect(200);
    assert_eq!(stored["schemas"]["1"]["required"], json!(["id"]));
    assert_eq!(stored["schemas"]["2"]["required"], json!(["name"]));
    assert_eq!(app.try_send(&owner, misfit).await.status, 202);
    let shown = staff.page(page).await;
    assert!(
        shown.contains("1 message did not fit the schema"),
        "{shown}"
    );
    location(&staff.send(page, &format!("{page}/drift"), "").await);
    assert!(!staff.page(page).await.contains("did not fit"));
}

#[tokio::test]
async fn an_event_type_is_archived_and_comes_back() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let body = json!({"name": "booking.created", "description": "A booking."});
    app.client
        .post("/api/v1/event-type", body)
        .await
        .expect(201);
    let path = "/api/v1/event-type/booking.created";
    let (list, page) = (
        "/dashboard/event-types",
        "/dashboard/event-types/booking.created",
    );
    assert!(staff.page(list).await.contains(page));
    location(&staff.send(page, &format!("{page}/archive"), "").await);
    assert_eq!(app.client.get(path).await.expect(200)["archived"], true);
    assert!(!staff.page(list).await.contains(page));
    assert!(
        staff
            .page("/dashboard/event-types?archived=yes")
            .await
            .contains(page)
    );
    location(
        &staff
            .send(page, &format!("{page}/archive"), "restore=yes")
            .await,
    );
    assert_eq!(app.client.get(path).await.expect(200)["archived"], false);
}

#[tokio::test]
async fn a_catalogue_is_looked_at_before_it_is_imported() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let (list, wink) = ("/dashboard/catalogues", "/dashboard/catalogues/wink");
    let looked = staff.send(list, wink, "").await;
    assert_eq!(looked.status, 200);
    assert!(looked.text().contains("Nothing has been changed yet"));
    assert!(rows(&app.client.get("/api/v1/event-type").await).is_empty());
    let imported = staff.send(list, wink, "apply=yes").await;
    assert!(imported.text().contains("The catalogue is imported."));
    let stored = app.client.get("/api/v1/event-type/booking.created").await;
    stored.expect(200);
    assert_eq!(
        staff
            .send(list, "/dashboard/catalogues/nothing", "")
            .await
            .status,
        404
    );
    assert!(
        staff
            .page("/dashboard/event-types")
            .await
            .contains("booking.created")
    );
}

#[tokio::test]
async fn plans_are_replaced_as_a_whole_and_one_in_use_stays() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let path = "/dashboard/plans";
    let two = "uid-0=free&name-0=Free&uid-1=pro&name-1=Pro&webhooks-1=on&endpoints-1=5&features-1=a,b&uid-2=&name-2=";
    assert_eq!(
        location(&staff.send(path, path, two).await),
        "/dashboard/plans?done=saved"
    );
    let stored = app.client.get("/api/v1/plan").await.expect(200);
    assert_eq!(stored["data"].as_array().unwrap().len(), 2);
    assert_eq!(stored["data"][1]["maxEndpoints"], 5);
    assert_eq!(stored["data"][0]["webhooks"], false);
    let wrong = staff
        .send(path, path, "uid-0=free&name-0=Free&rate-0=many")
        .await;
    assert_eq!(wrong.status, 422);
    let body = json!({"name": "Cool Account", "plan": "pro"});
    app.client.post("/api/v1/app", body).await.expect(201);
    let refused = staff.send(path, path, "uid-0=free&name-0=Free").await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text()
            .contains("A plan that an application has cannot go")
    );
    let stored = app.client.get("/api/v1/plan").await.expect(200);
    assert_eq!(stored["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn operational_webhooks_are_made_changed_and_removed_by_admins() {
    let scene = Scene::start().await;
    let staff = Staff::join(&scene.app, "admin").await;
    let list = "/dashboard/operational";
    let wrong = staff
        .send("/dashboard/operational/new", list, "url=nowhere")
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("id=\"url-error\"") && wrong.text().contains("value=\"nowhere\"")
    );
    let fields = format!(
        "description=Pager&enabled=on&url={}&events=endpoint.created",
        scene.receiver.url("/ops")
    );
    let made = staff
        .send("/dashboard/operational/new", list, &fields)
        .await;
    assert_eq!(location(&made), "/dashboard/operational?done=saved");
    let path = "/api/v1/operational-webhook/endpoint";
    let all = rows(&scene.app.client.get(path).await);
    assert_eq!(all.len(), 1);
    let id = text(&all[0]["id"]);
    assert_eq!(all[0]["filterTypes"], json!(["endpoint.created"]));
    assert!(staff.page(list).await.contains("Pager"));

    let page = format!("{list}/{id}");
    let url = scene.receiver.url("/other");
    scene
        .app
        .create_endpoint(&scene.owner, json!({"url": url}))
        .await;
    scene.receiver.wait_for("/ops", 1).await;
    let shown = staff.page(&page).await;
    let (_, secret) = shown.split_once("whsec_").unwrap();
    let secret = secret.split('<').next().unwrap().to_owned();
    location(&staff.send(&page, &format!("{page}/secret"), "").await);
    assert!(
        !staff.page(&page).await.contains(&secret),
        "it was replaced"
    );
    let update = format!("{page}/update");
    let fields = format!("description=Off&url={}", scene.receiver.url("/ops"));
    location(&staff.send(&update, &update, &fields).await);
    assert_eq!(rows(&scene.app.client.get(path).await)[0]["disabled"], true);
    let remove = format!("{page}/remove");
    location(&staff.send(&remove, &remove, "").await);
    assert!(rows(&scene.app.client.get(path).await).is_empty());
    assert_eq!(staff.get(&page).await.status, 404);
}

#[tokio::test]
async fn a_job_is_listed_and_can_be_stopped() {
    let scene = Scene::start().await;
    let staff = Staff::join(&scene.app, "developer").await;
    assert!(staff.page("/dashboard/jobs").await.contains("No jobs"));
    scene
        .app
        .send(&scene.owner, "booking.created", json!({}))
        .await;
    let since = json!({"since": "2020-01-01T00:00:00Z"});
    let path = scene.endpoint_path("/replay-missing");
    let made = scene.app.client.post(&path, since).await.expect(202);
    let id = text(&made["id"]);
    let list = staff.page("/dashboard/jobs").await;
    assert!(list.contains(&format!("/dashboard/jobs/{id}")), "{list}");
    let page = format!("/dashboard/jobs/{id}");
    let shown = staff.page(&page).await;
    assert!(shown.contains("Replay what was never sent"));
    // It may have ended by itself; then it cannot be stopped any more, and says so.
    let stopped = staff
        .send("/dashboard/you", &format!("{page}/cancel"), "")
        .await;
    let task = scene
        .app
        .client
        .get(&format!("/api/v1/background-task/{id}"))
        .await
        .expect(200);
    match stopped.status {
        303 => assert_eq!(task["data"]["canceled"], true),
        status => assert_eq!((status, &task["status"]), (409, &json!("finished"))),
    }
}
