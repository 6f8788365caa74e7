//! Every case of `conformance/filters`, which other implementations run as well.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use tidings_domain::filter::{Filter, ReadPayload};
use tidings_domain::names::{check_wanted_event_type, is_wanted_event_type};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    filter: Option<Value>,
    filter_text: Option<String>,
    payload: Option<Value>,
    payload_text: Option<String>,
    matches: Option<bool>,
    decided_by: Option<String>,
    refused_at: Option<Vec<String>>,
    event_types: Option<Vec<String>>,
    event_type: Option<String>,
    refused: Option<bool>,
}

fn text(value: Option<&Value>, text: Option<&String>) -> String {
    let written = value.map(Value::to_string);
    written
        .or_else(|| text.cloned())
        .expect("a value or a text")
}

fn check_filter(case: &Case) {
    let filter = Filter::parse(&text(case.filter.as_ref(), case.filter_text.as_ref()));
    if let Some(place) = &case.refused_at {
        let refused = filter.expect_err(&case.name);
        assert_eq!(refused.place, *place, "{}: {refused}", case.name);
        return;
    }
    let filter = filter.expect(&case.name);
    let payload = text(case.payload.as_ref(), case.payload_text.as_ref());
    let payload = ReadPayload::new(payload.as_bytes());
    let verdict = filter.judge(&payload);
    assert_eq!(Some(verdict.is_match), case.matches, "{}", case.name);
    if let Some(place) = &case.decided_by {
        assert_eq!(verdict.decided_by, place, "{}", case.name);
    }
}

fn check_event_types(case: &Case, wanted: &[String]) {
    let allowed = wanted
        .iter()
        .all(|one| check_wanted_event_type(one).is_ok());
    assert_eq!(allowed, case.refused != Some(true), "{}", case.name);
    let Some(event_type) = &case.event_type else {
        return;
    };
    let is_match = wanted.is_empty()
        || wanted
            .iter()
            .any(|one| is_wanted_event_type(one, event_type));
    assert_eq!(Some(is_match), case.matches, "{}", case.name);
}

#[test]
fn every_case_comes_out_as_it_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/filters");
    let (mut files_count, mut cases_count) = (0, 0);
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let read: CaseFile = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for case in &read.cases {
            match &case.event_types {
                Some(wanted) => check_event_types(case, wanted),
                None => check_filter(case),
            }
        }
        files_count += 1;
        cases_count += read.cases.len();
    }
    assert!(
        files_count >= 11 && cases_count >= 240,
        "{cases_count} cases"
    );
}
