//! Receivers' own libraries read what arrives: `CloudEvents` with those of `PyPI` and npm, forms and XML with
//! what Python brings along.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tidings_testkit::{program, tools, wait};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{PERSON, scene, send};

/// One request in each of these formats, and what it should be read as.
async fn requests(formats: &[&str]) -> Value {
    let mut given = json!({"requests": {}, "event": {}});
    let person: Value = serde_json::from_str(PERSON).unwrap();
    for format in formats {
        let scene = scene(format).await;
        let (id, time) = send(&scene, PERSON).await;
        let requests = scene.receiver.wait_for("/hook", 1).await;
        let headers = requests[0].headers.iter();
        let headers: serde_json::Map<_, _> = headers
            .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
            .collect();
        let body = std::str::from_utf8(&requests[0].body).unwrap();
        given["requests"][*format] = json!({"headers": headers, "body": body});
        let source = format!("/app/{}", scene.owner);
        given["event"][*format] = json!({"id": id, "source": source,
            "type": "exam.finished", "time": time, "data": person});
    }
    given
}

async fn run(command: &mut Command, input: &Value) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output();
    wait::within("the library", output).await.unwrap()
}

fn python() -> Command {
    let mut command = Command::new(tools::python());
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/formats/read_requests.py"
        ))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn node() -> Command {
    let mut command = Command::new("node");
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/formats/read_cloud_events.cjs"
        ))
        .env("NODE_PATH", tools::node_modules());
    command
}

#[tokio::test]
async fn python_reads_cloud_events_forms_and_xml_as_they_were_sent() {
    let mut given = requests(&["cloudevents", "cloudevents-binary", "form", "xml"]).await;
    let output = run(&mut python(), &given).await;
    assert!(output.status.success(), "{}", program::shown(&output));
    // That the script would notice.
    given["event"]["cloudevents-binary"]["type"] = json!("another");
    assert!(!run(&mut python(), &given).await.status.success());
}

#[tokio::test]
async fn npms_cloudevents_reads_both_modes() {
    let mut given = requests(&["cloudevents", "cloudevents-binary"]).await;
    let output = run(&mut node(), &given).await;
    assert!(output.status.success(), "{}", program::shown(&output));
    // That the script would notice.
    given["event"]["cloudevents-binary"]["type"] = json!("another");
    assert!(!run(&mut node(), &given).await.status.success());
}
