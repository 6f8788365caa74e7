//! Members: invited, found, changed, deleted. Their sessions are in `member_sessions`.

use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{Invitation, Member, MemberPatch, MemberState, email_key};
use tidings_store::{AcceptInvitation, MemberChanged, NewMember, PageRequest, Written};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{bytes_option, read_role, stored, stored_option, text, text_option};
use crate::failure::Result;
use crate::member_sessions;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;

/// In the order of [`read`].
macro_rules! member_columns {
    () => {
        "member.ordinal, member.environment, member.tail, member.email, member.name, member.role, \
         member.password_hash, member.invitation_hash, member.invitation_ends_at, \
         member.disabled_at, member.created_at, member.updated_at, member.last_seen_at"
    };
}
pub(crate) use member_columns;

statements! {
    NEXT_MEMBER = "-- next_member
        UPDATE counter SET value = value + 1 WHERE name = 'member' RETURNING value";
    CREATE_MEMBER = "-- create_member
        INSERT INTO member (ordinal, environment, tail, email, email_key, name, role, password_hash,
            invitation_hash, invitation_ends_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    MEMBER = concat!("-- member
        SELECT ", member_columns!(), " FROM member WHERE ordinal = $1");
    MEMBERS_UP = page_up!("-- members_up
        SELECT ", member_columns!(), " FROM member WHERE environment = $1");
    MEMBERS_DOWN = page_down!("-- members_down
        SELECT ", member_columns!(), " FROM member WHERE environment = $1");
    MEMBER_BY_EMAIL = concat!("-- member_by_email
        SELECT ", member_columns!(), " FROM member
        WHERE email_key = $1 AND ($2::bigint IS NULL OR environment = $2)
        ORDER BY environment LIMIT 1");
    MEMBER_BY_INVITATION = concat!("-- member_by_invitation
        SELECT ", member_columns!(), " FROM member WHERE invitation_hash = $1");
    HAS_MEMBERS = "-- has_members
        SELECT EXISTS (SELECT 1 FROM member)";
    HAS_OTHER_OWNER = "-- has_other_owner
        SELECT EXISTS (SELECT 1 FROM member
            WHERE environment = $1 AND ordinal <> $2 AND role = 'owner' AND disabled_at IS NULL
                AND password_hash IS NOT NULL)";
    CHANGE_MEMBER = "-- change_member
        UPDATE member SET name = $2, role = $3, password_hash = $4, invitation_hash = $5,
            invitation_ends_at = $6, disabled_at = $7, updated_at = $8
        WHERE ordinal = $1";
    DELETE_MEMBER = "-- delete_member
        DELETE FROM member WHERE ordinal = $1";
}

pub(crate) fn read(row: &Row) -> Result<Member> {
    let created_at = row.try_get(10)?;
    let ends_at: Option<Millis> = row.try_get(8)?;
    Ok(Member {
        id: MemberId::new(created_at, 0, row.try_get(0)?, row.try_get(2)?),
        environment: row.try_get(1)?,
        email: text(row, 3)?,
        name: text(row, 4)?,
        role: read_role(row, 5)?,
        password_hash: text_option(row, 6)?,
        invitation: bytes_option(row, 7)?
            .zip(ends_at)
            .map(|(hash, ends_at)| Invitation { hash, ends_at }),
        disabled_at: row.try_get(9)?,
        created_at,
        updated_at: row.try_get(11)?,
        last_seen_at: row.try_get(12)?,
    })
}

pub(crate) async fn create(scope: &mut Scope, new: &NewMember) -> Result<Written<Member>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    if new.is_first && has_any(connection).await? {
        return Ok(Written::Missing);
    }
    let other = by_email(connection, Some(new.environment), &new.email).await?;
    if let Some(other) = other {
        return Ok(Written::Taken(other));
    }
    let row = connection.query_one(NEXT_MEMBER, &[]).await?;
    let ordinal: i64 = row.try_get(0)?;
    let hash = new.invitation.map(|invitation| invitation.hash);
    connection
        .execute(
            CREATE_MEMBER,
            &[
                &ordinal,
                &new.environment,
                &new.tail,
                &stored(&new.email),
                &stored(&email_key(&new.email)),
                &stored(&new.name),
                &new.role.as_str(),
                &stored_option(new.password_hash.as_ref()),
                &hash.as_ref().map(|hash| &hash[..]),
                &new.invitation.map(|invitation| invitation.ends_at),
                &new.created_at,
            ],
        )
        .await?;
    let made = by_ordinal(connection, ordinal).await?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

pub(crate) async fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> Result<Vec<Member>> {
    let sql = (MEMBERS_UP, MEMBERS_DOWN);
    let rows = pages::rows(connection, sql, environment, page).await?;
    rows.iter().map(read).collect()
}

async fn find(connection: &Connection, environment: i64, id: MemberId) -> Result<Option<Member>> {
    let found = of_environment(connection, environment, id.seq()).await?;
    Ok(found.filter(|member| member.id == id))
}

pub(crate) async fn of_environment(
    connection: &Connection,
    environment: i64,
    ordinal: i64,
) -> Result<Option<Member>> {
    let found = by_ordinal(connection, ordinal).await?;
    Ok(found.filter(|member| member.environment == environment))
}

async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<Member>> {
    let row = connection.query_opt(MEMBER, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_email(
    connection: &Connection,
    environment: Option<i64>,
    email: &str,
) -> Result<Option<Member>> {
    let key = email_key(email);
    let row = connection
        .query_opt(MEMBER_BY_EMAIL, &[&stored(&key), &environment])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_invitation(
    connection: &Connection,
    hash: &[u8; 32],
) -> Result<Option<Member>> {
    let row = connection
        .query_opt(MEMBER_BY_INVITATION, &[&&hash[..]])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn has_any(connection: &Connection) -> Result<bool> {
    let row = connection.query_one(HAS_MEMBERS, &[]).await?;
    Ok(row.try_get(0)?)
}

/// Whether there is another owner who can sign in.
async fn has_other_owner(connection: &Connection, member: &Member) -> Result<bool> {
    let row = connection
        .query_one(HAS_OTHER_OWNER, &[&member.environment, &member.id.seq()])
        .await?;
    Ok(row.try_get(0)?)
}

pub(crate) async fn change(
    scope: &mut Scope,
    environment: i64,
    id: MemberId,
    patch: MemberPatch,
    now: Millis,
) -> Result<MemberChanged> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut member) = find(connection, environment, id).await? else {
        return Ok(MemberChanged::Missing);
    };
    scope.keep_before(&member);
    let was_owner = member.is_active_owner();
    patch.apply(&mut member, now);
    if was_owner && !member.is_active_owner() && !has_other_owner(connection, &member).await? {
        return Ok(MemberChanged::LastOwner);
    }
    write(connection, &member).await?;
    if member.state() == MemberState::Disabled {
        member_sessions::end(connection, member.id.seq(), None).await?;
    }
    Ok(MemberChanged::Done(member))
}

async fn write(connection: &Connection, member: &Member) -> Result<()> {
    let hash = member.invitation.map(|invitation| invitation.hash);
    connection
        .execute(
            CHANGE_MEMBER,
            &[
                &member.id.seq(),
                &stored(&member.name),
                &member.role.as_str(),
                &stored_option(member.password_hash.as_ref()),
                &hash.as_ref().map(|hash| &hash[..]),
                &member.invitation.map(|invitation| invitation.ends_at),
                &member.disabled_at,
                &member.updated_at,
            ],
        )
        .await?;
    Ok(())
}

pub(crate) async fn delete(
    scope: &mut Scope,
    environment: i64,
    id: MemberId,
) -> Result<MemberChanged> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(member) = find(connection, environment, id).await? else {
        return Ok(MemberChanged::Missing);
    };
    scope.keep_before(&member);
    if member.is_active_owner() && !has_other_owner(connection, &member).await? {
        return Ok(MemberChanged::LastOwner);
    }
    member_sessions::end(connection, id.seq(), None).await?;
    connection.execute(DELETE_MEMBER, &[&id.seq()]).await?;
    Ok(MemberChanged::Done(member))
}

pub(crate) async fn accept(scope: &mut Scope, accept: AcceptInvitation) -> Result<Option<Member>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let found = by_invitation(connection, &accept.hash).await?;
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
    write(connection, &member).await?;
    member_sessions::end(connection, member.id.seq(), None).await?;
    Ok(Some(member))
}
