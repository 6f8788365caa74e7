//! What becomes of samples when they are sent, and which are refused.

use proptest::prelude::*;

use super::*;
use crate::clock::SeededEntropy;

/// 2026-11-24T12:00:00.250Z.
const NOW: Millis = 1_795_521_600_250;

fn rules(rules: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(pointer, rule): &(&str, &str)| ((*pointer).to_owned(), (*rule).to_owned());
    rules.iter().map(owned).collect()
}

fn sample(json: &str, of: &[(&str, &str)]) -> Sample {
    Sample::new(json, &rules(of)).expect("a sample")
}

fn problems(json: &str, of: &[(&str, &str)]) -> Vec<SampleProblem> {
    Sample::new(json, &rules(of)).expect_err("no sample")
}

#[test]
fn without_rules_a_sample_is_sent_byte_for_byte() {
    let json = "{ \"z\" : 1.50, \"a\":\"\\/\\u00e9\",\n\"n\":12345678901234567890 }";
    let sample = sample(json, &[]);
    assert_eq!(sample.fresh(NOW, &SeededEntropy::new(1)), json);
}

#[test]
fn times_move_to_now_in_their_own_forms_and_keep_their_distances() {
    let sample = sample(
        r#"{"start":"2026-05-04 09:46:36","end":"2026-05-04 10:16:24","day":"2026-05-06","unix":1777888584,"z":"2026-05-04T10:16:24.000Z"}"#,
        &[
            ("/start", "moved"),
            ("/end", "now"),
            ("/day", "moved"),
            ("/unix", "moved"),
            ("/z", "now"),
        ],
    );
    assert_eq!(
        sample.fresh(NOW, &SeededEntropy::new(1)),
        r#"{"start":"2026-11-24 11:30:12","end":"2026-11-24 12:00:00","day":"2026-11-26","unix":1795520400,"z":"2026-11-24T12:00:00.250Z"}"#
    );
}

#[test]
fn ids_are_new_each_time_and_keep_their_shape() {
    let sample = sample(
        r#"{"result":{"id":48213},"entity_id":48213,"exam_id":"158224","code":"WK-204817","zero":"007","uuid":"x"}"#,
        &[
            ("/entity_id", "digits"),
            ("/result/id", "copy /entity_id"),
            ("/exam_id", "digits"),
            ("/code", "digits"),
            ("/zero", "digits"),
            ("/uuid", "uuid"),
        ],
    );
    let entropy = SeededEntropy::new(7);
    let fresh = [sample.fresh(NOW, &entropy), sample.fresh(NOW, &entropy)];
    assert_ne!(fresh[0], fresh[1]);
    for json in fresh {
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let id = value["entity_id"].as_u64().unwrap();
        assert!((10_000..100_000).contains(&id) && id != 48_213, "{json}");
        assert_eq!(value["result"]["id"], value["entity_id"]);
        let exam = value["exam_id"].as_str().unwrap();
        assert!(exam.len() == 6 && exam.parse::<u32>().unwrap() >= 100_000);
        let code = value["code"].as_str().unwrap();
        assert!(code.starts_with("WK-") && code != "WK-204817" && code.len() == 9);
        assert!(value["zero"].as_str().unwrap().starts_with('0'));
        let uuid = value["uuid"].as_str().unwrap();
        assert!(uuid.len() == 36 && uuid.as_bytes()[14] == b'4', "{uuid}");
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}

#[test]
fn every_rule_that_does_not_fit_is_told_with_its_place() {
    assert_eq!(problems("[]", &[]), [SampleProblem::NotAnObject]);
    assert_eq!(problems("{", &[]), [SampleProblem::NotAnObject]);
    let found = problems(
        r#"{"n":1.5,"t":"2026-05-04","s":"x","c":"1"}"#,
        &[
            ("/n", "digits"),
            ("/s", "digits"),
            ("/t", "moved"),
            ("/gone", "uuid"),
            ("/c", "copy /s2"),
            ("no", "now"),
            ("/n2", "fresh"),
        ],
    );
    let places: Vec<&str> = found.iter().filter_map(SampleProblem::pointer).collect();
    assert_eq!(places, ["/n2", "/c", "/gone", "/n", "/s", "/t", "no"]);
    let told = found.iter().map(ToString::to_string).collect::<String>();
    assert!(told.contains("`fresh` is no rule") && told.contains("nothing at `/gone`"));
    assert!(
        told.contains("needs another one with the rule now"),
        "{told}"
    );
}

#[test]
fn a_copy_of_a_copy_or_of_itself_is_refused() {
    let chain = &[
        ("/a", "digits"),
        ("/b", "copy /a"),
        ("/c", "copy /b"),
        ("/d", "copy /d"),
    ];
    let found = problems(r#"{"a":1,"b":1,"c":1,"d":1}"#, chain);
    let places: Vec<&str> = found.iter().filter_map(SampleProblem::pointer).collect();
    assert_eq!(places, ["/c", "/d"]);
}

#[test]
fn a_stored_sample_comes_back_exactly() {
    let json = "{ \"b\":1.10, \"a\":\"\\u0000\" , \"t\": \"2026-05-04\"}";
    let sample = sample(json, &[("/b~0", "now")][..0]);
    assert_eq!(Sample::from_text(&sample.to_text()), Some(sample.clone()));
    assert_eq!(sample.json(), json);
    let with_rules = self::sample(json, &[("/t", "now")]);
    assert_eq!(Sample::from_text(&with_rules.to_text()), Some(with_rules));
    assert_eq!(Sample::from_text("{}"), None);
}

proptest! {
    #[test]
    fn new_digits_keep_length_letters_and_leading_zeros(text in "[a-zA-Z0-9-]{0,12}[0-9]{1,8}", seed: u64) {
        let json = format!("{{\"a\":\"{text}\"}}");
        let sample = sample(&json, &[("/a", "digits")]);
        let fresh = sample.fresh(NOW, &SeededEntropy::new(seed));
        let value: serde_json::Value = serde_json::from_str(&fresh).unwrap();
        let new = value["a"].as_str().unwrap();
        prop_assert_eq!(new.len(), text.len());
        let mut was_digit = false;
        for (old, new) in text.chars().zip(new.chars()) {
            prop_assert_eq!(old.is_ascii_digit(), new.is_ascii_digit());
            prop_assert!(old.is_ascii_digit() || old == new);
            prop_assert!(was_digit || !old.is_ascii_digit() || (old == '0') == (new == '0'));
            was_digit = old.is_ascii_digit();
        }
    }
}
