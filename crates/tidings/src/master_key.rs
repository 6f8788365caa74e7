//! The master key, which seals secrets at rest: from the environment, or from a file that is made on
//! the first start with mode 0600.
//!
//! A file may hold several keys, one a line: the first seals, the others still open what they sealed.

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use tidings_domain::clock::Entropy;
use tidings_domain::sealed::{Keyring, MasterKey};
use tidings_store::target::Target;
use tidings_store::{Order, PageRequest, Store, StoreError};

use crate::config::Settings;

/// How many applications of each environment a start looks at.
const LOOKED_AT_COUNT: usize = 16;
const FILE: &str = "master.key";
/// With this file in the folder there may be sealed secrets, so a missing key is not made anew.
const DATABASE: &str = "tidings.db";

/// The keys that open what is sealed.
pub(crate) fn load(settings: &Settings, entropy: &dyn Entropy) -> anyhow::Result<Keyring> {
    if let Some(text) = &settings.master_key {
        return read(&text.0).context("TIDINGS_MASTER_KEY cannot be used");
    }
    if let Some(path) = &settings.master_key_file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the master key file {} cannot be read", path.display()))?;
        return read(&text).with_context(|| format!("the master key file {}", path.display()));
    }
    load_or_make(&settings.data, entropy)
}

/// Refuses a key that does not open what the store holds, as when a node on a shared database has made one
/// of its own. Looks at one endpoint each of some applications.
pub(crate) async fn check(store: &dyn Store, keyring: &Keyring) -> anyhow::Result<()> {
    let first = |limit| PageRequest {
        order: Order::Ascending,
        after: None,
        limit,
    };
    for environment in store.environments().await? {
        let applications = store.applications(environment.ordinal, first(LOOKED_AT_COUNT));
        for application in applications.await? {
            let endpoints = store.endpoints(application.id.seq(), first(1)).await?;
            for endpoint in endpoints {
                if Target::prepare(endpoint, application.id, keyring).is_err() {
                    return Err(unusable(
                        "the secrets in the store were sealed with another master key: give this \
                         server the key of the servers that are at work on it, as `master.key` in \
                         its data folder (in place of the one that is there), in master_key_file or \
                         in TIDINGS_MASTER_KEY"
                            .to_owned(),
                    ));
                }
            }
        }
    }
    Ok(())
}

fn load_or_make(folder: &Path, entropy: &dyn Entropy) -> anyhow::Result<Keyring> {
    let path = folder.join(FILE);
    let shown = path.display().to_string();
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            warn_if_open_to_others(&path);
            read(&text).with_context(|| format!("the master key file {shown}"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if folder.join(DATABASE).exists() {
                return Err(unusable(format!(
                    "the data folder {} holds data but no {FILE}: put the file back, or give the key \
                     in TIDINGS_MASTER_KEY; without it stored secrets cannot be read",
                    folder.display()
                )));
            }
            let key = MasterKey::generate(1, entropy);
            match write(folder, &path, key.to_text().as_str()) {
                Ok(()) => Keyring::new(key, Vec::new()).context("a single key"),
                // Another process was first; its key is the key.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    let text = std::fs::read_to_string(&path);
                    read(&text.with_context(|| format!("{shown} cannot be read"))?)
                }
                Err(error) => Err(unusable(format!("{shown} cannot be written: {error}"))),
            }
        }
        Err(error) => Err(unusable(format!(
            "the data folder {} cannot be used: {FILE} cannot be read: {error}",
            folder.display()
        ))),
    }
}

/// The data folder, not the settings, is what is wrong; the exit code tells them apart.
fn unusable(why: String) -> anyhow::Error {
    StoreError::Unusable(why).into()
}

/// Written beside its place and linked there, so that nobody ever reads half a key.
fn write(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let draft = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    linked?;
    std::fs::File::open(folder)?.sync_all()
}

fn read(text: &str) -> anyhow::Result<Keyring> {
    let mut keys = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        keys.push(line.parse::<MasterKey>()?);
    }
    if keys.is_empty() {
        bail!("there is no key in it");
    }
    let current = keys.remove(0);
    Ok(Keyring::new(current, keys)?)
}

fn warn_if_open_to_others(path: &Path) {
    let mode = std::fs::metadata(path).map(|data| data.permissions().mode() & 0o077);
    if mode.is_ok_and(|others| others != 0) {
        tracing::warn!(
            "{} can be read by other users; `chmod 600` it",
            path.display()
        );
    }
}

#[cfg(test)]
mod tests {
    use tidings_domain::clock::SeededEntropy;

    use super::*;

    #[test]
    fn the_first_start_makes_a_key_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        load_or_make(folder.path(), &SeededEntropy::new(1)).unwrap();
        let path = folder.path().join(FILE);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let before = std::fs::read_to_string(&path).unwrap();
        load_or_make(folder.path(), &SeededEntropy::new(2)).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    #[test]
    fn data_without_their_key_are_not_given_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(DATABASE), "x").unwrap();
        let error = load_or_make(folder.path(), &SeededEntropy::new(1)).unwrap_err();
        assert!(error.to_string().contains("no master.key"), "{error}");
    }

    #[test]
    fn a_file_of_two_keys_opens_what_either_sealed() {
        let (one, two) = (
            MasterKey::generate(1, &SeededEntropy::new(1)),
            MasterKey::generate(2, &SeededEntropy::new(2)),
        );
        let text = format!("{}\n{}\n", two.to_text().as_str(), one.to_text().as_str());
        assert!(read(&text).is_ok());
        assert!(read("").is_err());
        assert!(read("nonsense").is_err());
    }
}
