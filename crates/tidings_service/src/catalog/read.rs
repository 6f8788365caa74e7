//! Reading a catalogue by hand rather than by a derived parser, so that every problem is told and not
//! only the first, and samples keep their bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tidings_domain::event_type::Wording;
use tidings_domain::language::{Language, Texts};
use tidings_domain::names::check_event_type_name;
use tidings_domain::sample::{Members, Sample};
use tidings_domain::schema::{Schema, UnlessNamed};

use super::{Catalog, Entry};
use crate::ServiceError;
use crate::error::{FieldProblem, Problems};
use crate::keys::check_display_name;
use crate::limits::{
    CATALOG_EVENT_TYPES_MAX, CATALOG_PROBLEMS_MAX, DESCRIPTION_BYTES_MAX, REFRESH_RULES_MAX,
    SAMPLE_BYTES_MAX, SCHEMAS_BYTES_MAX,
};
use crate::payload::JsonText;

const FIELDS: [&str; 5] = ["catalog", "title", "about", "groups", "eventTypes"];
const GROUP_FIELDS: [&str; 2] = ["name", "labels"];
const EVENT_TYPE_FIELDS: [&str; 8] = [
    "name",
    "group",
    "deprecated",
    "labels",
    "descriptions",
    "schema",
    "sample",
    "refresh",
];

/// What has been found wrong, and where we are.
#[derive(Default)]
struct Reader {
    problems: Problems,
    place: Vec<String>,
    untold_count: usize,
}

pub(super) fn catalog(text: JsonText<'_>) -> Result<Catalog, ServiceError> {
    let mut reader = Reader::default();
    let catalog = reader.catalog(text.as_str());
    if reader.untold_count > 0 {
        let rest = format!("{} more problems are not told", reader.untold_count);
        reader.problems.push(FieldProblem::at(&["body"], rest));
    }
    reader.problems.finish()?;
    Ok(catalog.unwrap_or_default())
}

impl Reader {
    fn wrong(&mut self, msg: impl Into<String>) {
        if self.problems.count() == CATALOG_PROBLEMS_MAX {
            self.untold_count += 1;
            return;
        }
        let mut loc = vec!["body"];
        loc.extend(self.place.iter().map(String::as_str));
        self.problems.push(FieldProblem::at(&loc, msg));
    }

    fn within<T>(&mut self, name: impl Into<String>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(name.into());
        let value = read(self);
        self.place.pop();
        value
    }

    fn catalog(&mut self, text: &str) -> Option<Catalog> {
        let members = self.object(text, &FIELDS)?;
        let name = self.required(&members, "catalog", Self::catalog_name);
        let title = self.required(&members, "title", Self::title);
        let about = self.optional(&members, "about", Self::description);
        let groups = self.optional(&members, "groups", Self::groups);
        let groups = groups.unwrap_or_default();
        let event_types = self.required(&members, "eventTypes", |reader, raw| {
            reader.event_types(raw, &groups)
        });
        Some(Catalog {
            name: name?,
            title: title?,
            about: about.unwrap_or_default(),
            event_types: event_types?,
        })
    }

