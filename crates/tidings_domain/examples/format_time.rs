//! How long it takes to put a payload of 1 KiB into each form, as JSON: `{"xml": …}`, in microseconds.
//! `cargo xtask bench` runs it; only a build with `--release` says something.
#![expect(clippy::print_stdout, reason = "a tool for the benchmark talks to it")]

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use tidings_domain::body_format::{BodyFormat, Event};
use tidings_domain::ids::ApplicationId;

/// Of so many batches the median is taken.
const BATCHES_COUNT: usize = 41;
const BATCH_SIZE: u32 = 500;
const BODY_BYTES: usize = 1_024;
/// What exams and bookings have: texts that need escaping, numbers, nothing, lists, objects.
const ROW: &str = r#"{"participant_id":1234567,"first_name":"John","last_name":"D\u00f6e \"Jr\"","score":87.50,"passed":true,"tags":["a","b & c"],"note":null,"address":{"street":"Main St 1","city":"Łódź"}}"#;

fn main() {
    let payloads = [nested(), flat()];
    let times = BodyFormat::ALL.map(|format| {
        let slower = payloads.iter().map(|payload| time_us(format, payload));
        format!("\"{}\":{:.3}", format.as_str(), slower.fold(0.0, f64::max))
    });
    println!("{{{}}}", times.join(","));
}

fn nested() -> Bytes {
    let mut rows = vec![ROW];
    while rows.join(",").len() < BODY_BYTES {
        rows.push(ROW);
    }
    format!("{{\"rows\":[{}]}}", rows.join(",")).into()
}

fn flat() -> Bytes {
    let fields = (0..).map(|number| format!("\"field_{number}\":\"value {number}\""));
    let mut body = String::from("{\"first\":1");
    for field in fields {
        if body.len() >= BODY_BYTES {
            break;
        }
        body = format!("{body},{field}");
    }
    format!("{body}}}").into()
}

fn time_us(format: BodyFormat, payload: &Bytes) -> f64 {
    let event = Event {
        id: "msg_000000000000000000000000000",
        event_type: "exam.finished",
        accepted_at: 1_700_000_000_000,
        application: ApplicationId::new(1, 0, 1, 1),
        payload,
        options: None,
    };
    let mut times: Vec<f64> = (0..BATCHES_COUNT)
        .map(|_| {
            let began_at = Instant::now();
            for _ in 0..BATCH_SIZE {
                let formatted = format.format(black_box(&event));
                assert!(
                    black_box(formatted).is_ok(),
                    "{} cannot say it",
                    format.as_str()
                );
            }
            began_at.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH_SIZE)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[BATCHES_COUNT / 2]
}
