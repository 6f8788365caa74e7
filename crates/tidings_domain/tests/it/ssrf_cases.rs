//! Every row of `ssrf-cases.tsv` that can be judged without a network.
//!
//! Rows about redirects, responses and TLS need a receiver and belong to the suite that has one;
//! here they are only counted, so that no row is forgotten.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use tidings_domain::address_policy::{ADDRESSES_MAX, Policy, RefusedAddress, check_header};
use tidings_domain::names::{check_event_id, check_event_type_name};

const KINDS: [&str; 9] = [
    "dns",
    "rebind",
    "redirect",
    "header",
    "eventtype",
    "eventid",
    "resp",
    "tls",
    "https_only",
];

struct Row {
    kind: &'static str,
    input: String,
    is_allowed: bool,
}

fn rows() -> Vec<Row> {
    let read = |line: &str| {
        let [input, expected, _why] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let kind = KINDS.into_iter().find(|kind| {
            input
                .strip_prefix(kind)
                .is_some_and(|rest| rest.starts_with(':'))
        });
        let input = kind.map_or(input, |kind| &input[kind.len() + 1..]);
        assert!(["allow", "deny"].contains(&expected), "{line}");
        Row {
            kind: kind.unwrap_or("url"),
            input: unescape(input),
            is_allowed: expected == "allow",
        }
    };
    include_str!("../data/ssrf-cases.tsv")
        .lines()
        .skip(1)
        .map(read)
        .collect()
}

fn rows_of(kind: &str, count: usize) -> Vec<Row> {
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.kind == kind).collect();
    assert_eq!(rows.len(), count, "{kind}");
    rows
}

/// Reads `\n`, `\r`, `\\` and `\u` with four hexadecimal digits.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (char, length) = match after.as_bytes()[0] {
            b'n' => ('\n', 1),
            b'r' => ('\r', 1),
            b'\\' => ('\\', 1),
            b'u' => (
                char::from_u32(u32::from_str_radix(&after[1..5], 16).unwrap()).unwrap(),
                5,
            ),
            other => unreachable!("no such escape: {}", char::from(other)),
        };
        out.push(char);
        rest = &after[length..];
    }
    out + rest
}

fn http_allowed() -> Policy {
    Policy {
        allow_http: true,
        ..Policy::production()
    }
}

/// Reads `A:1.2.3.4,AAAA:::1`; ` x 64` repeats, text after a space is a remark, and where a name
/// points (`CNAME`) does not matter, only the addresses do.
fn answers(text: &str) -> Vec<IpAddr> {
    let mut answers = Vec::new();
    for record in text.split(',').filter(|record| !record.is_empty()) {
        let (kind, value) = record.split_once(':').unwrap();
        let mut words = value.split(' ');
        let address = words.next().unwrap();
        let times = if words.next() == Some("x") {
            words.next().unwrap().parse().unwrap()
        } else {
            1
        };
        match kind {
            "A" | "AAAA" => answers.extend(vec![address.parse::<IpAddr>().unwrap(); times]),
            other => assert_eq!(other, "CNAME"),
        }
    }
    answers
}

#[test]
fn every_row_is_judged_here_or_belongs_to_the_suite_with_a_receiver() {
    let mut counts = BTreeMap::new();
    for row in rows() {
        *counts.entry(row.kind).or_insert(0) += 1;
    }
    let judged = [
        ("url", 157),
        ("dns", 11),
        ("rebind", 2),
        ("header", 20),
        ("eventtype", 2),
        ("eventid", 2),
        ("https_only", 2),
    ];
    let elsewhere = [("redirect", 8), ("resp", 10), ("tls", 6)];
    assert_eq!(counts, judged.into_iter().chain(elsewhere).collect());
    assert_eq!(counts.values().sum::<i32>(), 220);
}

