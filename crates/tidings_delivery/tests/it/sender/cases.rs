//! The hostile receivers listed in the domain's `ssrf-cases.tsv`, and that none is forgotten.

use std::collections::BTreeSet;
use std::path::Path;

/// Makes one test of each row of the list, and `CASES`, the rows that have a test.
macro_rules! cases {
    ($($(#[$attribute:meta])* $name:ident = $row:literal => $body:block)*) => {
        /// The rows that are tested here.
        pub(super) const CASES: &[&str] = &[$($row),*];

        $(
            $(#[$attribute])*
            #[tokio::test]
            async fn $name() {
                $crate::sender::cases::assert_listed($row);
                $body
            }
        )*
    };
}
pub(super) use cases;

/// The rows about redirects, responses and TLS, without their kind's columns.
fn rows() -> BTreeSet<String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tidings_domain/tests/data/ssrf-cases.tsv");
    let text = std::fs::read_to_string(&path).expect("the list of cases is there");
    let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    let rows: BTreeSet<_> = text.lines().map(first).collect();
    let kinds = ["redirect:", "resp:", "tls:"];
    rows.into_iter()
        .filter(|row| kinds.iter().any(|kind| row.starts_with(kind)))
        .collect()
}

/// Fails if the row is not in the list (any more).
pub(super) fn assert_listed(row: &str) {
    assert!(rows().contains(row), "{row} is not in the list");
}

#[test]
fn every_listed_redirect_response_and_handshake_has_a_test() {
    let tested = [
        super::redirects::CASES,
        super::responses::CASES,
        super::tls::CASES,
    ];
    let tested: BTreeSet<_> = tested.concat().into_iter().map(str::to_owned).collect();
    assert_eq!(rows(), tested);
}
