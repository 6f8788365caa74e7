//! Headers that a tenant may add to requests.
//!
//! Refused is whatever frames the message, is ours to set, speaks to a proxy between, claims
//! where the request comes from, or unlocks a cloud's metadata service.

/// Longest header name in bytes.
pub const HEADER_NAME_BYTES_MAX: usize = 256;
/// Longest header value in bytes.
pub const HEADER_VALUE_BYTES_MAX: usize = 4_096;
/// Most custom headers of an endpoint.
pub const HEADERS_MAX: usize = 20;

/// Names that are refused, in lower case and sorted.
const RESERVED: [&str; 29] = [
    "accept-encoding",
    "cf-connecting-ip",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "metadata",
    "metadata-flavor",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "user-agent",
    "via",
    "x-aws-ec2-metadata-token",
    "x-aws-ec2-metadata-token-ttl-seconds",
    "x-client-ip",
    "x-google-metadata-request",
    "x-real-ip",
];

/// What the body is: ours to say, but for a body that we do not make.
const CONTENT_TYPE: &str = "content-type";

/// Beginnings of names that are refused, in lower case.
const RESERVED_PREFIXES: [&str; 9] = [
    "ce-",
    "proxy-",
    "sec-",
    "svix-",
    "webhook-",
    "x-amz-",
    "x-azure-",
    "x-forwarded-",
    "x-goog-",
];

/// Why a header is refused. The message is for whoever typed it; it never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedHeader {
    /// The name is empty or longer than [`HEADER_NAME_BYTES_MAX`].
    #[error("a header name has 1 to 256 characters; this one has {bytes}")]
    NameLength {
        /// Length of the name.
        bytes: usize,
    },
    /// The name has a character that HTTP does not allow there.
    #[error("a header name has letters, digits and !#$%&'*+-.^_`|~ only")]
    NameCharacters,
    /// The name is not the tenant's to set.
    #[error("the header {name} cannot be set")]
    Reserved {
        /// The name in lower case.
        name: String,
    },
    /// The value is longer than [`HEADER_VALUE_BYTES_MAX`].
    #[error("the value of {name} has {bytes} bytes; the most is 4096")]
    ValueLength {
        /// The name in lower case.
        name: String,
        /// Length of the value.
        bytes: usize,
    },
    /// The value has a control character, or begins or ends with a space.
    #[error("the value of {name} has a control character, or a space at its beginning or end")]
    ValueCharacters {
        /// The name in lower case.
        name: String,
    },
    /// More than [`HEADERS_MAX`] headers.
    #[error("there may be at most 20 headers; these are more")]
    TooMany,
    /// The same name twice.
    #[error("the header {name} appears twice")]
    Repeated {
        /// The name in lower case.
        name: String,
    },
}

/// Judges one header. Values may hold any UTF-8 text without control characters; they are sent as
/// they are.
///
/// # Errors
/// Says what is wrong with the name or the value.
pub fn check_header(name: &str, value: &str) -> Result<(), RefusedHeader> {
    check_one(name, value, false)
}

fn check_one(name: &str, value: &str, may_have_type: bool) -> Result<(), RefusedHeader> {
    if !(1..=HEADER_NAME_BYTES_MAX).contains(&name.len()) {
        return Err(RefusedHeader::NameLength { bytes: name.len() });
    }
    if !name.bytes().all(is_name_byte) {
        return Err(RefusedHeader::NameCharacters);
    }
    let name = name.to_ascii_lowercase();
    let has_prefix = RESERVED_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix));
    let is_allowed = may_have_type && name == CONTENT_TYPE;
    let is_reserved = has_prefix || RESERVED.binary_search(&name.as_str()).is_ok();
    if is_reserved && !is_allowed {
        return Err(RefusedHeader::Reserved { name });
    }
    if value.len() > HEADER_VALUE_BYTES_MAX {
        return Err(RefusedHeader::ValueLength {
            name,
            bytes: value.len(),
        });
    }
    let is_control = |byte: u8| byte == 0x7f || (byte < b' ' && byte != b'\t');
    if value.bytes().any(is_control) || value.trim_matches([' ', '\t']) != value {
        return Err(RefusedHeader::ValueCharacters { name });
    }
    Ok(())
}

/// Judges all headers of an endpoint: each one, how many there are, and that no name comes twice.
///
/// # Errors
/// Says what is wrong with the first that is refused.
pub fn check_headers<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), RefusedHeader> {
    check_all(headers, false)
}

