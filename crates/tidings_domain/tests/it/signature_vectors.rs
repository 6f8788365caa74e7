//! Every vector of `standard-webhooks-vectors.json`: signing, verifying, and what a secret is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tidings_domain::signature::{Secret, SigningKeys, TOLERANCE_S, VerifyingKeys};

fn vectors(kind: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../data/standard-webhooks-vectors.json")).unwrap();
    all[kind].as_array().unwrap().clone()
}

fn text<'v>(vector: &'v Value, field: &str) -> &'v str {
    vector[field].as_str().unwrap()
}

/// The vector's secrets, the current one first.
fn secrets(vector: &Value) -> Vec<Secret> {
    let texts = match vector["secrets"].as_array() {
        Some(several) => several.clone(),
        None => vec![vector["secret"].clone()],
    };
    texts
        .iter()
        .map(|text| Secret::parse(text.as_str().unwrap()).unwrap())
        .collect()
}

#[test]
fn every_sign_vector_gives_the_expected_header() {
    let vectors = vectors("sign");
    assert_eq!(vectors.len(), 12);
    for vector in &vectors {
        let body = STANDARD.decode(text(vector, "body_b64")).unwrap();
        let timestamp_s = vector["timestamp"].as_i64().unwrap();
        let secrets = secrets(vector);
        let mut header = String::new();
        SigningKeys::new(&secrets).sign_into(&mut header, text(vector, "id"), timestamp_s, &body);
        assert_eq!(header, text(vector, "expect"), "{}", vector["name"]);

        let timestamp = timestamp_s.to_string();
        let headers = [
            ("webhook-id", text(vector, "id")),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &header),
        ];
        let headers = headers.map(|(name, value)| (name, value.as_bytes()));
        assert_eq!(
            VerifyingKeys::new(&secrets).verify(headers, &body, timestamp_s),
            Ok(()),
            "{}",
            vector["name"]
        );
        if let Some(public) = vector["public"].as_str() {
            assert_eq!(secrets[0].shown().as_str(), public);
            assert_eq!(
                VerifyingKeys::parse(public)
                    .unwrap()
                    .verify(headers, &body, timestamp_s),
                Ok(())
            );
        }
    }
}

#[test]
fn every_verify_vector_is_judged_as_expected() {
    let all: Value =
        serde_json::from_str(include_str!("../data/standard-webhooks-vectors.json")).unwrap();
    assert_eq!(all["verify_tolerance_s"], TOLERANCE_S);
    let vectors = vectors("verify");
    assert_eq!(vectors.len(), 18);
    for vector in &vectors {
        let keys = VerifyingKeys::new(secrets(vector));
        let headers = vector["headers"].as_object().unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap().as_bytes()));
        let verdict = keys.verify(
            headers,
            text(vector, "body").as_bytes(),
            vector["now"].as_i64().unwrap(),
        );
        assert_eq!(
            verdict.is_ok(),
            vector["ok"].as_bool().unwrap(),
            "{}: {verdict:?}",
            vector["name"]
        );
    }
}

#[test]
fn every_secret_vector_is_accepted_or_refused_as_expected() {
    let vectors = vectors("secret");
    assert_eq!(vectors.len(), 13);
    for vector in &vectors {
        let verdict = Secret::parse(text(vector, "secret"));
        assert_eq!(
            verdict.is_ok(),
            vector["accept_as_signing_secret"].as_bool().unwrap(),
            "{}: {verdict:?}",
            vector["secret"]
        );
    }
}
