//! How the sealed secrets of an endpoint are written into one text column, the same in every store.

use serde_json::{Value, json};
use tidings_domain::endpoint::SealedSecret;

/// The secrets as a JSON array, the current one first; the sealed bytes in hexadecimal.
pub fn secrets_to_text(secrets: &[SealedSecret]) -> String {
    let rows = secrets
        .iter()
        .map(|secret| json!({ "sealed": hex(&secret.sealed), "expires_at": secret.expires_at }));
    Value::Array(rows.collect()).to_string()
}

/// The inverse of [`secrets_to_text`], from the parsed array. None if it was not made by it: a secret
/// that cannot be read must not look like none at all.
pub fn secrets_from_rows(rows: &[Value]) -> Option<Vec<SealedSecret>> {
    let read = |value: &Value| {
        let sealed = read_hex(value.get("sealed")?.as_str()?)?;
        let expires_at = match value.get("expires_at")? {
            Value::Null => None,
            at => Some(at.as_i64()?),
        };
        Some(SealedSecret { sealed, expires_at })
    };
    rows.iter().map(read).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("below 16");
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
        .collect()
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(high)? << 4 | digit(low)?).ok();
    if rest.is_empty() {
        pairs.iter().map(byte).collect()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_from_hexadecimal_and_nothing_else_does() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(read_hex(&hex(&bytes)), Some(bytes));
        for text in ["0", "0g", "00f", "+1"] {
            assert_eq!(read_hex(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_read_back_as_they_were_and_a_broken_one_is_not_taken_for_none() {
        let secret = |sealed: Vec<u8>, expires_at| SealedSecret { sealed, expires_at };
        let secrets = vec![secret(vec![0, 255], None), secret(vec![7], Some(9))];
        let rows: Vec<Value> = serde_json::from_str(&secrets_to_text(&secrets)).unwrap();
        assert_eq!(secrets_from_rows(&rows), Some(secrets));
        let broken = [
            json!({ "sealed": "0g", "expires_at": null }),
            json!({}),
            json!(1),
        ];
        for row in broken {
            assert_eq!(secrets_from_rows(&[row]), None);
        }
    }
}
