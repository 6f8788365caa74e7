//! Sessions of members: begun, found by their tokens, listed, ended.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberSessionId;
use tidings_domain::member::{Member, MemberSession, MemberState};
use tidings_store::{MEMBER_SESSIONS_MAX, NewMemberSession};

use crate::convert::count;
use crate::members;
use crate::step::Scope;

const COLUMNS: &str = "member_session.ordinal, member_session.tail, member_session.member, \
    member_session.token_hash, member_session.created_at, member_session.ends_at, \
    member_session.address, member_session.user_agent";
const COLUMNS_COUNT: usize = 8;

fn read(row: &Row<'_>, from: usize) -> rusqlite::Result<MemberSession> {
    let created_at = row.get(from + 4)?;
    Ok(MemberSession {
        id: MemberSessionId::new(created_at, 0, row.get(from)?, row.get(from + 1)?),
        member: row.get(from + 2)?,
        token_hash: row.get(from + 3)?,
        created_at,
        ends_at: row.get(from + 5)?,
        address: row.get(from + 6)?,
        user_agent: row.get(from + 7)?,
    })
}

pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewMemberSession,
) -> rusqlite::Result<MemberSession> {
    let connection = scope.connection;
    // What has ended goes, and what is too much, the oldest first.
    connection
        .prepare_cached(
            "-- make_room_for_member_session
            DELETE FROM member_session WHERE member = ?1 AND (ends_at <= ?2 OR ordinal <= coalesce((
                SELECT ordinal FROM member_session WHERE member = ?1
                ORDER BY ordinal DESC LIMIT 1 OFFSET ?3), -1))",
        )?
        .execute(params![
            new.member,
            new.created_at,
            count(MEMBER_SESSIONS_MAX - 1),
        ])?;
    connection
        .prepare_cached(
            "-- create_member_session
            INSERT INTO member_session (tail, member, token_hash, created_at, ends_at, address,
                user_agent)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            new.tail,
            new.member,
            new.token_hash,
            new.created_at,
            new.ends_at,
            new.address,
            new.user_agent,
        ])?;
    let ordinal = connection.last_insert_rowid();
    connection
        .prepare_cached("-- touch_member\nUPDATE member SET last_seen_at = ?2 WHERE ordinal = ?1")?
        .execute(params![new.member, new.created_at])?;
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

pub(crate) fn find(
    connection: &Connection,
    token_hash: &[u8; 32],
    now: Millis,
) -> rusqlite::Result<Option<(MemberSession, Member)>> {
    let found: Option<(MemberSession, Member)> = connection
        .prepare_cached(&format!(
            "-- member_session
            SELECT {}, {COLUMNS} FROM member_session
            JOIN member ON member.ordinal = member_session.member
            WHERE member_session.token_hash = ?1 AND member_session.ends_at > ?2",
            members::COLUMNS
        ))?
        .query_row(params![token_hash, now], |row| {
            let member = members::read(row)?;
            let from = row.as_ref().column_count() - COLUMNS_COUNT;
            Ok((read(row, from)?, member))
        })
        .optional()?;
    Ok(found.filter(|(_, member)| member.state() == MemberState::Active))
}

pub(crate) fn list(
    connection: &Connection,
    member: i64,
    now: Millis,
) -> rusqlite::Result<Vec<MemberSession>> {
    connection
        .prepare_cached(&format!(
            "-- member_sessions
            SELECT {COLUMNS} FROM member_session WHERE member = ?1 AND ends_at > ?2
            ORDER BY ordinal"
        ))?
        .query_map(params![member, now], |row| read(row, 0))?
        .collect()
}

/// Ends one session of a member, or all.
pub(crate) fn end(
    connection: &Connection,
    member: i64,
    ordinal: Option<i64>,
) -> rusqlite::Result<u64> {
    let ended = connection
        .prepare_cached(
            "-- end_member_sessions
            DELETE FROM member_session WHERE member = ?1 AND (?2 IS NULL OR ordinal = ?2)",
        )?
        .execute(params![member, ordinal])?;
    Ok(u64::try_from(ended).unwrap_or(u64::MAX))
}
