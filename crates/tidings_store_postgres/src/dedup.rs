//! Idempotency keys and event ids: taken, found, given back.
//!
//! Both are rows of one table, taken in one statement for a whole batch, in the order of the keys, so that
//! nodes that take the same ones wait for each other and do not deadlock.

use tidings_domain::clock::Millis;
use tidings_domain::slot;
use tidings_store::Dedup;
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::convert::bytes;
use crate::failure::Result;
use crate::statements::statements;

statements! {
    TAKE_KEYS = "-- take_keys
        INSERT INTO dedup (slot, key, body, reference, taken_at, expires_at)
        SELECT slot, key, body, reference, taken_at, expires_at
        FROM unnest($1::smallint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[],
            $6::bigint[]) AS new (slot, key, body, reference, taken_at, expires_at)
        ON CONFLICT (slot, key) DO UPDATE SET body = excluded.body, reference = excluded.reference,
            taken_at = excluded.taken_at, expires_at = excluded.expires_at
        WHERE dedup.expires_at <= excluded.taken_at
        RETURNING key";
    FIND_KEYS = "-- find_keys
        SELECT dedup.key, dedup.body, dedup.reference
        FROM unnest($1::smallint[], $2::bytea[]) AS lost (slot, key)
        JOIN dedup ON dedup.slot = lost.slot AND dedup.key = lost.key
        WHERE dedup.slot = ANY($1)";
    FIND_LIVE_KEYS = "-- find_live_keys
        SELECT key, body, reference FROM dedup
        WHERE slot = $1 AND key = ANY($2) AND expires_at > $3";
    RELEASE_KEYS = "-- release_keys
        DELETE FROM dedup USING unnest($1::smallint[], $2::bytea[]) AS won (slot, key)
        WHERE dedup.slot = won.slot AND dedup.key = won.key AND dedup.slot = ANY($1)";
    FIND_KEY = "-- find_key
        SELECT reference, body = $3 FROM dedup
        WHERE slot = $1 AND key = $2 AND expires_at > $4";
}

/// A key that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) slot: i16,
    pub(crate) key: Vec<u8>,
    pub(crate) body: [u8; 16],
    pub(crate) reference: Vec<u8>,
    pub(crate) taken_at: Millis,
    pub(crate) expires_at: Millis,
}

/// A key that is somebody else's.
pub(crate) struct Held {
    pub(crate) body: [u8; 16],
    pub(crate) reference: Vec<u8>,
}

/// The stored form of an idempotency key.
pub(crate) fn idempotency_key(dedup: &Dedup) -> Vec<u8> {
    let mut key = vec![b'k'];
    key.extend(dedup.key);
    key
}

/// The stored form of an event id.
pub(crate) fn event_key(application: i64, event_id: &str) -> Vec<u8> {
    let mut key = vec![b'e'];
    key.extend(application.to_be_bytes());
    key.extend(event_id.as_bytes());
    key
}

/// In the order in which keys are taken.
pub(crate) fn sort(claims: &mut [Claim]) {
    claims.sort_unstable_by(|one, other| (one.slot, &one.key).cmp(&(other.slot, &other.key)));
}

/// Takes keys, sorted, none of which may be there twice. Gives those that were free.
pub(crate) async fn take(connection: &Connection, claims: &[Claim]) -> Result<Vec<Vec<u8>>> {
    let slots: Vec<i16> = claims.iter().map(|claim| claim.slot).collect();
    let keys: Vec<&[u8]> = claims.iter().map(|claim| &claim.key[..]).collect();
    let bodies: Vec<&[u8]> = claims.iter().map(|claim| &claim.body[..]).collect();
    let references: Vec<&[u8]> = claims.iter().map(|claim| &claim.reference[..]).collect();
    let taken: Vec<Millis> = claims.iter().map(|claim| claim.taken_at).collect();
    let expire: Vec<Millis> = claims.iter().map(|claim| claim.expires_at).collect();
    let rows = connection
        .query(
            TAKE_KEYS,
            &[&slots, &keys, &bodies, &references, &taken, &expire],
        )
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// What keys stand for that were not free.
pub(crate) async fn find(
    connection: &Connection,
    slots: &[i16],
    keys: &[&[u8]],
) -> Result<Vec<(Vec<u8>, Held)>> {
    let rows = connection.query(FIND_KEYS, &[&slots, &keys]).await?;
    rows.iter().map(read_held).collect()
}

/// What keys of one slot stand for.
pub(crate) async fn find_all(
    connection: &Connection,
    slot: i16,
    keys: &[Vec<u8>],
    now: Millis,
) -> Result<Vec<(Vec<u8>, Held)>> {
    let rows = connection
        .query(FIND_LIVE_KEYS, &[&slot, &keys, &now])
        .await?;
    rows.iter().map(read_held).collect()
}

fn read_held(row: &Row) -> Result<(Vec<u8>, Held)> {
    let held = Held {
        body: bytes(row, 1)?,
        reference: row.try_get(2)?,
    };
    Ok((row.try_get(0)?, held))
}

/// Gives back keys that were taken in this transaction.
pub(crate) async fn release(connection: &Connection, slots: &[i16], keys: &[&[u8]]) -> Result<()> {
    connection.execute(RELEASE_KEYS, &[&slots, &keys]).await?;
    Ok(())
}

/// Takes the key for one thing; or tells what it stands for already, and whether the body is the same.
pub(crate) async fn take_one(
    connection: &Connection,
    slot: i16,
    dedup: &Dedup,
    reference: &[u8],
    now: Millis,
) -> Result<Option<bool>> {
    let claim = Claim {
        slot,
        key: idempotency_key(dedup),
        body: dedup.body,
        reference: reference.to_vec(),
        taken_at: now,
        expires_at: dedup.expires_at,
    };
    let key = claim.key.clone();
    if take(connection, &[claim]).await?.len() == 1 {
        return Ok(None);
    }
    let found = find(connection, &[slot], &[&key]).await?;
    Ok(found.first().map(|(_, held)| held.body == dedup.body))
}

/// The slot of a key that belongs to no application.
fn slot_of_key(dedup: &Dedup) -> i16 {
    slot::of(i64::from_be_bytes(
        dedup.key[..8].try_into().expect("8 of 16 bytes"),
    ))
}

/// What an idempotency key of the configuration stands for, and whether the body is the same.
pub(crate) async fn find_number(
    connection: &Connection,
    dedup: &Dedup,
    now: Millis,
) -> Result<Option<(i64, bool)>> {
    let (slot, key) = (slot_of_key(dedup), idempotency_key(dedup));
    let row = connection
        .query_opt(FIND_KEY, &[&slot, &key, &&dedup.body[..], &now])
        .await?;
    row.map(|row| {
        let number = i64::from_be_bytes(bytes(&row, 0)?);
        Ok((number, row.try_get(1)?))
    })
    .transpose()
}

/// Takes an idempotency key for something that was made, by its number.
pub(crate) async fn take_number(
    connection: &Connection,
    dedup: &Dedup,
    number: i64,
    now: Millis,
) -> Result<()> {
    let slot = slot_of_key(dedup);
    take_one(connection, slot, dedup, &number.to_be_bytes(), now).await?;
    Ok(())
}
