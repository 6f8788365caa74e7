//! What each format makes of a payload, and what it refuses, with its place.

mod round_trips;

use roxmltree::Document;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::*;

fn formatted(format: BodyFormat, payload: &str) -> Result<String, Unrepresentable> {
    let payload = Bytes::from(payload.to_owned());
    let event = Event {
        id: "msg_1",
        event_type: "user.created",
        accepted_at: 1_718_810_565_123,
        application: ApplicationId::new(1, 0, 7, 9),
        payload: &payload,
        options: None,
    };
    let formatted = format.format(&event)?;
    Ok(String::from_utf8(formatted.body.to_vec()).unwrap())
}

fn form(payload: &str) -> Result<String, Unrepresentable> {
    formatted(BodyFormat::Form, payload)
}

fn xml(payload: &str) -> Result<String, Unrepresentable> {
    formatted(BodyFormat::Xml, payload)
}

#[track_caller]
fn refused(result: &Result<String, Unrepresentable>, why: Why, place: &str) {
    let expected = Unrepresentable {
        why,
        place: place.to_owned(),
    };
    assert_eq!(result.as_ref(), Err(&expected));
}

const PERSON: &str = r#"{"first_name":"John","last_name":"Doe","gender":"male"}"#;

#[test]
fn the_sample_person_reads_as_promised() {
    assert_eq!(
        form(PERSON).unwrap(),
        "first_name=John&last_name=Doe&gender=male"
    );
    assert_eq!(
        xml(PERSON).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><event><first_name>John</first_name>\
         <last_name>Doe</last_name><gender>male</gender></event>"
    );
}

