//! When a delivery is tried again, and when it is over.
//!
//! A retry is never early: chance only adds to the planned wait, and a receiver that asks for
//! patience gets at least what it asks for. Nothing here reads the clock or takes chance; both
//! come in as numbers.

pub mod policy;
pub mod wish;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

use crate::clock::Millis;
use crate::retry::wish::Wish;

/// Most waits in a schedule.
pub const WAITS_MAX: usize = 50;
/// Longest single wait of a schedule: 30 days.
pub const WAIT_MAX: Duration = Duration::from_hours(30 * 24);
/// Longest wait that a receiver can ask for with `Retry-After`: 24 hours.
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);
/// A longer `Retry-After` value is ignored unread.
pub const RETRY_AFTER_BYTES_MAX: usize = 64;
/// Share of the planned wait that chance adds at most, unless the operator sets another.
pub const JITTER_SHARE: f64 = 0.2;

/// Units of a schedule's text, largest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
/// A schedule without any wait, as text.
const NONE: &str = "none";

/// The waits between attempts. The first attempt is made at once and is not in the list, so a
/// schedule of nine waits allows ten attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

/// Why a text or a list is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// A part is not a number and a unit.
    #[error(
        "`{part}` is not a wait; write a whole number and ms, s, m, h or d, such as `5m`, or `none` for no retries"
    )]
    NotAWait {
        /// The part as it was written, cut off at 32 characters.
        part: String,
    },
    /// A part is zero or longer than [`WAIT_MAX`].
    #[error(
        "`{part}` is out of range; a wait is between 1ms and 30d, and the first attempt, made at once, is not listed"
    )]
    OutOfRange {
        /// The part as it was written, cut off at 32 characters.
        part: String,
    },
    /// More than [`WAITS_MAX`] waits.
    #[error("{count} waits are too many; a schedule has at most 50")]
    TooMany {
        /// How many there were.
        count: usize,
    },
}

impl Schedule {
    /// A schedule of these waits, in whole milliseconds.
    ///
    /// # Errors
    /// When there are more than 50, or one is not between 1 ms and 30 days.
    pub fn new(waits: Vec<Duration>) -> Result<Self, InvalidSchedule> {
        if waits.len() > WAITS_MAX {
            return Err(InvalidSchedule::TooMany { count: waits.len() });
        }
        let is_fine = |wait: &Duration| {
            (1..=millis(WAIT_MAX)).contains(&millis(*wait))
                && wait.subsec_nanos().is_multiple_of(1_000_000)
        };
        match waits.iter().find(|wait| !is_fine(wait)) {
            Some(wait) => Err(InvalidSchedule::OutOfRange {
                part: format!("{wait:?}"),
            }),
            None => Ok(Self(waits)),
        }
    }

    /// No retries: one attempt and no more.
    pub fn once() -> Self {
        Self(Vec::new())
    }

    /// The waits, in order.
    pub fn waits(&self) -> &[Duration] {
        &self.0
    }

    /// How many attempts the schedule allows; at least 1.
    pub fn attempts_max(&self) -> u32 {
        u32::try_from(self.0.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    /// The planned wait after an attempt, counted from 1; `None` after the last.
    pub fn wait_after(&self, attempt: u32) -> Option<Duration> {
        let place = usize::try_from(attempt.saturating_sub(1)).ok()?;
        self.0.get(place).copied()
    }
}

impl Default for Schedule {
    /// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: ten attempts in 75 h 35 min 5 s.
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let seconds = [
            5,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self(seconds.map(Duration::from_secs).to_vec())
    }
}

impl FromStr for Schedule {
    type Err = InvalidSchedule;

    /// Reads `5s,5m,30m`; spaces around the parts do not matter. `none` means no retries.
    fn from_str(text: &str) -> Result<Self, InvalidSchedule> {
        if text.trim() == NONE {
            return Ok(Self::once());
        }
        let count = text.bytes().filter(|byte| *byte == b',').count() + 1;
        if count > WAITS_MAX {
            return Err(InvalidSchedule::TooMany { count });
        }
        text.split(',')
            .map(|part| parse_wait(part.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (place, wait) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            let wait_ms = millis(*wait);
            // A single day reads better as 24h, beside the 20h before it.
            let fits = |unit_ms: u64| {
                wait_ms.is_multiple_of(unit_ms) && (unit_ms < UNITS[0].1 || wait_ms > unit_ms)
            };
            let (unit, unit_ms) = UNITS
                .into_iter()
                .find(|(_, unit_ms)| fits(*unit_ms))
                .unwrap_or(("ms", 1));
            write!(f, "{}{unit}", wait_ms / unit_ms)?;
        }
        Ok(())
    }
}

impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Schedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn parse_wait(part: &str) -> Result<Duration, InvalidSchedule> {
    let shown = || part.chars().take(32).collect::<String>();
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = part.split_at(digits);
    let unit_ms = UNITS
        .into_iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, unit_ms)| unit_ms);
    let (Some(unit_ms), false) = (unit_ms, number.is_empty()) else {
        return Err(InvalidSchedule::NotAWait { part: shown() });
    };
    // A number too long for 64 bits is out of range like any other that is too large.
    let wait_ms = number.parse().unwrap_or(u64::MAX).saturating_mul(unit_ms);
    if !(1..=millis(WAIT_MAX)).contains(&wait_ms) {
        return Err(InvalidSchedule::OutOfRange { part: shown() });
    }
    Ok(Duration::from_millis(wait_ms))
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered with this status.
    Status(u16),
    /// No whole answer: no such name, no connection, no TLS, a reset, or the time was up.
    NoAnswer,
    /// The address policy forbids the target; nothing was sent.
    Refused,
}

/// What [`decide`] looks at.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    /// Which attempt this was, counted from 1.
    pub attempt: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// The waits of the endpoint.
    pub schedule: &'a Schedule,
    /// After when no further attempt is made, whatever the schedule has left.
    pub last_retry_at: Option<Millis>,
    /// What the receiver asked for, from [`parse_retry_after`]; at most 24 h of it count.
    pub retry_after: Option<Duration>,
    /// What the receiver wished besides its status.
    pub wish: Option<Wish>,
    /// When the attempt ended.
    pub now_ms: Millis,
    /// Share of the planned wait that chance may add, from 0 to 1; see [`JITTER_SHARE`].
    pub jitter_share: f64,
    /// Chance, from 0 up to, but not including, 1.
    pub fraction: f64,
}