/// Judges the headers of a message in the same way. One whose payload is raw may say what type it is of.
///
/// # Errors
/// Says what is wrong with the first that is refused.
pub fn check_message_headers<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    is_raw: bool,
) -> Result<(), RefusedHeader> {
    check_all(headers, is_raw)
}

fn check_all<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    may_have_type: bool,
) -> Result<(), RefusedHeader> {
    let mut seen: Vec<&str> = Vec::with_capacity(HEADERS_MAX);
    for (name, value) in headers {
        if seen.len() == HEADERS_MAX {
            return Err(RefusedHeader::TooMany);
        }
        check_one(name, value, may_have_type)?;
        if seen.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(RefusedHeader::Repeated {
                name: name.to_ascii_lowercase(),
            });
        }
        seen.push(name);
    }
    Ok(())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_accepted_header_is_one_line_of_http(name in ".{0,20}", value in ".{0,20}") {
            if check_header(&name, &value).is_ok() {
                let line = format!("{name}: {value}");
                prop_assert!(!line.contains(['\r', '\n', '\0']));
                prop_assert!(name.is_ascii() && !name.contains([' ', ':']));
            }
        }
    }

    #[test]
    fn only_a_raw_payload_says_what_type_it_is_of() {
        let headers = [("Content-Type", "text/xml"), ("x-a", "1")];
        assert_eq!(check_message_headers(headers, true), Ok(()));
        let name = "content-type".to_owned();
        let refused = Err(RefusedHeader::Reserved { name });
        assert_eq!(check_message_headers(headers, false), refused);
        assert_eq!(check_headers(headers), refused);
        for other in ["host", "content-length", "webhook-id"] {
            assert!(
                check_message_headers([(other, "x")], true).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn reserved_names_are_refused_in_any_case() {
        assert!(RESERVED.is_sorted());
        for name in RESERVED {
            assert!(
                matches!(
                    check_header(&name.to_ascii_uppercase(), "x"),
                    Err(RefusedHeader::Reserved { .. })
                ),
                "{name}"
            );
        }
        for prefix in RESERVED_PREFIXES {
            let name = format!("{}Anything", prefix.to_ascii_uppercase());
            assert!(
                matches!(
                    check_header(&name, "x"),
                    Err(RefusedHeader::Reserved { .. })
                ),
                "{name}"
            );
        }
        for name in [
            "Authorization",
            "X-Api-Key",
            "Cookie",
            "Accept",
            "Idempotency-Key",
            "x-webhook-id",
            "hosts",
        ] {
            assert_eq!(check_header(name, "x"), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_and_values_have_limits() {
        assert_eq!(check_header(&"x".repeat(256), &"v".repeat(4_096)), Ok(()));
        assert_eq!(
            check_header("", ""),
            Err(RefusedHeader::NameLength { bytes: 0 })
        );
        assert_eq!(
            check_header(&"x".repeat(257), ""),
            Err(RefusedHeader::NameLength { bytes: 257 })
        );
        let too_long = check_header("X-A", &"v".repeat(4_097));
        assert_eq!(
            too_long,
            Err(RefusedHeader::ValueLength {
                name: "x-a".to_owned(),
                bytes: 4_097
            })
        );
    }

    #[test]
    fn a_value_is_one_line_without_spaces_around_it() {
        for value in ["", "a b", "a\tb", "caf\u{e9}", "\u{2003}"] {
            assert_eq!(check_header("X-A", value), Ok(()), "{value:?}");
        }
        for value in [" a", "a ", "\ta", "a\n", "a\r", "a\0b", "\x7f", "\x1b[0m"] {
            assert!(
                matches!(
                    check_header("X-A", value),
                    Err(RefusedHeader::ValueCharacters { .. })
                ),
                "{value:?}"
            );
        }
    }

    #[test]
    fn an_endpoint_has_at_most_twenty_headers_and_no_name_twice() {
        let names: Vec<String> = (0..21).map(|number| format!("X-{number}")).collect();
        let headers = |count: usize| names[..count].iter().map(|name| (name.as_str(), "v"));
        assert_eq!(check_headers(headers(20)), Ok(()));
        assert_eq!(check_headers(headers(21)), Err(RefusedHeader::TooMany));
        let repeated = check_headers([("X-A", "1"), ("x-a", "2")]);
        assert_eq!(
            repeated,
            Err(RefusedHeader::Repeated {
                name: "x-a".to_owned()
            })
        );
        assert!(check_headers([("X-A", "1"), ("Host", "2")]).is_err());
    }
}
