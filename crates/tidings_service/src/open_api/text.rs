//! The text of a document, JSON or YAML, as a value.
//!
//! YAML can say much in little: what its aliases stand for counts as if it were written out, and there is a
//! limit to that.

use bytes::Bytes;
use serde_json::Value;

use crate::error::{FieldProblem, ServiceError};
use crate::limits::{JSON_DEPTH_MAX, YAML_ALIASES_MAX, YAML_NODES_MAX};
use crate::payload::JsonText;

const FIELD: &str = "specRaw";

/// Text that begins like a JSON object is read as JSON, and everything else as YAML.
pub(super) fn parse(text: &str) -> Result<Value, ServiceError> {
    let wrong = |why: String| ServiceError::invalid(FieldProblem::body(FIELD, why));
    if text.trim_start().starts_with('{') {
        // The escapes of the body are undone by now, so its depth has not been looked at.
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let json = JsonText::check(&bytes).map_err(|error| wrong(error.to_string()))?;
        return serde_json::from_str(json.as_str())
            .map_err(|error| wrong(format!("is not valid JSON: {error}")));
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: JSON_DEPTH_MAX,
            max_nodes: YAML_NODES_MAX,
            max_events: 2 * YAML_NODES_MAX,
            max_aliases: YAML_ALIASES_MAX,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: YAML_NODES_MAX,
        },
        // `no` is a country.
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        wrong(format!(
            "is neither JSON nor YAML that is read here: {error}"
        ))
    })
}
