//! Retry rules: examples at the edges, and properties over everything between.

use proptest::prelude::*;

use super::*;

const NOW_MS: Millis = 1_700_000_000_000;

fn tried(schedule: &Schedule, outcome: Outcome) -> Tried<'_> {
    Tried {
        attempt: 1,
        outcome,
        schedule,
        last_retry_at: None,
        retry_after: None,
        wish: None,
        now_ms: NOW_MS,
        jitter_share: JITTER_SHARE,
        fraction: 0.0,
    }
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let wait = (1..=millis(WAIT_MAX)).prop_map(Duration::from_millis);
    proptest::collection::vec(wait, 0..=WAITS_MAX).prop_map(|waits| Schedule::new(waits).unwrap())
}

proptest! {
    #[test]
    fn a_retry_is_never_early_and_never_later_than_the_jitter_window(
        schedule in any_schedule(),
        attempt in 1..60_u32,
        asked_ms in proptest::option::of(0..3 * 86_400_000_u64),
        share in 0.0..=1.0_f64,
        fraction in 0.0..1.0_f64,
    ) {
        let retry_after = asked_ms.map(Duration::from_millis);
        let tried = Tried { attempt, retry_after, jitter_share: share, fraction, ..tried(&schedule, Outcome::NoAnswer) };
        match (decide(&tried), schedule.wait_after(attempt)) {
            (Next::RetryAt(at_ms), Some(planned)) => {
                let wait_ms = u64::try_from(at_ms - NOW_MS).unwrap();
                let least = millis(planned).max(asked_ms.unwrap_or(0).min(86_400_000));
                prop_assert!(wait_ms >= least, "{wait_ms} is before {least}");
                let window = planned.mul_f64(share);
                prop_assert!(Duration::from_millis(wait_ms - least) <= window, "{wait_ms} is beyond {least} + {window:?}");
            }
            (next, planned) => {
                prop_assert_eq!(next, Next::Exhausted);
                prop_assert_eq!(planned, None);
            }
        }
    }

    #[test]
    fn more_chance_never_means_sooner(schedule in any_schedule(), one in 0.0..1.0_f64, two in 0.0..1.0_f64) {
        let at = |fraction| match decide(&Tried { fraction, ..tried(&schedule, Outcome::NoAnswer) }) {
            Next::RetryAt(at_ms) => at_ms,
            _ => 0,
        };
        prop_assert!(at(one.min(two)) <= at(one.max(two)));
    }

    #[test]
    fn a_schedule_reads_back_as_it_was_written(schedule in any_schedule()) {
        prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
    }

    #[test]
    fn any_text_is_a_schedule_or_an_error(text in ".{0,80}") {
        let _ = text.parse::<Schedule>();
    }

    #[test]
    fn any_bytes_are_a_wait_or_nothing(value in proptest::collection::vec(any::<u8>(), 0..80), now_ms: i64) {
        let wait = parse_retry_after(&value, now_ms);
        prop_assert!(value.len() <= RETRY_AFTER_BYTES_MAX || wait.is_none());
    }
}

#[test]
fn each_status_has_the_outcome_that_is_documented() {
    let schedule = Schedule::default();
    let again = Next::RetryAt(NOW_MS + 5_000);
    for status in 100..=599 {
        let expected = match status {
            200..=299 => Next::Delivered,
            410 => Next::Gone,
            _ => again,
        };
        assert_eq!(
            decide(&tried(&schedule, Outcome::Status(status))),
            expected,
            "{status}"
        );
        assert_eq!(
            slows_lane(status),
            [429, 502, 503, 504].contains(&status),
            "{status}"
        );
    }
    assert_eq!(decide(&tried(&schedule, Outcome::NoAnswer)), again);
    assert_eq!(decide(&tried(&schedule, Outcome::Refused)), Next::Refused);
}

