//! Where things are: the repository, what is built, and the cache that outlives a checkout.

use std::path::{Path, PathBuf};

/// The repository's top folder.
pub(crate) fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = crates.and_then(Path::parent);
    root.expect("this crate lies in crates/xtask").to_path_buf()
}

/// Where cargo builds, which a developer may have moved.
pub(crate) fn target() -> PathBuf {
    match variable("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Tools that are built once and kept for all checkouts of this user.
pub(crate) fn tools_cache() -> PathBuf {
    let cache = match (variable("XDG_CACHE_HOME"), variable("HOME")) {
        (Some(cache), _) => cache,
        (None, Some(home)) => home.join(".cache"),
        (None, None) => target().join("cache"),
    };
    cache.join("tidings/tools")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a development tool follows the environment it is called in"
)]
fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| value.into())
}
