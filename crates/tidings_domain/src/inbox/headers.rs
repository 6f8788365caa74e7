//! Headers that an inbox has caught, and those that it may answer with.

use super::{ANSWER_HEADER_BYTES_MAX, ANSWER_HEADERS_MAX};

/// Names that an answer may not have: those that are the connection's, and those that would let a page in an
/// inbox act for the server's origin.
const RESERVED: [&str; 17] = [
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-length",
    "content-security-policy",
    "date",
    "keep-alive",
    "proxy-authenticate",
    "service-worker-allowed",
    "set-cookie",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-content-type-options",
    "x-request-id",
];

/// Headers as a store keeps them: a line each.
pub fn pack_headers(headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.extend(name.as_bytes());
        lines.push(b':');
        lines.extend(value);
        lines.push(b'\n');
    }
    lines
}

/// The inverse of [`pack_headers`]: no name has a colon, and no value a line break.
pub fn unpack_headers(lines: &[u8]) -> Vec<(String, Vec<u8>)> {
    let lines = lines.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            Some((name, line[colon + 1..].to_vec()))
        })
        .collect()
}

/// Why an answer may not have a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAnswerHeader {
    /// The name is not one of HTTP.
    #[error("a header name has letters, digits and !#$%&'*+-.^_`|~ only, and at most 4096")]
    Name,
    /// The value is not one of HTTP.
    #[error(
        "the value of {0} may have at most 4096 visible ASCII characters and spaces between them"
    )]
    Value(String),
    /// The server's own.
    #[error("an inbox may not answer with the header {0}")]
    Reserved(String),
    /// Too many.
    #[error("an answer has at most 20 headers")]
    TooMany,
}

/// Judges the headers of an answer.
///
/// # Errors
/// Names the first one that may not be.
pub fn check_answer_headers(headers: &[(String, String)]) -> Result<(), RefusedAnswerHeader> {
    if headers.len() > ANSWER_HEADERS_MAX {
        return Err(RefusedAnswerHeader::TooMany);
    }
    for (name, value) in headers {
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !(1..=ANSWER_HEADER_BYTES_MAX).contains(&name.len()) || !name.bytes().all(is_token) {
            return Err(RefusedAnswerHeader::Name);
        }
        let lower = name.to_ascii_lowercase();
        if RESERVED.contains(&lower.as_str()) {
            return Err(RefusedAnswerHeader::Reserved(lower));
        }
        let is_visible = |byte: u8| (b' '..=b'~').contains(&byte);
        if value.len() > ANSWER_HEADER_BYTES_MAX
            || !value.bytes().all(is_visible)
            || value.trim() != value
        {
            return Err(RefusedAnswerHeader::Value(lower));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_read_back_as_they_were_packed() {
        let headers = vec![
            ("a".to_owned(), b"x: y".to_vec()),
            ("a".to_owned(), vec![0xff]),
            ("b".to_owned(), Vec::new()),
        ];
        assert_eq!(unpack_headers(&pack_headers(&headers)), headers);
        assert_eq!(unpack_headers(&[]), []);
    }

    #[test]
    fn an_answer_cannot_speak_for_the_server() {
        let check = |name: &str, value: &str| check_answer_headers(&[(name.into(), value.into())]);
        assert_eq!(check("Content-Type", "text/html; charset=utf-8"), Ok(()));
        for name in ["Set-Cookie", "content-length", "Content-Security-Policy"] {
            assert!(
                matches!(check(name, "x"), Err(RefusedAnswerHeader::Reserved(_))),
                "{name}"
            );
        }
        for name in ["", "a b", "a:", "ä"] {
            assert_eq!(check(name, "x"), Err(RefusedAnswerHeader::Name), "{name}");
        }
        for value in ["a\nb", " a", "ä", &"a".repeat(ANSWER_HEADER_BYTES_MAX + 1)] {
            assert!(
                matches!(check("a", value), Err(RefusedAnswerHeader::Value(_))),
                "{value}"
            );
        }
        let many = |count| vec![("a".to_owned(), "b".to_owned()); count];
        assert_eq!(check_answer_headers(&many(ANSWER_HEADERS_MAX)), Ok(()));
        let refused = check_answer_headers(&many(ANSWER_HEADERS_MAX + 1));
        assert_eq!(refused, Err(RefusedAnswerHeader::TooMany));
    }
}
