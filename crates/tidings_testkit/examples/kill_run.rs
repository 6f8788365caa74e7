//! The big run of the rig; `cargo xtask kill-run` builds what it needs and starts it.
//!
//! Arguments: the program (built with the feature `faults`), a folder for data, the library `shadow.so`,
//! the seed, the number of kills, the number of power cuts.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a command-line tool talks to its terminal, and a failed unwrap is a failed run"
)]

use std::path::PathBuf;
use std::time::Duration;

use tidings_testkit::chance::Chance;
use tidings_testkit::rig::{self, Crash, Power, Settings};
use tidings_testkit::{Program, Verdict};

struct Run {
    program: PathBuf,
    scratch: PathBuf,
    shim: PathBuf,
    seed: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [program, scratch, shim, seed, kills, power_cuts] = words.as_slice() else {
        panic!("it takes six arguments; run it with `cargo xtask kill-run`");
    };
    let run = Run {
        program: program.into(),
        scratch: scratch.into(),
        shim: shim.into(),
        seed: seed.parse().unwrap(),
    };
    let (kills, power_cuts) = (kills.parse().unwrap(), power_cuts.parse().unwrap());
    println!("seed {seed}");

    let verdict = run.go(crashes(run.seed, kills), Power::Kept, "full").await;
    verdict.show(&format!("{kills} kills"));
    verdict.assert_kept();
    assert!(verdict.recovered > 0, "recovery had nothing to do");

    let cuts = || vec![Crash::Random; power_cuts];
    let verdict = run.go(cuts(), run.power_cut(), "full").await;
    verdict.show(&format!("{power_cuts} power cuts"));
    verdict.assert_kept();

    let verdict = run
        .go(vec![Crash::Random; 3], run.power_cut(), "normal")
        .await;
    verdict.show("3 power cuts without a sync for each commit, which must lose messages");
    assert!(verdict.lost > 0, "the rig does not notice losses");
    println!("All promises were kept, and the rig notices when one is not.");
}

impl Run {
    async fn go(&self, crashes: Vec<Crash>, power: Power, synchronous: &str) -> Verdict {
        let program = Program::new(&self.program, &self.scratch);
        let settings = Settings {
            power,
            clients_count: 10,
            life_ms: (30, 900),
            calm_for_max: Duration::from_mins(5),
            on_crash: |number| println!("{number} servers have died"),
            ..Settings::new(self.seed, crashes)
        };
        rig::run(
            program.setting("sqlite_synchronous", synchronous),
            &settings,
        )
        .await
    }

    fn power_cut(&self) -> Power {
        let shim = self.shim.clone();
        Power::Cut { shim }
    }
}

/// So many deaths: two in three at random moments, the others at points in the code.
fn crashes(seed: u64, count: usize) -> Vec<Crash> {
    let mut chance = Chance::new(seed);
    let mut crashes = Vec::new();
    let mut deaths = 0;
    while deaths < count {
        let point = ["before-handover", "before-settle", "while-sending"]
            .get(usize::try_from(chance.between(0, 10)).unwrap());
        let crash = match point {
            Some(point) => Crash::At {
                point,
                passes: chance.between(1, 200),
            },
            None if deaths + 2 <= count && chance.between(0, 10) == 0 => Crash::DuringRecovery,
            None => Crash::Random,
        };
        deaths += if crash == Crash::DuringRecovery { 2 } else { 1 };
        crashes.push(crash);
    }
    crashes
}
