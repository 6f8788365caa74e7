//! Portal sessions: made, found by their number, opened by their link, ended, removed.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::access::{Capabilities, Capability};
use tidings_domain::clock::Millis;
use tidings_domain::session::{LinkUsed, Session};
use tidings_store::{Dedup, Subject, Written};

use crate::accept::{Made, find_key, take_key};
use crate::changes;
use crate::convert::{count, read_words, words_text};
use crate::step::Scope;

const COLUMNS: &str = "ordinal, environment, application, session_id, capabilities, feature_flags, \
    hash, link_hash, link_used_at, link_token_hash, created_at, expires_at, revoked_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Session> {
    let (link_used_at, link_token_hash): (Option<Millis>, Option<[u8; 32]>) =
        (row.get(8)?, row.get(9)?);
    Ok(Session {
        ordinal: row.get(0)?,
        environment: row.get(1)?,
        application: row.get(2)?,
        session_id: row.get(3)?,
        capabilities: capabilities(&read_words(row, 4)?),
        feature_flags: read_words(row, 5)?,
        hash: row.get(6)?,
        link_hash: row.get(7)?,
        link_used: link_used_at
            .zip(link_token_hash)
            .map(|(at, hash)| LinkUsed { at, hash }),
        created_at: row.get(10)?,
        expires_at: row.get(11)?,
        revoked_at: row.get(12)?,
    })
}

/// One that this version does not know is not given.
fn capabilities(words: &[String]) -> Capabilities {
    words
        .iter()
        .filter_map(|word| Capability::parse(word))
        .collect()
}

/// A new session is in no cache, so there is no change to tell of.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &Session,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Session>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    if crate::applications::by_ordinal(connection, new.application)?.is_none() {
        return Ok(Written::Missing);
    }
    let names: Vec<String> = new
        .capabilities
        .iter()
        .map(|one| one.as_str().to_owned())
        .collect();
    connection
        .prepare_cached(
            "-- create_session
            INSERT INTO session (ordinal, environment, application, session_id, capabilities,
                feature_flags, hash, link_hash, created_at, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            new.ordinal,
            new.environment,
            new.application,
            new.session_id,
            words_text(&names),
            words_text(&new.feature_flags),
            new.hash,
            new.link_hash,
            new.created_at,
            new.expires_at,
        ])?;
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(new.ordinal), new.created_at)?;
    }
    Ok(by_ordinal(connection, new.ordinal)?.map_or(Written::Missing, Written::Done))
}

pub(crate) fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<Session>> {
    connection
        .prepare_cached(&format!(
            "-- session
            SELECT {COLUMNS} FROM session WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

pub(crate) fn open(
    scope: &mut Scope<'_>,
    ordinal: i64,
    used: LinkUsed,
) -> rusqlite::Result<Option<Session>> {
    let connection = scope.connection;
    let found = connection
        .prepare_cached(
            "-- open_session
            UPDATE session SET link_used_at = ?2, link_token_hash = ?3
            WHERE ordinal = ?1 AND link_used_at IS NULL AND revoked_at IS NULL AND expires_at > ?2",
        )?
        .execute(params![ordinal, used.at, used.hash])?;
    if found == 0 {
        return Ok(None);
    }
    let session = by_ordinal(connection, ordinal)?;
    if let Some(session) = &session {
        changes::note(connection, Subject::Sessions(session.application))?;
    }
    Ok(session)
}

pub(crate) fn revoke(scope: &mut Scope<'_>, ordinal: i64, now: Millis) -> rusqlite::Result<bool> {
    let application: Option<i64> = scope
        .connection
        .prepare_cached(
            "-- revoke_session
            UPDATE session SET revoked_at = ?2
            WHERE ordinal = ?1 AND revoked_at IS NULL RETURNING application",
        )?
        .query_row(params![ordinal, now], |row| row.get(0))
        .optional()?;
    if let Some(application) = application {
        changes::note(scope.connection, Subject::Sessions(application))?;
    }
    Ok(application.is_some())
}

pub(crate) fn expire(
    scope: &mut Scope<'_>,
    application: i64,
    session_ids: &[String],
    at: Millis,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- expire_sessions
            UPDATE session SET expires_at = ?3
            WHERE application = ?1 AND expires_at > ?3 AND revoked_at IS NULL
                AND (?2 = '[]' OR session_id IN (SELECT value FROM json_each(?2)))",
        )?
        .execute(params![application, words_text(session_ids), at])?;
    if found > 0 {
        changes::note(scope.connection, Subject::Sessions(application))?;
    }
    Ok(found > 0)
}

pub(crate) fn sweep(scope: &Scope<'_>, before: Millis, limit: usize) -> rusqlite::Result<usize> {
    scope
        .connection
        .prepare_cached(
            "-- sweep_sessions
            DELETE FROM session WHERE ordinal IN
                (SELECT ordinal FROM session WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
        )?
        .execute(params![before, count(limit)])
}
