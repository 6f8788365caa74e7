//! Portal sessions: made, found by their number, opened by their link, ended, removed.

use tidings_domain::access::{Capabilities, Capability};
use tidings_domain::clock::Millis;
use tidings_domain::session::{LinkUsed, Session};
use tidings_store::{Dedup, Subject, Written};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{bytes, count, read_words, stored, stored_option, text_option, words_text};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "ordinal, environment, application, session_id, capabilities, feature_flags, hash, \
         link_hash, link_used_at, link_token_hash, created_at, expires_at, revoked_at"
    };
}

statements! {
    CREATE_SESSION = "-- create_session
        INSERT INTO session (ordinal, environment, application, session_id, capabilities,
            feature_flags, hash, link_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SESSION = concat!("-- session
        SELECT ", columns!(), " FROM session WHERE ordinal = $1");
    OPEN_SESSION = concat!("-- open_session
        UPDATE session SET link_used_at = $2, link_token_hash = $3
        WHERE ordinal = $1 AND link_used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
        RETURNING ", columns!());
    REVOKE_SESSION = "-- revoke_session
        UPDATE session SET revoked_at = $2 WHERE ordinal = $1 AND revoked_at IS NULL
        RETURNING application";
    EXPIRE_SESSIONS = "-- expire_sessions
        UPDATE session SET expires_at = $3
        WHERE application = $1 AND expires_at > $3 AND revoked_at IS NULL
            AND (cardinality($2::text[]) = 0 OR session_id = ANY($2))";
    SWEEP_SESSIONS = "-- sweep_sessions
        DELETE FROM session WHERE ordinal = ANY(ARRAY(
            SELECT ordinal FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2))";
}

fn read(row: &Row) -> Result<Session> {
    let link_used_at: Option<Millis> = row.try_get(8)?;
    Ok(Session {
        ordinal: row.try_get(0)?,
        environment: row.try_get(1)?,
        application: row.try_get(2)?,
        session_id: text_option(row, 3)?,
        capabilities: capabilities(&read_words(row, 4)?),
        feature_flags: read_words(row, 5)?,
        hash: bytes(row, 6)?,
        link_hash: bytes(row, 7)?,
        link_used: match link_used_at {
            None => None,
            Some(at) => Some(LinkUsed {
                at,
                hash: bytes(row, 9)?,
            }),
        },
        created_at: row.try_get(10)?,
        expires_at: row.try_get(11)?,
        revoked_at: row.try_get(12)?,
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
pub(crate) async fn create(
    scope: &mut Scope,
    new: &Session,
    dedup: Option<&Dedup>,
) -> Result<Written<Session>> {
    let connection = &scope.connection;
    if let Some(dedup) = dedup {
        changes::begin(connection).await?;
        match find_number(connection, dedup, new.created_at).await? {
            None => {}
            Some((made, true)) => {
                return Ok(Written::Replayed(by_ordinal(connection, made).await?));
            }
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let application = crate::applications::by_ordinal(connection, new.application).await?;
    if application.is_none() {
        return Ok(Written::Missing);
    }
    let names = new.capabilities.iter().map(|one| one.as_str().to_owned());
    let names: Vec<String> = names.collect();
    connection
        .execute(
            CREATE_SESSION,
            &[
                &new.ordinal,
                &new.environment,
                &new.application,
                &stored_option(new.session_id.as_ref()),
                &words_text(&names),
                &words_text(&new.feature_flags),
                &&new.hash[..],
                &&new.link_hash[..],
                &new.created_at,
                &new.expires_at,
            ],
        )
        .await?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, new.ordinal, new.created_at).await?;
    }
    let made = by_ordinal(connection, new.ordinal).await?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

pub(crate) async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<Session>> {
    let row = connection.query_opt(SESSION, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn open(
    scope: &mut Scope,
    ordinal: i64,
    used: LinkUsed,
) -> Result<Option<Session>> {
    let connection = &scope.connection;
    let columns: [crate::connection::Parameter<'_>; 3] = [&ordinal, &used.at, &&used.hash[..]];
    let row = connection.query_opt(OPEN_SESSION, &columns).await?;
    let session = row.as_ref().map(read).transpose()?;
    if let Some(session) = &session {
        changes::note(connection, Subject::Sessions(session.application)).await?;
    }
    Ok(session)
}

pub(crate) async fn revoke(scope: &mut Scope, ordinal: i64, now: Millis) -> Result<bool> {
    let connection = &scope.connection;
    let row = connection
        .query_opt(REVOKE_SESSION, &[&ordinal, &now])
        .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    changes::note(connection, Subject::Sessions(row.try_get(0)?)).await?;
    Ok(true)
}

pub(crate) async fn expire(
    scope: &mut Scope,
    application: i64,
    session_ids: &[String],
    at: Millis,
) -> Result<bool> {
    let connection = &scope.connection;
    let session_ids: Vec<_> = session_ids.iter().map(|id| stored(id)).collect();
    let found = connection
        .execute(EXPIRE_SESSIONS, &[&application, &session_ids, &at])
        .await?;
    if found > 0 {
        changes::note(connection, Subject::Sessions(application)).await?;
    }
    Ok(found > 0)
}

pub(crate) async fn sweep(scope: &Scope, before: Millis, limit: usize) -> Result<usize> {
    let removed = scope
        .connection
        .execute(SWEEP_SESSIONS, &[&before, &count(limit)])
        .await?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}
