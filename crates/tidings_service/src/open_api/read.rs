//! The webhooks of a document, read and checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tidings_domain::names::check_event_type_name;

use super::Webhook;
use super::schema::{Cutter, Dialect};
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::{
    CATALOG_EVENT_TYPES_MAX, CATALOG_PROBLEMS_MAX, DESCRIPTION_BYTES_MAX, FEATURE_FLAGS_MAX,
    OPEN_API_VALUES_MAX,
};
use crate::schemas::check_schemas;

/// Where webhooks stand: in 3.1 and later, and in 3.0 as an extension.
const SECTIONS: [&str; 2] = ["webhooks", "x-webhooks"];
/// The operation that tells of a webhook is the first of these that is there.
const METHODS: [&str; 8] = [
    "post", "put", "patch", "delete", "get", "options", "head", "trace",
];
/// References to references, in a row.
const REFERENCES_MAX: usize = 16;

/// The names on the way to a place in the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place(Vec<String>);

impl Place {
    pub(super) fn of_pointer(pointer: &str) -> Self {
        let steps = pointer.split('/').skip(1);
        Self(
            steps
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
        )
    }

    pub(super) fn to(&self, step: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.to_owned());
        Self(steps)
    }
}

type Object = Map<String, Value>;

/// All webhooks, or all problems.
pub(super) fn webhooks(document: &Value, field: &str) -> Result<Vec<Webhook>, ServiceError> {
    let mut reader = Reader {
        document,
        field,
        problems: Problems::default(),
    };
    let webhooks = reader.document().unwrap_or_default();
    reader.problems.finish()?;
    Ok(webhooks)
}

struct Reader<'a> {
    document: &'a Value,
    field: &'a str,
    problems: Problems,
}

impl<'a> Reader<'a> {
    fn wrong(&mut self, place: &Place, why: impl Into<String>) {
        if self.problems.count() < CATALOG_PROBLEMS_MAX {
            let mut loc = vec!["body", self.field];
            loc.extend(place.0.iter().map(String::as_str));
            self.problems.push(FieldProblem::at(&loc, why));
        }
    }

    fn document(&mut self) -> Option<Vec<Webhook>> {
        let root = Place::default();
        let document = self.object(self.document, &root)?;
        let dialect = self.dialect(document)?;
        let mut found: BTreeMap<&str, (&Value, Place)> = BTreeMap::new();
        let mut has_section = false;
        for section in SECTIONS {
            let Some(webhooks) = document.get(section) else {
                continue;
            };
            has_section = true;
            let place = root.to(section);
            for (name, webhook) in self.object(webhooks, &place)? {
                let place = place.to(name);
                found.entry(name).or_insert((webhook, place));
            }
        }
        if !has_section {
            self.wrong(
                &root,
                "has no webhooks: neither `webhooks` nor `x-webhooks` is there",
            );
        }
        if found.len() > CATALOG_EVENT_TYPES_MAX {
            self.wrong(
                &root,
                format!("has more than {CATALOG_EVENT_TYPES_MAX} webhooks"),
            );
            return None;
        }
        let mut cutter = Cutter {
            document: self.document,
            dialect,
            values_left: OPEN_API_VALUES_MAX,
        };
        let webhooks = found.into_iter().filter_map(|(name, (webhook, place))| {
            self.webhook(name, webhook, &place, &mut cutter)
        });
        Some(webhooks.collect())
    }

    fn dialect(&mut self, document: &Object) -> Option<Dialect> {
        let place = Place::default().to("openapi");
        match document.get("openapi").and_then(Value::as_str) {
            Some(version) if version.starts_with("3.0") => Some(Dialect::V30),
            Some(version) if version.starts_with("3.") => Some(Dialect::V31),
            Some(version) => {
                self.wrong(&place, format!("must be 3.0 or later, and is `{version}`"));
                None
            }
            None => {
                self.wrong(
                    &place,
                    "must say which version of OpenAPI this is, such as `3.1.0`",
                );
                None
            }
        }
    }

    fn webhook(
        &mut self,
        name: &str,
        webhook: &'a Value,
        place: &Place,
        cutter: &mut Cutter<'_>,
    ) -> Option<Webhook> {
        if let Err(error) = check_event_type_name(name) {
            self.wrong(place, format!("is no name of an event type: {error}"));
        }
        let (item, place) = self.followed(webhook, place)?;
        let Some(method) = METHODS
            .into_iter()
            .find(|method| item.contains_key(*method))
        else {
            self.wrong(&place, "has no operation, such as `post`");
            return None;
        };
        let at = place.to(method);
        let operation = self.object(&item[method], &at)?;
        let description = self.description(item, &place, operation, &at);
        let is_deprecated = match operation.get("deprecated") {
            None => false,
            Some(Value::Bool(is_deprecated)) => *is_deprecated,
            Some(_) => {
                self.wrong(&at.to("deprecated"), "must be true or false");
                false
            }
        };
        Some(Webhook {
            name: name.to_owned(),
            description,
            is_deprecated,
            group_name: self.group(item, &place, operation, &at),
            feature_flags: self.flags(item, &place, operation, &at),
            schemas: self.schemas(operation, &at, cutter),
        })
    }

