//! `EventInsight`: couplings that hear of changes of users and companies, and a test that carries the record of
//! whoever asks for it.

use anyhow::ensure;
use serde_json::{Value, json};

use super::stage::{Stage, make};
use crate::output;

/// Where in the inbox changes go.
const PATH: &str = "couplings";
/// All of its triggers.
const EVENTS: [&str; 6] = [
    "user.new",
    "user.update",
    "user.delete",
    "company.new",
    "company.update",
    "company.delete",
];

/// Makes the coupling, changes records, and tests.
pub(super) async fn show(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    output::line(
        "\nEventInsight: a coupling hears of changes of users and companies.\n\
         A user is put three times, the second time unchanged, and deleted; a company is put once.\n",
    );
    let coupling = stage.add_endpoint("Couplings", PATH, &EVENTS).await?;
    let guan = r#"{"id":1,"name_first":"Guan","companies":[5]}"#;
    let renamed = r#"{"id":1,"name_first":"Guan","name_last":"the Man","companies":[5]}"#;
    put(stage, "user/1", guan, "new").await?;
    expect(
        stage,
        &json!({"entity_id": 1, "entity_type": "user", "action_type": "new"}),
        guan,
    )
    .await?;
    put(stage, "user/1", guan, "none").await?;
    stage.note("saved without a change: nothing is sent");
    put(stage, "user/1", renamed, "update").await?;
    let update = json!({"entity_id": 1, "entity_type": "user", "action_type": "update"});
    expect(stage, &update, renamed).await?;
    let company = r#"{"id":5,"name":"Let's Meet"}"#;
    put(stage, "company/5", company, "new").await?;
    let new = json!({"entity_id": 5, "entity_type": "company", "action_type": "new"});
    expect(stage, &new, company).await?;
    let test = format!("{}/endpoint/{coupling}/test", stage.account);
    make(stage.client, &test, &json!({"user": "1"})).await?;
    let test = json!({"entity_id": 1, "entity_type": "user", "action_type": "test"});
    expect(stage, &test, renamed).await?;
    let gone = format!("{}/record/user/1", stage.account);
    stage.client.delete(&gone).await?;
    let delete = json!({"entity_id": 1, "entity_type": "user", "action_type": "delete"});
    expect(stage, &delete, "null").await
}

async fn put(stage: &Stage<'_>, record: &str, value: &str, action: &str) -> anyhow::Result<()> {
    let path = format!("{}/record/{record}", stage.account);
    let put = stage.client.put(&path, value.to_owned()).await?;
    ensure!(
        put["action"] == action,
        "PUT {path} should be `{action}` and was {put}"
    );
    Ok(())
}

/// Waits for what is told of a change, whose new value is in `result`.
async fn expect(stage: &mut Stage<'_>, notice: &Value, record: &str) -> anyhow::Result<()> {
    let caught = stage.inbox.next(stage.client, PATH).await?;
    let (mut expected, record): (_, Value) = (notice.clone(), serde_json::from_str(record)?);
    if !record.is_null() {
        expected["result"] = record;
    }
    ensure!(
        caught.json() == expected,
        "{expected} was to come, and {} has come",
        caught.body()
    );
    stage.good(&caught.told());
    Ok(())
}
