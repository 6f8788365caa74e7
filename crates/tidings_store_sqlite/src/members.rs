//! Members: invited, found, changed, deleted. Their sessions are in `member_sessions`.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{Invitation, Member, MemberPatch, MemberState, email_key};
use tidings_store::{AcceptInvitation, MemberChanged, NewMember, PageRequest, Written};

use crate::convert::{Span, count, read_role};
use crate::member_sessions;
use crate::step::Scope;

/// In the order of [`read`].
pub(crate) const COLUMNS: &str = "member.ordinal, member.environment, member.tail, member.email, \
    member.name, member.role, member.password_hash, member.invitation_hash, \
    member.invitation_ends_at, member.disabled_at, member.created_at, member.updated_at, \
    member.last_seen_at";

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    let created_at = row.get(10)?;
    let hash: Option<[u8; 32]> = row.get(7)?;
    let ends_at: Option<Millis> = row.get(8)?;
    Ok(Member {
        id: MemberId::new(created_at, 0, row.get(0)?, row.get(2)?),
        environment: row.get(1)?,
        email: row.get(3)?,
        name: row.get(4)?,
        role: read_role(row, 5)?,
        password_hash: row.get(6)?,
        invitation: hash
            .zip(ends_at)
            .map(|(hash, ends_at)| Invitation { hash, ends_at }),
        disabled_at: row.get(9)?,
        created_at,
        updated_at: row.get(11)?,
        last_seen_at: row.get(12)?,
    })
}

pub(crate) fn create(scope: &mut Scope<'_>, new: &NewMember) -> rusqlite::Result<Written<Member>> {
    let connection = scope.connection;
    if new.is_first && has_any(connection)? {
        return Ok(Written::Missing);
    }
    if let Some(other) = by_email(connection, Some(new.environment), &new.email)? {
        return Ok(Written::Taken(other));
    }
    connection
        .prepare_cached(
            "-- create_member
            INSERT INTO member (environment, tail, email, email_key, name, role, password_hash,
                invitation_hash, invitation_ends_at, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        )?
        .execute(params![
            new.environment,
            new.tail,
            new.email,
            email_key(&new.email),
            new.name,
            new.role.as_str(),
            new.password_hash,
            new.invitation.map(|invitation| invitation.hash),
            new.invitation.map(|invitation| invitation.ends_at),
            new.created_at,
        ])?;
    let made = by_ordinal(connection, connection.last_insert_rowid())?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

pub(crate) fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Member>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- members
            SELECT {COLUMNS} FROM member
            WHERE environment = ?1 AND ordinal > ?2 AND ordinal < ?3
            ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![environment, span.above, span.below, count(page.limit)],
            read,
        )?
        .collect()
}

fn find(
    connection: &Connection,
    environment: i64,
    id: MemberId,
) -> rusqlite::Result<Option<Member>> {
    let found = of_environment(connection, environment, id.seq())?;
    Ok(found.filter(|member| member.id == id))
}

pub(crate) fn of_environment(
    connection: &Connection,
    environment: i64,
    ordinal: i64,
) -> rusqlite::Result<Option<Member>> {
    let found = by_ordinal(connection, ordinal)?;
    Ok(found.filter(|member| member.environment == environment))
}