    /// The members of an object that has none but these, each once.
    fn object<'a>(&mut self, text: &'a str, known: &[&str]) -> Option<Members<'a>> {
        let Ok(members) = serde_json::from_str::<Members<'a>>(text) else {
            self.wrong("must be a JSON object");
            return None;
        };
        if let Some(name) = members.repeated().map(str::to_owned) {
            self.within(name, |reader| reader.wrong("comes twice"));
        }
        for (name, _) in &members.0 {
            if !known.is_empty() && !known.contains(&name.as_ref()) {
                let msg = format!("is unknown here; there are {}", known.join(", "));
                self.within(name.as_ref(), |reader| reader.wrong(msg));
            }
        }
        Some(members)
    }

    fn required<T>(
        &mut self,
        members: &Members<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &RawValue) -> T,
    ) -> Option<T> {
        if members.get(name).is_none() {
            self.within(name, |reader| reader.wrong("is missing"));
        }
        self.optional(members, name, read)
    }

    fn optional<T>(
        &mut self,
        members: &Members<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &RawValue) -> T,
    ) -> Option<T> {
        let raw = members.get(name)?;
        Some(self.within(name, |reader| read(reader, raw)))
    }

    fn typed<T: DeserializeOwned + Default>(&mut self, raw: &RawValue, wanted: &str) -> T {
        serde_json::from_str(raw.get()).unwrap_or_else(|_| {
            self.wrong(format!("must be {wanted}"));
            T::default()
        })
    }

    fn text(&mut self, raw: &RawValue, check: impl FnOnce(&str) -> Result<(), String>) -> String {
        let before = self.problems.count() + self.untold_count;
        let text: String = self.typed(raw, "a string");
        let is_text = self.problems.count() + self.untold_count == before;
        if is_text && let Err(why) = check(&text) {
            self.wrong(why);
        }
        text
    }

    fn catalog_name(&mut self, raw: &RawValue) -> String {
        self.text(raw, |name| {
            let is_letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
            if (1..=64).contains(&name.len()) && name.bytes().all(is_letter) {
                return Ok(());
            }
            Err("has 1 to 64 of a to z, 0 to 9 and -".to_owned())
        })
    }

    fn title(&mut self, raw: &RawValue) -> String {
        self.text(raw, |text| check_display_name(text).map_err(str::to_owned))
    }

    fn description(&mut self, raw: &RawValue) -> String {
        self.text(raw, check_description)
    }

    /// Texts by language; English is never missing.
    fn texts(&mut self, raw: &RawValue, read: fn(&mut Self, &RawValue) -> String) -> Texts {
        let mut texts = Texts::new();
        let Some(members) = self.object(raw.get(), &[]) else {
            return texts;
        };
        for (code, raw) in &members.0 {
            let text = self.within(code.as_ref(), |reader| read(reader, raw));
            if let Some(language) = Language::from_code(code) {
                texts.insert(language, text);
            } else {
                let codes = Language::ALL.map(Language::code).join(", ");
                let msg = format!("is no language that Tidings speaks; those are {codes}");
                self.within(code.as_ref(), |reader| reader.wrong(msg));
            }
        }
        if !texts.contains_key(&Language::En) {
            self.within("en", |reader| reader.wrong("is missing"));
        }
        texts
    }

    fn groups(&mut self, raw: &RawValue) -> BTreeMap<String, Texts> {
        let rows: Vec<Box<RawValue>> = self.typed(raw, "a list");
        let mut groups = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            self.within(place.to_string(), |reader| {
                let Some(members) = reader.object(row.get(), &GROUP_FIELDS) else {
                    return;
                };
                let name = reader.required(&members, "name", Self::title);
                let labels = reader.optional(&members, "labels", |reader, raw| {
                    reader.texts(raw, Self::title)
                });
                let name = name.unwrap_or_default();
                if groups.contains_key(&name) {
                    reader.wrong(format!("the group `{name}` comes twice"));
                }
                groups.insert(name, labels.unwrap_or_default());
            });
        }
        groups
    }

    fn event_types(&mut self, raw: &RawValue, groups: &BTreeMap<String, Texts>) -> Vec<Entry> {
        let rows: Vec<Box<RawValue>> = self.typed(raw, "a list");
        if rows.len() > CATALOG_EVENT_TYPES_MAX {
            self.wrong("may have at most 1000");
            return Vec::new();
        }
        let (mut names, mut entries) = (BTreeSet::new(), Vec::with_capacity(rows.len()));
        for (place, row) in rows.iter().enumerate() {
            let entry = self.within(place.to_string(), |reader| reader.event_type(row, groups));
            let Some(entry) = entry else { continue };
            if !names.insert(entry.name.clone()) {
                self.within(place.to_string(), |reader| {
                    reader.within("name", |reader| {
                        reader.wrong(format!("`{}` comes twice", entry.name));
                    });
                });
            }
            entries.push(entry);
        }
        entries
    }

    fn event_type(&mut self, raw: &RawValue, groups: &BTreeMap<String, Texts>) -> Option<Entry> {
        let members = self.object(raw.get(), &EVENT_TYPE_FIELDS)?;
        let name = self.required(&members, "name", |reader, raw| {
            reader.text(raw, |name| {
                check_event_type_name(name).map_err(|why| why.to_string())
            })
        });
        let group = self.optional(&members, "group", Self::title);
        if let Some(group) = &group
            && !groups.contains_key(group)
        {
            let msg = format!("`{group}` is not among the groups of the catalogue");
            self.within("group", |reader| reader.wrong(msg));
        }
        let is_deprecated = self.optional(&members, "deprecated", |reader, raw| {
            reader.typed(raw, "true or false")
        });
        let labels = self.required(&members, "labels", |reader, raw| {
            reader.texts(raw, Self::title)
        });
        let descriptions = self.required(&members, "descriptions", |reader, raw| {
            reader.texts(raw, Self::description)
        });
        let schema = self.required(&members, "schema", Self::schema).flatten();
        let rules = self.optional(&members, "refresh", Self::rules);
        let rules = rules.unwrap_or_default();
        let sample = self.required(&members, "sample", |reader, raw| {
            reader.sample(raw, &rules, schema.as_ref())
        });
        let group_labels = group.as_ref().and_then(|group| groups.get(group)).cloned();
        Some(Entry {
            name: name?,
            group,
            is_deprecated: is_deprecated.unwrap_or_default(),
            wording: Wording {
                labels: labels.unwrap_or_default(),
                descriptions: descriptions.unwrap_or_default(),
                group_labels: group_labels.unwrap_or_default(),
            },
            schema: schema?,
            sample: sample??,
        })
    }

    fn schema(&mut self, raw: &RawValue) -> Option<Value> {
        if raw.get().len() > SCHEMAS_BYTES_MAX {
            self.wrong("may have at most 262144 bytes");
            return None;
        }
        let schema: Value = self.typed(raw, "JSON");
        if schema.to_string().contains("\\u0000") {
            self.wrong("may not have the character U+0000");
            return None;
        }
        if let Err(why) = Schema::compile(&schema, UnlessNamed::Draft202012) {
            self.wrong(format!("is no JSON Schema: {why}"));
            return None;
        }
        Some(schema)
    }

    fn rules(&mut self, raw: &RawValue) -> BTreeMap<String, String> {
        let Some(members) = self.object(raw.get(), &[]) else {
            return BTreeMap::new();
        };
        if members.0.len() > REFRESH_RULES_MAX {
            self.wrong("may have at most 100 rules");
            return BTreeMap::new();
        }
        let mut rules = BTreeMap::new();
        for (pointer, raw) in &members.0 {
            let rule = self.within(pointer.as_ref(), |reader| reader.text(raw, |_| Ok(())));
            rules.insert(pointer.clone().into_owned(), rule);
        }
        rules
    }

    fn sample(
        &mut self,
        raw: &RawValue,
        rules: &BTreeMap<String, String>,
        schema: Option<&Value>,
    ) -> Option<Sample> {
        if raw.get().len() > SAMPLE_BYTES_MAX {
            self.wrong("may have at most 65536 bytes");
            return None;
        }
        let payload: Value = self.typed(raw, "JSON");
        let compile = |schema| Schema::compile(schema, UnlessNamed::Draft202012).ok();
        if let Some(schema) = schema.and_then(compile) {
            for mismatch in schema.mismatches(&payload) {
                self.wrong(format!("does not match the schema: {mismatch}"));
            }
        }
        match Sample::new(raw.get(), rules) {
            Ok(sample) => Some(sample.compact()),
            Err(problems) => {
                for problem in problems {
                    match problem.pointer().map(str::to_owned) {
                        None => self.wrong(problem.to_string()),
                        Some(pointer) => self.beside("refresh", &pointer, &problem.to_string()),
                    }
                }
                None
            }
        }
    }

    /// A problem under a field beside the one that is being read.
    fn beside(&mut self, field: &str, name: &str, msg: &str) {
        let here = self.place.pop();
        self.within(field, |reader| {
            reader.within(name, |reader| reader.wrong(msg));
        });
        self.place.extend(here);
    }
}

fn check_description(text: &str) -> Result<(), String> {
    if text.len() > DESCRIPTION_BYTES_MAX {
        return Err("may have at most 4096 bytes".to_owned());
    }
    if text.trim().is_empty() || text.contains('\0') {
        return Err("must be a text, not empty and without U+0000".to_owned());
    }
    Ok(())
}
