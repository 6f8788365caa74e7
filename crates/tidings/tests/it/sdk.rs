//! The unmodified Svix SDK from `PyPI` against Tidings, and its receiver's verification.

use tidings_testkit::tools;

use crate::support::app;

#[tokio::test]
async fn the_svix_sdk_works_unmodified() {
    let python = tools::python();
    let app = app().await;
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/sdk/svix_main_path.py"
    );
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
