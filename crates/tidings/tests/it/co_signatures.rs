//! One more signature for receivers that were written for GitHub, Stripe or Shopify, verified by code that is not ours.

use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Received, program, tools, wait};
use tokio::io::AsyncWriteExt as _;

use crate::support::{Scene, app, app_on, everything, refused_field};

const STYLES: [(&str, &str); 3] = [
    ("github", "x-hub-signature-256"),
    ("stripe", "stripe-signature"),
    ("shopify", "x-shopify-hmac-sha256"),
];

/// Lets the verifier in Python judge a request; it also makes sure that a changed body and another secret fail.
async fn verify(style: &str, secret: &str, header: &str, request: &Arc<Received>) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sdk");
    let script = std::path::Path::new(folder).join("co_signatures.py");
    let mut child = tokio::process::Command::new(tools::python())
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let input = json!({"style": style, "secret": secret, "signature": request.header(header),
        "body": String::from_utf8(request.body.to_vec()).unwrap()});
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = wait::within("the verifier", child.wait_with_output()).await;
    let output = output.unwrap();
    assert!(output.status.success(), "{}", program::shown(&output));
}

async fn each_style_is_verified(scene: Scene) {
    let path = scene.endpoint_path("");
    let client = &scene.app.client;
    let own = scene.secret().await;
    for (turn, (style, header)) in STYLES.into_iter().enumerate() {
        let secret = format!("whsec_secret of {style}");
        let wanted = json!({"coSignature": null});
        client.patch(&path, wanted).await.expect(200);
        let wanted = json!({"coSignature": {"style": style, "secret": secret}});
        let shown = client.patch(&path, wanted).await.expect(200);
        let expected = json!({"style": style, "header": header, "secret": "[hidden]"});
        assert_eq!(shown["coSignature"], expected);
        let payload = json!({"object": "event", "type": "user.created", "n": "é"});
        let message = scene.send(payload).await;
        let requests = scene.receiver.wait_for("/hook", turn + 1).await;
        let request = &requests[turn];
        verify(style, &secret, header, request).await;
        request.verify(&own);
        let attempts = scene.attempts(&message, 1).await;
        let noted = text(&attempts[0]["requestHeaders"]);
        assert!(noted.contains(header), "{noted}");
    }
}

#[tokio::test]
async fn each_style_is_verified_by_a_receiver_that_knows_it_on_sqlite() {
    each_style_is_verified(Scene::of(app().await, json!({})).await).await;
}

#[tokio::test]
async fn each_style_is_verified_by_a_receiver_that_knows_it_on_postgres() {
    let database = Database::new(Version::V15);
    each_style_is_verified(Scene::of(app_on(&database).await, json!({})).await).await;
}

#[tokio::test]
async fn a_part_can_be_changed_and_all_of_it_removed() {
    let wanted = json!({"style": "shopify", "secret": "old", "header": "X-Acme-Hmac"});
    let scene = Scene::with_endpoint(json!({"coSignature": wanted})).await;
    let path = scene.endpoint_path("");
    let client = &scene.app.client;
    let changed = async |change: Value| {
        let change = json!({"coSignature": change});
        client.patch(&path, change).await.expect(200)["coSignature"].clone()
    };
    let sent = async |count: usize| -> Arc<Received> {
        scene.send(json!({"object": "event"})).await;
        scene.receiver.wait_for("/hook", count).await[count - 1].clone()
    };
    verify("shopify", "old", "x-acme-hmac", &sent(1).await).await;
    changed(json!({"secret": "new"})).await;
    verify("shopify", "new", "x-acme-hmac", &sent(2).await).await;
    let shown = changed(json!({"style": "github", "header": null})).await;
    assert_eq!(shown["header"], "x-hub-signature-256");
    verify("github", "new", "x-hub-signature-256", &sent(3).await).await;

    // A replacement that says nothing of it leaves it, as it does with credentials.
    let put = json!({"url": scene.receiver.url("/hook")});
    let put = client.put(&path, put).await.expect(200);
    assert_eq!(put["coSignature"]["style"], "github");
    assert_eq!(changed(Value::Null).await, Value::Null);
    let request = sent(4).await;
    assert_eq!(request.header("x-hub-signature-256"), "");
    assert_eq!(request.header("x-acme-hmac"), "");
}

