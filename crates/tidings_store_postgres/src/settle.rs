//! Outcomes: one row for each attempt, and what is owed after it.

use std::collections::HashSet;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, Outcome};
use tidings_domain::ids::AttemptId;
use tidings_domain::slot;
use tidings_store::{Creditor, Hold, Next, Settlement};

use crate::connection::Parameter;
use crate::convert::{parts, stored};
use crate::failure::Result;
use crate::health;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;

statements! {
    /// A batch that is written once more after its answer was lost has the same ids.
    INSERT_ATTEMPTS = "-- insert_attempts
        INSERT INTO attempt (slot, application, endpoint, message_id, created_at, id, number,
            trigger, outcome, is_late, status, error, error_detail, peer, resolve_us, connect_us,
            tls_us, head_us, body_us, is_truncated, url, request_headers, response_headers,
            response)
        SELECT slot, application, endpoint, message_id, created_at, id, number, trigger, outcome,
            is_late, status, error, error_detail, peer, resolve_us, connect_us, tls_us, head_us, body_us,
            is_truncated, url, request_headers, response_headers, response
        FROM unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[],
            $7::bytea[], $8::bigint[], $9::smallint[], $10::smallint[], $11::bigint[],
            $12::smallint[], $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[],
            $18::bigint[], $19::bigint[], $20::boolean[], $21::text[], $22::text[], $23::bytea[],
            $24::bytea[], $1::boolean[])
            AS new (slot, application, endpoint, message_id, created_at, id, number, trigger,
                outcome, status, error, error_detail, peer, resolve_us, connect_us, tls_us, head_us,
                body_us, is_truncated, url, request_headers, response_headers, response, is_late)
        ON CONFLICT DO NOTHING";
    OWE_RETRIES = "-- owe_retries
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, due_at, owed_since, attempts_count, reason,
            trigger, 1, 0
        FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[],
            $6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[], $10::smallint[])
            AS new (slot, application, message_id, endpoint, version, due_at, owed_since,
                attempts_count, reason, trigger)
        ON CONFLICT (slot, message_id, endpoint) DO UPDATE SET
            attempts_count = greatest(pending.attempts_count, excluded.attempts_count)";
    CLEAR_PENDING = "-- clear_pending
        DELETE FROM pending
        USING unnest($1::smallint[], $2::bytea[], $3::bigint[], $4::bigint[])
            AS done (slot, message_id, endpoint, version)
        WHERE pending.slot = ANY($1) AND pending.slot = done.slot
            AND pending.message_id = done.message_id AND pending.endpoint = done.endpoint
            AND pending.version = done.version";
    MOVE_PENDING = "-- move_pending
        UPDATE pending SET due_at = moved.due_at, attempts_count = moved.attempts_count,
            reason = moved.reason, trigger = moved.trigger, version = pending.version + 1,
            recoveries_count = 0
        FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[],
            $6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[], $10::smallint[])
            AS moved (slot, application, message_id, endpoint, version, due_at, owed_since,
                attempts_count, reason, trigger)
        WHERE pending.slot = ANY($1) AND pending.slot = moved.slot
            AND pending.message_id = moved.message_id AND pending.endpoint = moved.endpoint
            AND pending.version = moved.version
        RETURNING pending.message_id, pending.endpoint";
    /// Retries whose rows have gone: the endpoint was switched off and the row canceled while the
    /// request was under way. A row that is there, in another version, is left alone.
    OWE_AGAIN = "-- owe_again
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, due_at, owed_since, attempts_count, reason,
            trigger, 1, 0
        FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[],
            $6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[], $10::smallint[])
            AS new (slot, application, message_id, endpoint, version, due_at, owed_since,
                attempts_count, reason, trigger)
        WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.slot = new.slot
            AND attempt.message_id = new.message_id AND attempt.endpoint = new.endpoint
            AND attempt.outcome = $11)
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING";
}

pub(crate) async fn write(scope: &mut Scope, settlements: &[Settlement]) -> Result<()> {
    if settlements.is_empty() {
        return Ok(());
    }
    insert_attempts(scope, settlements).await?;
    let timely: Vec<&Settlement> = settlements
        .iter()
        .filter(|settlement| !is_late(scope, settlement))
        .collect();
    for part in parts_of_different_deliveries(&timely) {
        let holds: Vec<Hold> = part.iter().map(|one| hold(scope, one)).collect();
        write_next(scope, part, &holds).await?;
    }
    health::write(scope, &timely).await
}

