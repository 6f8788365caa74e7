//! An event platform's couplings: endpoints that hear of changes of users and companies, how they are set
//! and looked at. What is sent of a record is in `records`, tests and the log in `examples`.
//!
//! Names begin with the row of the requirement that the test shows, as far as it needs no page.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};

use crate::rest_hooks::User;
use crate::support::{Scene, refused};

async fn put_user(scene: &Scene, id: u32, name: &str) -> String {
    let path = scene.path(&format!("/record/user/{id}"));
    let put = scene.app.client.put(&path, json!({"id": id, "name": name}));
    text(&put.await.expect(200)["messageId"])
}

async fn change(scene: &Scene, change: Value) -> Value {
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, change).await.expect(200)
}

#[tokio::test]
async fn ei_2_ei_14_a_change_is_a_post_to_the_url_as_it_is_stored() {
    let scene = Scene::start().await;
    let path = "/in/a%20b//c/?token=%41&x=/#part";
    let url = scene.receiver.url(path);
    assert_eq!(change(&scene, json!({"url": url})).await["url"], url);
    let message = put_user(&scene, 1, "Guan").await;
    // What is behind the `#` is for whoever keeps the URL and is never sent.
    let requests = scene
        .receiver
        .wait_for("/in/a%20b//c/?token=%41&x=/", 1)
        .await;
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].id(), message);
    assert_eq!(requests[0].json()["entity_id"], 1);
}

#[tokio::test]
async fn ei_9_only_an_admin_gets_to_the_webhooks() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let user = User::make(&scene.app, &scene.owner, json!({})).await;
    for list in [scene.path("/endpoint"), scene.endpoint_path("/test")] {
        let nobody = [
            client.without_key(),
            client.with_key("tdg_live_of_nobody"),
            // Whoever may add hooks for an application is no admin of the environment.
            user.client(&scene.app),
        ];
        for who in nobody {
            let answer = who.post(&list, json!({"url": scene.receiver.url("/no")}));
            refused(&answer.await, 401, "authentication_failed");
        }
    }
    let key = scene.app.program.create_key("other", "elsewhere").await;
    let answer = client.with_key(&key).get(&scene.path("/endpoint")).await;
    refused(&answer, 404, "not_found");
    assert_eq!(rows(&client.get(&scene.path("/endpoint")).await).len(), 1);
    assert!(scene.receiver.requests().is_empty());
}

#[tokio::test]
async fn ei_12_a_name_is_only_a_description() {
    let scene = Scene::with_endpoint(json!({"description": "CRM"})).await;
    let same = json!({"description": "CRM", "url": scene.receiver.url("/second")});
    scene.app.create_endpoint(&scene.owner, same).await;
    let before = put_user(&scene, 1, "Guan").await;
    change(&scene, json!({"description": "The other CRM"})).await;
    let after = put_user(&scene, 1, "Guan the Man").await;
    for path in ["/hook", "/second"] {
        let requests = scene.receiver.wait_for(path, 2).await;
        let mut ids: Vec<&str> = requests.iter().map(|one| one.id()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [&before, &after], "{path}");
    }
}

#[tokio::test]
async fn ei_13_a_coupling_is_active_or_not() {
    let scene = Scene::with_endpoint(json!({"disabled": true})).await;
    put_user(&scene, 1, "Guan").await;
    assert_eq!(
        change(&scene, json!({"disabled": false})).await["disabled"],
        false
    );
    let active = put_user(&scene, 1, "Guan the Man").await;
    scene.status(&active, 0).await;
    change(&scene, json!({"disabled": true})).await;
    put_user(&scene, 1, "Guan").await;
    change(&scene, json!({"disabled": false})).await;
    let again = put_user(&scene, 2, "Greta").await;
    scene.status(&again, 0).await;
    let requests = scene.receiver.requests();
    let ids: Vec<&str> = requests.iter().map(|one| one.id()).collect();
    assert_eq!(ids, [&active, &again]);
}

#[tokio::test]
async fn ei_19_twelve_events_leave_ten_rows_that_say_what_came_of_each() {
    let scene = Scene::with_settings(&[("retry_schedule", "1h")]).await;
    scene.receiver.script(
        "/hook",
        (1..=12).map(|number| if number == 12 { 500 } else { 204 }),
    );
    let mut messages = Vec::new();
    for id in 1..=12 {
        let message = put_user(&scene, id, "Guan").await;
        scene.attempts(&message, 1).await;
        messages.push(message);
    }
    let path = format!(
        "/attempt/endpoint/{}?limit=10&only_requests=true&with_msg=true",
        scene.endpoint
    );
    let list = rows(&scene.app.client.get(&scene.path(&path)).await);
    messages.reverse();
    let shown: Vec<String> = list.iter().map(|row| text(&row["msgId"])).collect();
    assert_eq!(shown, messages[..10]);
    for (number, row) in list.iter().enumerate() {
        let (status, code) = if number == 0 {
            ("fail", 500)
        } else {
            ("success", 204)
        };
        assert_eq!(
            (&row["statusText"], &row["responseStatusCode"]),
            (&json!(status), &json!(code))
        );
        assert_eq!(row["url"], scene.receiver.url("/hook"));
        assert_eq!(row["msg"]["eventType"], "user.new");
        assert!(text(&row["timestamp"]).ends_with('Z'), "{row}");
    }
}