#[tokio::test]
async fn a_message_cannot_bring_the_signature_along() {
    let wanted = json!({"style": "github", "secret": "s"});
    let scene = Scene::with_endpoint(json!({"coSignature": wanted})).await;
    let message = json!({"eventType": "user.created", "payload": {"object": "event"},
        "transformationsParams": {"headers": {"X-Hub-Signature-256": "sha256=forged"}}});
    let path = scene.path("/msg");
    scene.app.client.post(&path, message).await.expect(202);
    let requests = scene.receiver.wait_for("/hook", 1).await;
    verify("github", "s", "x-hub-signature-256", &requests[0]).await;
}

#[tokio::test]
async fn wrong_signatures_are_refused_by_field_and_change_nothing() {
    let wanted = json!({"style": "github", "secret": "a-canary-in-clear"});
    let own = json!({"coSignature": wanted, "headers": {"X-Own": "1"},
        "credentials": {"type": "api-key", "header": "X-Key", "value": "k"}});
    let mut scene = Scene::with_endpoint(own).await;
    let path = scene.endpoint_path("");
    let client = scene.app.client.clone();
    let before = everything(&scene.app).await;
    for (wrong, field) in [
        (json!({"style": "gitlab", "secret": "s"}), "style"),
        (json!({"secret": "s", "style": 1}), "style"),
        (json!({"style": "stripe", "secret": ""}), "secret"),
        (json!({"style": "stripe", "secret": "a\n"}), "secret"),
        (json!({"style": "stripe", "secret": "[hidden]"}), "secret"),
        (
            json!({"style": "stripe", "secret": "s", "header": "webhook-signature"}),
            "header",
        ),
        (
            json!({"style": "stripe", "secret": "s", "header": "a b"}),
            "header",
        ),
        (
            json!({"style": "stripe", "secret": "s", "header": "x-own"}),
            "header",
        ),
        (
            json!({"style": "stripe", "secret": "s", "header": "X-KEY"}),
            "header",
        ),
        (
            json!({"style": "stripe", "secret": "s", "name": "x"}),
            "name",
        ),
    ] {
        let loc = ["body", "coSignature", field];
        let refused = client.patch(&path, json!({"coSignature": wrong})).await;
        refused_field(&refused, &loc);
        let new = json!({"url": scene.receiver.url("/x"), "coSignature": wrong,
            "headers": {"x-own": "1", "x-key": "2"}});
        refused_field(&client.post(&scene.path("/endpoint"), new).await, &loc);
    }
    let new = json!({"url": scene.receiver.url("/x"), "coSignature": {"style": "stripe"}});
    let refused = client.post(&scene.path("/endpoint"), new).await;
    refused_field(&refused, &["body", "coSignature", "secret"]);
    // Nor may anything else take its header.
    let headers = json!({"headers": {"X-Hub-Signature-256": "x"}});
    let refused = client.put(&scene.endpoint_path("/headers"), headers).await;
    refused_field(&refused, &["body", "coSignature", "header"]);
    let key = json!({"type": "api-key", "header": "X-Hub-Signature-256", "value": "x"});
    let refused = client.put(&scene.endpoint_path("/credentials"), key).await;
    refused_field(&refused, &["body", "coSignature", "header"]);
    assert_eq!(everything(&scene.app).await, before);

    let audit = client.get("/api/v1/audit-log?limit=250").await.expect(200);
    let shown = Value::Array(before).to_string() + &audit.to_string();
    assert!(!shown.contains("a-canary-in-clear"));
    scene.app.stop().await;
    assert!(!scene.app.program.log_text().contains("a-canary-in-clear"));
    for entry in std::fs::read_dir(scene.app.program.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let canary = b"a-canary-in-clear";
            let is_in = bytes.windows(canary.len()).any(|part| part == canary);
            assert!(!is_in, "{}", path.display());
        }
    }
}
