//! Easy LMS: a hook for finished exams, courses and assessments on the plan Corporate Owl, and a customer
//! below that plan, whose deliveries wait.

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::stage::{PLAN_NEEDED, Stage, make};
use crate::output;

/// Where in the inbox results go.
const PATH: &str = "easy-lms";
const EVENTS: [&str; 3] = ["exam.finished", "course.finished", "assessment.finished"];
/// What the product calls the customer below the plan.
pub(super) const SMALL_SCHOOL_UID: &str = "small-school";

/// Finishes one of each, and an exam of a customer below the plan.
pub(super) async fn show(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    output::line(
        "\nEasy LMS: a hook for finished exams, courses and assessments. Cool Account has the plan Corporate Owl.\n",
    );
    let hook = stage.add_endpoint("Easy LMS", PATH, &EVENTS).await?;
    for event in EVENTS {
        let path = format!("{}/endpoint/{hook}/send-example", stage.account);
        make(stage.client, &path, &json!({"eventType": event})).await?;
        let caught = stage.inbox.next(stage.client, PATH).await?;
        let body = caught.json();
        let has_result = ["player_name", "session_result"]
            .iter()
            .all(|name| body[name].is_string());
        ensure!(
            has_result,
            "{event} came without participant and result: {}",
            caught.body()
        );
        ensure!(
            caught.header("webhook-event-type") == event,
            "{event} was to come"
        );
        stage.good(&caught.told());
    }
    below_the_plan(stage).await
}

async fn below_the_plan(stage: &Stage<'_>) -> anyhow::Result<()> {
    let client = stage.client;
    let school = json!({"name": "Small School", "uid": SMALL_SCHOOL_UID, "plan": PLAN_NEEDED});
    make(client, "/app", &school).await?;
    let school = format!("/app/{SMALL_SCHOOL_UID}");
    let hook = json!({"url": stage.inbox.url(SMALL_SCHOOL_UID), "eventTypes": EVENTS});
    make(client, &format!("{school}/endpoint"), &hook).await?;
    let early = json!({"plan": "early"}).to_string();
    client.patch(&school, early).await?;
    let exam = json!({"eventType": "exam.finished", "payload": {"player_name": "Jane Doe"}});
    let message = make(client, &format!("{school}/msg"), &exam).await?;
    let message = super::stage::id_of(&message)?;
    let deliveries = client
        .get(&format!("{school}/msg/{message}/endpoint"))
        .await?;
    ensure!(
        deliveries["data"][0]["statusText"] == "pending",
        "the exam of Small School should wait: {deliveries}"
    );
    let plan = client.get(&format!("{school}/plan")).await?;
    let reason = plan["reason"].as_str().context("the plan has no reason")?;
    stage.good(
        "Small School has the plan Early Owl; its exam was accepted, is owed, and is not sent:",
    );
    output::line(format_args!("    \"{reason}\""));
    Ok(())
}
