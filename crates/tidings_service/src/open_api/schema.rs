//! The schema of a payload, cut out of a document: what it refers to goes along as definitions of its own.
//!
//! References stay references, so that a schema may name itself and nothing is written twice.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::read::Place;

/// Keywords under which each value is a schema.
const MAPS_OF_SCHEMAS: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
/// Keywords under which there is data, whatever it looks like.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Which kind of schemas a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// That of 3.0, which is close to draft 7 and is turned into it.
    V30,
    /// That of 3.1 and later: JSON Schema, draft 2020-12.
    V31,
}

impl Dialect {
    fn definitions(self) -> &'static str {
        match self {
            Self::V30 => "definitions",
            Self::V31 => "$defs",
        }
    }
}

/// Cuts schemas out of one document.
pub(super) struct Cutter<'a> {
    pub(super) document: &'a Value,
    pub(super) dialect: Dialect,
    /// How many more values may be copied, for all schemas together.
    pub(super) values_left: usize,
}

/// Why a schema cannot be cut out, and where.
pub(super) struct Uncut {
    pub(super) place: Place,
    pub(super) why: String,
}

/// What one schema refers to, as far as it is known.
#[derive(Default)]
struct Definitions {
    /// The name that each pointer has among the definitions.
    names: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    /// Those that have not been copied yet.
    open: Vec<(String, Place)>,
}

impl Cutter<'_> {
    /// The schema by itself.
    pub(super) fn cut(&mut self, schema: &Value, place: &Place) -> Result<Value, Uncut> {
        let mut definitions = Definitions::default();
        let mut cut = self.copy(schema, place, &mut definitions)?;
        let mut copied = Map::new();
        while let Some((pointer, from)) = definitions.open.pop() {
            let Some(target) = self.document.pointer(&pointer) else {
                let why = format!("`#{pointer}` is not in the document");
                return Err(Uncut { place: from, why });
            };
            let name = definitions.names[&pointer].clone();
            let place = Place::of_pointer(&pointer);
            copied.insert(name, self.copy(target, &place, &mut definitions)?);
        }
        if !copied.is_empty() {
            // A schema that is `true` or `false` refers to nothing.
            let own = cut[self.dialect.definitions()].take();
            let mut all = own.as_object().cloned().unwrap_or_default();
            all.extend(copied);
            cut[self.dialect.definitions()] = Value::Object(all);
        }
        if self.dialect == Dialect::V31 && cut.is_object() && cut.get("$schema").is_none() {
            cut["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        }
        Ok(cut)
    }

    fn copy(
        &mut self,
        schema: &Value,
        place: &Place,
        definitions: &mut Definitions,
    ) -> Result<Value, Uncut> {
        let Value::Object(members) = schema else {
            self.count(values_in(schema), place)?;
            return Ok(schema.clone());
        };
        self.count(1, place)?;
        let mut copied = Map::new();
        for (keyword, value) in members {
            let place = place.to(keyword);
            let value = match value {
                Value::String(reference) if keyword == "$ref" => {
                    json!(self.refer(reference, place, definitions)?)
                }
                Value::Object(members) if MAPS_OF_SCHEMAS.contains(&keyword.as_str()) => {
                    self.copy_each(members, &place, definitions)?
                }
                Value::Array(values) if !DATA.contains(&keyword.as_str()) => {
                    let each = values.iter().enumerate().map(|(number, value)| {
                        self.copy(value, &place.to(&number.to_string()), definitions)
                    });
                    Value::Array(each.collect::<Result<_, _>>()?)
                }
                Value::Object(_) if !DATA.contains(&keyword.as_str()) => {
                    self.copy(value, &place, definitions)?
                }
                data => {
                    self.count(values_in(data), &place)?;
                    data.clone()
                }
            };
            copied.insert(keyword.clone(), value);
        }
        if self.dialect == Dialect::V30 {
            modernise(&mut copied);
        }
        Ok(Value::Object(copied))
    }

    fn copy_each(
        &mut self,
        members: &Map<String, Value>,
        place: &Place,
        definitions: &mut Definitions,
    ) -> Result<Value, Uncut> {
        let mut copied = Map::new();
        for (name, schema) in members {
            let schema = self.copy(schema, &place.to(name), definitions)?;
            copied.insert(name.clone(), schema);
        }
        Ok(Value::Object(copied))
    }

    fn count(&mut self, values: usize, place: &Place) -> Result<(), Uncut> {
        let left = self.values_left.checked_sub(values);
        self.values_left = left.ok_or_else(|| Uncut {
            place: place.clone(),
            why: "makes the schemas too large: each has what it refers to for itself".to_owned(),
        })?;
        Ok(())
    }

    /// The reference as it is in the schema that is cut out.
    fn refer(
        &self,
        reference: &str,
        place: Place,
        definitions: &mut Definitions,
    ) -> Result<String, Uncut> {
        let Some(pointer) = reference
            .strip_prefix('#')
            .filter(|rest| rest.starts_with('/'))
        else {
            let why = format!(
                "`{reference}` does not begin with `#/`: other documents are not read, and names are \
                 not followed"
            );
            return Err(Uncut { place, why });
        };
        let pointer = percent_encoding::percent_decode_str(pointer)
            .decode_utf8_lossy()
            .into_owned();
        let name = match definitions.names.get(&pointer) {
            Some(name) => name.clone(),
            None => definitions.open(pointer, place),
        };
        Ok(format!("#/{}/{name}", self.dialect.definitions()))
    }
}

impl Definitions {
    fn open(&mut self, pointer: String, place: Place) -> String {
        let last = pointer.rsplit('/').next().unwrap_or_default();
        let plain = |letter: char| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' => letter,
            _ => '_',
        };
        let last: String = last.chars().map(plain).collect();
        let mut name = last.clone();
        for number in 2.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{last}_{number}");
        }
        self.names.insert(pointer.clone(), name.clone());
        self.open.push((pointer, place));
        name
    }
}

fn values_in(value: &Value) -> usize {
    let within = match value {
        Value::Array(values) => values.iter().map(values_in).sum(),
        Value::Object(members) => members.values().map(values_in).sum(),
        _ => 0,
    };
    1 + within
}

/// Turns what only 3.0 says into what draft 7 says.
fn modernise(schema: &mut Map<String, Value>) {
    for (flag, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        match schema.get(flag) {
            Some(Value::Bool(true)) => {
                let bound = schema.remove(bound);
                schema.remove(flag);
                if let Some(bound) = bound {
                    schema.insert(flag.to_owned(), bound);
                }
            }
            Some(Value::Bool(false)) => drop(schema.remove(flag)),
            _ => {}
        }
    }
    if schema.remove("nullable") != Some(Value::Bool(true)) {
        return;
    }
    if let Some(Value::String(kind)) = schema.get("type") {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}
