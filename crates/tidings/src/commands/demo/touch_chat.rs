//! `TouchChat`: a board with a button that creates a document, and one that sends nothing but itself.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, id_of, make};
use crate::output;

/// Where in the inbox presses go.
const PATH: &str = "documents";
/// What stands on the button, and what its receiver is to make.
const LABEL: &str = "Create a document";
const DOCUMENT: &str = r#"{"content":"Hello","format":"bold"}"#;

/// Makes the board, and presses its buttons once each.
pub(super) async fn show(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    output::line(format_args!(
        "\nTouchChat: a board with the buttons {LABEL} and Ring the bell; each is pressed once.\n"
    ));
    let board = json!({"name": "My day", "uid": "my-day", "rows": 1, "columns": 2});
    let board = make(stage.client, &format!("{}/board", stage.account), &board).await?;
    let document = json!({
        "boardId": id_of(&board)?,
        "row": 0,
        "column": 0,
        "label": LABEL,
        "message": "Hello",
        "url": stage.inbox.url(PATH),
        "payload": r#"{"content":"${MESSAGE}","format":"bold"}"#,
    });
    let bell = json!({
        "boardId": id_of(&board)?,
        "row": 0,
        "column": 1,
        "label": "Ring the bell",
        "url": stage.inbox.url(PATH),
    });
    let caught = press(stage, &document).await?;
    ensure!(
        caught == DOCUMENT,
        "{DOCUMENT} was to come, and {caught} has come"
    );
    stage.good(&format!(
        "{LABEL}: the inbox has answered, and holds the document {caught}"
    ));
    let caught = press(stage, &bell).await?;
    ensure!(
        caught.is_empty(),
        "nothing was to be in it, and {caught} was"
    );
    stage.good("Ring the bell: the inbox has answered a request without a body");
    Ok(())
}

/// Makes a button, presses it, and gives what the inbox has caught.
async fn press(stage: &mut Stage<'_>, button: &Value) -> anyhow::Result<String> {
    let buttons = format!("{}/button", stage.account);
    let button = make(stage.client, &buttons, button).await?;
    let button = format!("{buttons}/{}", id_of(&button)?);
    // Each button signs with a secret of its own, by which its receiver knows it.
    let secret = stage.client.get(&format!("{button}/secret")).await?;
    let secret = secret["key"].as_str().context("the secret has no key")?;
    stage.inbox.verify_with(stage.client, secret).await?;
    let pressed = make(stage.client, &format!("{button}/press"), &json!({})).await?;
    ensure!(
        pressed["responseStatusCode"] == 200,
        "the answer to the press should be the inbox's: {pressed}"
    );
    let caught = stage.inbox.next(stage.client, PATH).await?;
    let secret = stage.secret.clone();
    stage.inbox.verify_with(stage.client, &secret).await?;
    Ok(caught.body().to_owned())
}
