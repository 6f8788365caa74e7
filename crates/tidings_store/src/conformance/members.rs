//! Members and their sessions.

use tidings_domain::access::Role;
use tidings_domain::ids::{MemberId, MemberSessionId};
use tidings_domain::member::{Invitation, Member, MemberPatch, MemberState};

use super::Harness;
use super::world::{NOW, World};
use crate::{
    AcceptInvitation, MEMBER_SESSIONS_MAX, MemberChanged, NewMember, NewMemberSession, Order,
    PageRequest, Store, Written,
};

fn new(environment: i64, email: &str, role: Role) -> NewMember {
    NewMember {
        environment,
        email: email.to_owned(),
        name: "Ann".to_owned(),
        role,
        password_hash: None,
        invitation: None,
        is_first: false,
        created_at: NOW,
        tail: 7,
    }
}

fn active(environment: i64, email: &str, role: Role) -> NewMember {
    NewMember {
        password_hash: Some("hash".to_owned()),
        ..new(environment, email, role)
    }
}

async fn make(store: &dyn Store, new: NewMember) -> Member {
    match store.create_member(new).await.expect("a write") {
        Written::Done(member) => member,
        other => panic!("not made: {other:?}"),
    }
}

fn page(order: Order, after: Option<&Member>, limit: usize) -> PageRequest {
    PageRequest {
        order,
        after: after.map(|member| member.id.seq()),
        limit,
    }
}

pub(super) async fn a_member_is_kept_and_found_by_id_and_by_address(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    assert_eq!(store.has_members().await, Ok(false));
    let invitation = Invitation {
        hash: [3; 32],
        ends_at: NOW + 10,
    };
    let invited = NewMember {
        invitation: Some(invitation),
        ..new(environment, "Ann@Example.com", Role::Developer)
    };
    let made = make(&*store, invited.clone()).await;
    assert_eq!(made.id.parts().tail, 7);
    assert_eq!(made.email, "Ann@Example.com");
    assert_eq!(
        (made.role, made.state()),
        (Role::Developer, MemberState::Invited)
    );
    assert_eq!(made.invitation, Some(invitation));
    assert_eq!(
        store.member(environment, made.id.seq()).await,
        Ok(Some(made.clone()))
    );
    assert_eq!(store.member(environment + 1, made.id.seq()).await, Ok(None));
    let other_tail = MemberId::new(NOW, 0, made.id.seq(), 8);
    let deleting = store.delete_member(environment, other_tail);
    assert_eq!(deleting.await, Ok(MemberChanged::Missing));
    for (of, email, found) in [
        (Some(environment), "ANN@example.com", Some(&made)),
        (None, "ann@example.com", Some(&made)),
        (Some(environment + 1), "ann@example.com", None),
        (None, "bob@example.com", None),
    ] {
        let read = store.member_by_email(of, email.to_owned()).await;
        assert_eq!(read, Ok(found.cloned()), "{email}");
    }
    let taken = NewMember {
        email: "aNN@example.com".to_owned(),
        ..invited
    };
    assert_eq!(
        store.create_member(taken).await,
        Ok(Written::Taken(made.clone()))
    );
    assert_eq!(store.member_by_invitation([3; 32]).await, Ok(Some(made)));
    assert_eq!(store.member_by_invitation([4; 32]).await, Ok(None));
    assert_eq!(store.has_members().await, Ok(true));
    let first = NewMember {
        is_first: true,
        ..new(environment, "carl@example.com", Role::Owner)
    };
    assert_eq!(store.create_member(first).await, Ok(Written::Missing));
}

