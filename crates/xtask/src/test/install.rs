//! Brings in what the tests need and the machine lacks. Says what and why before it does.
//!
//! Nothing is touched that is already there: a second run installs nothing and needs neither root nor a
//! network. Debian's packages are installed system-wide; everything else stays in `target/` or in the
//! user's cache folder.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::folders;
use crate::stage::{run, succeeds};

/// Built only where there is no cargo-nextest at all.
const NEXTEST_VERSION: &str = "0.9.143";
const PYTHON_REQUIREMENTS: &str = concat!(
    include_str!("../../../../conformance/svix/python/requirements.txt"),
    include_str!("../../requirements.txt")
);
const NPM_PACKAGES: &str = include_str!("../../npm/package.json");
const NPM_PINS: &str = include_str!("../../npm/package-lock.json");
const SVIX_NPM_PACKAGES: &str = include_str!("../../../../conformance/svix/js/package.json");
const SVIX_NPM_PINS: &str = include_str!("../../../../conformance/svix/js/package-lock.json");
const FAULT_SHIMS: [&str; 3] = ["delay", "ff", "shadow"];

/// Something that the tests need: how to see that it is there, and which packages bring it.
struct Need {
    packages: &'static [&'static str],
    reason: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: [Need; 10] = [
    Need {
        packages: &["gcc", "libc6-dev"],
        reason: "compiles the shims that make storage fail",
        is_there: || succeeds(Command::new("cc").arg("--version")),
    },
    Need {
        packages: &["python3", "python3-venv", "python3-pip"],
        reason: "runs the unmodified svix, standardwebhooks, cloudevents, stripe, oauthlib and schemathesis packages against Tidings",
        is_there: || {
            let modules = "import ensurepip, venv";
            succeeds(Command::new("python3").args(["-c", modules]))
        },
    },
    Need {
        packages: &["nodejs", "npm"],
        reason: "runs the unmodified svix, cloudevents and zapier-platform-core packages of npm against Tidings, and brings PostgreSQL 16 and 17",
        is_there: || {
            let has = |program| succeeds(Command::new(program).arg("--version"));
            has("node") && has("npm")
        },
    },
    Need {
        packages: &["curl"],
        reason: "sends requests as the README shows them",
        is_there: || succeeds(Command::new("curl").arg("--version")),
    },
    Need {
        packages: &["php-cli", "php-curl"],
        reason: "adds a webhook as docs/rest-hooks.md shows it",
        is_there: || {
            let has_curl = "exit(function_exists('curl_init') ? 0 : 1);";
            succeeds(Command::new("php").args(["-r", has_curl]))
        },
    },
    Need {
        packages: &["httpie"],
        reason: "adds a webhook as docs/rest-hooks.md shows it",
        is_there: || succeeds(Command::new("http").arg("--version")),
    },
    Need {
        packages: &["default-jdk-headless"],
        reason: "adds a webhook as docs/rest-hooks.md shows it",
        is_there: || succeeds(Command::new("javac").arg("--version")),
    },
    Need {
        packages: &["postgresql-15"],
        reason: "keeps the rows in the tests of the PostgreSQL store, each run in a cluster of its own",
        is_there: || Path::new("/usr/lib/postgresql/15/bin/initdb").exists(),
    },
    Need {
        packages: &["chromium"],
        reason: "shows the pages, for the tests that use them as people do",
        is_there: || succeeds(Command::new("chromium").arg("--version")),
    },
    Need {
        packages: &["ca-certificates"],
        reason: "lets TLS clients start at all",
        is_there: || Path::new("/etc/ssl/certs/ca-certificates.crt").exists(),
    },
];

pub(crate) fn debian_packages() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        eprintln!("missing: {} ({})", need.packages.join(", "), need.reason);
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    let by_hand = format!("apt-get install {}", packages.join(" "));
    if !rustix::process::geteuid().is_root() {
        bail!("installing packages needs root; run as root: {by_hand}");
    }
    if !succeeds(Command::new("apt-get").arg("--version")) {
        bail!("there is no apt-get here; install what is missing by hand ({by_hand} on Debian)");
    }
    eprintln!("installing from Debian's packages: {}", packages.join(" "));
    run(apt_get().args(["update", "-q"]))?;
    run(apt_get()
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(&packages))?;
    match missing.iter().find(|need| !(need.is_there)()) {
        Some(need) => bail!(
            "{} installed, but it does not work",
            need.packages.join(", ")
        ),
        None => Ok(()),
    }
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// A virtual environment with the pinned packages; made anew when the pins have changed. Returns its Python.
pub(crate) fn python_environment() -> Result<PathBuf> {
    let folder = folders::root().join("target/tools/venv");
    let python = folder.join("bin/python");
    let pins = folder.join("requirements.txt");
    let is_current = fs::read_to_string(&pins).is_ok_and(|text| text == PYTHON_REQUIREMENTS);
    if is_current
        && succeeds(Command::new(&python).args([
            "-c",
            "import svix, standardwebhooks, cloudevents, stripe, oauthlib, schemathesis",
        ]))
    {
        return Ok(python);
    }
    eprintln!(
        "installing from PyPI into target/tools/venv: svix, standardwebhooks, cloudevents, stripe, oauthlib, schemathesis and what they need, PostgreSQL 18"
    );
    if folder.exists() {
        fs::remove_dir_all(&folder).context("could not remove the old Python environment")?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, PYTHON_REQUIREMENTS).context("could not write the list of packages")?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ])
        .arg("--requirement")
        .arg(&wanted))?;
    // Under this name only once all is installed, so that an interrupted run starts over.
    fs::rename(&wanted, &pins).context("could not keep the list of packages")?;
    Ok(python)
}

