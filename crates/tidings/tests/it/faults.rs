//! The database fails under load in the ways that databases do, and nothing that was accepted is lost.
//!
//! The big run is `cargo xtask fault-run`.

use std::time::Duration;

use tidings_testkit::faults::{self, Fault, Report, Settings, Theft};
use tidings_testkit::postgres::Version;

use crate::support::production;

async fn struck(settings: &Settings) -> Report {
    let report = faults::run(production(), settings).await;
    report.show();
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_under_load_loses_nothing() {
    struck(&Settings::new(Fault::Restart, 2))
        .await
        .assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_18_a_database_that_crashes_under_load_loses_nothing() {
    let settings = Settings {
        version: Version::V18,
        ..Settings::new(Fault::Restart, 2)
    };
    struck(&settings).await.assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_ended_under_load_lose_nothing() {
    struck(&Settings::new(Fault::CutConnections, 2))
        .await
        .assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_a_free_connection_is_answered_with_503_until_there_is_one() {
    let report = struck(&Settings::new(Fault::NoConnections, 2)).await;
    report.assert_kept();
    assert!(report.refused > 0, "nothing was refused\n{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_answered_with_503_and_found_when_it_is_back() {
    let report = struck(&Settings::new(Fault::Away, 2)).await;
    report.assert_kept();
    assert!(report.refused > 0, "nothing was refused\n{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_makes_one_message_for_each_key() {
    let report = struck(&Settings::new(Fault::CutAtCommit, 10)).await;
    report.assert_kept();
    assert!(
        report.verdict.posts_repeated > 0,
        "nobody had to ask again\n{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_of_a_slot_is_killed_while_another_accepts_and_nothing_is_lost() {
    struck(&Settings::new(Fault::KillOwner, 2))
        .await
        .assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_accepts_for_anothers_slot_is_killed_and_nothing_is_lost() {
    struck(&Settings::new(Fault::KillOther, 2))
        .await
        .assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_paused_beyond_its_lease_comes_back_late_and_changes_nothing() {
    let report = struck(&Settings::new(Fault::Pause, 2)).await;
    report.assert_kept();
    assert!(report.late > 0, "nothing was late\n{report}");
}

/// Proves that the rig would notice: messages, or what is owed of them, are taken away behind its back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_taken_away_are_noticed() {
    for theft in [Theft::Messages, Theft::Owed] {
        let settings = Settings {
            theft: Some(theft),
            calm_for_max: Duration::from_secs(5),
            ..Settings::new(Fault::Nothing, 0)
        };
        let report = struck(&settings).await;
        assert!(
            report.verdict.lost > 0,
            "{theft:?}: it was not noticed\n{report}"
        );
    }
}
