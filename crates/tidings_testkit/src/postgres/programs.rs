//! Where the programs of a version of PostgreSQL are, and how they are run: by another user than root, whom
//! they refuse.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tools;

/// A version that the tests promise to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Debian 12's.
    V15,
    /// From npm.
    V16,
    /// From npm.
    V17,
    /// The newest one, from Python's package index.
    V18,
}

impl Version {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::V15, Self::V16, Self::V17, Self::V18];

    /// Its number.
    pub fn number(self) -> u32 {
        match self {
            Self::V15 => 15,
            Self::V16 => 16,
            Self::V17 => 17,
            Self::V18 => 18,
        }
    }
}

/// The programs of a version.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Those that `cargo xtask test` has brought in. Panics if they are not there or of another version,
    /// for a version that is left out silently is one that nobody tests.
    pub(super) fn of(version: Version) -> Self {
        let folder = tools::postgres(version);
        let programs = Self { folder };
        let said = programs.run("postgres", &["--version"], &[]);
        let is_right = said.contains(&format!(" {}.", version.number()));
        assert!(is_right, "{}: {said}", programs.folder.display());
        programs
    }

    /// One of them, as the user who may run it. The client is Debian's for every version: not all packages
    /// have one, and it speaks with newer servers too.
    pub(super) fn command(&self, name: &str) -> Command {
        as_user(&self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        match name {
            "psql" => tools::postgres(Version::V15).join(name),
            _ => self.folder.join(name),
        }
    }

    /// Runs one to its end; what it printed. Panics if it fails.
    #[track_caller]
    pub(super) fn run(&self, name: &str, first: &[&str], then: &[&str]) -> String {
        let mut command = self.command(name);
        let ended = command.args(first).args(then).output();
        let shown = self.path(name).display().to_string();
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => panic!("{shown} does not run: {error}"),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (said, error) = (text(&ended.stdout), text(&ended.stderr));
        assert!(ended.status.success(), "{shown} failed: {said}{error}");
        said
    }
}

/// A program run as the user who may run PostgreSQL.
pub(super) fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = user() {
        command.uid(user).gid(group);
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// Makes a folder that user's.
pub(super) fn give_away(folder: &Path) {
    if let Some((user, group)) = user() {
        chown(folder, Some(user), Some(group)).unwrap();
    }
}

/// The user who may run PostgreSQL: Debian's `postgres`; none if this is not root, who alone is refused.
fn user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line
        .expect("Debian's package has made a user")
        .split(':')
        .skip(2);
    let mut number = || fields.next().unwrap().parse().unwrap();
    Some((number(), number()))
}