/// Whether another node was given what this outcome is of: all that this one had in memory when its
/// journal was taken over. Such an outcome is kept and changes nothing.
fn is_late(scope: &Scope, settlement: &Settlement) -> bool {
    let taken_under = match settlement.hold {
        Hold::Handed => settlement.message.id.parts().journal,
        Hold::Pending { .. } => settlement.journal,
    };
    let journal = &scope.journal;
    scope.is_fenced || (journal.is_open() && taken_under != 0 && taken_under != journal.id)
}

/// Cuts a batch where a delivery comes a second time, since one statement changes a row only once. Next
/// to always that is nowhere.
fn parts_of_different_deliveries<'a, 'b>(
    settlements: &'a [&'b Settlement],
) -> Vec<&'a [&'b Settlement]> {
    let mut parts = Vec::new();
    let mut seen = HashSet::new();
    let mut start = 0;
    for (place, settlement) in settlements.iter().enumerate() {
        let delivery = (settlement.message.id, settlement.endpoint);
        if !seen.insert(delivery) {
            parts.push(&settlements[start..place]);
            start = place;
            seen.clear();
            seen.insert(delivery);
        }
    }
    parts.push(&settlements[start..]);
    parts
}

async fn insert_attempts(scope: &mut Scope, settlements: &[Settlement]) -> Result<()> {
    let journal = &mut scope.journal;
    let mut ids = Vec::with_capacity(settlements.len());
    for settlement in settlements {
        journal.numbers.attempt += 1;
        let seq = journal.numbers.attempt;
        ids.push(AttemptId::new(
            settlement.started_at,
            journal.id,
            seq,
            settlement.tail,
        ));
    }
    // Each column is an array of its own. The closure names the field once.
    macro_rules! column {
        ($settlement:ident => $value:expr) => {
            settlements
                .iter()
                .map(|$settlement| $value)
                .collect::<Vec<_>>()
        };
    }
    macro_rules! phase {
        ($name:ident) => {
            column!(one => i64::from(one.exchange.phases.$name))
        };
    }
    let messages = column!(one => one.message.id.parts().to_bytes());
    let messages: Vec<&[u8]> = messages.iter().map(|id| &id[..]).collect();
    let own = ids
        .iter()
        .map(|id| id.parts().to_bytes())
        .collect::<Vec<_>>();
    let own: Vec<&[u8]> = own.iter().map(|id| &id[..]).collect();
    let columns: [Parameter<'_>; 24] = [
        &column!(one => is_late(scope, one)),
        &column!(one => slot::of(one.message.application)),
        &column!(one => one.message.application),
        &column!(one => one.endpoint.seq()),
        &messages,
        &column!(one => one.started_at),
        &own,
        &column!(one => i64::from(one.number)),
        &column!(one => code(one.trigger.code())),
        &column!(one => code(one.outcome.code())),
        &column!(one => one.exchange.status.map(i64::from)),
        &column!(one => one.exchange.error.map(AttemptError::code).map(code)),
        &column!(one => {
            let detail = &one.exchange.error_detail;
            (!detail.is_empty()).then(|| stored(detail))
        }),
        &column!(one => one.exchange.peer.map(|peer| peer.to_string())),
        &phase!(resolve_us),
        &phase!(connect_us),
        &phase!(tls_us),
        &phase!(head_us),
        &phase!(body_us),
        &column!(one => one.exchange.is_truncated),
        &column!(one => stored(&one.exchange.url)),
        &column!(one => stored(&one.exchange.request_headers)),
        &column!(one => &one.exchange.response_headers[..]),
        &column!(one => &one.exchange.response[..]),
    ];
    scope.connection.execute(INSERT_ATTEMPTS, &columns).await?;
    scope.effects.settled.extend(ids);
    Ok(())
}

/// How the delivery is held by now: one that was handed over may have been owed meanwhile.
fn hold(scope: &mut Scope, settlement: &Settlement) -> Hold {
    if settlement.hold != Hold::Handed {
        return settlement.hold;
    }
    let (message, endpoint) = (settlement.message.id.seq(), settlement.endpoint.seq());
    if scope.journal.in_memory.was_owed_in_hand(message, endpoint) {
        scope.effects.settled_in_hand.push((message, endpoint));
        return Hold::Pending { version: 1 };
    }
    scope.effects.cleared.push(message);
    Hold::Handed
}

/// Rows that are owed after a failure, column by column.
#[derive(Default)]
struct Retries {
    slots: Vec<i16>,
    applications: Vec<i64>,
    messages: Vec<[u8; 20]>,
    endpoints: Vec<i64>,
    versions: Vec<i64>,
    due: Vec<Millis>,
    since: Vec<Millis>,
    counts: Vec<i64>,
    reasons: Vec<i16>,
    triggers: Vec<i16>,
}

