//! Every step on members and their sessions, once.

use tidings_domain::access::Role;
use tidings_domain::member::{Invitation, MemberPatch};
use tidings_store::{AcceptInvitation, NewMember, NewMemberSession, Order, PageRequest, Written};

use super::NOW;
use crate::step::Scope;
use crate::{member_sessions, members};

pub(super) fn run(scope: &mut Scope<'_>) {
    let invitation = Invitation {
        hash: [1; 32],
        ends_at: NOW + 1,
    };
    let new = NewMember {
        environment: 1,
        email: "a@x".into(),
        name: String::new(),
        role: Role::Owner,
        password_hash: Some(String::new()),
        invitation: Some(invitation),
        is_first: true,
        created_at: NOW,
        tail: 1,
    };
    let Written::Done(member) = members::create(scope, &new).unwrap() else {
        panic!("it is the first");
    };
    for order in [Order::Ascending, Order::Descending] {
        let page = PageRequest {
            order,
            after: None,
            limit: 1,
        };
        members::list(scope.connection, 1, page).unwrap();
    }
    let patch = MemberPatch {
        is_disabled: Some(false),
        role: Some(Role::Viewer),
        ..MemberPatch::default()
    };
    members::change(scope, 1, member.id, patch, NOW).unwrap();
    let accept = AcceptInvitation {
        hash: [1; 32],
        name: None,
        password_hash: String::new(),
        now: NOW,
    };
    members::accept(scope, accept).unwrap();
    let session = NewMemberSession {
        member: member.id.seq(),
        token_hash: [2; 32],
        created_at: NOW,
        ends_at: NOW + 1,
        address: None,
        user_agent: None,
        tail: 1,
    };
    member_sessions::create(scope, &session).unwrap();
    member_sessions::find(scope.connection, &[2; 32], NOW).unwrap();
    member_sessions::list(scope.connection, 1, NOW).unwrap();
    let lower = MemberPatch {
        role: Some(Role::Admin),
        ..MemberPatch::default()
    };
    members::change(scope, 1, member.id, lower, NOW).unwrap();
    let other = NewMember {
        email: "b@x".into(),
        role: Role::Viewer,
        invitation: None,
        is_first: false,
        ..new
    };
    let Written::Done(other) = members::create(scope, &other).unwrap() else {
        panic!("its address is free");
    };
    members::delete(scope, 1, other.id).unwrap();
}
