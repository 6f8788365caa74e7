//! Messages are written down: one row each, and what is owed of them beyond what delivery takes at once.

mod changes;
mod insert;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tidings_domain::delivery::Trigger;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey};
use tidings_domain::slot;
use tidings_store::Accepted;
use tidings_store::commit::Acceptance;

use crate::connection::Connection;
use crate::convert::unreadable;
use crate::dedup::{self, Claim, Held};
use crate::failure::Result;
use crate::flight::Flight;
use crate::line::Joining;
use crate::pending::{self, NewRows};
use crate::records::{self, Writing};
use crate::step::Scope;

pub(crate) use insert::STATEMENTS;

/// Messages on their way into one transaction, each to be written or to get the answer of the one that
/// came before it.
///
/// They go in rounds: what asks for a key that another of the batch asks for waits for the next, which
/// finds that one's rows.
pub(crate) struct Accepting<'a> {
    acceptances: &'a [Acceptance],
    answers: Vec<Option<Accepted>>,
    left: Vec<usize>,
    /// What joins the lines of endpoints that keep the order, of all rounds: it goes out last.
    joining: Joining,
}

/// Messages that ask for different keys, with their numbers.
pub(crate) struct Round<'a> {
    acceptances: &'a [Acceptance],
    fresh: Vec<(Candidate, MessageId)>,
    claims: Vec<Claim>,
    /// What delivery has no place for.
    owed: NewRows,
}

impl<'a> Accepting<'a> {
    pub(crate) fn new(acceptances: &'a [Acceptance]) -> Self {
        Self {
            acceptances,
            answers: acceptances.iter().map(|_| None).collect(),
            left: (0..acceptances.len()).collect(),
            joining: Joining::default(),
        }
    }

    pub(crate) fn next_round(&mut self, scope: &mut Scope) -> Option<Round<'a>> {
        if self.left.is_empty() {
            return None;
        }
        let acceptances = self.acceptances;
        let mut asked: HashSet<Vec<u8>> = HashSet::new();
        let mut round = Vec::with_capacity(self.left.len());
        self.left.retain(|place| {
            let candidate = Candidate::new(*place, &acceptances[*place]);
            let is_first = candidate.asks_for().all(|key| !asked.contains(key));
            // Those that wait hold their place as well, so that the order stays.
            asked.extend(candidate.asks_for().cloned());
            if is_first {
                round.push(candidate);
            }
            !is_first
        });
        Some(Round::new(scope, acceptances, round))
    }

    pub(crate) fn has_more(&self) -> bool {
        !self.left.is_empty()
    }

    /// Answers those whose keys were taken before, or whose record has changed, which are then no longer in
    /// the round. Makes the changes of the others' records.
    pub(crate) async fn keep_new(
        &mut self,
        connection: &Connection,
        round: &mut Round<'a>,
        won: Vec<Vec<u8>>,
    ) -> Result<()> {
        if won.len() < round.claims.len() {
            let won: HashSet<Vec<u8>> = won.into_iter().collect();
            round.keep_new(connection, &won, &mut self.answers).await?;
        }
        if round.changes().next().is_some() {
            round.change_records(connection, &mut self.answers).await?;
        }
        Ok(())
    }

    /// Notes what follows from the messages that a round writes.
    pub(crate) fn note(&mut self, scope: &mut Scope, round: &mut Round<'a>) {
        round.owed = round.owed_rows();
        scope.effects.owed.extend(round.owed.owed());
        for (candidate, id) in &round.fresh {
            let new = &self.acceptances[candidate.place].new;
            for endpoint in &new.in_line {
                let application = new.application;
                let message = MessageKey {
                    application,
                    id: *id,
                };
                self.joining.push(message, *endpoint);
            }
            let handed = u32::try_from(new.admitted.len()).unwrap_or(u32::MAX);
            scope.effects.handed_counts.push((id.seq(), handed));
            self.answers[candidate.place] = Some(Accepted::Done(*id));
        }
    }

    /// Gives the answers to those who will be told, and what has yet to join lines.
    pub(crate) fn finish(self, scope: &mut Scope) -> Joining {
        let answers = self.answers.into_iter().flatten();
        scope.effects.accepted.extend(answers);
        scope.effects.owed.extend(self.joining.owed());
        self.joining
    }
}

