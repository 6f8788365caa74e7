//! How long it takes to check a payload of 1 KiB against a schema, as JSON, in microseconds: to read it, to find
//! that it fits, and to tell why one does not. Only a build with `--release` says something.
#![expect(clippy::print_stdout, reason = "a tool that prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};
use tidings_domain::schema::{Schema, UnlessNamed};

/// Of so many batches the median is taken.
const BATCHES_COUNT: usize = 41;
const BATCH_SIZE: u32 = 500;
const ROWS_COUNT: usize = 7;

fn main() {
    let schema = json!({
        "type": "object", "required": ["id", "rows"],
        "properties": {
            "id": {"type": "integer"},
            "rows": {"type": "array", "items": {
                "type": "object", "required": ["name", "score"], "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 100},
                    "email": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
                    "score": {"type": "number", "minimum": 0, "maximum": 100},
                    "tags": {"type": "array", "items": {"enum": ["a", "b", "c"]}},
                    "city": {"type": ["string", "null"]},
                },
            }},
        },
    });
    let row = |score: Value| {
        json!({"name": "John Döe", "email": "john.doe@example.com", "score": score, "tags": ["a", "b", "c"],
            "city": "a city with a rather long name, as some have"})
    };
    let fits = json!({"id": 1, "rows": vec![row(json!(87.5)); ROWS_COUNT]});
    let mut differs = fits.clone();
    differs["rows"][3] = row(json!("87.5"));
    let text = fits.to_string();
    let compile = || Schema::compile(&schema, UnlessNamed::Draft7);
    let compiled = compile().expect("a schema");
    assert!(compiled.mismatches(&fits).is_empty() && compiled.mismatches(&differs).len() == 1);
    println!(
        "{}",
        json!({
            "payload_bytes": text.len(),
            "read_us": median_us(|| serde_json::from_str::<Value>(&text)),
            "fits_us": median_us(|| compiled.mismatches(&fits)),
            "differs_us": median_us(|| compiled.mismatches(&differs)),
            "compile_us": median_us(compile),
        })
    );
}

fn median_us<T>(work: impl Fn() -> T) -> f64 {
    let mut times: Vec<f64> = (0..BATCHES_COUNT)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..BATCH_SIZE {
                black_box(work());
            }
            began.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH_SIZE)
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    (times[BATCHES_COUNT / 2] * 100.0).round() / 100.0
}