/// What happens to the delivery now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It arrived.
    Delivered,
    /// It is tried again at this instant, and not before.
    RetryAt(Millis),
    /// It failed, and there is no attempt left: the schedule ends here, or the time is over.
    Exhausted,
    /// The receiver wants no more (410, or it wished so): the endpoint is disabled.
    Gone,
    /// It failed, and the receiver wants no further attempt of it.
    Aborted,
    /// The address policy forbids the target: trying again would not help.
    Refused,
}

/// Decides what follows an attempt: 2xx delivers, whatever the receiver wishes besides; 410, a refusal and
/// a wish end it; anything else is tried again until the schedule ends, or the time in which it may be. The wait is the planned one or what the receiver asked
/// for, whichever is longer, and chance adds a share of the planned one.
pub fn decide(tried: &Tried<'_>) -> Next {
    match tried.outcome {
        Outcome::Status(200..=299) => return Next::Delivered,
        Outcome::Status(410) => return Next::Gone,
        Outcome::Refused => return Next::Refused,
        Outcome::Status(_) | Outcome::NoAnswer => {}
    }
    match tried.wish {
        Some(Wish::Disable) => return Next::Gone,
        Some(Wish::AbortMessage) => return Next::Aborted,
        None => {}
    }
    let Some(planned) = tried.schedule.wait_after(tried.attempt) else {
        return Next::Exhausted;
    };
    let asked = tried.retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
    let share = tried.jitter_share.clamp(0.0, 1.0) * tried.fraction.clamp(0.0, 1.0);
    // Only a share that is not a number fails here; it adds nothing.
    let jitter = Duration::try_from_secs_f64(planned.as_secs_f64() * share).unwrap_or_default();
    let wait_ms = round_up(planned.max(asked)) + millis(jitter);
    let retry_at = tried.now_ms.saturating_add_unsigned(wait_ms);
    if tried.last_retry_at.is_some_and(|last| retry_at > last) {
        return Next::Exhausted;
    }
    Next::RetryAt(retry_at)
}

/// Whether a status says that the receiver has too much to do, so that its lane slows down.
pub fn slows_lane(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Reads the value of a `Retry-After` header (RFC 9110, section 10.2.3): a number of seconds, or
/// a date in any of the three HTTP forms. `None` for what is neither, for a date that has passed
/// and for more than 64 bytes. The result is not capped; [`decide`] does that.
pub fn parse_retry_after(value: &[u8], now_ms: Millis) -> Option<Duration> {
    if value.len() > RETRY_AFTER_BYTES_MAX {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = httpdate::parse_http_date(text)
        .ok()?
        .duration_since(UNIX_EPOCH)
        .ok()?;
    let wait_ms = Millis::try_from(at.as_millis()).ok()?.checked_sub(now_ms)?;
    u64::try_from(wait_ms)
        .ok()
        .filter(|wait_ms| *wait_ms > 0)
        .map(Duration::from_millis)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whole milliseconds, never less than the duration.
fn round_up(duration: Duration) -> u64 {
    millis(duration).saturating_add(u64::from(
        !duration.subsec_nanos().is_multiple_of(1_000_000),
    ))
}

#[cfg(test)]
mod tests;