/// A message on its way, with the keys that it asks for.
struct Candidate {
    place: usize,
    slot: i16,
    idempotency_key: Option<Vec<u8>>,
    event_key: Option<Vec<u8>>,
    record_key: Option<Vec<u8>>,
}

impl Candidate {
    fn new(place: usize, acceptance: &Acceptance) -> Self {
        let new = &acceptance.new;
        let event_id = new.event_id.as_ref();
        Self {
            place,
            slot: slot::of(new.application),
            idempotency_key: new.dedup.as_ref().map(dedup::idempotency_key),
            event_key: event_id.map(|id| dedup::event_key(new.application, id)),
            record_key: new
                .record
                .as_ref()
                .map(|write| records::key(new.application, &write.entity_type, &write.id)),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.idempotency_key.iter().chain(&self.event_key)
    }

    /// What no other message of its round may ask for.
    fn asks_for(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.keys().chain(&self.record_key)
    }

    fn claims(&self, acceptance: &Acceptance, id: MessageId) -> impl Iterator<Item = Claim> {
        let new = &acceptance.new;
        let claim = |key: &Vec<u8>, body, expires_at| Claim {
            slot: self.slot,
            key: key.clone(),
            body,
            reference: id.parts().to_bytes().to_vec(),
            taken_at: new.accepted_at,
            expires_at,
        };
        let by_key = self.idempotency_key.as_ref().zip(new.dedup.as_ref());
        let by_key = by_key.map(|(key, dedup)| claim(key, dedup.body, dedup.expires_at));
        let event_key = self.event_key.as_ref();
        let by_event_id = event_key.map(|key| claim(key, [0; 16], new.event_id_until));
        by_key.into_iter().chain(by_event_id)
    }
}

impl<'a> Round<'a> {
    fn new(scope: &mut Scope, acceptances: &'a [Acceptance], candidates: Vec<Candidate>) -> Self {
        let mut fresh = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            scope.journal.numbers.message += 1;
            let (seq, new) = (
                scope.journal.numbers.message,
                &acceptances[candidate.place].new,
            );
            let id = MessageId::new(new.accepted_at, scope.journal.id, seq, new.tail);
            fresh.push((candidate, id));
        }
        let claims = fresh
            .iter()
            .flat_map(|(candidate, id)| candidate.claims(&acceptances[candidate.place], *id));
        let mut claims: Vec<Claim> = claims.collect();
        dedup::sort(&mut claims);
        Self {
            acceptances,
            fresh,
            claims,
            owed: NewRows::default(),
        }
    }

    /// Whether any of them asks for a key, or changes a record.
    pub(crate) fn asks(&self) -> bool {
        !self.claims.is_empty() || self.changes().next().is_some()
    }

    /// Takes the keys. Gives those that were free.
    pub(crate) async fn take_keys(&self, connection: &Connection) -> Result<Vec<Vec<u8>>> {
        if self.claims.is_empty() {
            return Ok(Vec::new());
        }
        dedup::take(connection, &self.claims).await
    }

