//! The server is killed in the middle of its work, and nothing that was accepted is lost.
//!
//! The big run is `cargo xtask kill-run`.

use tidings_testkit::chance::Chance;
use tidings_testkit::rig::{self, Crash, Power, Settings};
use tidings_testkit::tools::{Shim, shim};

use crate::support::production;

/// Twenty deaths: most at random moments, the others at the points where they hurt most.
fn twenty_crashes(seed: u64) -> Vec<Crash> {
    let mut chance = Chance::new(seed);
    let mut crashes = Vec::new();
    for point in ["before-handover", "before-settle", "while-sending"] {
        for _ in 0..2 {
            let passes = chance.between(1, 60);
            crashes.extend([Crash::At { point, passes }, Crash::Random]);
        }
    }
    crashes.extend([Crash::DuringRecovery, Crash::Random, Crash::DuringRecovery]);
    crashes.resize(18, Crash::Random); // a death during recovery counts two
    crashes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_and_repeat_at_most_what_was_in_flight() {
    let seed = 1;
    let settings = Settings::new(seed, twenty_crashes(seed));
    let verdict = rig::run(production(), &settings).await;
    verdict.show("twenty kills");
    verdict.assert_kept();
    assert_eq!(verdict.crashes, 20);
    assert!(
        verdict.recovered > 0,
        "recovery had nothing to do\n{verdict}"
    );
}

fn power_cuts(count: usize) -> Settings {
    Settings {
        power: Power::Cut {
            shim: shim(Shim::Shadow),
        },
        // Long enough to accept what can be lost, on a machine that is busy with other tests too.
        life_ms: (400, 900),
        ..Settings::new(2, vec![Crash::Random; count])
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cuts_lose_nothing() {
    let verdict = rig::run(production(), &power_cuts(6)).await;
    verdict.show("power cuts");
    verdict.assert_kept();
    assert!(
        verdict.recovered > 0,
        "recovery had nothing to do\n{verdict}"
    );
}

/// Proves that the rig would notice: without a sync for each commit a power cut does lose messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cuts_without_syncs_do_lose_messages() {
    let program = production().setting("sqlite_synchronous", "normal");
    let verdict = rig::run(program, &power_cuts(4)).await;
    verdict.show("power cuts without syncs");
    assert!(
        verdict.lost > 0,
        "the rig does not notice losses\n{verdict}"
    );
}
