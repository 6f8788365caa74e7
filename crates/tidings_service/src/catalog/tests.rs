//! The catalogues that come with Tidings are right, and those that are wrong are refused with each place.

use bytes::Bytes;
use proptest::prelude::*;
use tidings_domain::clock::SeededEntropy;
use tidings_domain::language::Language;

use super::*;
use tidings_domain::schema::{Schema, UnlessNamed};

fn read(json: &str) -> Result<Catalog, ServiceError> {
    let bytes = Bytes::copy_from_slice(json.as_bytes());
    Catalog::read(JsonText::check(&bytes).expect("text"))
}

fn built_in(name: &str) -> Catalog {
    read(BuiltIn::find(name).expect("a catalogue").json).unwrap_or_else(|error| match error {
        ServiceError::Invalid(problems) => panic!("{name}: {problems:#?}"),
        other => panic!("{name}: {other}"),
    })
}

/// Places and what is said of them.
fn problems(catalog: &Value) -> Vec<(String, String)> {
    match read(&catalog.to_string()) {
        Err(ServiceError::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| (problem.loc[1..].join(" "), problem.msg))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn small() -> Value {
    json!({
        "catalog": "mine", "title": "Mine",
        "groups": [{"name": "A", "labels": {"en": "A"}}],
        "eventTypes": [{
            "name": "a.b", "group": "A", "labels": {"en": "A", "fi": "B"}, "descriptions": {"en": "C"},
            "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
            "sample": {"id": 17}, "refresh": {"/id": "digits"},
        }],
    })
}

#[test]
fn every_catalogue_that_comes_along_is_right_and_speaks_six_languages() {
    for entry in BUILT_IN {
        let catalog = built_in(entry.name);
        assert_eq!(catalog.name, entry.name);
        assert!(!catalog.title.is_empty() && !catalog.about.is_empty());
        let summary = entry.summary();
        assert_eq!(
            (&summary.name, &summary.title),
            (&catalog.name, &catalog.title)
        );
        assert_eq!(summary.event_types_count(), catalog.event_types.len());
        for event_type in &catalog.event_types {
            let wording = &event_type.wording;
            for texts in [
                &wording.labels,
                &wording.descriptions,
                &wording.group_labels,
            ] {
                let languages: Vec<Language> = texts.keys().copied().collect();
                assert_eq!(languages, Language::ALL, "{}", event_type.name);
            }
        }
    }
}

#[test]
fn samples_match_their_schemas_as_they_are_written_and_as_they_are_sent() {
    for entry in BUILT_IN {
        for event_type in built_in(entry.name).event_types {
            let schema = Schema::compile(&event_type.schema, UnlessNamed::Draft7);
            let schema = schema.expect("a schema");
            let draft = &event_type.schema["$schema"];
            assert_eq!(draft, "https://json-schema.org/draft/2020-12/schema");
            for seed in 0..5 {
                let fresh = event_type
                    .sample
                    .fresh(1_795_521_600_250, &SeededEntropy::new(seed));
                for json in [event_type.sample.json(), &fresh] {
                    let payload = serde_json::from_str(json).expect("JSON");
                    let found = schema.mismatches(&payload);
                    assert_eq!(found, [], "{}: {json}", event_type.name);
                }
            }
        }
    }
}

#[test]
fn a_schema_of_ours_refuses_what_is_not_its_event() {
    for entry in BUILT_IN {
        for event_type in built_in(entry.name).event_types {
            // A button sends whatever its editor entered, so any object is one of its events.
            if event_type.name == "button.pressed" {
                continue;
            }
            let schema = Schema::compile(&event_type.schema, UnlessNamed::Draft202012);
            assert!(
                !schema.expect("a schema").mismatches(&json!({})).is_empty(),
                "{}",
                event_type.name
            );
        }
    }
}

#[test]
fn wink_has_its_105_keys_in_11_groups() {
    let wink = built_in("wink");
    assert_eq!(wink.event_types.len(), 105);
    let groups: std::collections::BTreeSet<_> = wink
        .event_types
        .iter()
        .map(|event_type| event_type.group.clone())
        .collect();
    assert_eq!(groups.len(), 11);
    let created = &wink
        .event_types
        .iter()
        .find(|event_type| event_type.name == "booking.created")
        .expect("it is there")
        .wording
        .labels;
    assert_eq!(created[&Language::En], "Booking created");
    assert_eq!(created[&Language::Fi], "Varaus luotu");
}

#[test]
fn bodies_have_each_products_own_shape() {
    let keys = |catalog: &str, name: &str| -> Vec<String> {
        let catalog = built_in(catalog);
        let mut entries = catalog.event_types.into_iter();
        let entry = entries
            .find(|entry| entry.name == name)
            .expect("it is there");
        // The order of the text, which a map would lose.
        let members: tidings_domain::sample::Members<'_> =
            serde_json::from_str(entry.sample.json()).expect("an object");
        let names = members.0.iter();
        names.map(|(name, _)| name.clone().into_owned()).collect()
    };
    let with_result = ["entity_id", "entity_type", "action_type", "result"];
    for name in ["user.new", "user.update", "company.new", "company.update"] {
        assert_eq!(keys("eventinsight", name), with_result);
    }
    for name in ["user.delete", "company.delete"] {
        assert_eq!(keys("eventinsight", name), with_result[..3]);
    }
    assert_eq!(
        keys("thulium", "CHAT_CONVERSATION_CREATED"),
        [
            "action",
            "conversation_id",
            "client_name",
            "client_email",
            "date",
            "chat_queue_id"
        ]
    );
    assert_eq!(keys("thulium", "CHAT_CONVERSATION_CLOSED").len(), 4);
    for (name, title) in [
        ("exam.finished", "exam_title"),
        ("course.finished", "course_title"),
        ("assessment.finished", "assessment_title"),
    ] {
        let keys = keys("easy-lms", name);
        assert_eq!(
            keys.first().map(String::as_str),
            Some("player_date_created")
        );
        assert_eq!(keys.last().map(String::as_str), Some(title));
        assert!(keys.contains(&"session_result".to_owned()));
    }
    assert_eq!(
        keys("wink", "booking.created"),
        ["event", "identifier", "createdDate", "entity", "data"]
    );
}

#[test]
fn the_smallest_right_catalogue_is_read() {
    let catalog = read(&small().to_string()).expect("a catalogue");
    let entry = &catalog.event_types[0];
    assert_eq!(entry.wording.labels[&Language::Fi], "B");
    assert_eq!(entry.wording.group_labels[&Language::En], "A");
    assert_eq!(entry.sample.json(), r#"{"id":17}"#);
}

/// What is put where, which place is told, and a part of what is said.
const WRONG: &str = r#"
/catalog | "No Name" | catalog | a to z
/title | 7 | title | must be a string
/groups/0/labels | {} | groups 0 labels en | missing
/eventTypes/0/name | "a b" | eventTypes 0 name | letters
/eventTypes/0/group | "B" | eventTypes 0 group | not among the groups
/eventTypes/0/labels | {"en":"A","sv":"B"} | eventTypes 0 labels sv | en, es, fi
/eventTypes/0/labels | {"fi":"B"} | eventTypes 0 labels en | missing
/eventTypes/0/labels/en | "\u0007" | eventTypes 0 labels en | control characters
/eventTypes/0/labels/en | "" | eventTypes 0 labels en | 1 to 256 bytes
/eventTypes/0/descriptions/en | " " | eventTypes 0 descriptions en | not empty
/eventTypes/0/schema | {"type":"text"} | eventTypes 0 schema | no JSON Schema
/eventTypes/0/schema | 7 | eventTypes 0 schema | no JSON Schema
/eventTypes/0/schema | {"title":"\u0000"} | eventTypes 0 schema | U+0000
/eventTypes/0/sample | {"id":"x17"} | eventTypes 0 sample | does not match the schema
/eventTypes/0/sample | [] | eventTypes 0 sample | does not match the schema
/eventTypes/0/refresh | {"/id":"fresh"} | eventTypes 0 refresh /id | no rule
/eventTypes/0/refresh | {"/x":"uuid"} | eventTypes 0 refresh /x | nothing at
/eventTypes/0/refresh | {"/id":7} | eventTypes 0 refresh /id | must be a string
/eventTypes | {} | eventTypes | must be a list
"#;

#[test]
fn every_problem_is_told_with_its_place() {
    for line in WRONG.trim().lines() {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [pointer, value, place, said] = parts[..] else {
            panic!("{line}")
        };
        let mut catalog = small();
        *catalog.pointer_mut(pointer).expect("a place") = value.parse().expect("JSON");
        let found = problems(&catalog);
        assert!(
            found
                .iter()
                .any(|(at, msg)| at == place && msg.contains(said)),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn what_is_missing_or_unknown_or_twice_is_told() {
    for field in ["name", "labels", "descriptions", "schema", "sample"] {
        let mut catalog = small();
        let entry = catalog["eventTypes"][0].as_object_mut().expect("an object");
        entry.remove(field);
        let place = format!("eventTypes 0 {field}");
        assert_eq!(problems(&catalog), [(place, "is missing".to_owned())]);
    }
    let mut catalog = small();
    catalog["eventTypes"][0]["lables"] = json!({});
    assert_eq!(problems(&catalog)[0].0, "eventTypes 0 lables");
    let mut catalog = small();
    let twice = catalog["eventTypes"][0].clone();
    catalog["eventTypes"]
        .as_array_mut()
        .expect("a list")
        .push(twice);
    assert_eq!(
        problems(&catalog),
        [(
            "eventTypes 1 name".to_owned(),
            "`a.b` comes twice".to_owned()
        )]
    );
    let repeated = small()
        .to_string()
        .replacen("\"title\"", "\"catalog\":\"x\",\"title\"", 1);
    let Err(ServiceError::Invalid(found)) = read(&repeated) else {
        panic!("a name came twice and was taken");
    };
    assert_eq!(found[0].loc, ["body", "catalog"]);
    assert!(matches!(read("[]"), Err(ServiceError::Invalid(_))));
    let places = problems(&json!({})).into_iter().map(|(place, _)| place);
    assert_eq!(
        places.collect::<Vec<_>>(),
        ["catalog", "title", "eventTypes"]
    );
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let with = |count: usize| {
        let mut catalog = small();
        let one = catalog["eventTypes"][0].clone();
        let many = (0..count).map(|n| {
            let mut one = one.clone();
            one["name"] = json!(format!("a.{n}"));
            one
        });
        catalog["eventTypes"] = many.collect();
        catalog
    };
    assert!(read(&with(1000).to_string()).is_ok());
    assert_eq!(problems(&with(1001))[0].0, "eventTypes");
    let padded = |bytes: usize| {
        let mut catalog = small();
        let empty = r#"{"id":17,"pad":""}"#.len();
        catalog["eventTypes"][0]["sample"] = json!({"id": 17, "pad": "a".repeat(bytes - empty)});
        catalog
    };
    assert!(read(&padded(65_536).to_string()).is_ok());
    assert_eq!(problems(&padded(65_537))[0].0, "eventTypes 0 sample");
}

#[test]
fn a_thousand_problems_are_told_as_a_hundred_and_a_number() {
    let mut catalog = small();
    catalog["eventTypes"] = (0..1000).map(|_| json!(1)).collect();
    let found = problems(&catalog);
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].1, "900 more problems are not told");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn any_json_in_any_place_is_taken_or_refused(place in 0_usize..8, value in "(null|true|-1|1e400|\"x\"|\\[\\]|\\{\\}|\\[1\\]|\\{\"en\":1\\})") {
        let fields = ["name", "group", "deprecated", "labels", "descriptions", "schema", "sample", "refresh"];
        let catalog = small().to_string();
        let mut entry = small()["eventTypes"][0].clone();
        entry[fields[place]] = json!("@@");
        let text = catalog.replace(&small()["eventTypes"][0].to_string(), &entry.to_string());
        let _ = read(&text.replace("\"@@\"", &value));
    }
}
