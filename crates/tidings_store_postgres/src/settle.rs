//! Outcomes: one row for each attempt, and what is owed after it.

mod attempts;

use std::collections::HashSet;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Outcome;
use tidings_domain::ids::AttemptId;
use tidings_domain::slot;
use tidings_store::{Creditor, Hold, Next, Settlement};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::parts;
use crate::failure::Result;
use crate::flight::Flight;
use crate::health::Health;
use crate::operational;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;

pub(crate) use attempts::STATEMENTS as ATTEMPTS;

statements! {
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

/// Outcomes on their way into one transaction.
pub(crate) struct Settling<'a> {
    settlements: &'a [Settlement],
    ids: Vec<AttemptId>,
    are_late: Vec<bool>,
    is_again: bool,
    parts: Vec<Part<'a>>,
    health: Health,
    /// What operational webhooks tell of them.
    told: Vec<operational::Row>,
}

/// What is owed after outcomes of different deliveries.
#[derive(Default)]
struct Part<'a> {
    /// Rows that nobody has written yet.
    first: Retries,
    done: Vec<(&'a Settlement, u32)>,
    moved: Vec<(&'a Settlement, u32)>,
}

/// Gives numbers and sorts out what is to be written. `is_again`: some of it may be there already.
pub(crate) fn plan<'a>(
    scope: &mut Scope,
    settlements: &'a [Settlement],
    is_again: bool,
) -> Settling<'a> {
    let mut settling = Settling {
        settlements,
        ids: Vec::with_capacity(settlements.len()),
        are_late: settlements.iter().map(|one| is_late(scope, one)).collect(),
        is_again: is_again || scope.is_fenced || !scope.journal.is_open(),
        parts: Vec::new(),
        health: Health::default(),
        told: Vec::new(),
    };
    let journal = &mut scope.journal;
    for settlement in settlements {
        journal.numbers.attempt += 1;
        let (seq, at) = (journal.numbers.attempt, settlement.started_at);
        let id = AttemptId::new(at, journal.id, seq, settlement.tail);
        settling.ids.push(id);
    }
    scope.effects.settled.extend(settling.ids.iter().copied());
    for (place, id) in settling.ids.iter().enumerate() {
        if !settling.are_late[place] && settlements[place].told.is_some() {
            let told = operational::of_outcome(&settlements[place], *id);
            settling.told.extend(told);
        }
    }
    scope.effects.has_told |= !settling.told.is_empty();
    let timely = settlements.iter().zip(&settling.are_late);
    let timely: Vec<&Settlement> = timely
        .filter(|(_, is_late)| !**is_late)
        .map(|(settlement, _)| settlement)
        .collect();
    for settlements in parts_of_different_deliveries(&timely) {
        let part = Part::new(scope, settlements);
        settling.parts.push(part);
    }
    settling.health = Health::after(&timely);
    settling
}

/// Whether another node was given what this outcome is of: all that this one had in memory when its
/// journal was taken over. Such an outcome is kept and changes nothing.
fn is_late(scope: &Scope, settlement: &Settlement) -> bool {
    let taken_under = match settlement.hold {
        Hold::Handed => settlement.message.id.parts().journal,
        Hold::Pending { .. } => settlement.journal,
    };
    let is_own = || scope.ownership.journals().contains(&taken_under);
    let journal = &scope.journal;
    let is_current = taken_under == 0 || taken_under == journal.id || !journal.is_open();
    scope.is_fenced || !(is_current || is_own())
}

impl Settling<'_> {
    /// Adds what needs no answer.
    pub(crate) fn send<'a>(&'a self, connection: &'a Connection, flight: &mut Flight<'a>) {
        if self.settlements.is_empty() {
            return;
        }
        flight.add(attempts::insert(connection, self));
        if let [part] = &self.parts[..] {
            part.send(connection, flight);
        }
        for row in &self.told {
            flight.add(row.write(connection));
        }
        self.health.send(connection, flight);
    }

    /// Whether nothing is left after that.
    pub(crate) fn is_sent(&self) -> bool {
        match &self.parts[..] {
            [] => true,
            [part] => part.moved.is_empty(),
            _ => false,
        }
    }

    /// The rest.
    pub(crate) async fn finish(&self, connection: &Connection) -> Result<()> {
        if let [part] = &self.parts[..] {
            return part.move_rows(connection).await;
        }
        for part in &self.parts {
            let mut flight = Flight::default();
            part.send(connection, &mut flight);
            flight.land().await?;
            part.move_rows(connection).await?;
        }
        Ok(())
    }
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

    async fn write(&self, connection: &Connection, sql: &'static str) -> Result<Vec<Row>> {
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
        connection.query(sql, &columns).await
    }
}

/// A row that somebody has changed meanwhile is left alone.
impl<'a> Part<'a> {
    fn new(scope: &mut Scope, settlements: &[&'a Settlement]) -> Self {
        let mut part = Self::default();
        for settlement in settlements {
            match (hold(scope, settlement), settlement.next) {
                (Hold::Handed, Next::Done) => {}
                (Hold::Handed, Next::At { .. }) => part.first.push(settlement, 1),
                (Hold::Pending { version }, Next::Done) => part.done.push((settlement, version)),
                (Hold::Pending { version }, Next::At { .. }) => {
                    part.moved.push((settlement, version));
                }
            }
            if let Next::At { due_at, .. } = settlement.next {
                let creditor = Creditor {
                    slot: slot::of(settlement.message.application),
                    endpoint: settlement.endpoint.seq(),
                };
                scope.effects.owed.push((creditor, due_at));
            }
        }
        part
    }

    fn send(&'a self, connection: &'a Connection, flight: &mut Flight<'a>) {
        if !self.first.slots.is_empty() {
            flight.add(self.first.write(connection, OWE_RETRIES));
        }
        if !self.done.is_empty() {
            flight.add(clear(connection, &self.done));
        }
    }

    async fn move_rows(&self, connection: &Connection) -> Result<()> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let mut moved = Retries::default();
        for (settlement, version) in &self.moved {
            moved.push(settlement, *version);
        }
        let rows = moved.write(connection, MOVE_PENDING).await?;
        if rows.len() == self.moved.len() {
            return Ok(());
        }
        let mut found = HashSet::new();
        for row in &rows {
            found.insert((parts(row, 0)?.to_bytes(), row.try_get::<_, i64>(1)?));
        }
        let mut again = Retries::default();
        for (settlement, version) in &self.moved {
            let message = settlement.message.id.parts().to_bytes();
            if !found.contains(&(message, settlement.endpoint.seq())) {
                again.push(settlement, *version);
            }
        }
        again.write(connection, OWE_AGAIN).await?;
        Ok(())
    }
}

async fn clear(connection: &Connection, done: &[(&Settlement, u32)]) -> Result<()> {
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
    connection.execute(CLEAR_PENDING, &columns).await?;
    Ok(())
}

/// A canceled attempt is no request, so it does not count.
fn attempts_count(settlement: &Settlement) -> u16 {
    match settlement.outcome {
        Outcome::Canceled => settlement.number.saturating_sub(1),
        _ => settlement.number,
    }
}
