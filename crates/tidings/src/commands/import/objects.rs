//! The fields of what is brought: which go over, under one name, and how two objects differ.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::report::Kind;

/// Fields that go over as they are.
fn carried(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::EventType => &[
            "name",
            "description",
            "archived",
            "deprecated",
            "schemas",
            "groupName",
            "featureFlags",
            "labels",
            "descriptions",
            "groupLabels",
            "sample",
            "sampleRefresh",
            "schemaPolicy",
        ],
        Kind::Application => &["name", "uid", "throttleRate", "featureFlags", "metadata"],
        Kind::Endpoint => &[
            "url",
            "description",
            "uid",
            "disabled",
            "eventTypes",
            "channels",
            "filter",
            "throttleRate",
            "fifo",
            "batchSize",
            "maxWaitSecs",
            "format",
            "retryPolicy",
            "metadata",
        ],
        Kind::Integration => &["name", "featureFlags"],
        Kind::OperationalEndpoint => &[
            "url",
            "description",
            "uid",
            "disabled",
            "eventTypes",
            "throttleRate",
            "metadata",
        ],
    }
}

/// Fields that are known and stay behind: other names of the above, and what each server says for itself.
const STAY: [&str; 12] = [
    "id",
    "createdAt",
    "updatedAt",
    "version",
    "plan",
    "filterTypes",
    "rateLimit",
    "featureFlag",
    "disabledReason",
    "disabledAt",
    "schemaDrift",
    "coSignature",
];

/// Older names, with today's.
const OLDER: [(&str, &str); 2] = [("filterTypes", "eventTypes"), ("rateLimit", "throttleRate")];

/// The fields of an object that go over. One that is not there is left out: it says nothing.
pub(super) fn read(kind: Kind, object: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    for name in carried(kind) {
        if let Some(value) = object.get(name) {
            fields.insert((*name).to_owned(), value.clone());
        }
    }
    for (older, name) in OLDER {
        if let Some(value) = object.get(older)
            && carried(kind).contains(&name)
            && fields.get(name).is_none_or(Value::is_null)
        {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(Value::String(flag)) = object.get("featureFlag")
        && kind == Kind::EventType
        && fields.get("featureFlags").is_none_or(Value::is_null)
    {
        fields.insert("featureFlags".to_owned(), vec![flag.clone()].into());
    }
    if fields.get("sample").is_none_or(Value::is_null) {
        fields.remove("sampleRefresh");
    }
    fields
}

/// The fields of an object that nobody here knows, and that say something.
pub(super) fn unknown(kind: Kind, object: &Value) -> BTreeSet<String> {
    let fields = object.as_object().into_iter().flatten();
    let is_unknown = |(name, value): &(&String, &Value)| {
        let name = name.as_str();
        !value.is_null() && !carried(kind).contains(&name) && !STAY.contains(&name)
    };
    let unknown = fields.filter(is_unknown);
    unknown.map(|(name, _)| name.clone()).collect()
}

/// What a request to make it has: nothing that is empty.
pub(super) fn draft(fields: &Map<String, Value>) -> Map<String, Value> {
    let filled = fields.iter().filter(|(_, value)| !value.is_null());
    filled
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The fields that are not as they should be, as they should be.
pub(super) fn differences(
    kind: Kind,
    wanted: &Map<String, Value>,
    there: &Value,
) -> Map<String, Value> {
    // What was switched off here, for reasons of its own, stays so.
    let is_off_here = !there["disabledReason"].is_null();
    let there = read(kind, there);
    let differs = |(name, value): &(&String, &Value)| {
        let other = there.get(name.as_str()).unwrap_or(&Value::Null);
        plain(value) != plain(other) && !(is_off_here && name.as_str() == "disabled")
    };
    let different = wanted.iter().filter(differs);
    different
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// One value for all that mean the same: nothing for what is empty, lists of words in one order.
fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(false) => Value::Null,
        Value::String(text) if text.is_empty() => Value::Null,
        Value::Array(list) if list.is_empty() => Value::Null,
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let words: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
            words.into_iter().collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn older_names_are_read_and_unknown_ones_are_told() {
        let endpoint = json!({"id": "ep_1", "url": "https://a.example/", "filterTypes": ["a"],
            "rateLimit": 5, "throttleRate": null, "colour": "red", "size": null, "version": 1});
        let fields = read(Kind::Endpoint, &endpoint);
        let expected = json!({"url": "https://a.example/", "eventTypes": ["a"], "throttleRate": 5});
        assert_eq!(Value::Object(fields), expected);
        let unknown = unknown(Kind::Endpoint, &endpoint);
        assert_eq!(unknown, BTreeSet::from(["colour".to_owned()]));
        let event_type = json!({"name": "a", "featureFlag": "beta", "sampleRefresh": {}});
        let fields = read(Kind::EventType, &event_type);
        let expected = json!({"name": "a", "featureFlags": ["beta"]});
        assert_eq!(Value::Object(fields), expected);
    }

    #[test]
    fn only_what_differs_is_changed() {
        let there = json!({"url": "https://a.example/", "eventTypes": ["b", "a"], "channels": null,
            "description": "old", "disabled": true, "disabledReason": "gone", "metadata": {"k": "v"}});
        let wanted = json!({"url": "https://a.example/", "eventTypes": ["a", "b"], "channels": [],
            "description": "new", "disabled": false});
        let wanted = wanted.as_object().unwrap();
        let different = differences(Kind::Endpoint, wanted, &there);
        assert_eq!(Value::Object(different), json!({"description": "new"}));
        assert_eq!(draft(wanted)["description"], "new");
    }
}
