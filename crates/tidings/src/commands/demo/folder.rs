//! A data folder for as long as the demo lasts.

use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::bail;

/// Where the folder is tried to be made: here, else where temporary files outlast a reboot. Not in the
/// folder for short-lived files, which may be memory: what the demo shows should be on a disk.
const PARENTS: [&str; 2] = [".", "/var/tmp"];
const NAME: &str = "tidings-demo";
/// So many demos may run side by side, or have left their folders behind.
const COUNT_MAX: u32 = 100;

/// Removed when dropped.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes a folder that was not there before.
    pub(super) fn make() -> anyhow::Result<Self> {
        let mut why = String::new();
        for parent in PARENTS {
            match make_in(Path::new(parent)) {
                Ok(path) => return Ok(Self { path }),
                Err(error) => why = format!("{why}\n  in {parent}: {error}"),
            }
        }
        bail!("no folder could be made for the demo's data:{why}")
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            let path = self.path.display();
            crate::output::remark(format_args!("{path} could not be removed: {error}"));
        }
    }
}

fn make_in(parent: &Path) -> std::io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    for number in 1..=COUNT_MAX {
        let path = match number {
            1 => parent.join(NAME),
            _ => parent.join(format!("{NAME}-{number}")),
        };
        match builder.create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_there_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let first = make_in(parent.path()).unwrap();
        let second = make_in(parent.path()).unwrap();
        assert_eq!(first, parent.path().join("tidings-demo"));
        assert_eq!(second, parent.path().join("tidings-demo-2"));
        drop(Folder { path: second });
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