pub(super) async fn members_are_listed_in_their_environment(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let mut made = Vec::new();
    for name in ["a@x", "b@x", "c@x"] {
        made.push(make(&*store, new(environment, name, Role::Viewer)).await);
    }
    let other = store.ensure_environment("other".into(), NOW).await;
    let other = other.expect("a write").ordinal;
    make(&*store, new(other, "a@x", Role::Viewer)).await;
    let up = page(Order::Ascending, None, 2);
    assert_eq!(store.members(environment, up).await, Ok(made[..2].to_vec()));
    let rest = page(Order::Ascending, Some(&made[1]), 2);
    assert_eq!(
        store.members(environment, rest).await,
        Ok(made[2..].to_vec())
    );
    let down = page(Order::Descending, Some(&made[2]), 2);
    let back = vec![made[1].clone(), made[0].clone()];
    assert_eq!(store.members(environment, down).await, Ok(back));
}

pub(super) async fn the_last_owner_who_can_sign_in_stays(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let owner = make(&*store, active(environment, "a@x", Role::Owner)).await;
    let invited = make(&*store, new(environment, "b@x", Role::Owner)).await;
    make(&*store, active(environment, "c@x", Role::Admin)).await;
    let lower = MemberPatch {
        role: Some(Role::Admin),
        ..MemberPatch::default()
    };
    let disable = MemberPatch {
        is_disabled: Some(true),
        ..MemberPatch::default()
    };
    for patch in [lower.clone(), disable.clone()] {
        let refused = store.change_member(environment, owner.id, patch, NOW).await;
        assert_eq!(refused, Ok(MemberChanged::LastOwner));
    }
    let refused = store.delete_member(environment, owner.id).await;
    assert_eq!(refused, Ok(MemberChanged::LastOwner));
    assert_eq!(
        store.member(environment, owner.id.seq()).await,
        Ok(Some(owner.clone()))
    );
    // Who was only invited may go, and so may an owner beside another.
    let deleted = store.delete_member(environment, invited.id).await;
    assert_eq!(deleted, Ok(MemberChanged::Done(invited.clone())));
    assert_eq!(store.member(environment, invited.id.seq()).await, Ok(None));
    make(&*store, active(environment, "b@x", Role::Owner)).await;
    let changed = store
        .change_member(environment, owner.id, lower, NOW + 5)
        .await;
    let mut expected = owner.clone();
    (expected.role, expected.updated_at) = (Role::Admin, NOW + 5);
    assert_eq!(changed, Ok(MemberChanged::Done(expected.clone())));
    assert_eq!(
        store.member(environment, owner.id.seq()).await,
        Ok(Some(expected))
    );
    let missing = store.change_member(environment + 1, owner.id, disable, NOW);
    assert_eq!(missing.await, Ok(MemberChanged::Missing));
}

pub(super) async fn an_invitation_is_accepted_once_and_in_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let invitation = Invitation {
        hash: [3; 32],
        ends_at: NOW + 10,
    };
    let invited = NewMember {
        invitation: Some(invitation),
        ..new(environment, "a@x", Role::Viewer)
    };
    let member = make(&*store, invited).await;
    let accept = |hash, now| AcceptInvitation {
        hash,
        name: Some("Bea".to_owned()),
        password_hash: "chosen".to_owned(),
        now,
    };
    for (hash, now) in [([3; 32], NOW + 10), ([4; 32], NOW)] {
        assert_eq!(store.accept_invitation(accept(hash, now)).await, Ok(None));
    }
    assert_eq!(
        store.member(environment, member.id.seq()).await,
        Ok(Some(member.clone()))
    );
    let accepted = store.accept_invitation(accept([3; 32], NOW + 9)).await;
    let accepted = accepted.expect("a write").expect("it is accepted");
    assert_eq!(accepted.password_hash.as_deref(), Some("chosen"));
    assert_eq!((accepted.name.as_str(), accepted.invitation), ("Bea", None));
    assert_eq!(
        store.member(environment, member.id.seq()).await,
        Ok(Some(accepted))
    );
    assert_eq!(
        store.accept_invitation(accept([3; 32], NOW + 9)).await,
        Ok(None)
    );
    // A new one of somebody who is in is a way to another password, and signs them out.
    sign_in(&*store, &member, 1, NOW).await;
    let again = MemberPatch {
        invitation: Some(invitation),
        ..MemberPatch::default()
    };
    let changing = store.change_member(environment, member.id, again, NOW);
    changing.await.expect("a write");
    assert!(find(&*store, 1, NOW).await.is_some());
    let accepted = store.accept_invitation(accept([3; 32], NOW)).await;
    assert!(accepted.expect("a write").is_some());
    assert!(find(&*store, 1, NOW).await.is_none());
}

