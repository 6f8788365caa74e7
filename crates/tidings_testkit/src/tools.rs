//! What `cargo xtask test` makes ready for the tests and tells them about in the environment.

use std::path::PathBuf;

/// The preloaded libraries that make storage fail; see `crates/tidings_testkit/faults`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shim {
    /// Syncs take longer.
    Delay,
    /// Syncs fail.
    FailingSync,
    /// Keeps a copy of what was synced, for a start after a power cut.
    Shadow,
}

/// The Python that has the packages `svix` and `standardwebhooks` as published.
pub fn python() -> PathBuf {
    given("TIDINGS_TEST_PYTHON")
}

/// The library of a shim, for `LD_PRELOAD`.
pub fn shim(shim: Shim) -> PathBuf {
    let name = match shim {
        Shim::Delay => "delay.so",
        Shim::FailingSync => "ff.so",
        Shim::Shadow => "shadow.so",
    };
    let library = given("TIDINGS_TEST_FAULTS").join(name);
    assert!(
        library.exists(),
        "there is no {}; run `cargo xtask test`, which compiles it",
        library.display()
    );
    library
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where tests look at their environment"
)]
fn given(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => {
            panic!("{variable} is not set; run the tests with `cargo xtask test`, which sets it")
        }
    }
}