    /// The description of the operation, or its summary, or those of the webhook around it.
    fn description(
        &mut self,
        item: &Object,
        item_place: &Place,
        operation: &Object,
        at: &Place,
    ) -> String {
        for (object, place) in [(operation, at), (item, item_place)] {
            for key in ["description", "summary"] {
                let Some(value) = object.get(key) else {
                    continue;
                };
                let place = place.to(key);
                match self.text(value, &place) {
                    Some(text) if text.len() > DESCRIPTION_BYTES_MAX => {
                        self.wrong(&place, "may have at most 4096 bytes");
                    }
                    Some(text) if !text.is_empty() => return text.to_owned(),
                    _ => {}
                }
            }
        }
        String::new()
    }

    /// What `x-svix-group-name` says, or else the first tag.
    fn group(
        &mut self,
        item: &Object,
        item_place: &Place,
        operation: &Object,
        at: &Place,
    ) -> Option<String> {
        const KEY: &str = "x-svix-group-name";
        let said = [(operation, at), (item, item_place)]
            .into_iter()
            .find_map(|(object, place)| Some((object.get(KEY)?, place.to(KEY))));
        let tag = || {
            let tags = operation.get("tags")?;
            Some((tags.as_array()?.first()?, at.to("tags").to("0")))
        };
        let (value, place) = said.or_else(tag)?;
        let name = self.text(value, &place)?;
        if let Err(error) = check_display_name(name) {
            self.wrong(&place, error);
        }
        Some(name.to_owned())
    }

    /// What `x-svix-feature-flags` lists, or the one of `x-svix-feature-flag`.
    fn flags(
        &mut self,
        item: &Object,
        item_place: &Place,
        operation: &Object,
        at: &Place,
    ) -> Option<Vec<String>> {
        let keys = ["x-svix-feature-flags", "x-svix-feature-flag"];
        let (value, place) =
            [(operation, at), (item, item_place)]
                .into_iter()
                .find_map(|(object, place)| {
                    let key = keys.into_iter().find(|key| object.contains_key(*key))?;
                    Some((&object[key], place.to(key)))
                })?;
        let values = match value {
            Value::Array(values) => values.as_slice(),
            Value::String(_) => std::slice::from_ref(value),
            _ => {
                self.wrong(&place, "must be a list of strings");
                return None;
            }
        };
        if values.len() > FEATURE_FLAGS_MAX {
            self.wrong(&place, format!("may have at most {FEATURE_FLAGS_MAX}"));
            return None;
        }
        let mut flags = Vec::with_capacity(values.len());
        for value in values {
            let flag = self.text(value, &place)?;
            if let Err(error) = check_display_name(flag) {
                self.wrong(&place, error);
            }
            if !flags.iter().any(|known| known == flag) {
                flags.push(flag.to_owned());
            }
        }
        Some(flags)
    }

    /// The schema of the JSON that the webhook sends, as version 1.
    fn schemas(
        &mut self,
        operation: &'a Object,
        at: &Place,
        cutter: &mut Cutter<'_>,
    ) -> Option<Value> {
        let body = operation.get("requestBody")?;
        let (body, place) = self.followed(body, &at.to("requestBody"))?;
        let place = place.to("content");
        let content = self.object(body.get("content")?, &place)?;
        let (kind, media) = content.iter().find(|(kind, _)| is_json(kind))?;
        let place = place.to(kind);
        let schema = self.object(media, &place)?.get("schema")?;
        let place = place.to("schema");
        let cut = match cutter.cut(schema, &place) {
            Ok(cut) => cut,
            Err(uncut) => {
                self.wrong(&uncut.place, uncut.why);
                return None;
            }
        };
        let schemas = json!({ "1": cut });
        if let Err(why) = check_schemas(&schemas) {
            let why = why.replacen("version `1` is", "is", 1);
            self.wrong(&place, why);
        }
        Some(schemas)
    }

    /// An object, or the one that its `$ref` names.
    fn followed(&mut self, value: &'a Value, place: &Place) -> Option<(&'a Object, Place)> {
        let (mut object, mut place) = (self.object(value, place)?, place.clone());
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = object.get("$ref").and_then(Value::as_str) else {
                return Some((object, place));
            };
            let pointer = reference
                .strip_prefix('#')
                .filter(|rest| rest.starts_with('/'));
            let target = pointer.and_then(|pointer| self.document.pointer(pointer));
            let (Some(pointer), Some(target)) = (pointer, target) else {
                let why = format!("`{reference}` is not in this document");
                self.wrong(&place.to("$ref"), why);
                return None;
            };
            place = Place::of_pointer(pointer);
            object = self.object(target, &place)?;
        }
        self.wrong(
            &place.to("$ref"),
            "refers from one reference to the next without an end",
        );
        None
    }

    fn object<'v>(&mut self, value: &'v Value, place: &Place) -> Option<&'v Object> {
        let object = value.as_object();
        if object.is_none() {
            self.wrong(place, "must be an object");
        }
        object
    }

    fn text<'v>(&mut self, value: &'v Value, place: &Place) -> Option<&'v str> {
        let text = value.as_str().filter(|text| !text.contains('\0'));
        if text.is_none() {
            self.wrong(place, "must be a string without U+0000");
        }
        text
    }
}

/// Whether a media type is that of JSON.
fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json") || essence == "*/*"
}