#[test]
fn a_list_has_each_event_with_its_payload_byte_for_byte() {
    let payloads = ["{ \"n\": 1.0 }", "[2]", ""].map(|payload| Bytes::from(payload.to_owned()));
    let events = ["msg_1", "msg_2", "msg_3"].into_iter().zip(&payloads);
    let body = list(events.map(|(id, payload)| Event {
        id,
        event_type: "a\"b",
        accepted_at: 1_718_810_565_123,
        application: ApplicationId::new(1, 0, 7, 9),
        payload,
        options: None,
    }));
    let entry = |id: &str, payload: &str| {
        let words = r#""eventType":"a\"b","timestamp":"2024-06-19T15:22:45.123Z""#;
        format!(r#"{{"id":"{id}",{words},"payload":{payload}}}"#)
    };
    let expected = [
        entry("msg_1", "{ \"n\": 1.0 }"),
        entry("msg_2", "[2]"),
        entry("msg_3", "null"),
    ];
    assert_eq!(body, format!("[{}]", expected.join(",")));
    assert_eq!(list([]), "[]");
}

#[test]
fn every_format_reads_back_from_its_word_and_the_default_is_json_as_given() {
    for format in BodyFormat::ALL {
        assert_eq!(BodyFormat::parse(format.as_str()), Some(format));
    }
    for text in ["", "JSON", "yaml", "cloudevents-structured"] {
        assert_eq!(BodyFormat::parse(text), None, "{text}");
    }
    assert_eq!(BodyFormat::default(), BodyFormat::Json);
}

#[test]
fn json_as_given_and_binary_cloud_events_are_the_same_bytes_in_the_same_place() {
    let payload = Bytes::from_static(b"{ \"a\" : 1.0 }");
    let event = Event {
        id: "msg_1",
        event_type: "a.b",
        accepted_at: 0,
        application: ApplicationId::new(1, 0, 7, 9),
        payload: &payload,
        options: None,
    };
    for format in [BodyFormat::Json, BodyFormat::CloudEventsBinary] {
        let body = format.format(&event).unwrap().body;
        assert_eq!(body, payload);
        assert_eq!(body.as_ptr(), payload.as_ptr(), "nothing is copied");
    }
}

#[test]
fn an_envelope_holds_the_payload_byte_for_byte() {
    let body = formatted(BodyFormat::Envelope, "{ \"a\" : 1.0 }").unwrap();
    let expected =
        r#"{"type":"user.created","timestamp":"2024-06-19T15:22:45.123Z","data":{ "a" : 1.0 }}"#;
    assert_eq!(body, expected);
    refused(
        &formatted(BodyFormat::Envelope, ""),
        Why::NotJson { at: 0 },
        "",
    );
}

#[test]
fn cloud_events_have_the_same_attributes_in_both_modes() {
    let body = formatted(BodyFormat::CloudEvents, "{\"a\":1}").unwrap();
    let body: Map<String, Value> = serde_json::from_str(&body).unwrap();
    let source = format!("/app/{}", ApplicationId::new(1, 0, 7, 9));
    let attributes = json!({"specversion": "1.0", "id": "msg_1", "source": source,
        "type": "user.created", "time": "2024-06-19T15:22:45.123Z",
        "datacontenttype": "application/json", "data": {"a": 1}});
    assert_eq!(Value::Object(body.clone()), attributes);

    let payload = Bytes::from_static(b"{}");
    let event = Event {
        id: "msg_1",
        event_type: "user.created",
        accepted_at: 1_718_810_565_123,
        application: ApplicationId::new(1, 0, 7, 9),
        payload: &payload,
        options: None,
    };
    let headers = BodyFormat::CloudEventsBinary
        .format(&event)
        .unwrap()
        .headers;
    assert_eq!(headers.len(), 5);
    for (name, value) in headers {
        assert_eq!(body[name.strip_prefix("ce-").unwrap()], value);
    }
}

#[test]
fn nested_values_have_names_in_brackets_and_nothing_is_a_field_without_a_value() {
    let payload = r#"{"a":{"b":[1,{"c":"x y"}]},"n":null,"o":{},"l":[],"t":true,"é":"&=+"}"#;
    let plain: Vec<(String, String)> = form_urlencoded::parse(form(payload).unwrap().as_bytes())
        .into_owned()
        .collect();
    let expected = [
        ("a[b][0]", "1"),
        ("a[b][1][c]", "x y"),
        ("n", ""),
        ("o", ""),
        ("l", ""),
        ("t", "true"),
        ("é", "&=+"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(plain, expected);
    assert_eq!(form("{}").unwrap(), "");
    assert_eq!(form("[]").unwrap(), "");
    assert_eq!(form("[[1],2]").unwrap(), "0%5B0%5D=1&1=2");
}

#[test]
fn what_is_no_text_says_so_in_xml() {
    let payload =
        r#"{"s":"","n":-0.10e5,"b":false,"x":null,"o":{},"l":[],"m":[1,"1"],"p":{"q":"r"}}"#;
    let expected = "<event><s></s><n type=\"number\">-0.10e5</n><b type=\"boolean\">false</b>\
        <x type=\"null\"/><o type=\"object\"/><l type=\"array\"/><m type=\"array\">\
        <item type=\"number\">1</item><item>1</item></m><p><q>r</q></p></event>";
    assert!(xml(payload).unwrap().ends_with(expected));
    assert!(
        xml("5")
            .unwrap()
            .ends_with("<event type=\"number\">5</event>")
    );
    assert!(xml("{}").unwrap().ends_with("<event type=\"object\"/>"));
    assert!(xml("[]").unwrap().ends_with("<event type=\"array\"/>"));
}

#[test]
fn names_that_are_no_element_names_are_attributes() {
    for name in [
        "1st", "a b", "", "xmlData", "XML", "a:b", "é", "-", "<", "\"&\n",
    ] {
        let payload = json!({name: "v"}).to_string();
        let text = xml(&payload).unwrap();
        let document = Document::parse(&text).unwrap();
        let member = document.root_element().first_element_child().unwrap();
        assert!(member.has_tag_name("member"), "{name}");
        assert_eq!(member.attribute("name"), Some(name));
    }
    for name in ["a", "_", "A-1.b", "member", "item", "event", "xm"] {
        let text = xml(&json!({name: "v"}).to_string()).unwrap();
        assert!(text.contains(&format!("<{name}>v</{name}>")), "{text}");
    }
}

#[test]
fn numbers_and_repeated_names_stay_as_they_were_written() {
    let payload = r#"{"n":9007199254740993,"n":1e400,"z":12345678901234567890123,"a":1.0}"#;
    let fields = "n=9007199254740993&n=1e400&z=12345678901234567890123&a=1.0";
    assert_eq!(form(payload).unwrap(), fields);
    let elements = "<n type=\"number\">9007199254740993</n><n type=\"number\">1e400</n>\
        <z type=\"number\">12345678901234567890123</z><a type=\"number\">1.0</a>";
    assert!(xml(payload).unwrap().contains(elements));
}

#[test]
fn ten_thousand_names_are_all_there_in_order() {
    let members: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let payload = format!("{{{}}}", members.join(","));
    let text = form(&payload).unwrap();
    let fields = form_urlencoded::parse(text.as_bytes());
    let count = fields
        .enumerate()
        .inspect(|(n, (name, value))| {
            assert_eq!(
                (name.as_ref(), value.as_ref()),
                (&*format!("k{n}"), &*n.to_string())
            );
        })
        .count();
    assert_eq!(count, 10_000);
    let text = xml(&payload).unwrap();
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().children().count(), 10_000);
}

#[test]
fn what_xml_cannot_hold_is_refused_with_its_place() {
    for code in (0..0x20).filter(|code| ![9, 10, 13].contains(code)) {
        let payload = format!(r#"{{"a":[0,"x\u{code:04x}"]}}"#);
        refused(&xml(&payload), Why::Character(code), "/a/1");
    }
    for code in [0xFFFE, 0xFFFF] {
        refused(
            &xml(&format!(r#"{{"a":{{"b":"\u{code:04x}"}}}}"#)),
            Why::Character(code),
            "/a/b",
        );
    }
    refused(&xml(r#"{"a\u0001":1}"#), Why::Character(1), "/a\\u{1}");
    assert!(xml(r#"{"a":"\uFFFD\uEFFF\uF000\u007f\u0085"}"#).is_ok());
    assert!(form(r#"{"a":"\u0000\uffff"}"#).is_ok_and(|text| text == "a=%00%EF%BF%BF"));
}

#[test]
fn what_a_form_cannot_hold_is_refused_with_its_place() {
    for (payload, place) in [
        (r#"{"":1}"#, "/"),
        (r#"{"a":{"":{}}}"#, "/a/"),
        (r#"{"a[b":1}"#, "/a[b"),
        (r#"{"a":[{"b]":{"c":1}}]}"#, "/a/0/b]"),
    ] {
        refused(&form(payload), Why::FieldName, place);
    }
    for payload in ["1", "\"a\"", "null", "true"] {
        refused(&form(payload), Why::NoFields, "");
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_and_a_whole_one_is_a_character() {
    for text in [
        r"\ud800",
        r"\udc00",
        r"\ud83e\ud83e",
        r"\ud83ex",
        r"\udd89\ud83e",
    ] {
        let payload = format!(r#"{{"a":"{text}"}}"#);
        refused(&form(&payload), Why::HalfSurrogate, "/a");
        refused(&xml(&payload), Why::HalfSurrogate, "/a");
    }
    assert_eq!(form(r#"{"a":"\ud83e\udd89"}"#), form(r#"{"a":"🦉"}"#));
}

#[test]
fn sixty_four_levels_are_written_and_sixty_five_are_refused() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for format in [BodyFormat::Form, BodyFormat::Xml] {
        assert!(formatted(format, &nested(64)).is_ok());
        let refused = formatted(format, &nested(65)).unwrap_err();
        assert_eq!(refused.why, Why::TooDeep);
        assert_eq!(refused.place, "/0".repeat(64));
    }
}

#[test]
fn a_body_that_grows_past_its_limit_is_refused_before_it_is_made() {
    // The name is repeated for each number: a gigabyte from less than a megabyte.
    let name = "k".repeat(10_000);
    let payload = format!(r#"{{"{name}":[{}]}}"#, vec!["0"; 100_000].join(","));
    let refused = form(&payload).unwrap_err();
    assert_eq!(refused.why, Why::TooLarge);
    assert!(refused.to_string().len() < 400, "{refused}");
    let items = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let item = "<item type=\"number\">1</item>".len();
    assert!(xml(&items(BODY_BYTES_MAX / item - 10)).is_ok());
    assert_eq!(
        xml(&items(BODY_BYTES_MAX / item)).unwrap_err().why,
        Why::TooLarge
    );
}
