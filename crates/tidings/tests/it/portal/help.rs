//! The page of help: in each language, and with code that verifies what is really sent.

use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tidings_testkit::Receiver;
use tokio::process::Command;

use super::browser::{Browser, page};
use crate::support::app;

mod sample_in_rust {
    include!("../../../../tidings_web/samples/verify.rs.txt");

    pub(super) fn says(sent: &super::Sent, body: &[u8]) -> bool {
        verify(&sent.secret, &sent.headers, body)
    }
}

#[tokio::test]
async fn el_14_help_explains_what_why_and_how_in_each_language() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let browser = Browser::open(&app, &owner, json!({})).await;
    for (language, what, plan, https, next) in [
        (
            "en",
            "What are webhooks?",
            "plan",
            "encrypted HTTPS connection",
            "The next step",
        ),
        (
            "es",
            "¿Qué son los webhooks?",
            "plan",
            "conexión HTTPS cifrada",
            "El siguiente paso",
        ),
        (
            "fi",
            "Mitä webhookit ovat?",
            "tilaustaso",
            "Salattu HTTPS-yhteys",
            "Seuraava askel",
        ),
        (
            "de",
            "Was sind Webhooks?",
            "Tarif",
            "verschlüsselte HTTPS-Verbindung",
            "Der nächste Schritt",
        ),
        (
            "pl",
            "Czym są webhooki?",
            "plan",
            "Szyfrowane połączenie HTTPS",
            "Następny krok",
        ),
        (
            "it",
            "Che cosa sono i webhook?",
            "piano",
            "connessione HTTPS criptata",
            "Il prossimo passo",
        ),
    ] {
        let client = browser.client.with_header("accept-language", language);
        let answer = client.get(&format!("/portal/{owner}/help")).await;
        assert_eq!(answer.status, 200);
        let shown = page(&answer);
        for text in [
            what,
            plan,
            https,
            next,
            "Zapier",
            "first_name=John&#38;last_name=Doe",
        ] {
            assert!(shown.contains(text), "{language}: {text}");
        }
        assert_eq!(shown.matches("name=\"sample\"").count(), 9, "{language}");
        let home = page(&client.get(&format!("/portal/{owner}/webhooks")).await);
        assert!(
            home.contains(&format!("/portal/{owner}/help\"")),
            "{language}"
        );
    }
}

#[tokio::test]
async fn el_12_the_page_says_which_plan_is_needed_and_makes_nothing() {
    let app = app().await;
    let plans = json!({"data": [
        {"uid": "early", "name": "Early Owl", "webhooks": false},
        {"uid": "corporate", "name": "Corporate Owl"},
    ]});
    app.client.put("/api/v1/plan", plans).await.expect(200);
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}");
    app.client
        .patch(&path, json!({"plan": "early"}))
        .await
        .expect(200);
    let browser = Browser::open(&app, &owner, json!({})).await;
    for path in ["webhooks", "help"] {
        let shown = page(&browser.get(path).await);
        assert!(shown.contains("at least the plan Corporate Owl"), "{path}");
        assert!(!shown.contains("/webhooks/new"), "{path}");
    }
    let asked = browser.get("webhooks/new").await;
    assert_eq!(asked.status, 403);
    assert!(page(&asked).contains("at least the plan Corporate Owl"));
    let form = browser.form("Wink+Stalker", "https://my.system.com/webhook/wink");
    let sent = browser.send("webhooks", "webhooks", &form).await;
    assert_eq!(sent.status, 403);
    let endpoints = app
        .client
        .get(&format!("{path}/endpoint"))
        .await
        .expect(200);
    assert_eq!(endpoints["data"], json!([]));

    app.client
        .patch(&path, json!({"plan": "corporate"}))
        .await
        .expect(200);
    assert_eq!(browser.get("webhooks/new").await.status, 200);
    let help = page(&browser.get("help").await);
    assert!(
        help.contains("This account has the plan Corporate Owl"),
        "{help}"
    );
}

/// A request that was really sent, as samples take it.
struct Sent {
    secret: String,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    async fn one() -> Self {
        let (app, receiver) = (app().await, Receiver::start().await);
        let owner = app.create_application("Cool Account").await;
        let new = json!({"url": receiver.url("/hook")});
        let endpoint = app.create_endpoint(&owner, new).await;
        let secret = app.secret(&owner, &endpoint).await;
        let payload = json!({"name": "Päivi \"P\" O'Hara", "n": 1});
        app.send(&owner, "user.created", payload).await;
        let request = receiver.wait_for("/hook", 1).await.remove(0);
        Self {
            secret,
            headers: request.headers.clone(),
            body: request.body.to_vec(),
        }
    }

