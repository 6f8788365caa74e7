//! The samples of docs/rest-hooks.md, run by the real programs: PHP, curl, `HTTPie`, Java.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tidings_testkit::program::shown;
use tokio::process::Command;

use super::{CREATED, HookScene};

fn sample(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let sample = root.join("examples/rest-hooks").join(name);
    assert!(sample.exists(), "{}", sample.display());
    sample
}

/// Runs a program as the API user of the scene, without anything on its standard input to wait for.
async fn run(scene: &HookScene, arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(arguments[0]);
    command
        .args(&arguments[1..])
        .env("TIDINGS_URL", scene.app.url())
        .env("TIDINGS_LOGIN", &scene.user.login)
        .env("TIDINGS_PASSWORD", &scene.user.password)
        .stdin(Stdio::null());
    let output = command.output().await;
    output.unwrap_or_else(|error| {
        let program = arguments[0].display();
        panic!("{program}: {error}; `cargo xtask test` installs what is missing")
    })
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a sample that prints the answer, and checks that the hook is there.
async fn adds_a_hook(program: &str, name: &str) -> HookScene {
    let scene = HookScene::start().await;
    let url = scene.receiver.url("/hook");
    let sample = sample(name);
    let arguments = [OsStr::new(program), sample.as_os_str(), OsStr::new(&url)];
    let output = run(&scene, &arguments).await;
    assert!(output.status.success(), "{}", shown(&output));
    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    assert_eq!(scene.hooks().await, [answer]);
    scene.send(CREATED).await;
    scene.receiver.wait_for("/hook", 1).await;
    // What is refused is printed, and the sample fails.
    let arguments = [
        OsStr::new(program),
        sample.as_os_str(),
        OsStr::new("ftp://x"),
    ];
    let output = run(&scene, &arguments).await;
    assert!(!output.status.success(), "{}", shown(&output));
    assert!(printed(&output).contains("400203"), "{}", shown(&output));
    assert_eq!(scene.hooks().await.len(), 1);
    scene
}

#[tokio::test]
async fn th_1_th_19_the_curl_sample_adds_a_hook() {
    adds_a_hook("sh", "curl/add_hook.sh").await;
}

#[tokio::test]
async fn th_14_the_httpie_pipe_adds_a_hook() {
    adds_a_hook("sh", "httpie/add_hook.sh").await;
}

#[tokio::test]
async fn th_13_th_19_the_java_sample_adds_a_hook() {
    adds_a_hook("java", "java/AddHook.java").await;
}

#[tokio::test]
async fn th_12_the_php_sample_decodes_and_prints_the_hook() {
    let scene = HookScene::start().await;
    let (sample, url) = (sample("php/add_hook.php"), scene.receiver.url("/hook"));
    let arguments = [
        "php".as_ref(),
        sample.as_os_str(),
        url.as_ref(),
        "hook".as_ref(),
    ];
    let mut arguments = arguments.to_vec();
    arguments.push("gęślą jaźń".as_ref());
    let output = run(&scene, &arguments).await;
    assert!(output.status.success(), "{}", shown(&output));
    let printed = printed(&output);
    for line in [
        "[id] => 1",
        "[0] => CHAT_CONVERSATION_CREATED",
        &format!("[subscription_url] => {url}"),
        "[http_auth_user] => hook",
        "[http_auth_password] => gęślą jaźń",
    ] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    scene.send(CREATED).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    // hook:gęślą jaźń in UTF-8.
    let basic = "Basic aG9vazpnxJnFm2zEhSBqYcW6xYQ=";
    assert_eq!(requests[0].header("authorization"), basic);
}

#[tokio::test]
async fn th_17_the_php_sample_prints_what_is_refused() {
    let scene = HookScene::start().await;
    let sample = sample("php/add_hook.php");
    let output = run(&scene, &["php".as_ref(), sample.as_os_str(), "x".as_ref()]).await;
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let printed = printed(&output);
    assert!(
        printed.starts_with("Code 400: {\"request_id\":"),
        "{printed}"
    );
    assert!(printed.contains("400203"), "{printed}");
}

#[tokio::test]
async fn th_16_a_php_client_that_counts_characters_gets_a_prompt_400() {
    let scene = HookScene::start().await;
    let code = std::fs::read_to_string(sample("php/add_hook.php")).unwrap();
    let (before, after) = code.split_once("    'Content-Type:").unwrap();
    let code = format!(
        "{before}    'Content-Length: ' . iconv_strlen($data, 'UTF-8'),\n    'Content-Type:{after}"
    );
    let script = scene.app.program.folder().join("miscounted.php");
    std::fs::write(&script, code).unwrap();
    let url = scene.receiver.url("/hook");
    let arguments = [
        "php".as_ref(),
        script.as_os_str(),
        url.as_ref(),
        "hook".as_ref(),
    ];
    let mut arguments = arguments.to_vec();
    arguments.push("gęślą jaźń".as_ref());
    let started = std::time::Instant::now();
    let output = run(&scene, &arguments).await;
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let printed = printed(&output);
    assert!(printed.starts_with("Code 400:"), "{printed}");
    assert!(printed.contains("400001"), "{printed}");
    assert!(scene.hooks().await.is_empty());
}

#[test]
fn th_19_the_page_shows_each_client_as_it_runs_here() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rest-hooks.md");
    let page = std::fs::read_to_string(page).unwrap();
    for name in [
        "curl/add_hook.sh",
        "httpie/add_hook.sh",
        "php/add_hook.php",
        "java/AddHook.java",
    ] {
        let code = std::fs::read_to_string(sample(name)).unwrap();
        assert!(page.contains(&code), "{name} is another one in the page");
    }
    for part in [
        "Last modified: 20",
        "| required |",
        "| optional |",
        "POST /api/webhooks",
    ] {
        assert!(page.contains(part), "{part}");
    }
}
