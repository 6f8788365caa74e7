//! Lists of applications that leave some out by the endpoints that they have.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};

use crate::support::{app, app_on, refused_field};

const WITHOUT: &str = "exclude_apps_with_no_endpoints=true";
const DISABLED: &str = "exclude_apps_with_disabled_endpoints=true";
const PLAY: &str = "exclude_apps_with_svix_play_endpoints=true";

async fn application(app: &TestApp, name: &str, endpoints: &[(&str, bool)]) {
    let owner = app.create_application(name).await;
    for (url, is_disabled) in endpoints {
        let endpoint = json!({"url": url, "disabled": is_disabled});
        app.create_endpoint(&owner, endpoint).await;
    }
}

/// Four applications, in this order.
async fn fill(app: &TestApp) {
    let made = app.client.post("/api/v1/inbox", json!({"name": "mine"}));
    let inbox = text(&made.await.expect(201)["url"]);
    application(app, "none", &[]).await;
    let off = [
        ("https://a.example.com/", true),
        ("https://b.example.com/", true),
    ];
    application(app, "off", &off).await;
    let play = [
        ("https://play.svix.com/in/e_1/", false),
        ("https://api.play.svix.com/in/e_2/", true),
        (&inbox, false),
    ];
    application(app, "play", &play).await;
    let real = [
        ("https://play.svix.com/in/e_3/", true),
        ("https://a.example.com/in/x", false),
    ];
    application(app, "real", &real).await;
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(&row["name"])).collect()
}

async fn every_filter_leaves_out_what_it_says(app: TestApp) {
    fill(&app).await;
    for (query, expected) in [
        (String::new(), "none off play real"),
        (WITHOUT.to_owned(), "off play real"),
        (DISABLED.to_owned(), "none play real"),
        (PLAY.to_owned(), "none off real"),
        (format!("{WITHOUT}&{DISABLED}&{PLAY}"), "real"),
        (WITHOUT.replace("true", "false"), "none off play real"),
    ] {
        let list = app.client.get(&format!("/api/v1/app?{query}")).await;
        assert_eq!(names(&rows(&list)).join(" "), expected, "{query}");
    }
    // Its pages are those of the whole list, so one may be empty before the end.
    let (mut iterator, mut pages) = (String::new(), Vec::new());
    loop {
        let path = format!("/api/v1/app?limit=1&{WITHOUT}&{DISABLED}&iterator={iterator}");
        let page = app.client.get(&path).await.expect(200);
        pages.push(names(page["data"].as_array().unwrap()).concat());
        if page["done"] == true {
            break;
        }
        iterator = text(&page["iterator"]);
    }
    assert_eq!(pages, ["", "", "play", "real"]);
    let wrong = app.client.get(&format!("/api/v1/app?{PLAY}x")).await;
    refused_field(&wrong, &["query", "exclude_apps_with_svix_play_endpoints"]);
}

#[tokio::test]
async fn applications_are_left_out_by_their_endpoints() {
    every_filter_leaves_out_what_it_says(app().await).await;
}

#[tokio::test]
async fn on_postgres_applications_are_left_out_by_their_endpoints() {
    let database = Database::new(Version::V15);
    every_filter_leaves_out_what_it_says(app_on(&database).await).await;
}
