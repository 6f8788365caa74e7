//! Tokens as providers sign them, and each way in which one is not to be believed.

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData as _, SigningKey as _,
};
use serde_json::json;

use super::*;

const NOW: Millis = 1_795_331_257_000;

/// A provider with one key of each kind.
struct Signer {
    rsa: KeyPair,
    ec: KeyPair,
}

/// The content of the first value of DER, and what comes behind it.
fn value(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match der[1] {
        short @ 0..0x80 => (usize::from(short), 2),
        long => {
            let count = usize::from(long & 0x7f);
            let bytes = der[2..2 + count].iter();
            let length = bytes.fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            (length, 2 + count)
        }
    };
    (&der[start..start + length], &der[start + length..])
}

/// The two numbers of a sequence.
fn numbers(der: &[u8]) -> [Vec<u8>; 2] {
    let (inner, _) = value(der);
    let (first, rest) = value(inner);
    let (second, _) = value(rest);
    [first, second].map(|bytes| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes[zeros..].to_vec()
    })
}

impl Signer {
    fn new() -> Self {
        Self {
            rsa: KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap(),
            ec: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
        }
    }

    fn keys(&self) -> Vec<Key> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let [modulus, exponent] = numbers(self.rsa.der_bytes());
        let point = &self.ec.der_bytes()[1..];
        let keys = [
            json!({"kty": "RSA", "kid": "r", "n": text(&modulus), "e": text(&exponent)}),
            json!({"kty": "EC", "crv": "P-256", "kid": "e", "x": text(&point[..32]), "y": text(&point[32..])}),
        ];
        keys.iter().map(|key| Key::read(key).unwrap()).collect()
    }

    fn sign(&self, head: &Value, claims: &Value) -> String {
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(head), text(claims));
        let signature = if head["alg"] == "ES256" {
            let der = self.ec.sign(signed.as_bytes()).unwrap();
            let padded = numbers(&der).map(|bytes| [vec![0; 32 - bytes.len()], bytes].concat());
            padded.concat()
        } else {
            self.rsa.sign(signed.as_bytes()).unwrap()
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://login.test", "aud": "tidings", "exp": NOW / 1_000 + 300, "iat": NOW / 1_000,
        "nonce": "once", "email": "ann@example.com", "email_verified": true, "name": "Ann",
    })
}

fn read(signer: &Signer, token: &str) -> Result<Identity, &'static str> {
    let expected = Expected {
        issuer: "https://login.test",
        client_id: "tidings",
        nonce: "once",
        now: NOW,
    };
    let token = Token::parse(token)?;
    token.verify(&signer.keys())?;
    token.identity(&expected)
}

#[test]
fn a_token_of_either_kind_says_who_somebody_is() {
    let signer = Signer::new();
    for (algorithm, key) in [("RS256", "r"), ("ES256", "e")] {
        for _ in 0..20 {
            let token = signer.sign(&json!({"alg": algorithm, "kid": key}), &claims());
            let ann = Identity {
                email: "ann@example.com".to_owned(),
                name: Some("Ann".to_owned()),
            };
            assert_eq!(read(&signer, &token), Ok(ann));
        }
        let unnamed = signer.sign(&json!({ "alg": algorithm }), &claims());
        assert!(
            read(&signer, &unnamed).is_ok(),
            "a token need not name its key"
        );
    }
}

#[test]
fn a_token_that_was_changed_or_is_signed_by_another_is_refused() {
    let (signer, other) = (Signer::new(), Signer::new());
    for (algorithm, key) in [("RS256", "r"), ("ES256", "e")] {
        let head = json!({"alg": algorithm, "kid": key});
        let token = signer.sign(&head, &claims());
        assert_eq!(
            read(&other, &token),
            Err("no key of the provider has signed it")
        );
        let mut forged = claims();
        forged["email"] = json!("owner@example.com");
        let forged = signer.sign(&head, &forged);
        let (content, _) = forged.rsplit_once('.').unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{content}.{signature}");
        assert_eq!(
            read(&signer, &forged),
            Err("no key of the provider has signed it")
        );
    }
}

#[test]
fn a_token_without_a_signature_or_with_one_of_another_kind_is_refused() {
    let signer = Signer::new();
    for head in [
        json!({"alg": "none"}),
        json!({"alg": "HS256", "kid": "r"}),
        json!({"alg": "RS512", "kid": "r"}),
        json!({"alg": "RS256", "kid": "r", "crit": ["x"]}),
        // The key is of the other kind.
        json!({"alg": "RS256", "kid": "e"}),
        json!({"alg": "RS256", "kid": "unknown"}),
    ] {
        let token = signer.sign(&head, &claims());
        assert!(read(&signer, &token).is_err(), "{head}");
        let (content, _) = token.rsplit_once('.').unwrap();
        assert!(read(&signer, &format!("{content}.")).is_err(), "{head}");
    }
    for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30."] {
        assert!(read(&signer, text).is_err(), "{text:?}");
    }
    assert!(Token::parse(&"a".repeat(TOKEN_BYTES_MAX + 1)).is_err());
}

#[test]
fn a_token_is_for_this_server_this_browser_and_now() {
    let signer = Signer::new();
    let seconds = NOW / 1_000;
    for (field, value, why) in [
        (
            "iss",
            json!("https://other.test"),
            "it is from another provider",
        ),
        ("aud", json!("other"), "it is for another client"),
        ("aud", json!([]), "it is for another client"),
        (
            "aud",
            json!(["tidings", "other"]),
            "it is for another client",
        ),
        ("azp", json!("other"), "it is for another client"),
        ("exp", json!(seconds - 60), "it has ended"),
        ("iat", json!(seconds + 61), "it has not begun"),
        ("nbf", json!(seconds + 61), "it has not begun"),
        ("nonce", json!("twice"), "it is of another try"),
        ("nonce", Value::Null, "it is of another try"),
        (
            "email_verified",
            json!(false),
            "the provider has not verified the email address",
        ),
        (
            "email_verified",
            Value::Null,
            "the provider has not verified the email address",
        ),
        ("email", json!(" "), "it names no email address"),
        ("exp", Value::Null, "its claims cannot be read"),
    ] {
        let mut changed = claims();
        changed[field] = value.clone();
        let token = signer.sign(&json!({"alg": "ES256", "kid": "e"}), &changed);
        assert_eq!(read(&signer, &token), Err(why), "{field} = {value}");
    }
    for (field, value) in [
        ("aud", json!(["tidings"])),
        ("exp", json!(seconds - 59)),
        ("iat", json!(seconds + 60)),
        ("email_verified", json!("true")),
        ("azp", json!("tidings")),
    ] {
        let mut changed = claims();
        changed[field] = value.clone();
        let token = signer.sign(&json!({"alg": "ES256", "kid": "e"}), &changed);
        assert!(read(&signer, &token).is_ok(), "{field} = {value}");
    }
}
