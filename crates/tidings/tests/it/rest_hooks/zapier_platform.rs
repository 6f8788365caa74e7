//! The integration in `examples/zapier`, run by npm's `zapier-platform-core` as Zapier would.

use std::process::Stdio;

use serde_json::{Value, json};
use tidings_testkit::{program::shown, tools, wait};
use tokio::process::Command;

use super::{ASSIGNED, CREATED, HookScene};

/// Does one step; gives what it gives.
async fn step(name: &str, bundle: Value) -> Value {
    let mut command = Command::new("node");
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/rest_hooks/run_zapier.cjs"
        ))
        .arg(name)
        .env("NODE_PATH", tools::node_modules())
        .env("BUNDLE", bundle.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = wait::within("the step", command.output()).await.unwrap();
    assert!(output.status.success(), "{name}: {}", shown(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
}

#[tokio::test]
async fn el_13_the_zapier_integration_samples_subscribes_gets_and_unsubscribes() {
    let scene = HookScene::start().await;
    let authentication = json!({"url": scene.app.url(), "username": scene.user.login,
        "password": scene.user.password});
    let bundle = |more: Value| {
        let mut bundle = json!({"authData": authentication, "inputData": {"event": CREATED}});
        let map = bundle.as_object_mut().unwrap();
        map.extend(more.as_object().unwrap().clone());
        bundle
    };
    assert_eq!(step("definition", json!({})).await, json!([]));
    step("authenticate", bundle(json!({}))).await;
    let events = step("events", bundle(json!({}))).await;
    assert!(events.to_string().contains(ASSIGNED), "{events}");
    let samples = step("samples", bundle(json!({}))).await;
    assert_eq!(samples[0]["action"], CREATED);

    let url = scene.receiver.url("/hooks/catch/17/abc/");
    let subscription = step("subscribe", bundle(json!({"targetUrl": url}))).await;
    assert_eq!(subscription["id"], 1);
    assert_eq!(scene.hooks().await[0]["subscription_url"], url);
    scene.send(CREATED).await;
    let live = scene.receiver.wait_for("/hooks/catch/17/abc/", 1).await[0].json();
    let got = step("perform", bundle(json!({"cleanedRequest": live}))).await;
    assert_eq!(got, json!([live]));

    step(
        "unsubscribe",
        bundle(json!({"subscribeData": subscription})),
    )
    .await;
    assert!(scene.hooks().await.is_empty());
}
