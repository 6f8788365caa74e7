//! An attempt as the feed tells it, and as a line on a terminal.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::commands::client::Event;
use crate::output::{Paint, Tone};

/// What the feed says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FeedItem {
    /// An attempt is on disk.
    Attempt(Attempt),
    /// So many came faster than they were read.
    Missed(u64),
}

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attempt {
    pub(crate) message: String,
    pub(crate) event_type: String,
    pub(crate) endpoint: String,
    pub(crate) number: u64,
    /// `success`, `retry`, `exhausted` or `canceled`.
    pub(crate) outcome: String,
    /// None if no answer came.
    pub(crate) status: Option<u64>,
    /// Why it failed, in a word.
    pub(crate) error: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) took_ms: f64,
    pub(crate) next_at: Option<Timestamp>,
}

impl FeedItem {
    /// Reads an event; none if it is of no known kind.
    pub(crate) fn read(event: &Event) -> Option<Self> {
        let data: Value = serde_json::from_str(&event.data).ok()?;
        match event.name.as_str() {
            "attempt" => Attempt::read(&data).map(Self::Attempt),
            "missed" => data["count"].as_u64().map(Self::Missed),
            _ => None,
        }
    }
}

impl Attempt {
    fn read(data: &Value) -> Option<Self> {
        let text = |name: &str| data[name].as_str().map(str::to_owned);
        let instant = |name: &str| data[name].as_str()?.parse().ok();
        Some(Self {
            message: text("msgId")?,
            event_type: text("eventType")?,
            endpoint: text("endpointId")?,
            number: data["attempt"].as_u64()?,
            outcome: text("outcome")?,
            status: data["responseStatusCode"].as_u64(),
            error: text("error"),
            at: instant("timestamp")?,
            took_ms: data["responseDurationMs"].as_f64()?,
            next_at: instant("nextAttempt"),
        })
    }

    /// The line: time, mark, event type, endpoint, attempt, answer, duration, what follows.
    pub(crate) fn line(&self, zone: &TimeZone, paint: Paint) -> String {
        let time = self.at.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f");
        let (mark, tone) = self.mark();
        let line = format!(
            "{} {} {:<24} {}  attempt {}  {}  {:>9}",
            paint.text(Tone::Quiet, &time.to_string()),
            paint.text(tone, mark),
            self.event_type,
            paint.text(Tone::Quiet, &self.endpoint),
            self.number,
            paint.text(tone, &format!("{:<11}", self.answer())),
            self.took(),
        );
        match self.follows() {
            None => line,
            Some(follows) => format!("{line}  {}", paint.text(tone, &follows)),
        }
    }

    /// The mark of the outcome.
    pub(crate) fn mark(&self) -> (&'static str, Tone) {
        match self.outcome.as_str() {
            "success" => ("✓", Tone::Good),
            "retry" => ("↻", Tone::Waiting),
            "canceled" => ("–", Tone::Bad),
            _ => ("✗", Tone::Bad),
        }
    }

    /// The status, or a word for why there is none.
    pub(crate) fn answer(&self) -> String {
        match (self.status, &self.error) {
            (Some(status), None) => status.to_string(),
            (Some(status), Some(error)) if error == "status" => status.to_string(),
            (Some(status), Some(error)) => format!("{status} {error}"),
            (None, Some(error)) => error.clone(),
            (None, None) => "no answer".to_owned(),
        }
    }

    /// How long it took.
    pub(crate) fn took(&self) -> String {
        if self.took_ms < 10.0 {
            format!("{:.1} ms", self.took_ms)
        } else {
            format!("{:.0} ms", self.took_ms)
        }
    }

    /// What follows, unless it was delivered.
    pub(crate) fn follows(&self) -> Option<String> {
        match (&self.next_at, self.outcome.as_str()) {
            (Some(next_at), _) => {
                let wait_ms = next_at.as_millisecond() - self.at.as_millisecond();
                Some(format!("tried again in {}", wait(wait_ms)))
            }
            (None, "success") => None,
            (None, "canceled") => Some("given up".to_owned()),
            (None, _) => Some("no attempts left".to_owned()),
        }
    }
}

/// A wait in the largest unit that says enough.
fn wait(wait_ms: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    match wait_ms.div_euclid(1000) {
        i64::MIN..10 => {
            let tenths = wait_ms.max(0) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        seconds @ 10..120 => format!("{seconds} s"),
        seconds if seconds < 2 * HOUR => format!("{} min", seconds / MINUTE),
        seconds => format!("{} h", seconds / HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(change: impl FnOnce(&mut Value)) -> Attempt {
        let mut data = serde_json::json!({
            "id": "atmpt_1", "msgId": "msg_1", "eventType": "invoice.paid", "endpointId": "ep_1",
            "attempt": 1, "trigger": "scheduled", "outcome": "success", "responseStatusCode": 200,
            "error": null, "timestamp": "2026-01-02T03:04:05.678Z", "responseDurationMs": 1.234,
            "nextAttempt": null
        });
        change(&mut data);
        let event = Event {
            name: "attempt".to_owned(),
            data: data.to_string(),
        };
        match FeedItem::read(&event) {
            Some(FeedItem::Attempt(attempt)) => attempt,
            other => panic!("{other:?}"),
        }
    }

    fn line(change: impl FnOnce(&mut Value)) -> String {
        attempt(change).line(&TimeZone::UTC, Paint::off())
    }

    #[test]
    fn a_line_tells_what_happened_and_what_follows() {
        assert_eq!(
            line(|_| {}),
            "03:04:05.678 ✓ invoice.paid             ep_1  attempt 1  200             1.2 ms"
        );
        let retried = line(|data| {
            data["outcome"] = "retry".into();
            data["responseStatusCode"] = 503.into();
            data["error"] = "status".into();
            data["nextAttempt"] = "2026-01-02T03:04:11.678Z".into();
        });
        assert!(retried.contains("↻ ") && retried.contains("  503  "));
        assert!(retried.ends_with("tried again in 6.0 s"), "{retried}");
        let failed = line(|data| {
            data["outcome"] = "exhausted".into();
            data["responseStatusCode"] = Value::Null;
            data["error"] = "timeout".into();
        });
        assert!(failed.contains("✗") && failed.contains("timeout"));
        assert!(failed.ends_with("no attempts left"), "{failed}");
    }

    #[test]
    fn waits_are_told_in_a_fitting_unit() {
        let waits = [
            0,
            5_999,
            10_000,
            119_999,
            360_000,
            7_199_000,
            7_200_000,
            100_000_000,
        ];
        let expected = [
            "0.0 s", "5.9 s", "10 s", "119 s", "6 min", "119 min", "2 h", "27 h",
        ];
        assert_eq!(waits.map(wait), expected);
    }

    #[test]
    fn events_of_other_kinds_are_passed_over() {
        let of = |name: &str, data: &str| {
            FeedItem::read(&Event {
                name: name.to_owned(),
                data: data.to_owned(),
            })
        };
        assert_eq!(of("missed", "{\"count\":3}"), Some(FeedItem::Missed(3)));
        assert_eq!(of("other", "{}"), None);
        assert_eq!(of("attempt", "{}"), None);
        assert_eq!(of("attempt", "no json"), None);
    }
}
