//! The feed of an inbox.

use http::Method;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, EventStream, TestApp};

use super::Inbox;
use crate::support::{app, app_on};

async fn the_feed_tells(app: TestApp, other: Option<&Client>) {
    let inbox = Inbox::of(app).await;
    inbox.send("/before", "{}").await;
    let feed = format!("{}/feed", inbox.api);
    let head = inbox.app.client.raw_head("GET", &feed);
    let mut stream = EventStream::open(inbox.app.server().address(), &head).await;
    inbox.send("/one", "{}").await;
    stream.read_until(r#""path":"/one""#).await;
    let sender = other.unwrap_or(&inbox.sender);
    sender
        .send(Method::PUT, &format!("{}/two", inbox.url), "{}")
        .await;
    let told = stream.read_until(r#""path":"/two""#).await;
    assert_eq!(told.matches("event: request").count(), 2, "{told}");
    assert!(!told.contains("/before"), "{told}");
}

#[tokio::test]
async fn the_feed_tells_what_is_caught_from_now_on() {
    the_feed_tells(app().await, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_tells_what_another_node_has_caught() {
    let database = Database::new(Version::V15);
    let app = app_on(&database).await;
    let other = app_on(&database).await;
    the_feed_tells(app, Some(&other.client.without_key())).await;
}
