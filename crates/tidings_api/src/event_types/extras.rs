//! What an event type has beside the fields of the Svix API: texts by language, a sample, and what happens
//! to payloads that do not fit its schemas.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use tidings_domain::language::{Language, Texts};
use tidings_domain::sample::Sample;
use tidings_domain::schema::SchemaPolicy;
use tidings_service::FieldProblem;
use tidings_service::event_types::EventTypeExtras;

use crate::fields::{Fields, Given};

/// Reads them from the fields, and the sample from the text itself, whose bytes it keeps.
pub(super) fn read_extras(fields: &mut Fields, text: &str) -> EventTypeExtras {
    EventTypeExtras {
        labels: read_texts(fields, "labels"),
        descriptions: read_texts(fields, "descriptions"),
        group_labels: read_texts(fields, "groupLabels"),
        sample: read_sample(fields, text),
        schema_policy: read_policy(fields),
    }
}

fn read_policy(fields: &mut Fields) -> Option<SchemaPolicy> {
    let wanted = "must be `off`, `warn` or `refuse`";
    let given = fields.word("schemaPolicy", wanted, SchemaPolicy::from_name);
    given.change_or_default()
}

fn read_texts(fields: &mut Fields, name: &str) -> Option<Texts> {
    let given = fields.map(name).change_or_default()?;
    let mut texts = Texts::new();
    for (code, text) in given {
        if let Some(language) = Language::from_code(&code) {
            texts.insert(language, text);
        } else {
            let codes = Language::ALL.map(Language::code).join(", ");
            let msg = format!("is no language that Tidings speaks; those are {codes}");
            fields.refuse(FieldProblem::at(&["body", name, &code], msg));
        }
    }
    Some(texts)
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    sample: Option<&'a RawValue>,
}

#[expect(clippy::option_option, reason = "the form that patches have")]
fn read_sample(fields: &mut Fields, text: &str) -> Option<Option<Sample>> {
    let rules = fields.map("sampleRefresh");
    let given = fields.value("sample");
    match (given, rules) {
        (Given::Absent, Given::Absent) => None,
        (Given::Absent, _) => {
            let msg = "goes with `sample`, which is missing";
            fields.refuse(FieldProblem::body("sampleRefresh", msg));
            None
        }
        (Given::Null, _) => Some(None),
        (Given::Value(_), rules) => {
            let raw = serde_json::from_str::<Raw<'_>>(text).ok();
            let Some(raw) = raw.and_then(|raw| raw.sample) else {
                fields.refuse(FieldProblem::body("sample", "comes twice"));
                return None;
            };
            let rules: BTreeMap<String, String> = rules.or_none().unwrap_or_default();
            match Sample::new(raw.get(), &rules) {
                Ok(sample) => Some(Some(sample)),
                Err(problems) => {
                    for problem in problems {
                        let loc = match problem.pointer() {
                            None => vec!["body", "sample"],
                            Some(pointer) => vec!["body", "sampleRefresh", pointer],
                        };
                        fields.refuse(FieldProblem::at(&loc, problem.to_string()));
                    }
                    None
                }
            }
        }
    }
}
