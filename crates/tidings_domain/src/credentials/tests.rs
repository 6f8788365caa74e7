//! Credentials as they are checked, sent, kept and printed.

use proptest::prelude::*;

use super::*;

fn basic(username: &str, password: &str) -> Credentials {
    Credentials::Basic {
        username: username.to_owned(),
        password: password.to_owned(),
    }
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer {
        token: token.to_owned(),
    }
}

fn api_key(header: &str, value: &str) -> Credentials {
    Credentials::ApiKey {
        header: header.to_owned(),
        value: value.to_owned(),
    }
}

fn grant() -> Credentials {
    Credentials::OAuth2(Box::new(ClientGrant {
        token_url: "https://id.example.com/token".to_owned(),
        client_id: "hooks".to_owned(),
        client_secret: "canary".to_owned(),
        ..ClientGrant::default()
    }))
}

fn certificate() -> Credentials {
    Credentials::Mtls(Box::new(ClientCertificate {
        private_key: "canary".to_owned(),
        ..ClientCertificate::default()
    }))
}

#[track_caller]
fn refused(credentials: &Credentials, field: &str) {
    let refused = credentials.check().unwrap_err();
    assert_eq!(refused.field, field, "{refused}");
    assert!(!refused.why.is_empty());
}

#[test]
fn each_kind_has_its_header() {
    let value = |credentials: Credentials| credentials.header_value().unwrap().to_string();
    assert_eq!(value(basic("hook", "s3cret")), "Basic aG9vazpzM2NyZXQ=");
    // The example of RFC 7617, in UTF-8.
    assert_eq!(value(basic("test", "123\u{a3}")), "Basic dGVzdDoxMjPCow==");
    assert_eq!(value(basic("key", "")), "Basic a2V5Og==");
    assert_eq!(value(bearer("a.b-c")), "Bearer a.b-c");
    assert_eq!(value(api_key("X-Key", "k 1")), "k 1");
    assert_eq!(api_key("X-Key", "k").header_name(), Some("X-Key"));
    assert_eq!(bearer("t").header_name(), Some("authorization"));
    // The token is not known yet, and a certificate is in no header at all.
    assert_eq!(grant().header_name(), Some("authorization"));
    assert!(grant().header_value().is_none());
    assert_eq!(certificate().header_name(), None);
}

#[test]
fn a_user_has_no_colon_and_neither_part_a_control_character() {
    for fine in [
        basic("a", "b:c"),
        basic("", "p"),
        basic("u", ""),
        basic("ö ü", "é\u{20ac}"),
    ] {
        assert_eq!(fine.check(), Ok(()));
    }
    refused(&basic("a:b", "c"), "username");
    refused(&basic("", ""), "username");
    for control in ["\0", "\n", "\r", "\t", "\u{1b}", "\u{7f}", "\u{85}"] {
        refused(&basic(control, "p"), "username");
        refused(&basic("u", control), "password");
    }
}

#[test]
fn each_part_has_its_limit() {
    assert_eq!(
        basic(&"u".repeat(1_024), &"p".repeat(1_024)).check(),
        Ok(())
    );
    refused(&basic(&"u".repeat(1_025), "p"), "username");
    refused(&basic("u", &"p".repeat(1_025)), "password");
    assert_eq!(bearer(&"t".repeat(4_000)).check(), Ok(()));
    refused(&bearer(&"t".repeat(4_001)), "token");
    refused(&bearer(""), "token");
    assert_eq!(api_key("X-Key", &"v".repeat(4_096)).check(), Ok(()));
    refused(&api_key("X-Key", &"v".repeat(4_097)), "value");
    refused(&api_key("X-Key", ""), "value");
}

#[test]
fn tokens_and_keys_are_one_line_and_reserved_headers_stay_reserved() {
    for token in ["a b", "a\n", "\u{e9}"] {
        refused(&bearer(token), "token");
    }
    refused(&api_key("X-Key", "a\r\nX-More: b"), "value");
    for header in ["Content-Length", "webhook-id", "a b", ""] {
        refused(&api_key(header, "v"), "header");
    }
}

#[test]
fn nothing_secret_is_printed() {
    for credentials in [
        basic("hook", "canary"),
        bearer("canary"),
        api_key("X-Key", "canary"),
        grant(),
        certificate(),
    ] {
        assert!(!format!("{credentials:?}").contains("canary"));
    }
}

proptest! {
    #[test]
    fn what_is_accepted_is_one_line_and_reads_back(a in ".{0,12}", b in ".{0,12}") {
        for credentials in [basic(&a, &b), bearer(&a), api_key(&a, &b)] {
            let back: Credentials = serde_json::from_slice(&credentials.to_json()).unwrap();
            prop_assert_eq!(&back, &credentials);
            if credentials.check().is_ok() {
                let value = credentials.header_value().unwrap();
                prop_assert!(!value.contains(['\r', '\n', '\0']));
                prop_assert!(value.len() <= HEADER_VALUE_BYTES_MAX);
            }
        }
    }
}

#[test]
fn the_larger_kinds_read_back_from_what_is_sealed() {
    for credentials in [grant(), certificate()] {
        let back: Credentials = serde_json::from_slice(&credentials.to_json()).unwrap();
        assert_eq!(back, credentials);
    }
}

#[test]
fn each_part_is_found_by_its_name_in_the_api() {
    assert_eq!(basic("u", "p").part("password"), Some("p"));
    assert_eq!(basic("u", "p").part("token"), None);
    assert_eq!(grant().part("clientSecret"), Some("canary"));
    assert_eq!(grant().part("authMethod"), Some("basic"));
    assert_eq!(grant().part("scope"), None);
    assert_eq!(certificate().part("privateKey"), Some("canary"));
}
