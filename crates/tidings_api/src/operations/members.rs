//! The operations of the topic "Member".

use tidings_domain::access::Access;

use super::parameter::PAGES;
use super::row::{ADMINISTERS, Row, SEES, Topic, delete, get, patch, post};
use crate::members::{
    MemberOut, RolesOut, SessionsOut, accept_invitation, acceptance_in, delete_member,
    end_member_session, end_member_sessions, get_member, invite_member, list_member_sessions,
    list_members, list_roles, member_in, member_patch, patch_member, renew_invitation, set_up,
    set_up_in,
};
use crate::shapes::{of, page_of};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Member",
        "The people of the environment, and what each role may do.",
        [members(), sessions(), joining()],
    )
}

fn members() -> Vec<Row> {
    vec![
        get(v1!("/member"), list_members)
            .is(
                "member.list",
                "Lists the members of the environment.",
                ADMINISTERS,
            )
            .query(PAGES)
            .gives(200, page_of::<MemberOut>),
        post(v1!("/member"), invite_member)
            .is(
                "member.invite",
                "Invites somebody and shows the code of the invitation once.",
                ADMINISTERS,
            )
            .takes(member_in)
            .gives(201, of::<MemberOut>),
        get(v1!("/member/{id}"), get_member)
            .is("member.get", "Shows a member.", ADMINISTERS)
            .gives(200, of::<MemberOut>),
        patch(v1!("/member/{id}"), patch_member)
            .is(
                "member.patch",
                "Changes the name or the role of a member, or lets them sign in or not.",
                ADMINISTERS,
            )
            .takes(member_patch)
            .gives(200, of::<MemberOut>),
        delete(v1!("/member/{id}"), delete_member)
            .is(
                "member.delete",
                "Removes a member, who is signed out everywhere.",
                ADMINISTERS,
            )
            .gives_nothing(),
        post(v1!("/member/{id}/invitation"), renew_invitation)
            .is(
                "member.renew_invitation",
                "Gives a member another invitation, which is a way to another password too.",
                ADMINISTERS,
            )
            .gives(200, of::<MemberOut>),
        get(v1!("/role"), list_roles)
            .is(
                "role.list",
                "Lists the roles with the operations that each may call.",
                SEES,
            )
            .gives(200, of::<RolesOut>),
    ]
}

fn sessions() -> Vec<Row> {
    vec![
        get(v1!("/member/{id}/session"), list_member_sessions)
            .is(
                "member_session.list",
                "Lists where a member is signed in.",
                ADMINISTERS,
            )
            .gives(200, of::<SessionsOut>),
        delete(v1!("/member/{id}/session"), end_member_sessions)
            .is(
                "member_session.end_all",
                "Signs a member out everywhere.",
                ADMINISTERS,
            )
            .gives_nothing(),
        delete(v1!("/member/{id}/session/{session}"), end_member_session)
            .is(
                "member_session.end",
                "Signs a member out in one place.",
                ADMINISTERS,
            )
            .gives_nothing(),
    ]
}

fn joining() -> Vec<Row> {
    vec![
        post(v1!("/member/accept-invitation"), accept_invitation)
            .is(
                "member.accept_invitation",
                "Chooses a password with the code of an invitation.",
                Access::Anyone,
            )
            .takes(acceptance_in)
            .gives(200, of::<MemberOut>),
        post(v1!("/member/set-up"), set_up)
            .is(
                "member.set_up",
                "Makes the first owner with the code that the server prints while there is no member.",
                Access::Anyone,
            )
            .takes(set_up_in)
            .gives(201, of::<MemberOut>),
    ]
}