    async fn keep_new(
        &mut self,
        connection: &Connection,
        won: &HashSet<Vec<u8>>,
        answers: &mut [Option<Accepted>],
    ) -> Result<()> {
        let lost = self.claims.iter().filter(|claim| !won.contains(&claim.key));
        let (slots, keys): (Vec<i16>, Vec<&[u8]>) =
            lost.map(|claim| (claim.slot, &claim.key[..])).unzip();
        let held: HashMap<Vec<u8>, Held> = dedup::find(connection, &slots, &keys)
            .await?
            .into_iter()
            .collect();
        let (mut slots, mut released) = (Vec::new(), Vec::new());
        for (candidate, id) in std::mem::take(&mut self.fresh) {
            let acceptance = &self.acceptances[candidate.place];
            match earlier(connection, acceptance, &candidate, &held).await? {
                None => self.fresh.push((candidate, id)),
                Some(answer) => {
                    answers[candidate.place] = Some(answer);
                    // A refused message uses up neither of its keys.
                    for key in candidate.keys().filter(|key| won.contains(*key)) {
                        slots.push(candidate.slot);
                        released.push(key.clone());
                    }
                }
            }
        }
        if !released.is_empty() {
            let keys: Vec<&[u8]> = released.iter().map(|key| &key[..]).collect();
            dedup::release(connection, &slots, &keys).await?;
        }
        Ok(())
    }

    /// Adds the messages, and what is owed of them.
    pub(crate) fn send<'f>(
        &'f self,
        scope: &Scope,
        connection: &'f Connection,
        flight: &mut Flight<'f>,
    ) {
        if self.fresh.is_empty() {
            return;
        }
        flight.add(self.insert(connection, scope.journal.id));
        if self.have_expiry() {
            flight.add(self.note_expiry(connection));
        }
        if !self.owed.is_empty() {
            flight.add(pending::insert(connection, &self.owed, Trigger::Scheduled));
        }
        let changes: Vec<Writing<'_>> = self.changes().collect();
        if !changes.is_empty() {
            flight.add(records::note(connection, changes));
        }
    }

    fn owed_rows(&self) -> NewRows {
        let mut rows = NewRows::default();
        for (candidate, id) in &self.fresh {
            let new = &self.acceptances[candidate.place].new;
            let key = MessageKey {
                application: new.application,
                id: *id,
            };
            if new.admitted.len() + new.in_line.len() == new.targets.len() {
                continue;
            }
            let (due_at, reason) = new.due();
            if new.targets.len() > FAN_OUT_DIRECT_MAX {
                rows.push(key, 0, due_at, new.reason_of_fan_out());
                continue;
            }
            let elsewhere: HashSet<i64> = new
                .admitted
                .iter()
                .map(|(target, _)| target.ordinal())
                .chain(new.in_line.iter().copied())
                .collect();
            for target in new
                .targets
                .iter()
                .filter(|target| !elsewhere.contains(target))
            {
                rows.push(key, *target, due_at, reason);
            }
        }
        rows
    }
}

/// The answer of the message that came before this one, by its key or its event id. A repeated request
/// carries both; the key tells that it is the same request.
async fn earlier(
    connection: &Connection,
    acceptance: &Acceptance,
    candidate: &Candidate,
    held: &HashMap<Vec<u8>, Held>,
) -> Result<Option<Accepted>> {
    let by_key = candidate.idempotency_key.as_ref();
    let by_event_id = candidate.event_key.as_ref();
    let body = acceptance.new.dedup.as_ref().map(|dedup| dedup.body);
    if let Some(found) = by_key.and_then(|key| held.get(key)) {
        if body != Some(found.body) {
            return Ok(Some(Accepted::KeyReused));
        }
        let key = MessageKey {
            application: acceptance.new.application,
            id: read_id(&found.reference)?,
        };
        let message = crate::lists::message_by_key(connection, key).await?;
        return Ok(Some(message.map_or(Accepted::KeyReused, |message| {
            Accepted::Replayed(Arc::new(message))
        })));
    }
    match by_event_id.and_then(|key| held.get(key)) {
        Some(found) => Ok(Some(Accepted::EventIdTaken(read_id(&found.reference)?))),
        None => Ok(None),
    }
}

pub(crate) fn read_id(reference: &[u8]) -> Result<MessageId> {
    let bytes: [u8; 20] = reference
        .try_into()
        .map_err(|_| unreadable(2, "no id of a message"))?;
    Ok(MessageId::from_parts(IdParts::from_bytes(bytes)))
}
