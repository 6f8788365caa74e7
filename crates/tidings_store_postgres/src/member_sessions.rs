//! Sessions of members: begun, found by their tokens, listed, ended.

use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberSessionId;
use tidings_domain::member::{Member, MemberSession, MemberState};
use tidings_store::{MEMBER_SESSIONS_MAX, NewMemberSession};
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::convert::{bytes, count, stored_option, text_option};
use crate::failure::Result;
use crate::members::{self, member_columns};
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "member_session.ordinal, member_session.tail, member_session.member, \
         member_session.token_hash, member_session.created_at, member_session.ends_at, \
         member_session.address, member_session.user_agent"
    };
}
const COLUMNS_COUNT: usize = 8;

statements! {
    NEXT_MEMBER_SESSION = "-- next_member_session
        UPDATE counter SET value = value + 1 WHERE name = 'member_session' RETURNING value";
    MAKE_ROOM_FOR_MEMBER_SESSION = "-- make_room_for_member_session
        DELETE FROM member_session WHERE member = $1 AND (ends_at <= $2 OR ordinal <= coalesce((
            SELECT ordinal FROM member_session WHERE member = $1
            ORDER BY ordinal DESC LIMIT 1 OFFSET $3), -1))";
    CREATE_MEMBER_SESSION = "-- create_member_session
        INSERT INTO member_session (ordinal, tail, member, token_hash, created_at, ends_at, address,
            user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TOUCH_MEMBER = "-- touch_member
        UPDATE member SET last_seen_at = $2 WHERE ordinal = $1";
    MEMBER_SESSION = concat!("-- member_session
        SELECT ", member_columns!(), ", ", columns!(), " FROM member_session
        JOIN member ON member.ordinal = member_session.member
        WHERE member_session.token_hash = $1 AND member_session.ends_at > $2");
    MEMBER_SESSIONS = concat!("-- member_sessions
        SELECT ", columns!(), " FROM member_session WHERE member = $1 AND ends_at > $2
        ORDER BY ordinal");
    END_MEMBER_SESSIONS = "-- end_member_sessions
        DELETE FROM member_session WHERE member = $1 AND ($2::bigint IS NULL OR ordinal = $2)";
}

fn read(row: &Row, from: usize) -> Result<MemberSession> {
    let created_at = row.try_get(from + 4)?;
    Ok(MemberSession {
        id: MemberSessionId::new(created_at, 0, row.try_get(from)?, row.try_get(from + 1)?),
        member: row.try_get(from + 2)?,
        token_hash: bytes(row, from + 3)?,
        created_at,
        ends_at: row.try_get(from + 5)?,
        address: text_option(row, from + 6)?,
        user_agent: text_option(row, from + 7)?,
    })
}

pub(crate) async fn create(scope: &mut Scope, new: &NewMemberSession) -> Result<MemberSession> {
    let connection = &scope.connection;
    // What has ended goes, and what is too much, the oldest first.
    let kept = count(MEMBER_SESSIONS_MAX - 1);
    connection
        .execute(
            MAKE_ROOM_FOR_MEMBER_SESSION,
            &[&new.member, &new.created_at, &kept],
        )
        .await?;
    let row = connection.query_one(NEXT_MEMBER_SESSION, &[]).await?;
    let ordinal: i64 = row.try_get(0)?;
    connection
        .execute(
            CREATE_MEMBER_SESSION,
            &[
                &ordinal,
                &new.tail,
                &new.member,
                &&new.token_hash[..],
                &new.created_at,
                &new.ends_at,
                &stored_option(new.address.as_ref()),
                &stored_option(new.user_agent.as_ref()),
            ],
        )
        .await?;
    connection
        .execute(TOUCH_MEMBER, &[&new.member, &new.created_at])
        .await?;
    Ok(MemberSession {
        id: MemberSessionId::new(new.created_at, 0, ordinal, new.tail),
        member: new.member,
        token_hash: new.token_hash,
        created_at: new.created_at,
        ends_at: new.ends_at,
        address: new.address.clone(),
        user_agent: new.user_agent.clone(),
    })
}

pub(crate) async fn find(
    connection: &Connection,
    token_hash: &[u8; 32],
    now: Millis,
) -> Result<Option<(MemberSession, Member)>> {
    let row = connection
        .query_opt(MEMBER_SESSION, &[&&token_hash[..], &now])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let member = members::read(&row)?;
    let session = read(&row, row.len() - COLUMNS_COUNT)?;
    Ok((member.state() == MemberState::Active).then_some((session, member)))
}

pub(crate) async fn list(
    connection: &Connection,
    member: i64,
    now: Millis,
) -> Result<Vec<MemberSession>> {
    let rows = connection.query(MEMBER_SESSIONS, &[&member, &now]).await?;
    rows.iter().map(|row| read(row, 0)).collect()
}

/// Ends one session of a member, or all.
pub(crate) async fn end(connection: &Connection, member: i64, ordinal: Option<i64>) -> Result<u64> {
    connection
        .execute(END_MEMBER_SESSIONS, &[&member, &ordinal])
        .await
}
