//! What holds of every filter and every payload. The cases that every implementation can run are in
//! `conformance/filters`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn matches(filter: &Value, payload: &Value) -> bool {
    let filter = Filter::parse(&filter.to_string()).unwrap();
    let payload = ReadPayload::new(payload.to_string().as_bytes());
    filter.judge(&payload).is_match
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What may be said of one value.
fn any_condition() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any_json().prop_map(|value| json!({"$eq": value})),
        any_json().prop_map(|value| json!({"$ne": value})),
        any_json().prop_map(|value| json!({"$contains": value})),
        any::<i64>().prop_map(|bound| json!({"$gte": bound})),
        "[a-c]{1,2}".prop_map(|text| json!({"$startsWith": text})),
        "[a-c]{1,2}".prop_map(|text| json!({"$regex": text})),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|list| json!({"$and": list})),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|list| json!({"$or": list})),
            inner.clone().prop_map(|inner| json!({"$not": inner})),
            inner.prop_map(|inner| json!({"a": inner})),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_that_is_given_panics(filter: String, payload: Vec<u8>) {
        let filter = Filter::parse(&filter);
        let payload = ReadPayload::new(&payload);
        if let Ok(filter) = filter {
            filter.judge(&payload);
        }
    }

    #[test]
    fn a_payload_is_equal_to_itself_and_to_nothing_else(one in any_json(), other in any_json()) {
        prop_assert!(matches(&json!({"$eq": one}), &one), "{one}");
        prop_assert_eq!(matches(&json!({"$eq": one}), &other), one == other);
        prop_assert_eq!(matches(&json!({"$ne": one}), &other), one != other);
    }

    #[test]
    fn what_is_absent_matches_no_condition(condition in any_condition(), payload in any_json()) {
        prop_assert!(!matches(&json!({"z": condition}), &payload), "{condition}");
        prop_assert!(!matches(&json!({"z.y.*": condition}), &payload), "{condition}");
    }

    #[test]
    fn a_dot_is_a_nested_object(condition in any_condition(), payload in any_json()) {
        let nested = matches(&json!({"a": {"b": condition}}), &payload);
        prop_assert_eq!(matches(&json!({"a.b": condition}), &payload), nested);
        let nested = matches(&json!({"*": {"b": condition}}), &payload);
        prop_assert_eq!(matches(&json!({"*.b": condition}), &payload), nested);
    }

    #[test]
    fn operators_of_logic_are_those_of_logic(
        one in any_condition(), other in any_condition(), payload in any_json(),
    ) {
        let (first, second) = (matches(&one, &payload), matches(&other, &payload));
        prop_assert_eq!(matches(&json!({"$and": [one, other]}), &payload), first && second);
        prop_assert_eq!(matches(&json!({"$or": [one, other]}), &payload), first || second);
        prop_assert_eq!(matches(&json!({"$not": one}), &payload), !first);
    }

    #[test]
    fn what_decided_is_in_the_filter(condition in any_condition(), payload in any_json()) {
        let filter = json!({"a": condition});
        let parsed = Filter::parse(&filter.to_string()).unwrap();
        let payload = ReadPayload::new(payload.to_string().as_bytes());
        let verdict = parsed.judge(&payload);
        prop_assert!(filter.pointer(verdict.decided_by).is_some(), "{}", verdict.decided_by);
    }
}

#[test]
fn a_refusal_says_what_and_where() {
    let refused = Filter::parse(r#"{"a.b": {"$near": 1}}"#).unwrap_err();
    assert_eq!(refused.place, ["a.b", "$near"]);
    let text = refused.to_string();
    assert!(text.contains("unknown operator \"$near\""), "{text}");
    assert!(text.ends_with("at /a.b/$near"), "{text}");
}
