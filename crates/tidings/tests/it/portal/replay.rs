//! Sending again from the portal: counted first, begun afterwards, shown while it goes on, and stopped.

use serde_json::{Value, json};
use tidings_testkit::{Reply, wait};

use super::browser::{Browser, hidden, location, page, post};
use crate::support::Scene;

/// One attempt and no more, so that a failure is one at once.
const ONCE: (&str, &str) = ("retry_schedule", "none");

/// An account whose webhook has failed some times.
struct Outage {
    scene: Scene,
    browser: Browser,
}

impl Outage {
    async fn of(count: usize, then: impl Into<Reply>, settings: &[(&str, &str)]) -> Self {
        let scene = Scene::with_settings(settings).await;
        scene.receiver.script("/hook", [500]);
        for number in 0..count {
            let message = scene.send(json!({"n": number})).await;
            scene.attempts(&message, 1).await;
        }
        scene.receiver.script("/hook", [then.into()]);
        let browser = Browser::open(&scene.app, &scene.owner, json!({})).await;
        Self { scene, browser }
    }

    fn at(&self, rest: &str) -> String {
        format!("webhooks/{}/{rest}", self.scene.endpoint)
    }

    /// Counts; gives the page of the task once it has ended.
    async fn count(&self, fields: &str) -> (String, String) {
        let replay = self.at("replay");
        let task = location(&self.browser.send(&replay, &replay, fields).await);
        (self.ended(&task).await, task)
    }

    async fn ended(&self, task: &str) -> String {
        let read = async || page(&self.browser.client.get(task).await);
        wait::until("the end of the task", read, |shown| {
            !shown.contains(" data-running")
        })
        .await
    }

    /// Begins what a page has counted; gives the address of the task.
    async fn begin(&self, counted: &str) -> String {
        let fields = ["token", "once", "counted"].map(|name| {
            // The first form of the page is that of signing out, which has the same token.
            format!("{name}={}", hidden(counted, name))
        });
        let path = format!("/portal/{}/{}", self.browser.owner, self.at("replay"));
        location(&post(&self.browser.client, &path, &fields.join("&")).await)
    }
}

#[tokio::test]
async fn what_has_failed_is_counted_before_it_is_sent_again_once() {
    let outage = Outage::of(3, 204, &[ONCE]).await;
    let (counted, task) = outage.count("what=failed&since=1").await;
    assert!(
        counted.contains("3 events would be sent again"),
        "{counted}"
    );
    assert_eq!(
        outage.scene.receiver.requests_to("/hook").len(),
        3,
        "a count sends nothing"
    );
    let first = outage.begin(&counted).await;
    assert_ne!(first, task);
    // The same form once more is the same task.
    assert_eq!(outage.begin(&counted).await, first);
    let sent = outage.ended(&first).await;
    assert!(sent.contains("3 events are on their way again"), "{sent}");
    outage.scene.receiver.wait_for("/hook", 6).await;
    let (nothing, _) = outage.count("what=failed&since=1").await;
    assert!(
        nothing.contains("There is nothing to send again"),
        "{nothing}"
    );
    assert!(!nothing.contains("name=\"counted\""));
    let (all, _) = outage.count("what=all&since=1").await;
    assert!(all.contains("3 events would be sent again"), "{all}");
    assert_eq!(outage.scene.receiver.requests_to("/hook").len(), 6);
}

#[tokio::test]
async fn a_task_shows_how_far_it_has_come_and_can_be_stopped() {
    let slow = [ONCE, ("replay_pending_max", "1")];
    let outage = Outage::of(4, Reply::Hang, &slow).await;
    let (counted, _) = outage.count("what=failed&since=24").await;
    let task = outage.begin(&counted).await;
    let read = async || page(&outage.browser.client.get(&task).await);
    let shown = wait::until("some of it", read, |shown| {
        shown.contains(" of 4 sent again")
    })
    .await;
    assert!(shown.contains("<progress max=\"100\" value=\""), "{shown}");
    assert!(shown.contains("<noscript><meta http-equiv=\"refresh\""));
    let token = hidden(&shown, "token");
    let cancel = format!("{task}/cancel");
    let stopped = post(&outage.browser.client, &cancel, &format!("token={token}")).await;
    assert_eq!(location(&stopped), task);
    let ended = outage.ended(&task).await;
    assert!(ended.contains("Stopped."), "{ended}");
    let id = task.rsplit('/').next().unwrap();
    let path = format!("/api/v1/background-task/{id}");
    let job: Value = outage.scene.app.client.get(&path).await.expect(200);
    assert_eq!(job["data"]["canceled"], true);
}

#[tokio::test]
async fn tasks_of_others_are_not_there_and_a_reader_begins_none() {
    let outage = Outage::of(1, 204, &[ONCE]).await;
    let (counted, task) = outage.count("what=failed&since=1").await;
    assert!(counted.contains("1 event would be sent again"), "{counted}");
    let other = outage.scene.app.create_application("Harbour Hotels").await;
    let stranger = Browser::open(&outage.scene.app, &other, json!({})).await;
    assert_eq!(stranger.client.get(&task).await.status, 404);
    let elsewhere = task.replace(&outage.scene.owner, &other);
    assert_eq!(stranger.client.get(&elsewhere).await.status, 404);
    let own = outage
        .scene
        .app
        .create_endpoint(&other, json!({"url": "http://127.0.0.1:9/x"}))
        .await;
    let id = task.rsplit('/').next().unwrap();
    let borrowed = format!("webhooks/{own}/tasks/{id}");
    assert_eq!(stranger.get(&borrowed).await.status, 404);
    let token = hidden(&page(&stranger.get("webhooks").await), "token");
    let path = format!("/portal/{other}/webhooks/{own}/replay");
    let answer = post(
        &stranger.client,
        &path,
        &format!("token={token}&counted={id}"),
    )
    .await;
    assert_eq!(answer.status, 404);

    let reader = Browser::open(
        &outage.scene.app,
        &outage.scene.owner,
        json!({"readOnly": true}),
    )
    .await;
    assert_eq!(reader.get(&outage.at("replay")).await.status, 403);
    let token = hidden(&page(&reader.get("webhooks").await), "token");
    let path = format!("/portal/{}/{}", outage.scene.owner, outage.at("replay"));
    for fields in ["what=failed&since=1".to_owned(), format!("counted={id}")] {
        let answer = post(&reader.client, &path, &format!("token={token}&{fields}")).await;
        assert_eq!(answer.status, 403, "{fields}");
    }
    for wrong in ["what=purge&since=1", "what=failed&since=9999", ""] {
        let answer = outage
            .browser
            .send(&outage.at("replay"), &outage.at("replay"), wrong)
            .await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
    assert_eq!(outage.scene.receiver.requests_to("/hook").len(), 1);
}
