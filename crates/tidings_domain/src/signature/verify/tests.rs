//! What a receiver accepts and what it says about the rest.

use super::*;
use crate::clock::SeededEntropy;
use crate::signature::SigningKeys;

const NOW_S: i64 = 1_700_000_000;

fn signed(secrets: &[Secret], body: &[u8]) -> String {
    let mut signature = String::new();
    SigningKeys::new(secrets).sign_into(&mut signature, "msg_1", NOW_S, body);
    signature
}

fn verify_as(
    names: [&str; 3],
    keys: &VerifyingKeys,
    signature: &str,
    now_s: i64,
) -> Result<(), VerifyError> {
    let timestamp = NOW_S.to_string();
    let values = [
        "msg_1".as_bytes(),
        timestamp.as_bytes(),
        signature.as_bytes(),
    ];
    keys.verify(names.into_iter().zip(values), b"body", now_s)
}

#[test]
fn what_was_signed_verifies_under_both_families_of_names_in_any_case() {
    let entropy = SeededEntropy::new(1);
    for secret in [
        Secret::generate(&entropy),
        Secret::generate_ed25519(&entropy),
    ] {
        let signature = signed(std::slice::from_ref(&secret), b"body");
        let keys = VerifyingKeys::parse(&secret.shown()).unwrap();
        for names in [
            NAMES[0],
            NAMES[1],
            ["WEBHOOK-ID", "Webhook-Timestamp", "webhook-signature"],
            ["Svix-Id", "SVIX-TIMESTAMP", "svix-Signature"],
        ] {
            assert_eq!(verify_as(names, &keys, &signature, NOW_S), Ok(()));
        }
    }
}

#[test]
fn during_a_rotation_the_old_and_the_new_key_both_verify() {
    let entropy = SeededEntropy::new(1);
    let secrets = [
        Secret::generate_ed25519(&entropy),
        Secret::generate(&entropy),
    ];
    let signature = signed(&secrets, b"body");
    for secret in &secrets {
        assert_eq!(
            verify_as(NAMES[0], &VerifyingKeys::new([secret]), &signature, NOW_S),
            Ok(())
        );
    }
    let stranger = VerifyingKeys::new([
        Secret::generate(&entropy),
        Secret::generate_ed25519(&entropy),
    ]);
    assert_eq!(
        verify_as(NAMES[0], &stranger, &signature, NOW_S),
        Err(VerifyError::NoMatchingSignature)
    );
}

#[test]
fn a_timestamp_is_good_for_five_minutes_either_way() {
    let secret = Secret::generate(&SeededEntropy::new(1));
    let signature = signed(std::slice::from_ref(&secret), b"body");
    let keys = VerifyingKeys::new([secret]);
    for (now_s, expected) in [
        (NOW_S + 300, Ok(())),
        (NOW_S - 300, Ok(())),
        (NOW_S + 301, Err(VerifyError::TimestampTooOld { by_s: 1 })),
        (NOW_S - 302, Err(VerifyError::TimestampTooNew { by_s: 2 })),
        (
            i64::MIN,
            Err(VerifyError::TimestampTooNew {
                by_s: NOW_S.abs_diff(i64::MIN) - 300,
            }),
        ),
    ] {
        assert_eq!(verify_as(NAMES[0], &keys, &signature, now_s), expected);
    }
}

#[test]
fn the_error_names_the_header_that_is_wrong() {
    let keys = VerifyingKeys::new([Secret::generate(&SeededEntropy::new(1))]);
    let verify = |headers: &[(&str, &str)]| {
        keys.verify(
            headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes())),
            b"",
            NOW_S,
        )
        .unwrap_err()
    };
    assert_eq!(
        verify(&[]),
        VerifyError::MissingHeader { name: "webhook-id" }
    );
    assert_eq!(
        verify(&[("svix-id", "x")]),
        VerifyError::MissingHeader {
            name: "svix-timestamp"
        }
    );
    assert_eq!(
        verify(&[("svix-id", "x"), ("webhook-id", "x")]),
        VerifyError::MissingHeader {
            name: "webhook-timestamp"
        }
    );
    assert_eq!(
        verify(&[("webhook-id", "x"), ("WEBHOOK-ID", "y")]),
        VerifyError::RepeatedHeader { name: "webhook-id" }
    );
    for timestamp in [
        "",
        "+1700000000",
        "1700000000.0",
        "99999999999999999999",
        "-1",
        "\u{661}",
    ] {
        let headers = [
            ("svix-id", "x"),
            ("svix-timestamp", timestamp),
            ("svix-signature", "v1,"),
        ];
        assert_eq!(
            verify(&headers),
            VerifyError::InvalidTimestamp {
                name: "svix-timestamp"
            },
            "{timestamp}"
        );
    }
}

#[test]
fn signatures_beyond_the_limit_are_not_looked_at() {
    let secret = Secret::generate(&SeededEntropy::new(1));
    let good = signed(std::slice::from_ref(&secret), b"body");
    let keys = VerifyingKeys::new([secret]);
    let after = |others: usize| format!("{}{good}", "v9,AAAA ".repeat(others));
    assert_eq!(
        verify_as(NAMES[0], &keys, &after(SIGNATURES_MAX - 1), NOW_S),
        Ok(())
    );
    assert_eq!(
        verify_as(NAMES[0], &keys, &after(SIGNATURES_MAX), NOW_S),
        Err(VerifyError::NoMatchingSignature)
    );
}

#[test]
fn a_public_key_that_verifies_anything_is_refused() {
    let neutral_point = format!(
        "whpk_{}",
        STANDARD.encode([1_u8].iter().chain(&[0; 31]).copied().collect::<Vec<_>>())
    );
    assert_eq!(
        VerifyingKeys::parse(&neutral_point).unwrap_err(),
        InvalidSecret::NotPublicKey
    );
    assert_eq!(
        VerifyingKeys::parse("whpk_AAAA").unwrap_err(),
        InvalidSecret::NotPublicKey
    );
}
