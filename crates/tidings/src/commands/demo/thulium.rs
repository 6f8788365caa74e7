//! Thulium: an API user makes a hook by `POST /api/webhooks`, with credentials for its target.

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::stage::{Stage, make, post};
use crate::output;

/// Where in the inbox chats go.
const PATH: &str = "thulium";
const ACTION: &str = "CHAT_CONVERSATION_CREATED";
/// `hook:s3cret`, as HTTP Basic has it.
const CREDENTIALS: &str = "Basic aG9vazpzM2NyZXQ=";

/// Makes the API user and its hook, and starts a chat.
pub(super) async fn show(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let users = format!("{}/api-user", stage.account);
    let user = make(stage.client, &users, &json!({"login": "thulium-demo"})).await?;
    let text = |name: &str| user[name].as_str().context("the API user is not whole");
    let hooks = stage
        .client
        .as_api_user(text("login")?, text("password")?)?;
    let url = stage.inbox.url(PATH);
    output::line(format_args!(
        "\nThulium: the API user {} adds a hook with POST /api/webhooks.\n",
        text("login")?
    ));
    let hook = json!({"actions": [ACTION], "subscription_url": url,
        "http_auth_user": "hook", "http_auth_password": "s3cret"});
    let made = make(&hooks, "/webhooks", &hook).await?;
    let keys = made.as_object().map_or(0, serde_json::Map::len);
    ensure!(
        keys == 5 && made["id"].is_i64(),
        "the answer has other keys: {made}"
    );
    let listed = hooks.get("/webhooks").await?;
    let own = listed
        .as_array()
        .and_then(|all| all.iter().find(|one| one["id"] == made["id"]));
    let own = own.with_context(|| format!("the hook is not in the list: {listed}"))?;
    ensure!(
        own["http_auth_password"] != "s3cret",
        "the list shows the password"
    );
    stage.good(&format!(
        "webhook {} for {ACTION} is made and in the list",
        made["id"]
    ));

    // The hook has a secret of its own; here it signs as the others do, so that the inbox can tell.
    let endpoints = format!("{}/endpoint", stage.account);
    let all = stage.client.get(&format!("{endpoints}?limit=250")).await?;
    let all = all["data"]
        .as_array()
        .context("the endpoints are no list")?;
    let endpoint = all.iter().find(|one| one["url"] == url.as_str());
    let endpoint = endpoint.context("the hook is no endpoint")?;
    let rotate = format!(
        "{endpoints}/{}/secret/rotate",
        super::stage::id_of(endpoint)?
    );
    let rotation = json!({"key": stage.secret, "gracePeriodSeconds": 0});
    make(stage.client, &rotate, &rotation).await?;

    let chat = format!(
        "{{\"eventType\":\"{ACTION}\",\"payload\":{{\"action\":\"{ACTION}\",\
         \"conversation_id\":\"9c1f1d52-7b3c-4c0e-8f5a-2f4f5f3f9f11\",\"client_name\":\"Anna\",\
         \"client_email\":\"anna@example.com\",\"date\":\"2016-04-20 09:46:24\",\"chat_queue_id\":3}}}}"
    );
    post(stage.client, &format!("{}/msg", stage.account), chat).await?;
    let caught = stage.inbox.next(stage.client, PATH).await?;
    ensure!(
        caught.json()["action"] == ACTION,
        "this is no chat: {}",
        caught.body()
    );
    ensure!(
        caught.header("authorization") == CREDENTIALS,
        "the credentials are not there"
    );
    stage.good(&caught.told());
    stage.good("it brought the hook's user name and password by HTTP Basic");
    Ok(())
}