#[test]
fn the_default_allows_ten_attempts_over_three_days() {
    let schedule = Schedule::default();
    assert_eq!(schedule.to_string(), "5s,5m,30m,2h,5h,10h,14h,20h,24h");
    assert_eq!(schedule.attempts_max(), 10);
    let whole: Duration = schedule.waits().iter().sum();
    assert_eq!(whole, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
    let last = Tried {
        attempt: 9,
        ..tried(&schedule, Outcome::Status(500))
    };
    assert_eq!(decide(&last), Next::RetryAt(NOW_MS + 86_400_000));
    assert_eq!(
        decide(&Tried {
            attempt: 10,
            ..last
        }),
        Next::Exhausted
    );
    assert_eq!(
        decide(&Tried {
            attempt: u32::MAX,
            ..last
        }),
        Next::Exhausted
    );
}

#[test]
fn an_endpoint_without_retries_is_exhausted_at_once() {
    assert_eq!(
        decide(&tried(&Schedule::once(), Outcome::NoAnswer)),
        Next::Exhausted
    );
    assert_eq!(Schedule::once().attempts_max(), 1);
    assert_eq!("none".parse(), Ok(Schedule::once()));
}

#[test]
fn what_the_receiver_asks_for_counts_up_to_a_day_and_jitter_comes_on_top() {
    let schedule: Schedule = "10m".parse().unwrap();
    for (asked_s, fraction, expected_s) in [
        (60, 0.0, 600),
        (60, 0.5, 660),
        (601, 0.0, 601),
        (3_600, 0.5, 3_660),
        (86_400, 0.0, 86_400),
        (86_401, 0.5, 86_460),
        (u64::MAX, 0.0, 86_400),
    ] {
        let retry_after = Some(Duration::from_secs(asked_s));
        let next = decide(&Tried {
            retry_after,
            fraction,
            ..tried(&schedule, Outcome::Status(503))
        });
        assert_eq!(
            next,
            Next::RetryAt(NOW_MS + expected_s * 1_000),
            "{asked_s} {fraction}"
        );
    }
}

#[test]
fn a_jitter_that_makes_no_sense_never_makes_a_retry_early() {
    let schedule: Schedule = "10s".parse().unwrap();
    for (jitter_share, fraction, expected_ms) in [
        (-1.0, 0.5, 10_000),
        (0.2, -0.5, 10_000),
        (f64::NAN, 0.5, 10_000),
        (0.2, f64::NAN, 10_000),
        (9.0, 1.0, 20_000),
    ] {
        let next = decide(&Tried {
            jitter_share,
            fraction,
            ..tried(&schedule, Outcome::NoAnswer)
        });
        assert_eq!(
            next,
            Next::RetryAt(NOW_MS + expected_ms),
            "{jitter_share} {fraction}"
        );
    }
}

#[test]
fn a_schedule_is_written_in_the_largest_units_that_fit() {
    let written = |text: &str| {
        text.parse::<Schedule>()
            .map(|schedule| schedule.to_string())
    };
    assert_eq!(
        written(" 90s, 60m ,1500ms,48h,1d,36h").unwrap(),
        "90s,1h,1500ms,2d,24h,36h"
    );
    let parsed: Result<Schedule, _> = serde_json::from_str("\"5s,5m\"");
    assert_eq!(
        serde_json::to_string(&parsed.unwrap()).unwrap(),
        "\"5s,5m\""
    );
    assert!(serde_json::from_str::<Schedule>("\"5x\"").is_err());
}

#[test]
fn the_error_names_the_part_that_is_wrong() {
    let error = |text: &str| text.parse::<Schedule>().unwrap_err();
    for (text, part) in [
        ("", ""),
        ("5s,,5m", ""),
        ("5s,5", "5"),
        ("5s,m", "m"),
        ("5 s", "5 s"),
        ("-5s", "-5s"),
        ("1.5h", "1.5h"),
        ("5S", "5S"),
    ] {
        assert_eq!(
            error(text),
            InvalidSchedule::NotAWait {
                part: part.to_owned()
            },
            "{text}"
        );
    }
    for part in ["0s", "31d", "2592000001ms", "99999999999999999999999d"] {
        assert_eq!(
            error(&format!("5s,{part}")),
            InvalidSchedule::OutOfRange {
                part: part.to_owned()
            }
        );
    }
    assert!(
        error("0s,5s")
            .to_string()
            .starts_with("`0s` is out of range")
    );
}

#[test]
fn a_schedule_has_at_most_fifty_waits_of_at_most_thirty_days() {
    let of = |count: usize| vec!["1s"; count].join(",").parse::<Schedule>();
    assert!(of(50).is_ok());
    assert_eq!(of(51), Err(InvalidSchedule::TooMany { count: 51 }));
    assert_eq!(
        Schedule::new(vec![WAIT_MAX; 50]).unwrap().attempts_max(),
        51
    );
    assert_eq!(
        Schedule::new(vec![WAIT_MAX; 51]),
        Err(InvalidSchedule::TooMany { count: 51 })
    );
    assert!("30d,2592000000ms,1ms".parse::<Schedule>().is_ok());
    for wait in [
        Duration::ZERO,
        WAIT_MAX + Duration::from_millis(1),
        Duration::from_micros(1_500),
    ] {
        assert!(
            matches!(
                Schedule::new(vec![wait]),
                Err(InvalidSchedule::OutOfRange { .. })
            ),
            "{wait:?}"
        );
    }
}

#[test]
fn retry_after_is_seconds_or_a_date_to_come() {
    let at = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
    let minute = Some(Duration::from_mins(1));
    for (value, now_ms, expected) in [
        ("60", at, minute),
        (" 60\t", at, minute),
        ("0", at, Some(Duration::ZERO)),
        (
            "99999999999999999999",
            at,
            Some(Duration::from_secs(u64::MAX)),
        ),
        ("Sun, 06 Nov 1994 08:49:37 GMT", at - 60_000, minute),
        ("Sunday, 06-Nov-94 08:49:37 GMT", at - 60_000, minute),
        ("Sun Nov  6 08:49:37 1994", at - 60_000, minute),
        ("Sun, 06 Nov 1994 08:49:37 GMT", at, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", at + 1, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", i64::MIN, None),
        ("Sun, 06 Nov 1994 08:49:37 +0100", 0, None),
        ("1994-11-06T08:49:37Z", 0, None),
        ("", at, None),
        ("-60", at, None),
        ("+60", at, None),
        ("60.5", at, None),
        ("soon", at, None),
    ] {
        assert_eq!(
            parse_retry_after(value.as_bytes(), now_ms),
            expected,
            "{value}"
        );
    }
    assert_eq!(
        parse_retry_after(&[b'1'; 64], 0),
        Some(Duration::from_secs(u64::MAX))
    );
    assert_eq!(parse_retry_after(&[b'1'; 65], 0), None);
    assert_eq!(parse_retry_after(b"\xff60", 0), None);
}

#[test]
fn a_wish_ends_what_failed_and_changes_nothing_of_what_arrived() {
    let schedule = Schedule::default();
    let next = |status, wish| {
        decide(&Tried {
            wish: Some(wish),
            ..tried(&schedule, Outcome::Status(status))
        })
    };
    for status in [100, 302, 400, 404, 429, 500, 503] {
        assert_eq!(next(status, Wish::AbortMessage), Next::Aborted, "{status}");
        assert_eq!(next(status, Wish::Disable), Next::Gone, "{status}");
    }
    for wish in [Wish::AbortMessage, Wish::Disable] {
        assert_eq!(next(204, wish), Next::Delivered);
        assert_eq!(next(410, wish), Next::Gone);
    }
}

#[test]
fn nothing_is_tried_again_after_the_time_for_it() {
    let schedule = Schedule::new(vec![Duration::from_secs(5)]).unwrap();
    for (last_ms, expected) in [
        (5_000, Next::RetryAt(NOW_MS + 5_000)),
        (4_999, Next::Exhausted),
        (-1, Next::Exhausted),
    ] {
        let next = decide(&Tried {
            last_retry_at: Some(NOW_MS + last_ms),
            ..tried(&schedule, Outcome::NoAnswer)
        });
        assert_eq!(next, expected, "{last_ms}");
    }
    let delivered = Tried {
        last_retry_at: Some(0),
        ..tried(&schedule, Outcome::Status(200))
    };
    assert_eq!(decide(&delivered), Next::Delivered);
}
