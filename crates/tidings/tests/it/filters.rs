//! Endpoints with filters and with groups of event types get what they want and nothing else.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{Scene, app, app_on, refused, refused_field};

/// The paths of the receiver that a message went to, once it went to all of them.
async fn reached(app: &TestApp, owner: &str, message: &str, receiver: &Receiver) -> Vec<String> {
    app.wait_for_status(owner, message, 0).await;
    let requests = receiver.requests();
    let of_message = requests.iter().filter(|request| request.id() == message);
    let mut paths: Vec<_> = of_message.map(|request| request.path.clone()).collect();
    paths.sort();
    paths
}

async fn goes_to_who_wants_it(app: TestApp) {
    let receiver = Receiver::start().await;
    let owner = app.create_application("Filters").await;
    for (path, endpoint) in [
        ("/all", json!({})),
        (
            "/large",
            json!({"filter": {"invoice.total": {"$gte": 100}}}),
        ),
        (
            "/berlin",
            json!({"filter": {"invoice.lines.*.city": "Berlin"}}),
        ),
        ("/group", json!({"eventTypes": ["invoice.*"]})),
        (
            "/both",
            json!({"eventTypes": ["invoice.*"], "filter": {"invoice": {"note": {"$exists": false}}}}),
        ),
        ("/other", json!({"eventTypes": ["user.*"]})),
    ] {
        let mut endpoint = endpoint;
        endpoint["url"] = receiver.url(path).into();
        app.create_endpoint(&owner, endpoint).await;
    }
    let large = json!({"invoice": {"total": 100, "lines": [{"city": "Bonn"}]}});
    let berlin = json!({"invoice": {"total": "100", "note": "", "lines": [{"city": "Bonn"}, {"city": "Berlin"}]}});
    for (event_type, payload, expected) in [
        (
            "invoice.paid",
            &large,
            vec!["/all", "/both", "/group", "/large"],
        ),
        (
            "invoice.line.added",
            &berlin,
            vec!["/all", "/berlin", "/group"],
        ),
        ("invoice", &large, vec!["/all", "/large"]),
        ("user.created", &json!({}), vec!["/all", "/other"]),
    ] {
        let message = app.send(&owner, event_type, payload.clone()).await;
        let paths = reached(&app, &owner, &message, &receiver).await;
        assert_eq!(paths, expected, "{event_type}");
    }
}

