//! What few messages ask for: a later time, an earlier end of their payload, a body that is no JSON, headers.

use bytes::Bytes;
use tidings_domain::address_policy::check_message_headers;
use tidings_domain::clock::Millis;
use tidings_domain::message::{DELIVER_AHEAD_MAX_MS, MessageOptions};

use crate::error::{FieldProblem, Problems};
use crate::limits::{PAYLOAD_RETENTION_DAYS_MAX, PAYLOAD_RETENTION_HOURS_MAX};

const HOUR_MS: Millis = 60 * 60 * 1000;

/// What a caller asks for beside the event itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptionsDraft {
    /// Not to be sent before; at once if that is past.
    pub deliver_at: Option<Millis>,
    /// For how many days the payload is kept.
    pub payload_retention_days: Option<u32>,
    /// For how many hours it is kept.
    pub payload_retention_hours: Option<u32>,
    /// What is sent in place of the payload.
    pub raw_payload: Option<String>,
    /// Headers of its requests.
    pub headers: Vec<(String, String)>,
}

impl OptionsDraft {
    pub(super) fn check(&self, now: Millis, problems: &mut Problems) {
        let ahead = self.deliver_at.map_or(0, |at| at.saturating_sub(now));
        if ahead > DELIVER_AHEAD_MAX_MS {
            let msg = "must be within 30 days from now";
            problems.push(FieldProblem::body("deliverAt", msg));
        }
        for (name, given, most) in [
            (
                "payloadRetentionPeriod",
                self.payload_retention_days,
                PAYLOAD_RETENTION_DAYS_MAX,
            ),
            (
                "payloadRetentionHours",
                self.payload_retention_hours,
                PAYLOAD_RETENTION_HOURS_MAX,
            ),
        ] {
            if given.is_some_and(|given| !(1..=most).contains(&given)) {
                let msg = format!("must lie between 1 and {most}");
                problems.push(FieldProblem::body(name, msg));
            } else if given.is_some() && self.kept_for() <= Some(ahead) {
                let msg =
                    "must reach beyond deliverAt, since a payload that is gone cannot be sent";
                problems.push(FieldProblem::body(name, msg));
            }
        }
        if self.payload_retention_days.is_some() && self.payload_retention_hours.is_some() {
            let msg = "cannot be given together with payloadRetentionPeriod";
            problems.push(FieldProblem::body("payloadRetentionHours", msg));
        }
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (&**name, &**value));
        if let Err(refused) = check_message_headers(headers, self.raw_payload.is_some()) {
            let at = ["body", "transformationsParams", "headers"];
            problems.push(FieldProblem::at(&at, refused.to_string()));
        }
    }

    /// For how long the payload is kept, if not as long as the message.
    fn kept_for(&self) -> Option<Millis> {
        let days = self.payload_retention_days;
        let days = days.map(|days| Millis::from(days) * 24 * HOUR_MS);
        let hours = self.payload_retention_hours;
        days.or_else(|| hours.map(|hours| Millis::from(hours) * HOUR_MS))
    }

    /// What is kept of it with the message.
    pub(super) fn build(self, now: Millis) -> Option<Box<MessageOptions>> {
        let options = MessageOptions {
            deliver_at: self.deliver_at.filter(|at| *at > now),
            payload_until: self.kept_for().map(|kept_for| now + kept_for),
            raw_payload: self.raw_payload.map(Bytes::from),
            headers: self.headers,
            is_aside: false,
        };
        options.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceError;

    const NOW: Millis = 1_700_000_000_000;

    fn wrong(draft: &OptionsDraft) -> Vec<String> {
        let mut problems = Problems::default();
        draft.check(NOW, &mut problems);
        match problems.finish() {
            Ok(()) => Vec::new(),
            Err(ServiceError::Invalid(problems)) => {
                let names = problems.iter().map(|one| one.loc[1..].join("."));
                names.collect()
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_delivery_can_be_put_off_for_30_days_and_no_longer() {
        let at = |deliver_at| OptionsDraft {
            deliver_at: Some(deliver_at),
            ..OptionsDraft::default()
        };
        assert!(wrong(&at(NOW + DELIVER_AHEAD_MAX_MS)).is_empty());
        assert_eq!(wrong(&at(NOW + DELIVER_AHEAD_MAX_MS + 1)), ["deliverAt"]);
        assert!(wrong(&at(0)).is_empty());
        assert_eq!(at(NOW).build(NOW), None);
        let later = at(NOW + 1).build(NOW).unwrap();
        assert_eq!(later.deliver_at, Some(NOW + 1));
    }

    #[test]
    fn a_payload_is_kept_for_1_to_90_days_or_1_to_2160_hours_and_not_both() {
        let kept = |days, hours| OptionsDraft {
            payload_retention_days: days,
            payload_retention_hours: hours,
            ..OptionsDraft::default()
        };
        for (days, hours, until) in [
            (Some(1), None, NOW + 24 * HOUR_MS),
            (Some(90), None, NOW + 90 * 24 * HOUR_MS),
            (None, Some(1), NOW + HOUR_MS),
            (None, Some(2160), NOW + 2160 * HOUR_MS),
        ] {
            assert!(wrong(&kept(days, hours)).is_empty());
            let options = kept(days, hours).build(NOW).unwrap();
            assert_eq!(options.payload_until, Some(until));
        }
        let (days, hours) = ("payloadRetentionPeriod", "payloadRetentionHours");
        assert_eq!(wrong(&kept(Some(0), None)), [days]);
        assert_eq!(wrong(&kept(Some(91), None)), [days]);
        assert_eq!(wrong(&kept(None, Some(0))), [hours]);
        assert_eq!(wrong(&kept(None, Some(2161))), [hours]);
        assert_eq!(wrong(&kept(Some(1), Some(1))), [hours]);
    }

    #[test]
    fn a_payload_is_not_gone_before_it_is_sent() {
        let day = |deliver_at| OptionsDraft {
            payload_retention_days: Some(1),
            deliver_at: Some(deliver_at),
            ..OptionsDraft::default()
        };
        assert!(wrong(&day(NOW + 24 * HOUR_MS - 1)).is_empty());
        assert_eq!(wrong(&day(NOW + 24 * HOUR_MS)), ["payloadRetentionPeriod"]);
    }

    #[test]
    fn headers_are_those_that_an_endpoint_may_have() {
        let with = |headers: &[(&str, &str)], raw: Option<&str>| OptionsDraft {
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).into(), (*v).into()))
                .collect(),
            raw_payload: raw.map(str::to_owned),
            ..OptionsDraft::default()
        };
        let at = ["transformationsParams.headers"];
        assert!(wrong(&with(&[("x-a", "1")], None)).is_empty());
        assert_eq!(wrong(&with(&[("host", "x")], None)), at);
        assert_eq!(wrong(&with(&[("content-type", "text/xml")], None)), at);
        assert!(wrong(&with(&[("content-type", "text/xml")], Some("<a/>"))).is_empty());
        let many: Vec<String> = (0..21).map(|n| format!("x-{n}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "")).collect();
        assert!(wrong(&with(&many[..20], None)).is_empty());
        assert_eq!(wrong(&with(&many, None)), at);
    }
}