#[test]
fn urls_are_judged_as_expected_and_not_only_by_their_scheme() {
    let mut plain_http = 0;
    for row in rows_of("url", 157) {
        let production = Policy::production().check_url(&row.input);
        assert_eq!(
            production.is_ok(),
            row.is_allowed,
            "{}: {production:?}",
            row.input
        );
        let http = http_allowed().check_url(&row.input);
        assert_eq!(http.is_ok(), row.is_allowed, "{}: {http:?}", row.input);
        if let Some(rest) = row.input.strip_prefix("http://") {
            plain_http += 1;
            let https = Policy::production().check_url(&format!("https://{rest}"));
            assert_eq!(https.is_ok(), row.is_allowed, "https://{rest}: {https:?}");
        }
    }
    assert_eq!(plain_http, 96);
}

#[test]
fn a_policy_without_rules_would_fail_these_rows() {
    // The negative control: with everything allowed, literal addresses get through.
    let mut open = http_allowed();
    open.allowed = vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
    let is_opened = |row: &Row| !row.is_allowed && open.check_url(&row.input).is_ok();
    let opened = rows_of("url", 157)
        .iter()
        .filter(|row| is_opened(row))
        .count();
    assert!(opened >= 60, "{opened}");
}

#[test]
fn the_profile_without_plain_http_wants_https() {
    for row in rows_of("https_only", 2) {
        assert_eq!(
            Policy::production().check_url(&row.input).is_ok(),
            row.is_allowed,
            "{}",
            row.input
        );
        assert!(
            http_allowed().check_url(&row.input).is_ok(),
            "{}",
            row.input
        );
    }
}

#[test]
fn resolved_addresses_are_judged_as_expected() {
    for row in rows_of("dns", 11) {
        let (name, text) = row.input.split_once('=').unwrap();
        let url = Policy::production().check_url(&format!("https://{name}/"));
        assert!(url.is_ok(), "the name alone is fine: {name}");
        let verdict = Policy::production().check_resolved(&answers(text), 443);
        assert_eq!(
            verdict.is_ok(),
            row.is_allowed,
            "{}: {verdict:?}",
            row.input
        );
        assert_eq!(
            verdict == Err(RefusedAddress::NoAddress),
            text.is_empty(),
            "{}",
            row.input
        );
        assert!(verdict.is_ok_and(|chosen| chosen.len() <= ADDRESSES_MAX) || !row.is_allowed);
    }
    let many: Vec<IpAddr> = (1..=64)
        .map(|last| Ipv4Addr::new(93, 184, 216, last).into())
        .collect();
    assert_eq!(
        Policy::production()
            .check_resolved(&many, 443)
            .unwrap()
            .len(),
        ADDRESSES_MAX
    );
}

#[test]
fn each_answer_of_a_name_that_rebinds_is_judged_anew() {
    for row in rows_of("rebind", 2) {
        let (_, sets) = row.input.split_once('=').unwrap();
        let verdicts: Vec<bool> = sets
            .split(';')
            .map(|set| {
                Policy::production()
                    .check_resolved(&answers(set), 443)
                    .is_ok()
            })
            .collect();
        assert_eq!(verdicts, [true, false], "{}", row.input);
        assert!(!row.is_allowed);
    }
}

#[test]
fn headers_are_judged_as_expected() {
    for row in rows_of("header", 20) {
        // The first colon may be the first character of a name, as in HTTP/2.
        let colon = row.input[1..].find(": ").map(|place| place + 1).unwrap();
        let (name, value) = (&row.input[..colon], &row.input[colon + 2..]);
        let verdict = check_header(name, value);
        assert_eq!(
            verdict.is_ok(),
            row.is_allowed,
            "{name:?}: {value:?}: {verdict:?}"
        );
    }
}

#[test]
fn event_type_names_and_event_ids_are_judged_as_expected() {
    for row in rows_of("eventtype", 2) {
        assert_eq!(
            check_event_type_name(&row.input).is_ok(),
            row.is_allowed,
            "{}",
            row.input
        );
    }
    for row in rows_of("eventid", 2) {
        assert_eq!(
            check_event_id(&row.input).is_ok(),
            row.is_allowed,
            "{}",
            row.input
        );
    }
    assert!(check_event_id("msg.1234").is_err());
}
