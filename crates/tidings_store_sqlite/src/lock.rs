//! The data folder: made, checked and locked, so that one server at a time writes to it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use tidings_store::StoreError;

/// Holds the data folder; dropping it, or dying, lets go.
pub(crate) struct FolderLock {
    _file: File,
}

/// Makes the folder if it is not there and checks that files can be made in it.
pub(crate) fn prepare(folder: &Path) -> Result<(), StoreError> {
    let unusable = |error: std::io::Error| {
        let folder = folder.display();
        StoreError::Unusable(format!("the data folder {folder} cannot be used: {error}"))
    };
    // Payloads and response bodies are nobody else's business.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unusable)
}

/// Takes the folder for this process.
pub(crate) fn acquire(folder: &Path) -> Result<FolderLock, StoreError> {
    let path = folder.join("tidings.lock");
    let unusable = |error: std::io::Error| {
        let path = path.display();
        StoreError::Unusable(format!("the lock file {path} cannot be written: {error}"))
    };
    let options = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = options.map_err(unusable)?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        let _ = file.read_to_string(&mut holder);
        let holder = holder.trim();
        let who = if holder.is_empty() {
            String::new()
        } else {
            format!(" (process {holder})")
        };
        return Err(StoreError::Unusable(format!(
            "the data folder {} is in use by another Tidings{who}; stop it first, or name another folder with --data",
            folder.display()
        )));
    }
    file.set_len(0).map_err(unusable)?;
    file.rewind().map_err(unusable)?;
    write!(file, "{}", std::process::id()).map_err(unusable)?;
    Ok(FolderLock { _file: file })
}
