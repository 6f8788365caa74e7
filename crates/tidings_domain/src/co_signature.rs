//! One more signature beside the standard ones, in the form that a receiver knows from elsewhere: GitHub's, Stripe's
//! or Shopify's. So a receiver that was written for one of them verifies what it gets without a change.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::address_policy::check_header;

/// Most bytes of a secret.
pub const CO_SECRET_BYTES_MAX: usize = 1_024;

/// Whose form a signature has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoSignatureStyle {
    /// `sha256=` and the hexadecimal HMAC-SHA256 of the body.
    GitHub,
    /// `t=` with the time, `v1=` with the hexadecimal HMAC-SHA256 of time, dot and body.
    Stripe,
    /// The base64 of the HMAC-SHA256 of the body.
    Shopify,
}

impl CoSignatureStyle {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Stripe => "stripe",
            Self::Shopify => "shopify",
        }
    }

    /// The inverse of [`CoSignatureStyle::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "github" => Some(Self::GitHub),
            "stripe" => Some(Self::Stripe),
            "shopify" => Some(Self::Shopify),
            _ => None,
        }
    }

    /// The header that carries it where it comes from.
    pub fn header(self) -> &'static str {
        match self {
            Self::GitHub => "x-hub-signature-256",
            Self::Stripe => "stripe-signature",
            Self::Shopify => "x-shopify-hmac-sha256",
        }
    }
}

/// What an endpoint wants, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoSignature {
    /// Whose form it has.
    pub style: CoSignatureStyle,
    /// In which header it goes; none means the usual one.
    pub header: Option<String>,
    /// The secret, sealed.
    #[serde(with = "as_base64")]
    pub secret: Vec<u8>,
}

impl CoSignature {
    /// The name of its header.
    pub fn header_name(&self) -> &str {
        self.header.as_deref().unwrap_or(self.style.header())
    }

    /// As text, to be stored.
    ///
    /// # Panics
    /// Never: texts are JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts are JSON")
    }

    /// The inverse of [`CoSignature::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

mod as_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

/// Why a secret or a header is refused; the text never holds the secret.
///
/// # Errors
/// Says what is wrong with the secret.
pub fn check_co_secret(secret: &str) -> Result<(), &'static str> {
    if !(1..=CO_SECRET_BYTES_MAX).contains(&secret.len()) {
        return Err("must have 1 to 1024 bytes");
    }
    if secret.contains(char::is_control) {
        return Err("may not have control characters");
    }
    Ok(())
}

/// Whether a signature may go in a header of this name: one that an endpoint's owner may set.
///
/// # Errors
/// Says what is wrong with the name.
pub fn check_co_header(name: &str) -> Result<(), String> {
    check_header(name, "x").map_err(|refused| refused.to_string())
}

/// Signs in the form that an endpoint wants. Made once for an endpoint; printing it shows no secret.
pub struct CoSigner {
    style: CoSignatureStyle,
    mac: Hmac<Sha256>,
}

impl CoSigner {
    /// The text of the secret is the key, as it is with all three: also a `whsec_` of Stripe.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    pub fn new(style: CoSignatureStyle, secret: &str) -> Self {
        let mac = Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
        Self { style, mac }
    }

    /// The value of the header.
    pub fn sign(&self, timestamp_secs: i64, body: &[u8]) -> String {
        let mut mac = self.mac.clone();
        match self.style {
            CoSignatureStyle::GitHub => {
                mac.update(body);
                format!("sha256={}", hex(&mac.finalize().into_bytes()))
            }
            CoSignatureStyle::Stripe => {
                mac.update(format!("{timestamp_secs}.").as_bytes());
                mac.update(body);
                format!(
                    "t={timestamp_secs},v1={}",
                    hex(&mac.finalize().into_bytes())
                )
            }
            CoSignatureStyle::Shopify => {
                mac.update(body);
                STANDARD.encode(mac.finalize().into_bytes())
            }
        }
    }
}

impl fmt::Debug for CoSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CoSigner({}, [REDACTED])", self.style.as_str())
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn githubs_own_example_comes_out() {
        // From GitHub's page on validating webhook deliveries.
        let signer = CoSigner::new(CoSignatureStyle::GitHub, "It's a Secret to Everybody");
        assert_eq!(
            signer.sign(0, b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }

    #[test]
    fn each_style_has_its_form() {
        let body = b"{\"a\":1}";
        let stripe = CoSigner::new(CoSignatureStyle::Stripe, "whsec_a").sign(12, body);
        let (time, signature) = stripe.split_once(",v1=").unwrap();
        assert_eq!((time, signature.len()), ("t=12", 64));
        let other = CoSigner::new(CoSignatureStyle::Stripe, "whsec_a").sign(13, body);
        assert!(!other.ends_with(signature), "the time is signed");
        let shopify = CoSigner::new(CoSignatureStyle::Shopify, "s").sign(12, body);
        assert_eq!(STANDARD.decode(shopify).unwrap().len(), 32);
    }

    #[test]
    fn what_is_stored_reads_back() {
        for (style, header) in [
            (CoSignatureStyle::GitHub, None),
            (CoSignatureStyle::Shopify, Some("x-acme-hmac".to_owned())),
        ] {
            let wanted = CoSignature {
                style,
                header,
                secret: vec![0, 255, 7],
            };
            assert_eq!(
                CoSignature::from_text(&wanted.to_text()),
                Some(wanted.clone())
            );
            assert_eq!(CoSignatureStyle::parse(style.as_str()), Some(style));
        }
        assert_eq!(CoSignature::from_text("{}"), None);
    }

    #[test]
    fn names_and_secrets_have_their_limits() {
        assert_eq!(check_co_secret("s"), Ok(()));
        for secret in ["", "a\n", &"x".repeat(1_025)] {
            assert!(check_co_secret(secret).is_err());
        }
        assert_eq!(check_co_header("X-Acme-Signature"), Ok(()));
        for header in ["", "host", "webhook-signature", "a b"] {
            assert!(check_co_header(header).is_err(), "{header}");
        }
        let signer = CoSigner::new(CoSignatureStyle::Stripe, "canary");
        assert!(!format!("{signer:?}").contains("canary"));
    }
}
