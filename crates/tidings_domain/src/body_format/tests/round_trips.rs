//! Forms and XML read back with parsers of other people, whatever the payload.

use bytes::Bytes;
use proptest::prelude::*;
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::super::{BodyFormat, Event, Why};
use super::{form, xml};
use crate::ids::ApplicationId;

/// The value that an element stands for. Numbers are read as texts with a mark, since the reader
/// of these tests would round them.
fn value_of(node: Node<'_, '_>) -> Value {
    let text = node.text().unwrap_or_default();
    match node.attribute("type") {
        Some("number") => json!({ "number": text }),
        Some("boolean") => json!(text == "true"),
        Some("null") => Value::Null,
        Some("array") => node.children().map(value_of).collect(),
        Some("object") => json!({}),
        Some(other) => panic!("no type: {other}"),
        None if node.first_element_child().is_some() => {
            let name = |child: &Node<'_, '_>| match child.attribute("name") {
                Some(name) => name.to_owned(),
                None => child.tag_name().name().to_owned(),
            };
            let members = node.children().map(|child| (name(&child), value_of(child)));
            Value::Object(members.collect())
        }
        None => json!(text),
    }
}

/// The payload with numbers marked as [`value_of`] does.
fn marked(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!({ "number": number.to_string() }),
        Value::Array(values) => values.iter().map(marked).collect(),
        Value::Object(map) => {
            let members = map
                .iter()
                .map(|(name, value)| (name.clone(), marked(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// The fields that a payload should become, by the rule and not by the code.
fn fields_of(value: &Value, path: &str, fields: &mut Vec<(String, String)>) {
    let within = |step: &str| match path {
        "" => step.to_owned(),
        path => format!("{path}[{step}]"),
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                fields_of(value, &within(name), fields);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for (number, value) in values.iter().enumerate() {
                fields_of(value, &within(&number.to_string()), fields);
            }
        }
        _ if path.is_empty() => {}
        Value::String(text) => fields.push((path.to_owned(), text.clone())),
        Value::Number(number) => fields.push((path.to_owned(), number.to_string())),
        Value::Bool(flag) => fields.push((path.to_owned(), flag.to_string())),
        _ => fields.push((path.to_owned(), String::new())),
    }
}

fn payloads(name: &'static str, text: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| json!(number)),
        text.prop_map(Value::from),
    ];
    let any = leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop_oneof![
        prop::collection::btree_map(name, any.clone(), 0..6)
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        prop::collection::vec(any, 0..5).prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn xml_reads_back_as_the_payload(
        payload in payloads("[ -~\t\r\n\u{e9}\u{1f989}]{0,8}", "[ -~\t\r\n\u{85}\u{e9}\u{2028}\u{fffd}]{0,12}"),
    ) {
        let text = xml(&payload.to_string()).unwrap();
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        prop_assert!(root.has_tag_name("event"));
        prop_assert_eq!(value_of(root), marked(&payload));
    }

    #[test]
    fn a_form_reads_back_as_the_payloads_fields(
        payload in payloads("[^\\[\\]]{1,8}", ".{0,12}"),
    ) {
        let text = form(&payload.to_string()).unwrap();
        let fields: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let mut expected = Vec::new();
        fields_of(&payload, "", &mut expected);
        prop_assert_eq!(fields, expected);
    }

    #[test]
    fn what_serde_takes_for_json_is_read_and_nothing_else(
        text in "([\\[\\]{}:,\" \\\\0-9eE.+tfn-]|true|false|null|\"a\"|\\\\u00e9|\u{e9}){0,12}",
    ) {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let is_read = match xml(&text) {
            Err(refused) => !matches!(refused.why, Why::NotJson { .. }),
            Ok(_) => true,
        };
        prop_assert_eq!(is_read, is_json, "{}", text);
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let payload = Bytes::from(bytes);
        let event = Event {
            id: "msg_1",
            event_type: "a",
            accepted_at: 0,
            application: ApplicationId::new(1, 0, 7, 9),
            payload: &payload,
            options: None,
        };
        for format in BodyFormat::ALL {
            let _ = format.format(&event);
        }
    }
}
