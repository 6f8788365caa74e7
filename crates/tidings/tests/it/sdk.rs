//! The unmodified Svix SDK from `PyPI` against Tidings, and its receiver's verification.

use tidings_testkit::tools;

use crate::support::app;

#[tokio::test]
async fn the_svix_sdk_works_unmodified() {
    run("svix_main_path.py").await;
}

#[tokio::test]
async fn the_svix_sdk_sends_later_and_raw_and_expunges_and_polls() {
    run("svix_messages.py").await;
}

async fn run(script: &str) {
    let python = tools::python();
    let app = app().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sdk");
    let script = std::path::Path::new(folder).join(script);
    let mut command = tokio::process::Command::new(python);
    command
        .arg(script)
        .env("TIDINGS_URL", app.url())
        .env("TIDINGS_TOKEN", app.key())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    let output = tidings_testkit::wait::within("the SDK", command.output()).await;
    let output = output.unwrap();
    assert!(
        output.status.success(),
        "{}",
        tidings_testkit::program::shown(&output)
    );
}
