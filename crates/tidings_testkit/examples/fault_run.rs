//! The big run of the faults of databases; `cargo xtask fault-run` builds what it needs and starts it.
//!
//! Arguments: the program, a folder for data, the version of PostgreSQL, the seed, and what is to happen how
//! often, such as `restart:20`.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a command-line tool talks to its terminal, and a failed unwrap is a failed run"
)]

use std::time::Duration;

use tidings_testkit::Program;
use tidings_testkit::faults::{self, Fault, Settings, Theft};
use tidings_testkit::postgres::Version;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [program, scratch, version, seed, wanted @ ..] = words.as_slice() else {
        panic!("it takes four arguments and faults; run it with `cargo xtask fault-run`");
    };
    let is_wanted = |one: &Version| one.number().to_string() == *version;
    let version = Version::ALL.into_iter().find(is_wanted).unwrap();
    let seed = seed.parse().unwrap();
    println!("PostgreSQL {}, seed {seed}", version.number());
    let mut failed = Vec::new();
    for wanted in wanted {
        let (name, strokes) = wanted.split_once(':').unwrap();
        let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name);
        let settings = Settings {
            version,
            seed,
            calm_for_max: Duration::from_mins(5),
            ..Settings::new(fault.unwrap(), strokes.parse().unwrap())
        };
        let report = faults::run(Program::new(program, scratch), &settings).await;
        report.show();
        if let Err(broken) = report.check() {
            println!("{name}: {broken}\n");
            failed.push(name);
        }
    }
    for theft in [Theft::Messages, Theft::Owed] {
        let settings = Settings {
            version,
            seed,
            theft: Some(theft),
            calm_for_max: Duration::from_secs(5),
            ..Settings::new(Fault::Nothing, 0)
        };
        let report = faults::run(Program::new(program, scratch), &settings).await;
        let lost = report.verdict.lost;
        println!("{theft:?} taken away behind the server's back: {lost} noticed");
        assert!(lost > 0, "the rig does not notice losses");
    }
    assert!(failed.is_empty(), "promises were broken: {failed:?}");
    println!("All promises were kept, and the rig notices when one is not.");
}
