//! What was brought, what was there already, and what could not be brought and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// What is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    EventType,
    Application,
    Endpoint,
    Integration,
    OperationalEndpoint,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::EventType,
        Self::Application,
        Self::Endpoint,
        Self::Integration,
        Self::OperationalEndpoint,
    ];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::EventType => ("event types", "eventTypes"),
            Self::Application => ("applications", "applications"),
            Self::Endpoint => ("endpoints", "endpoints"),
            Self::Integration => ("integrations", "integrations"),
            Self::OperationalEndpoint => {
                ("endpoints of operational webhooks", "operationalEndpoints")
            }
        }
    }
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Made,
    Changed,
    WasThere,
    Failed,
}

/// Something that stays behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    /// What, such as `endpoint ep_1 of app_1`.
    pub(super) what: String,
    pub(super) why: String,
}

#[derive(Debug, Default)]
pub(super) struct Report {
    counts: BTreeMap<(Kind, Fate), u64>,
    left: Vec<Left>,
    unknown: BTreeMap<Kind, BTreeSet<String>>,
    /// Ids of the source and here, of what has no uid.
    ids: BTreeMap<String, String>,
}

impl Report {
    pub(super) fn count(&mut self, kind: Kind, fate: Fate) {
        *self.counts.entry((kind, fate)).or_default() += 1;
    }

    pub(super) fn leave(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        self.left.push(Left { what, why });
    }

    /// An object that was refused.
    pub(super) fn fail(&mut self, kind: Kind, what: impl Into<String>, why: impl Into<String>) {
        self.count(kind, Fate::Failed);
        self.leave(what, why);
    }

    pub(super) fn note_unknown(&mut self, kind: Kind, fields: BTreeSet<String>) {
        if !fields.is_empty() {
            self.unknown.entry(kind).or_default().extend(fields);
        }
    }

    pub(super) fn note_id(&mut self, source: &str, target: &str) {
        self.ids.insert(source.to_owned(), target.to_owned());
    }

    pub(super) fn add(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        self.left.extend(other.left);
        for (kind, fields) in other.unknown {
            self.note_unknown(kind, fields);
        }
        self.ids.extend(other.ids);
    }

    fn of(&self, kind: Kind, fate: Fate) -> u64 {
        self.counts.get(&(kind, fate)).copied().unwrap_or_default()
    }

    /// How many objects were refused.
    pub(super) fn failed(&self) -> u64 {
        let failed = Kind::ALL
            .into_iter()
            .map(|kind| self.of(kind, Fate::Failed));
        failed.sum()
    }

    /// For people.
    pub(super) fn lines(&self, is_dry_run: bool) -> Vec<String> {
        let would = if is_dry_run { "would be " } else { "" };
        let mut lines = Vec::new();
        for kind in Kind::ALL {
            let [made, changed, there, failed] =
                [Fate::Made, Fate::Changed, Fate::WasThere, Fate::Failed]
                    .map(|fate| self.of(kind, fate));
            let name = kind.words().0;
            lines.push(format!(
                "{name}: {made} {would}brought, {changed} {would}changed, {there} there already, {failed} refused"
            ));
        }
        if !self.left.is_empty() {
            lines.push("What could not be brought:".to_owned());
            let left = self.left.iter();
            lines.extend(left.map(|left| format!("  {}: {}", left.what, left.why)));
        }
        for (kind, fields) in &self.unknown {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let (name, fields) = (kind.words().0, fields.join(", "));
            lines.push(format!(
                "Fields of {name} that are not known here: {fields}"
            ));
        }
        if !self.ids.is_empty() {
            let count = self.ids.len();
            lines.push(format!(
                "{count} have no uid and a new id here; --json lists both ids of each"
            ));
        }
        lines
    }

    /// For programs.
    pub(super) fn to_json(
        &self,
        url: &str,
        environment: &str,
        (is_dry_run, is_complete): (bool, bool),
    ) -> Value {
        let mut report = json!({
            "source": url,
            "environment": environment,
            "dryRun": is_dry_run,
            "complete": is_complete,
            "ids": self.ids,
        });
        for kind in Kind::ALL {
            report[kind.words().1] = json!({
                "brought": self.of(kind, Fate::Made),
                "changed": self.of(kind, Fate::Changed),
                "unchanged": self.of(kind, Fate::WasThere),
                "refused": self.of(kind, Fate::Failed),
            });
        }
        let left = self.left.iter();
        let left = left.map(|left| json!({ "what": left.what, "why": left.why }));
        report["notBrought"] = left.collect();
        let unknown = self.unknown.iter();
        let unknown = unknown.map(|(kind, fields)| (kind.words().1.to_owned(), json!(fields)));
        report["unknownFields"] = Value::Object(unknown.collect());
        report
    }
}