    /// For a program: the secret, the headers, and the body in base64.
    fn as_json(&self, body: &[u8]) -> Value {
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| {
            let value = self.headers[name].to_str().unwrap();
            (name.to_owned(), Value::from(value))
        });
        json!({
            "secret": self.secret,
            "headers": serde_json::Map::from_iter(headers),
            "body": STANDARD.encode(body),
        })
    }
}

fn sample(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.join("../tidings_web/samples").join(name)
}

/// Runs a program that prints what a sample says of a request: `true` or `false`.
async fn said(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    let output = command.output().await.unwrap_or_else(|error| {
        panic!("{program}: {error}; `cargo xtask test` installs what is missing")
    });
    let printed = String::from_utf8_lossy(&output.stdout);
    match printed.trim() {
        "true" => true,
        "false" => false,
        other => panic!(
            "{program} says {other:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}

/// A sample takes what was sent, and nothing that was changed.
async fn verifies(program: &str, before: &[&str]) {
    let sent = Sent::one().await;
    let mut changed = sent.body.clone();
    changed.push(b' ');
    for (body, is_genuine) in [(&sent.body, true), (&changed, false)] {
        let request = sent.as_json(body).to_string();
        let mut arguments = before.to_vec();
        arguments.push(&request);
        assert_eq!(said(program, &arguments).await, is_genuine, "{program}");
    }
}

#[tokio::test]
async fn the_sample_in_python_verifies_what_is_sent() {
    let code = format!(
        "import sys, json, base64\nexec(open({:?}).read())\na = json.loads(sys.argv[1])\n\
         print(str(verify(a['secret'], a['headers'], base64.b64decode(a['body']))).lower())",
        sample("verify.py").display().to_string()
    );
    verifies("python3", &["-c", &code]).await;
}

#[tokio::test]
async fn the_sample_in_javascript_verifies_what_is_sent() {
    let code = format!(
        "const {{ verify }} = await import({:?}); const a = JSON.parse(process.argv[1]);\
         console.log(verify(a.secret, a.headers, Buffer.from(a.body, 'base64')));",
        sample("verify.mjs").display().to_string()
    );
    verifies("node", &["--input-type=module", "-e", &code]).await;
}

#[tokio::test]
async fn the_sample_in_php_verifies_what_is_sent() {
    let code = format!(
        "require {:?}; $a = json_decode($argv[1], true);\
         echo json_encode(verify($a['secret'], $a['headers'], base64_decode($a['body'])));",
        sample("verify.php").display().to_string()
    );
    verifies("php", &["-r", &code, "--"]).await;
}

#[tokio::test]
async fn the_sample_in_java_verifies_what_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    // One file, so that it runs without being compiled by hand; the class with `main` comes first.
    let code = std::fs::read_to_string(sample("Verify.java")).unwrap();
    let (imports, class) = code.split_once("\nclass ").unwrap();
    let main = "class Main {\n    public static void main(String[] a) throws Exception {\n        \
        var headers = Map.of(\"webhook-id\", a[1], \"webhook-timestamp\", a[2], \"webhook-signature\", a[3]);\n        \
        System.out.println(Verify.verify(a[0], headers, Base64.getDecoder().decode(a[4])));\n    }\n}\n";
    let file = folder.path().join("Main.java");
    std::fs::write(&file, format!("{imports}\n{main}\nclass {class}")).unwrap();
    let sent = Sent::one().await;
    let header = |name: &str| sent.headers[name].to_str().unwrap();
    let mut changed = sent.body.clone();
    changed.push(b' ');
    for (body, is_genuine) in [(&sent.body, true), (&changed, false)] {
        let body = STANDARD.encode(body);
        let arguments = [
            file.to_str().unwrap(),
            &sent.secret,
            header("webhook-id"),
            header("webhook-timestamp"),
            header("webhook-signature"),
            &body,
        ];
        assert_eq!(said("java", &arguments).await, is_genuine);
    }
}

#[tokio::test]
async fn the_sample_in_rust_verifies_what_is_sent() {
    let sent = Sent::one().await;
    assert!(sample_in_rust::says(&sent, &sent.body));
    assert!(!sample_in_rust::says(&sent, b"{}"));
}
