//! The feed of an inbox.

use std::time::Duration;

use http::Method;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Inbox;
use crate::support::{app, app_on};

async fn the_feed_tells(app: TestApp, other: Option<&Client>) {
    let inbox = Inbox::of(app).await;
    inbox.send("/before", "{}").await;
    let mut stream = TcpStream::connect(inbox.app.server().address())
        .await
        .unwrap();
    let head = inbox
        .app
        .client
        .raw_head("GET", &format!("{}/feed", inbox.api));
    stream
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    let mut read = Vec::new();
    let mut read_until = async |wanted: &str| {
        let reading = async {
            while !String::from_utf8_lossy(&read).contains(wanted) {
                assert!(
                    stream.read_buf(&mut read).await.unwrap() > 0,
                    "the feed has ended"
                );
            }
        };
        let is_there = tokio::time::timeout(Duration::from_secs(20), reading).await;
        assert!(is_there.is_ok(), "{wanted} is not told");
        String::from_utf8_lossy(&read).into_owned()
    };
    read_until(": open").await;
    inbox.send("/one", "{}").await;
    read_until(r#""path":"/one""#).await;
    let sender = other.unwrap_or(&inbox.sender);
    sender
        .send(Method::PUT, &format!("{}/two", inbox.url), "{}")
        .await;
    let told = read_until(r#""path":"/two""#).await;
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