async fn sign_in(store: &dyn Store, member: &Member, token: u8, at: i64) -> MemberSessionId {
    let session = store.create_member_session(NewMemberSession {
        member: member.id.seq(),
        token_hash: [token; 32],
        created_at: at,
        ends_at: at + 100,
        address: Some("192.0.2.1".to_owned()),
        user_agent: None,
        tail: 9,
    });
    session.await.expect("a write").id
}

async fn find(store: &dyn Store, token: u8, now: i64) -> Option<MemberSessionId> {
    let found = store.member_session([token; 32], now).await;
    found.expect("a read").map(|(session, _)| session.id)
}

pub(super) async fn a_session_is_found_by_its_token_until_it_ends(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let member = make(&*store, active(environment, "a@x", Role::Viewer)).await;
    let other = make(&*store, active(environment, "b@x", Role::Viewer)).await;
    let first = sign_in(&*store, &member, 1, NOW).await;
    let second = sign_in(&*store, &member, 2, NOW + 50).await;
    let theirs = sign_in(&*store, &other, 3, NOW).await;
    let found = store.member_session([1; 32], NOW + 99).await;
    let (session, of) = found.expect("a read").expect("it is there");
    assert_eq!((session.id, session.member), (first, member.id.seq()));
    assert_eq!(session.address.as_deref(), Some("192.0.2.1"));
    assert_eq!((of.id, of.last_seen_at), (member.id, Some(NOW + 50)));
    assert_eq!(find(&*store, 1, NOW + 100).await, None, "it has ended");
    assert_eq!(find(&*store, 9, NOW).await, None);
    let listed = store.member_sessions(member.id.seq(), NOW + 100).await;
    let listed: Vec<_> = listed.expect("a read").iter().map(|one| one.id).collect();
    assert_eq!(listed, [second]);
    let end = |of: &Member, which: Option<MemberSessionId>| {
        store.end_member_sessions(of.id.seq(), which.map(MemberSessionId::seq))
    };
    assert_eq!(end(&other, Some(second)).await, Ok(0), "it is not theirs");
    assert_eq!(end(&member, Some(second)).await, Ok(1));
    assert_eq!(find(&*store, 2, NOW + 50).await, None);
    assert_eq!(find(&*store, 1, NOW + 50).await, Some(first));
    assert_eq!(end(&member, None).await, Ok(1));
    assert_eq!(find(&*store, 1, NOW).await, None);
    assert_eq!(find(&*store, 3, NOW).await, Some(theirs));
    let disable = MemberPatch {
        is_disabled: Some(true),
        ..MemberPatch::default()
    };
    let disabling = store.change_member(environment, other.id, disable, NOW);
    disabling.await.expect("a write");
    assert_eq!(find(&*store, 3, NOW).await, None);
}

pub(super) async fn a_member_has_so_many_sessions_and_no_more(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let member = make(&*store, active(environment, "a@x", Role::Viewer)).await;
    for token in 0..=u8::try_from(MEMBER_SESSIONS_MAX).expect("a small number") {
        sign_in(&*store, &member, token, NOW).await;
    }
    let sessions = store.member_sessions(member.id.seq(), NOW).await;
    assert_eq!(sessions.expect("a read").len(), MEMBER_SESSIONS_MAX);
    assert_eq!(
        find(&*store, 0, NOW).await,
        None,
        "the oldest has made room"
    );
    assert!(find(&*store, 1, NOW).await.is_some());
    store
        .delete_member(environment, member.id)
        .await
        .expect("a write");
    assert_eq!(find(&*store, 1, NOW).await, None);
}