impl Retries {
    fn push(&mut self, settlement: &Settlement, version: u32) {
        let Next::At { due_at, reason } = settlement.next else {
            return;
        };
        self.slots.push(slot::of(settlement.message.application));
        self.applications.push(settlement.message.application);
        self.messages.push(settlement.message.id.parts().to_bytes());
        self.endpoints.push(settlement.endpoint.seq());
        self.versions.push(i64::from(version));
        self.due.push(due_at);
        self.since.push(settlement.started_at);
        self.counts.push(i64::from(attempts_count(settlement)));
        self.reasons.push(code(reason.code()));
        self.triggers.push(code(settlement.trigger.code()));
    }

    async fn write(&self, scope: &Scope, sql: &'static str) -> Result<Vec<tokio_postgres::Row>> {
        if self.slots.is_empty() {
            return Ok(Vec::new());
        }
        let messages: Vec<&[u8]> = self.messages.iter().map(|id| &id[..]).collect();
        let success = code(Outcome::Success.code());
        let mut columns: Vec<Parameter<'_>> = vec![
            &self.slots,
            &self.applications,
            &messages,
            &self.endpoints,
            &self.versions,
            &self.due,
            &self.since,
            &self.counts,
            &self.reasons,
            &self.triggers,
        ];
        if sql == OWE_AGAIN {
            columns.push(&success);
        }
        scope.connection.query(sql, &columns).await
    }
}

/// Clears or moves what was owed. A row that somebody has changed meanwhile is left alone.
async fn write_next(scope: &mut Scope, settlements: &[&Settlement], holds: &[Hold]) -> Result<()> {
    let (mut first, mut moved) = (Retries::default(), Retries::default());
    let mut done: Vec<(&Settlement, u32)> = Vec::new();
    for (settlement, hold) in settlements.iter().zip(holds) {
        match (hold, settlement.next) {
            (Hold::Handed, Next::Done) => {}
            (Hold::Handed, Next::At { .. }) => first.push(settlement, 1),
            (Hold::Pending { version }, Next::Done) => done.push((settlement, *version)),
            (Hold::Pending { version }, Next::At { .. }) => moved.push(settlement, *version),
        }
        if let Next::At { due_at, .. } = settlement.next {
            let creditor = Creditor {
                slot: slot::of(settlement.message.application),
                endpoint: settlement.endpoint.seq(),
            };
            scope.effects.owed.push((creditor, due_at));
        }
    }
    first.write(scope, OWE_RETRIES).await?;
    clear(scope, &done).await?;
    let rows = moved.write(scope, MOVE_PENDING).await?;
    if rows.len() == moved.slots.len() {
        return Ok(());
    }
    let mut found = HashSet::new();
    for row in &rows {
        found.insert((parts(row, 0)?.to_bytes(), row.try_get::<_, i64>(1)?));
    }
    let mut again = Retries::default();
    for (settlement, hold) in settlements.iter().zip(holds) {
        let key = (
            settlement.message.id.parts().to_bytes(),
            settlement.endpoint.seq(),
        );
        if let Hold::Pending { version } = hold
            && !found.contains(&key)
        {
            again.push(settlement, *version);
        }
    }
    again.write(scope, OWE_AGAIN).await?;
    Ok(())
}

async fn clear(scope: &Scope, done: &[(&Settlement, u32)]) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    let slots: Vec<i16> = done
        .iter()
        .map(|(one, _)| slot::of(one.message.application))
        .collect();
    let messages: Vec<[u8; 20]> = done
        .iter()
        .map(|(one, _)| one.message.id.parts().to_bytes())
        .collect();
    let messages: Vec<&[u8]> = messages.iter().map(|id| &id[..]).collect();
    let endpoints: Vec<i64> = done.iter().map(|(one, _)| one.endpoint.seq()).collect();
    let versions: Vec<i64> = done
        .iter()
        .map(|(_, version)| i64::from(*version))
        .collect();
    let columns: [Parameter<'_>; 4] = [&slots, &messages, &endpoints, &versions];
    scope.connection.execute(CLEAR_PENDING, &columns).await?;
    Ok(())
}

/// A canceled attempt is no request, so it does not count.
fn attempts_count(settlement: &Settlement) -> u16 {
    match settlement.outcome {
        Outcome::Canceled => settlement.number.saturating_sub(1),
        _ => settlement.number,
    }
}
