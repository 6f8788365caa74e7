//! Values of settings, read from text.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use tidings_domain::retry::Schedule;

pub(super) fn number(text: &str, at_least: usize, at_most: usize) -> Result<usize, String> {
    let number = text.trim().parse::<usize>().ok();
    number
        .filter(|number| (at_least..=at_most).contains(number))
        .ok_or_else(|| format!("it takes a whole number from {at_least} to {at_most}"))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let one: Schedule = text.parse().map_err(|error| format!("{error}"))?;
    match one.waits() {
        [duration] => Ok(*duration),
        _ => Err("it takes one time with a unit, such as 500ms, 20s or 5m".into()),
    }
}

/// How long something is kept; nothing means for ever. Longer than any wait may be.
pub(super) fn retention(text: &str) -> Result<Option<Duration>, String> {
    const DAYS_MAX: u64 = 36_500;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let hours = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => days
            .trim()
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(24)),
        (None, Some(hours)) => hours.trim().parse().ok(),
        (None, None) => None,
    };
    hours
        .filter(|hours| (24..=DAYS_MAX * 24).contains(hours))
        .map(|hours| Some(Duration::from_hours(hours)))
        .ok_or_else(|| {
            "it takes days or hours, such as 90d, at least 1d; or nothing for ever".into()
        })
}

pub(super) fn bytes(text: &str, at_most: usize) -> Result<usize, String> {
    let text = text.trim();
    let (digits, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let factor = match unit.trim() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let value = digits
        .parse::<usize>()
        .ok()
        .zip(factor)
        .and_then(|(n, factor)| n.checked_mul(factor));
    value
        .filter(|bytes| (1..=at_most).contains(bytes))
        .ok_or_else(|| format!("it takes a size such as 16KiB or 1MiB, at most {at_most} bytes"))
}

/// The beginning of the URLs that people are given, without a slash at the end; or nothing.
pub(super) fn public_url(text: &str) -> Result<Option<String>, String> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Ok(None);
    }
    let is_right = text.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri
                .authority()
                .is_some_and(|one| !one.as_str().contains('@'))
    });
    if is_right && !text.contains('#') {
        Ok(Some(text.to_owned()))
    } else {
        Err("it takes a URL such as https://webhooks.example.com".into())
    }
}

/// Origins as browsers write them: scheme, host in lower case, and a port that is not the usual one.
pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split(',').map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let why = || format!("`{part}` is no origin; it takes some such as https://app.example.com, with commas");
            let uri: http::Uri = part.parse().map_err(|_| why())?;
            let authority = uri.authority().filter(|one| !one.as_str().contains(['@', '*']));
            let authority = authority.ok_or_else(why)?.as_str().to_ascii_lowercase();
            let (scheme, usual) = match uri.scheme_str() {
                Some("https") => ("https", ":443"),
                Some("http") => ("http", ":80"),
                _ => return Err(why()),
            };
            if uri.path() != "/" || uri.query().is_some() || part.contains('#') {
                return Err(why());
            }
            let authority = authority.strip_suffix(usual).unwrap_or(&authority);
            Ok(format!("{scheme}://{authority}"))
        })
        .collect()
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" | "" => Ok(false),
        _ => Err("it takes true or false".into()),
    }
}

/// A file's name, or nothing.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands among those that can fail"
)]
pub(super) fn file(text: &str) -> Result<Option<PathBuf>, String> {
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

/// A role of members, or none.
pub(super) fn role(text: &str) -> Result<Option<tidings_domain::access::Role>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let role = tidings_domain::access::Role::parse(text);
    let why = || "it takes viewer, developer, admin, owner or nothing".to_owned();
    role.map(Some).ok_or_else(why)
}

/// Names of settings of a database that may be unsafe.
pub(super) fn risks(text: &str) -> Result<Vec<String>, String> {
    let known: Vec<_> = tidings_store_postgres::server::risky_settings().collect();
    let names = text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names
        .map(|name| {
            let is_known = known.contains(&name);
            let why = || format!("it takes some of {}, with commas", known.join(", "));
            is_known.then(|| name.to_owned()).ok_or_else(why)
        })
        .collect()
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let address = part.parse::<std::net::IpAddr>().map(IpNet::from);
            part.parse::<IpNet>().or(address).map_err(|_| {
                format!("`{part}` is no network; it takes some such as 10.1.0.0/16, fd00::/8, with commas")
            })
        })
        .collect()
}

/// Whether somebody may have meant `known`: one letter wrong, missing or too much.
pub(super) fn is_near(known: &str, written: &str) -> bool {
    let (known, written) = (known.as_bytes(), written.as_bytes());
    let same_front = known
        .iter()
        .zip(written)
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&known[same_front..], &written[same_front..]);
    let same_back = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    a.len() - same_back <= 1 && b.len() - same_back <= 1
}