#[tokio::test]
async fn a_message_goes_to_the_endpoints_whose_filters_match_and_to_no_other() {
    goes_to_who_wants_it(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_message_goes_to_the_endpoints_whose_filters_match_and_to_no_other() {
    goes_to_who_wants_it(app_on(&Database::new(Version::V15)).await).await;
}

#[tokio::test]
async fn a_filter_is_kept_as_it_is_written_changed_and_cleared() {
    let mut scene = Scene::start().await;
    let path = scene.endpoint_path("");
    let written = r#"{"n": {"$lt" : 9007199254740993, "$ne":1.0}}"#;
    let body = format!(r#"{{"filter": {written}}}"#);
    let client = &scene.app.client;
    let answer = client.send(http::Method::PATCH, &path, body).await;
    answer.expect(200);
    let shown = format!("\"filter\":{written}");
    assert!(answer.text().contains(&shown), "{}", answer.text());
    assert!(client.get(&path).await.text().contains(&shown));
    let described = json!({"description": "x"});
    client.patch(&path, described).await.expect(200);

    scene.app.stop().await;
    scene.app.start_again().await;
    let client = &scene.app.client;
    assert!(
        client.get(&path).await.text().contains(&shown),
        "after a restart"
    );
    let kept = scene.send(json!({"n": 9_007_199_254_740_993_i64})).await;
    let taken = scene.send(json!({"n": 9_007_199_254_740_992_i64})).await;
    scene.status(&taken, 0).await;
    assert!(scene.app.attempts(&scene.owner, &kept).await.is_empty());

    // Asked for by hand it goes out all the same.
    let resend = scene.path(&format!("/msg/{kept}/endpoint/{}/resend", scene.endpoint));
    client.post(&resend, json!({})).await.expect(202);
    scene.attempts(&kept, 1).await;

    let cleared = client
        .patch(&path, json!({"filter": null}))
        .await
        .expect(200);
    assert_eq!(cleared["filter"], Value::Null);
    let all = scene.send(json!({"n": 1})).await;
    scene.status(&all, 0).await;

    let set = json!({"filter": {"n": 2}});
    client.patch(&path, set).await.expect(200);
    let put = json!({"url": scene.receiver.url("/hook")});
    let replaced = client.put(&path, put).await.expect(200);
    assert_eq!(replaced["filter"], Value::Null, "PUT replaces all");
}

#[tokio::test]
async fn a_wrong_filter_is_refused_with_the_way_to_it_and_changes_nothing() {
    let scene = Scene::with_endpoint(json!({"filter": {"a": 1}})).await;
    let client = &scene.app.client;
    for (filter, loc, word) in [
        (
            json!({"a": {"$near": 1}}),
            json!(["body", "filter", "a", "$near"]),
            "$near",
        ),
        (
            json!({"$or": [{"b": {"$gt": null}}]}),
            json!(["body", "filter", "$or", "0", "b", "$gt"]),
            "number",
        ),
        (
            json!({"a": {"$regex": "("}}),
            json!(["body", "filter", "a", "$regex"]),
            "regular",
        ),
        (json!({}), json!(["body", "filter"]), "says nothing"),
        (json!("a"), json!(["body", "filter"]), "object"),
        (
            json!({"a": "x".repeat(8192)}),
            json!(["body", "filter"]),
            "8192",
        ),
    ] {
        let endpoint = json!({"url": scene.receiver.url("/hook"), "filter": filter});
        let made = client.post(&scene.path("/endpoint"), endpoint).await;
        let change = json!({"filter": filter});
        let changed = client.patch(&scene.endpoint_path(""), change).await;
        for answer in [made, changed] {
            let body = refused(&answer, 422, "validation");
            let problem = &body["detail"][0];
            assert_eq!(problem["loc"], loc, "{body}");
            assert!(text(&problem["msg"]).contains(word), "{body}");
        }
    }
    let twice = r#"{"filter": {"a": 1, "a": 2}}"#.to_owned();
    let path = scene.endpoint_path("");
    let answer = client.send(http::Method::PATCH, &path, twice).await;
    let body = refused(&answer, 422, "validation");
    assert_eq!(body["detail"][0]["loc"], json!(["body", "filter", "a"]));
    assert_eq!(client.get(&path).await.json()["filter"], json!({"a": 1}));
    let all = client.get(&scene.path("/endpoint")).await;
    assert_eq!(rows(&all).len(), 1, "nothing was made");
}

#[tokio::test]
async fn a_star_is_for_whole_groups_of_event_types() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    for wrong in ["*", "inv*", "*.paid", "a.*.b", "invoice.p*"] {
        let endpoint = json!({"url": scene.receiver.url("/x"), "eventTypes": [wrong]});
        let answer = client.post(&scene.path("/endpoint"), endpoint).await;
        refused_field(&answer, &["body", "eventTypes"]);
        let message = json!({"eventType": "a.*", "payload": {}});
        let answer = scene.app.try_send(&scene.owner, message).await;
        refused_field(&answer, &["body", "eventType"]);
    }
}

#[tokio::test]
async fn a_filter_is_tried_out_on_a_payload_and_on_the_last_messages() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let path = scene.path("/filter/try");
    let filter = json!({"n": {"$gt": 1}});
    let nothing = client.post(&path, json!({"filter": filter})).await;
    assert_eq!(nothing.expect(200), json!({"data": []}));

    let payload = json!({"filter": filter, "payload": {"n": 1}});
    let tried = client.post(&path, payload).await.expect(200);
    let expected = json!({"data": [{"messageId": null, "eventType": null, "timestamp": null,
        "matches": false, "decidedBy": "/n/$gt"}]});
    assert_eq!(tried, expected);

    let one = scene.send(json!({"n": 1})).await;
    let two = scene
        .app
        .send(&scene.owner, "user.changed", json!({"n": 2}))
        .await;
    let tried = client
        .post(&path, json!({"filter": filter}))
        .await
        .expect(200);
    let told = |at: usize| {
        (
            text(&tried["data"][at]["messageId"]),
            &tried["data"][at]["matches"],
        )
    };
    assert_eq!(told(0), (two, &json!(true)));
    assert_eq!(told(1), (one.clone(), &json!(false)));
    let of_type = json!({"filter": filter, "eventType": "user.created"});
    let tried = client.post(&path, of_type).await.expect(200);
    assert_eq!(tried["data"].as_array().unwrap().len(), 1);
    assert_eq!(tried["data"][0]["messageId"], one.as_str());

    for (wrong, field) in [
        (json!({}), "filter"),
        (json!({"filter": null}), "filter"),
        (json!({"filter": filter, "payload": []}), "payload"),
        (
            json!({"filter": filter, "payload": {}, "eventType": "a"}),
            "eventType",
        ),
        (json!({"filter": filter, "eventType": "a b"}), "eventType"),
    ] {
        refused_field(&client.post(&path, wrong).await, &["body", field]);
    }
    let elsewhere = "/api/v1/app/app_none/filter/try";
    refused(
        &client.post(elsewhere, json!({"filter": filter})).await,
        404,
        "not_found",
    );
    let keyless = client.without_key();
    refused(
        &keyless.post(&path, json!({"filter": filter})).await,
        401,
        "authentication_failed",
    );
}