fn by_ordinal(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<Member>> {
    connection
        .prepare_cached(&format!(
            "-- member
            SELECT {COLUMNS} FROM member WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

pub(crate) fn by_email(
    connection: &Connection,
    environment: Option<i64>,
    email: &str,
) -> rusqlite::Result<Option<Member>> {
    connection
        .prepare_cached(&format!(
            "-- member_by_email
            SELECT {COLUMNS} FROM member
            WHERE email_key = ?1 AND (?2 IS NULL OR environment = ?2)
            ORDER BY environment LIMIT 1"
        ))?
        .query_row(params![email_key(email), environment], read)
        .optional()
}

pub(crate) fn by_invitation(
    connection: &Connection,
    hash: &[u8; 32],
) -> rusqlite::Result<Option<Member>> {
    connection
        .prepare_cached(&format!(
            "-- member_by_invitation
            SELECT {COLUMNS} FROM member WHERE invitation_hash = ?1"
        ))?
        .query_row([hash], read)
        .optional()
}

pub(crate) fn has_any(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("-- has_members\nSELECT 1 FROM member LIMIT 1")?
        .exists([])
}

/// Whether there is another owner who can sign in.
fn has_other_owner(connection: &Connection, member: &Member) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "-- has_other_owner
            SELECT 1 FROM member
            WHERE environment = ?1 AND ordinal <> ?2 AND role = 'owner' AND disabled_at IS NULL
                AND password_hash IS NOT NULL
            LIMIT 1",
        )?
        .exists(params![member.environment, member.id.seq()])
}

pub(crate) fn change(
    scope: &mut Scope<'_>,
    environment: i64,
    id: MemberId,
    patch: MemberPatch,
    now: Millis,
) -> rusqlite::Result<MemberChanged> {
    let connection = scope.connection;
    let Some(mut member) = find(connection, environment, id)? else {
        return Ok(MemberChanged::Missing);
    };
    scope.keep_before(&member);
    let was_owner = member.is_active_owner();
    patch.apply(&mut member, now);
    if was_owner && !member.is_active_owner() && !has_other_owner(connection, &member)? {
        return Ok(MemberChanged::LastOwner);
    }
    write(connection, &member)?;
    if member.state() == MemberState::Disabled {
        member_sessions::end(connection, member.id.seq(), None)?;
    }
    Ok(MemberChanged::Done(member))
}

fn write(connection: &Connection, member: &Member) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- change_member
            UPDATE member SET name = ?2, role = ?3, password_hash = ?4, invitation_hash = ?5,
                invitation_ends_at = ?6, disabled_at = ?7, updated_at = ?8
            WHERE ordinal = ?1",
        )?
        .execute(params![
            member.id.seq(),
            member.name,
            member.role.as_str(),
            member.password_hash,
            member.invitation.map(|invitation| invitation.hash),
            member.invitation.map(|invitation| invitation.ends_at),
            member.disabled_at,
            member.updated_at,
        ])?;
    Ok(())
}

pub(crate) fn delete(
    scope: &mut Scope<'_>,
    environment: i64,
    id: MemberId,
) -> rusqlite::Result<MemberChanged> {
    let connection = scope.connection;
    let Some(member) = find(connection, environment, id)? else {
        return Ok(MemberChanged::Missing);
    };
    scope.keep_before(&member);
    if member.is_active_owner() && !has_other_owner(connection, &member)? {
        return Ok(MemberChanged::LastOwner);
    }
    member_sessions::end(connection, id.seq(), None)?;
    connection
        .prepare_cached("-- delete_member\nDELETE FROM member WHERE ordinal = ?1")?
        .execute([id.seq()])?;
    Ok(MemberChanged::Done(member))
}

pub(crate) fn accept(
    scope: &mut Scope<'_>,
    accept: AcceptInvitation,
) -> rusqlite::Result<Option<Member>> {
    let connection = scope.connection;
    let found = by_invitation(connection, &accept.hash)?;
    let can_accept = |member: &Member| {
        let is_open = |invitation: Invitation| accept.now < invitation.ends_at;
        member.disabled_at.is_none() && member.invitation.is_some_and(is_open)
    };
    let Some(mut member) = found.filter(can_accept) else {
        return Ok(None);
    };
    scope.keep_before(&member);
    member.invitation = None;
    member.password_hash = Some(accept.password_hash);
    member.name = accept.name.unwrap_or(member.name);
    member.updated_at = accept.now;
    write(connection, &member)?;
    member_sessions::end(connection, member.id.seq(), None)?;
    Ok(Some(member))
}
