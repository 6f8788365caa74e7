//! API users: found by their login, one for each login, and forgotten by caches when they change.

use tidings_domain::application::ApiUser;

use super::Harness;
use super::world::{NOW, World, done};
use crate::{NewApiUser, Subject, Written};

fn new_user(world: &World<'_>, application: i64, login: &str) -> NewApiUser {
    NewApiUser {
        environment: world.environment,
        application,
        login: login.to_owned(),
        password_hash: format!("hash of {login}"),
        created_at: NOW,
    }
}

async fn make(world: &World<'_>, application: i64, login: &str) -> ApiUser {
    let new = new_user(world, application, login);
    done(world.store().create_api_user(new).await.expect("a write"))
}

async fn find(world: &World<'_>, login: &str) -> Option<ApiUser> {
    let found = world.store().api_user(login.to_owned()).await;
    found.expect("a read")
}

pub(super) async fn an_api_user_is_found_by_its_login_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = make(&world, world.app(), "first@example.com").await;
    let expected = ApiUser {
        ordinal: made.ordinal,
        environment: world.environment,
        application: world.app(),
        login: "first@example.com".into(),
        password_hash: "hash of first@example.com".into(),
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
    };
    assert_eq!(made, expected);
    assert_eq!(find(&world, "first@example.com").await, Some(expected));
    // Logins that differ in case only are two.
    assert_eq!(find(&world, "First@example.com").await, None);
    let second = make(&world, world.app(), "First@example.com").await;
    let other = world.other_application().await.id.seq();
    make(&world, other, "elsewhere").await;
    let store = world.store();
    assert_eq!(store.api_users(world.app()).await, Ok(vec![made, second]));
    assert_eq!(store.api_users(9_999).await, Ok(Vec::new()));
    let nowhere = store.create_api_user(new_user(&world, 9_999, "nowhere"));
    assert_eq!(nowhere.await, Ok(Written::Missing));
}

pub(super) async fn a_login_is_one_users_until_that_is_revoked(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = world.other_application().await.id.seq();
    let first = make(&world, world.app(), "login").await;
    let again = || store.create_api_user(new_user(&world, other, "login"));
    assert_eq!(again().await, Ok(Written::Taken(first.clone())));
    // Another application's hand does not reach it.
    for (application, ordinal) in [(other, first.ordinal), (world.app(), first.ordinal + 9)] {
        let revoked = store.revoke_api_user(application, ordinal, NOW + 1).await;
        assert_eq!(revoked, Ok(false));
        let hash = "stolen".to_owned();
        let replaced = store.replace_api_user_password(application, ordinal, hash);
        assert_eq!(replaced.await, Ok(false));
    }
    assert_eq!(find(&world, "login").await, Some(first.clone()));
    let revoke = |at| store.revoke_api_user(world.app(), first.ordinal, at);
    assert_eq!(revoke(NOW + 2).await, Ok(true));
    assert_eq!(revoke(NOW + 3).await, Ok(false));
    assert_eq!(find(&world, "login").await, None);
    let second = done(again().await.expect("a write"));
    assert_ne!(second.ordinal, first.ordinal);
    assert_eq!(find(&world, "login").await, Some(second));
    let kept = store.api_users(world.app()).await.expect("a read");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].revoked_at, Some(NOW + 2));
    let replaced = store.replace_api_user_password(world.app(), first.ordinal, "x".into());
    assert_eq!(replaced.await, Ok(false));
}

pub(super) async fn every_change_of_an_api_user_is_told(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let before = store.version().await.expect("a read");
    let user = make(&world, world.app(), "login").await;
    let replaced = store.replace_api_user_password(world.app(), user.ordinal, "new".into());
    assert_eq!(replaced.await, Ok(true));
    let found = find(&world, "login").await.expect("it is there");
    assert_eq!(found.password_hash, "new");
    let revoked = store.revoke_api_user(world.app(), user.ordinal, NOW).await;
    assert_eq!(revoked, Ok(true));
    // What changes nothing is not told.
    let revoked = store.revoke_api_user(world.app(), user.ordinal, NOW).await;
    assert_eq!(revoked, Ok(false));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::ApiUser(user.ordinal); 3]);
}

pub(super) async fn when_an_api_user_was_last_seen_only_moves_forward(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let user = make(&world, world.app(), "login").await;
    let version = store.version().await.expect("a read");
    for (at, expected) in [(NOW + 9, NOW + 9), (NOW + 3, NOW + 9), (NOW + 10, NOW + 10)] {
        let seen = vec![(user.ordinal, at), (9_999, at)];
        store.touch_api_users(seen).await.expect("a write");
        let found = find(&world, "login").await.expect("it is there");
        assert_eq!(found.last_used_at, Some(expected));
    }
    // Caches need not hear of it.
    assert_eq!(store.version().await, Ok(version));
}
