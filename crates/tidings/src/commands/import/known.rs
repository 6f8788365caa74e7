//! A note in the data folder of what was made here for objects of the source that have no uid.
//!
//! A line for each, written once it is there. Who dies in between makes nothing twice: the request has an
//! idempotency key.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use serde_json::{Value, json};

pub(super) struct Known {
    noted: Mutex<Noted>,
    /// What the keys of requests begin with.
    origin: String,
}

struct Noted {
    ids: HashMap<String, String>,
    file: File,
}

impl Known {
    /// The note about this source and this environment; made if it is not there.
    pub(super) fn open(folder: &Path, (url, environment): (&str, &str)) -> anyhow::Result<Self> {
        let origin = format!("import.{environment}.{}", file_name(url));
        let path = folder.join(format!("{origin}.jsonl"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(format!("{} cannot be read", path.display())),
        };
        // A line that was being written when its writer died is none.
        let lines = text.lines().filter_map(read_line);
        let ids = lines.collect();
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let mut file = file.with_context(|| format!("{} cannot be written", path.display()))?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        let noted = Mutex::new(Noted { ids, file });
        Ok(Self { noted, origin })
    }

    /// What was made here for an object of the source.
    pub(super) fn find(&self, source: &str) -> Option<String> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.ids.get(source).cloned()
    }

    /// Notes what was made.
    pub(super) fn add(&self, source: &str, target: &str) -> std::io::Result<()> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let line = json!({ "source": source, "target": target });
        noted.file.write_all(format!("{line}\n").as_bytes())?;
        noted.file.sync_data()?;
        noted.ids.insert(source.to_owned(), target.to_owned());
        Ok(())
    }

    /// The idempotency key of the request that makes something for an object of the source.
    pub(super) fn key(&self, source: &str) -> String {
        let key = format!("{}.{source}", self.origin);
        let fits = |letter: &char| letter.is_ascii_graphic();
        key.chars().filter(fits).take(256).collect()
    }
}

fn read_line(line: &str) -> Option<(String, String)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    Some((text("source")?, text("target")?))
}

/// A URL as a part of a file's name.
fn file_name(url: &str) -> String {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    let letters = behind.chars();
    letters
        .map(|letter| if fits(letter) { letter } else { '_' })
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_known_the_next_time_whatever_the_last_line_is() {
        let folder = tempfile::tempdir().unwrap();
        let of = ("https://api.example.com:8071", "default");
        let known = Known::open(folder.path(), of).unwrap();
        known.add("app_1", "app_a").unwrap();
        drop(known);
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        let path = files[0].as_ref().unwrap().path();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"source\":\"ep_").unwrap();
        let known = Known::open(folder.path(), of).unwrap();
        known.add("ep_2", "ep_b").unwrap();
        let known = Known::open(folder.path(), of).unwrap();
        assert_eq!(known.find("app_1").as_deref(), Some("app_a"));
        assert_eq!(known.find("ep_2").as_deref(), Some("ep_b"));
        let other = Known::open(folder.path(), ("https://api.example.com:8071", "b")).unwrap();
        assert_eq!(other.find("app_1"), None);
    }
}
