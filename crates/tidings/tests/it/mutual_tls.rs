//! Endpoints that show a certificate of their own to receivers that ask for one.

use serde_json::{Value, json};
use tidings_testkit::Receiver;
use tidings_testkit::app::text;
use tidings_testkit::tls::{Authority, Identity, TlsFront};

use crate::support::{Scene, app_with, everything, refused_field};

/// A receiver behind a server that wants certificates of one authority.
struct Stage {
    scene: Scene,
    server: Authority,
    clients: Authority,
    front: TlsFront,
}

impl Stage {
    async fn start() -> Self {
        let (server, clients) = (Authority::new("servers"), Authority::new("clients"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, server.pem()).unwrap();
        // So that those without a certificate of their own get as far as being asked for one.
        let settings = [
            ("extra_ca_file", file.to_str().unwrap()),
            ("retry_schedule", "none"),
        ];
        let scene = Scene::of(app_with(&settings).await, json!({})).await;
        let front = TlsFront::start(scene.receiver.address(), &server, &clients).await;
        Self {
            scene,
            server,
            clients,
            front,
        }
    }

    /// Makes an endpoint at the front that shows this; gives its id.
    async fn endpoint(&self, path: &str, credentials: Value) -> String {
        let new = json!({"url": self.front.url(path), "credentials": credentials,
            "channels": [path.trim_start_matches('/')]});
        self.scene.app.create_endpoint(&self.scene.owner, new).await
    }

    /// Sends a message that goes to the endpoints at a path only; gives its attempt.
    async fn attempt(&self, path: &str) -> Value {
        let message = json!({"eventType": "user.created", "payload": {},
            "channels": [path.trim_start_matches('/')]});
        let sent = self
            .scene
            .app
            .client
            .post(&self.scene.path("/msg"), message)
            .await;
        let message = text(&sent.expect(202)["id"]);
        let attempts = self.scene.attempts(&message, 2).await;
        let is_there = |attempt: &&Value| text(&attempt["url"]).contains(path);
        attempts.iter().find(is_there).unwrap().clone()
    }
}

fn mtls(identity: &Identity, ca: Option<&Authority>) -> Value {
    json!({"type": "mtls", "certificate": identity.certificate,
        "privateKey": identity.private_key, "ca": ca.map(Authority::pem)})
}

#[tokio::test]
async fn the_right_certificate_gets_in_and_no_or_another_does_not() {
    let stage = Stage::start().await;
    let right = stage.clients.client("Tidings", 2_099);
    stage.endpoint("/right", mtls(&right, None)).await;
    stage
        .endpoint("/pinned", mtls(&right, Some(&stage.server)))
        .await;
    stage
        .endpoint("/mistrusting", mtls(&right, Some(&stage.clients)))
        .await;
    let stranger = Authority::new("strangers").client("Tidings", 2_099);
    stage.endpoint("/wrong", mtls(&stranger, None)).await;
    stage.endpoint("/none", Value::Null).await;
    for path in ["/right", "/pinned"] {
        let attempt = stage.attempt(path).await;
        assert_eq!(attempt["outcome"], "success", "{path}: {attempt}");
        assert_eq!(stage.scene.receiver.requests_to(path).len(), 1);
    }
    for path in ["/mistrusting", "/wrong", "/none"] {
        let attempt = stage.attempt(path).await;
        assert_eq!(attempt["error"], "tls", "{path}: {attempt}");
        assert!(stage.scene.receiver.requests_to(path).is_empty(), "{path}");
    }
    assert_eq!(stage.front.accepted_count(), 2);
}

#[tokio::test]
async fn no_endpoint_uses_the_connection_of_anothers_certificate() {
    let stage = Stage::start().await;
    for path in ["/one", "/two"] {
        let own = stage.clients.client(path, 2_099);
        stage.endpoint(path, mtls(&own, None)).await;
    }
    for _ in 0..3 {
        for path in ["/one", "/two"] {
            assert_eq!(stage.attempt(path).await["outcome"], "success");
        }
    }
    assert_eq!(stage.front.accepted_count(), 2, "each keeps its own");
}

#[tokio::test]
async fn what_is_shown_has_the_certificate_and_not_the_key() {
    let stage = Stage::start().await;
    let own = stage.clients.client("Tidings at work", 2_099);
    let endpoint = stage
        .endpoint("/own", mtls(&own, Some(&stage.server)))
        .await;
    let path = stage
        .scene
        .path(&format!("/endpoint/{endpoint}/credentials"));
    let client = &stage.scene.app.client;
    let shown = client.get(&path).await.expect(200);
    assert_eq!(shown["type"], "mtls");
    assert_eq!(shown["certificate"], own.certificate);
    assert_eq!(shown["ca"], stage.server.pem());
    assert_eq!(shown["privateKey"], "[hidden]");
    assert!(
        text(&shown["subject"]).contains("CN=Tidings at work"),
        "{shown}"
    );
    assert!(
        text(&shown["notAfter"]).starts_with("2099-01-01T00:00:00"),
        "{shown}"
    );
    assert_eq!(
        text(&shown["fingerprint"]).split(':').count(),
        32,
        "{shown}"
    );

    // A new certificate with its key replaces the old one; half of it does not fit the other half.
    let next = stage.clients.client("Tidings at play", 2_099);
    let half = json!({"certificate": next.certificate});
    let refused = client.patch(&path, half).await;
    refused_field(&refused, &["body", "privateKey"]);
    let whole = json!({"certificate": next.certificate, "privateKey": next.private_key});
    client.patch(&path, whole).await.expect(204);
    let shown = client.get(&path).await.expect(200);
    assert!(text(&shown["subject"]).contains("at play"), "{shown}");
    assert_eq!(shown["ca"], stage.server.pem());
    assert_eq!(stage.attempt("/own").await["outcome"], "success");

    let mut scene = stage.scene;
    let shown = Value::Array(everything(&scene.app).await).to_string();
    scene.app.stop().await;
    let log = scene.app.program.log_text();
    for identity in [&own, &next] {
        let canary = identity.private_key.lines().nth(1).unwrap();
        assert!(!shown.contains(canary) && !log.contains(canary));
    }
}

#[tokio::test]
async fn what_cannot_be_shown_to_anybody_is_refused_by_field() {
    let (clients, receiver) = (Authority::new("clients"), Receiver::start().await);
    let scene = Scene::start().await;
    let good = clients.client("Tidings", 2_099);
    let https = "https://example.com/hook";
    let before = everything(&scene.app).await;
    let with = |field: &str, value: Value| {
        let mut wrong = mtls(&good, None);
        wrong[field] = value;
        wrong
    };
    let other = clients.client("Tidings", 2_099);
    for (url, wrong, field) in [
        (
            https,
            mtls(&clients.client("Tidings", 2_021), None),
            "certificate",
        ),
        (
            https,
            with("privateKey", json!(other.private_key)),
            "privateKey",
        ),
        (https, with("privateKey", json!("[hidden]")), "privateKey"),
        (https, with("privateKey", Value::Null), "privateKey"),
        (https, with("certificate", json!("AAAA")), "certificate"),
        (https, with("ca", json!("AAAA")), "ca"),
        (&receiver.url("/x")[..], mtls(&good, None), "type"),
    ] {
        let new = json!({"url": url, "credentials": wrong});
        let refused = scene.app.client.post(&scene.path("/endpoint"), new).await;
        refused_field(&refused, &["body", "credentials", field]);
    }
    assert_eq!(everything(&scene.app).await, before);

    // The URL may not become one under which nobody would see it.
    let new = json!({"url": https, "credentials": mtls(&good, None)});
    let made = scene.app.create_endpoint(&scene.owner, new).await;
    let path = scene.path(&format!("/endpoint/{made}"));
    let plain = json!({"url": receiver.url("/x")});
    let refused = scene.app.client.patch(&path, plain).await;
    refused_field(&refused, &["body", "url"]);
}