/// The pinned packages of npm that the tests need. Returns their folder.
pub(crate) fn node_modules() -> Result<PathBuf> {
    npm_packages(&NpmPackages {
        folder: "npm",
        package: NPM_PACKAGES,
        pins: NPM_PINS,
        names: &["cloudevents", "zapier-platform-core"],
        also: ", PostgreSQL 16 and 17",
    })
}

/// The pinned packages of npm of conformance/svix. Returns their folder.
pub(crate) fn svix_node_modules() -> Result<PathBuf> {
    npm_packages(&NpmPackages {
        folder: "npm-svix",
        package: SVIX_NPM_PACKAGES,
        pins: SVIX_NPM_PINS,
        names: &["svix", "standardwebhooks"],
        also: "",
    })
}

struct NpmPackages {
    /// Below target/tools.
    folder: &'static str,
    package: &'static str,
    pins: &'static str,
    names: &'static [&'static str],
    also: &'static str,
}

/// Brings packages in, and anew when the pins have changed.
fn npm_packages(packages: &NpmPackages) -> Result<PathBuf> {
    let tools = folders::root().join("target/tools");
    let folder = tools.join(packages.folder);
    let modules = folder.join("node_modules");
    let pins = folder.join("installed.json");
    let is_current = fs::read_to_string(&pins).is_ok_and(|text| text == packages.pins);
    if is_current
        && packages
            .names
            .iter()
            .all(|name| modules.join(name).exists())
    {
        return Ok(modules);
    }
    eprintln!(
        "installing from npm into target/tools/{}: {} and what they need{}",
        packages.folder,
        packages.names.join(", "),
        packages.also
    );
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    for (name, text) in [
        ("package.json", packages.package),
        ("package-lock.json", packages.pins),
    ] {
        fs::write(folder.join(name), text).context("could not write the list of packages")?;
    }
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--loglevel", "error"])
        .current_dir(&folder))?;
    // Only once all is installed, so that an interrupted run starts over.
    fs::write(&pins, packages.pins).context("could not keep the list of packages")?;
    Ok(modules)
}

/// Compiles the preloaded libraries that make storage fail. Returns their folder.
pub(crate) fn fault_shims() -> Result<PathBuf> {
    let sources = folders::root().join("crates/tidings_testkit/faults");
    let folder = folders::root().join("target/faults");
    fs::create_dir_all(&folder).context("could not make target/faults")?;
    for name in FAULT_SHIMS {
        let source = sources.join(name).with_extension("c");
        let library = folder.join(name).with_extension("so");
        if is_newer(&library, &source)? {
            continue;
        }
        run(Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl"))?;
    }
    Ok(folder)
}

fn is_newer(made: &Path, source: &Path) -> Result<bool> {
    let source_at = fs::metadata(source)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("could not read {}", source.display()))?;
    let made_at = fs::metadata(made).and_then(|metadata| metadata.modified());
    Ok(made_at.is_ok_and(|made_at| made_at > source_at))
}

/// Returns the folder of a cargo-nextest of our own, if one was needed.
pub(crate) fn nextest() -> Result<Option<PathBuf>> {
    if succeeds(Command::new("cargo").args(["nextest", "--version"])) {
        return Ok(None);
    }
    let cache = folders::tools_cache();
    let folder = cache.join("bin");
    if succeeds(Command::new(folder.join("cargo-nextest")).args(["nextest", "--version"])) {
        return Ok(Some(folder));
    }
    let place = cache.display();
    eprintln!("building cargo-nextest {NEXTEST_VERSION} into {place} (once, some minutes)");
    run(Command::new("cargo")
        .args([
            "install",
            "--locked",
            "--version",
            NEXTEST_VERSION,
            "--root",
        ])
        .arg(&cache)
        .args(["--no-default-features", "--features", "default-no-update"])
        .arg("cargo-nextest"))?;
    Ok(Some(folder))
}

/// The search path for programs, with `folder` before all others.
#[expect(
    clippy::disallowed_methods,
    reason = "a development tool follows the environment it is called in"
)]
pub(crate) fn path_with(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("PATH cannot be extended")
}
