//! How payloads have differed from the schemas of an event type, as it is shown and forgotten.

use schemars::JsonSchema;
use serde::Serialize;
use tidings_domain::schema::drift::{Difference, Drift};
use tidings_service::FieldProblem;

use crate::fields::{Fields, Given};
use crate::time;

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "SchemaDriftOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriftOut {
    /// How many messages did not fit.
    messages_count: u64,
    first_seen: String,
    last_seen: String,
    differences: Vec<DifferenceOut>,
    /// How often something differed that found no room in the list.
    further_count: u64,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "SchemaDifferenceOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct DifferenceOut {
    schema_version: String,
    pointer: String,
    message: String,
    messages_count: u64,
    first_seen: String,
    last_seen: String,
}

impl From<Drift> for DriftOut {
    fn from(drift: Drift) -> Self {
        let differences = drift.differences.into_iter();
        Self {
            messages_count: drift.messages_count,
            first_seen: time::format(drift.first_at),
            last_seen: time::format(drift.last_at),
            differences: differences.map(DifferenceOut::from).collect(),
            further_count: drift.further_count,
        }
    }
}

impl From<Difference> for DifferenceOut {
    fn from(difference: Difference) -> Self {
        Self {
            schema_version: difference.version,
            pointer: difference.pointer,
            message: difference.rule,
            messages_count: difference.messages_count,
            first_seen: time::format(difference.first_at),
            last_seen: time::format(difference.last_at),
        }
    }
}

/// `null` forgets what was seen; nobody can say what was.
pub(super) fn read_forgetting(fields: &mut Fields) -> bool {
    match fields.value("schemaDrift") {
        Given::Absent => false,
        Given::Null => true,
        Given::Value(_) => {
            let msg = "may only be null, which forgets what was seen";
            fields.refuse(FieldProblem::body("schemaDrift", msg));
            false
        }
    }
}
