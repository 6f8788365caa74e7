//! Portal sessions: found by their number, opened once, ended by whoever may, and swept when that is long ago.

use tidings_domain::access::{Capabilities, Capability};
use tidings_domain::session::{LinkUsed, Session};

use super::Harness;
use super::world::{NOW, World, done, key};
use crate::{Subject, Written};

fn new_session(world: &World<'_>, ordinal: i64, session_id: Option<&str>) -> Session {
    Session {
        ordinal,
        environment: world.environment,
        application: world.app(),
        session_id: session_id.map(str::to_owned),
        capabilities: [Capability::ViewBase, Capability::CreateAttempts]
            .into_iter()
            .collect(),
        feature_flags: vec!["beta".to_owned(), "a,b \"c\"".to_owned()],
        hash: [1; 32],
        link_hash: [2; 32],
        link_used: None,
        created_at: NOW,
        expires_at: NOW + 1_000,
        revoked_at: None,
    }
}

async fn make(world: &World<'_>, ordinal: i64, session_id: Option<&str>) -> Session {
    let new = new_session(world, ordinal, session_id);
    done(
        world
            .store()
            .create_session(new, None)
            .await
            .expect("a write"),
    )
}

async fn find(world: &World<'_>, ordinal: i64) -> Option<Session> {
    world.store().session(ordinal).await.expect("a read")
}

pub(super) async fn a_session_is_found_by_its_number_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let number = i64::MAX;
    let made = make(&world, number, Some("eve\u{e9}")).await;
    assert_eq!(made, new_session(&world, number, Some("eve\u{e9}")));
    assert_eq!(find(&world, number).await, Some(made));
    assert_eq!(find(&world, 1).await, None);
    let plain = Session {
        capabilities: Capabilities::all(),
        feature_flags: Vec::new(),
        ..new_session(&world, 2, None)
    };
    let made = world.store().create_session(plain.clone(), None).await;
    assert_eq!(made, Ok(Written::Done(plain.clone())));
    assert_eq!(find(&world, 2).await, Some(plain.clone()));
    let nowhere = Session {
        ordinal: 3,
        application: 9_999,
        ..plain
    };
    let made = world.store().create_session(nowhere, None).await;
    assert_eq!(made, Ok(Written::Missing));
    assert_eq!(find(&world, 3).await, None);
}

pub(super) async fn an_idempotency_key_makes_one_session(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = new_session(&world, 1, None);
    let made = store.create_session(first.clone(), Some(key(1, 1))).await;
    assert_eq!(made, Ok(Written::Done(first.clone())));
    let second = new_session(&world, 2, None);
    let again = store.create_session(second.clone(), Some(key(1, 1))).await;
    assert_eq!(again, Ok(Written::Replayed(Some(first))));
    let other = store.create_session(second.clone(), Some(key(1, 2))).await;
    assert_eq!(other, Ok(Written::KeyReused));
    assert_eq!(find(&world, 2).await, None);
    // The key of a refused request is not used up.
    let nowhere = Session {
        application: 9_999,
        ..second.clone()
    };
    let refused = store.create_session(nowhere, Some(key(2, 1))).await;
    assert_eq!(refused, Ok(Written::Missing));
    let made = store.create_session(second.clone(), Some(key(2, 1))).await;
    assert_eq!(made, Ok(Written::Done(second)));
}

pub(super) async fn a_link_is_used_once_and_not_after_the_end(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = make(&world, 1, None).await;
    let used = |at, byte| LinkUsed {
        at,
        hash: [byte; 32],
    };
    let before = store.version().await.expect("a read");
    let (first, second) = tokio::join!(
        store.open_session(1, used(NOW + 1, 7)),
        store.open_session(1, used(NOW + 1, 8))
    );
    let both = [first.expect("a write"), second.expect("a write")];
    let won: Vec<&Session> = both.iter().flatten().collect();
    assert_eq!(won.len(), 1, "{both:?}");
    assert_eq!(find(&world, 1).await.as_ref(), Some(won[0]));
    let hash = won[0].link_used.expect("it was opened").hash;
    assert!(hash == [7; 32] || hash == [8; 32]);
    assert_eq!(store.open_session(1, used(NOW + 2, 9)).await, Ok(None));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Sessions(made.application)]);
    make(&world, 2, None).await;
    let late = store.open_session(2, used(NOW + 1_000, 7)).await;
    assert_eq!(late, Ok(None));
    make(&world, 3, None).await;
    assert_eq!(store.revoke_session(3, NOW).await, Ok(true));
    assert_eq!(store.open_session(3, used(NOW + 1, 7)).await, Ok(None));
    assert_eq!(store.open_session(4, used(NOW + 1, 7)).await, Ok(None));
}

pub(super) async fn a_session_is_revoked_once_and_that_is_told(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    make(&world, 1, None).await;
    let before = store.version().await.expect("a read");
    assert_eq!(store.revoke_session(1, NOW + 5).await, Ok(true));
    assert_eq!(store.revoke_session(1, NOW + 6).await, Ok(false));
    assert_eq!(store.revoke_session(2, NOW + 6).await, Ok(false));
    let found = find(&world, 1).await.expect("it is kept");
    assert_eq!(found.revoked_at, Some(NOW + 5));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Sessions(world.app())]);
}

pub(super) async fn sessions_of_an_application_end_all_or_by_their_ids(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = world.other_application().await.id.seq();
    make(&world, 1, Some("a")).await;
    make(&world, 2, Some("b")).await;
    make(&world, 3, None).await;
    let elsewhere = Session {
        application: other,
        ..new_session(&world, 4, Some("a"))
    };
    store
        .create_session(elsewhere, None)
        .await
        .expect("a write");
    let ends = async || {
        let mut ends = Vec::new();
        for ordinal in 1..=4 {
            let found = find(&world, ordinal).await.expect("it is kept");
            ends.push(found.expires_at - NOW);
        }
        ends
    };
    let expire = |ids: &[&str], at| {
        let ids = ids.iter().map(ToString::to_string).collect();
        store.expire_sessions(world.app(), ids, NOW + at)
    };
    let before = store.version().await.expect("a read");
    assert_eq!(expire(&["a", "zz"], 500).await, Ok(true));
    assert_eq!(ends().await, [500, 1_000, 1_000, 1_000]);
    // Nothing ends later than it did.
    assert_eq!(expire(&["a"], 600).await, Ok(false));
    assert_eq!(expire(&[], 700).await, Ok(true));
    assert_eq!(ends().await, [500, 700, 700, 1_000]);
    assert_eq!(expire(&[], 700).await, Ok(false));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Sessions(world.app()); 2]);
}

pub(super) async fn ended_sessions_are_removed_a_part_at_a_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for ordinal in 1..=4 {
        let session = Session {
            expires_at: NOW + ordinal,
            ..new_session(&world, ordinal, None)
        };
        store.create_session(session, None).await.expect("a write");
    }
    for expected in [2, 1, 0] {
        assert_eq!(store.sweep_sessions(NOW + 4, 2).await, Ok(expected));
    }
    assert_eq!(find(&world, 3).await, None);
    assert!(find(&world, 4).await.is_some());
}
