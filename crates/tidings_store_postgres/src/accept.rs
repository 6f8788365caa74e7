//! Messages are written down: one row each, and what is owed of them beyond what delivery takes at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey};
use tidings_domain::slot;
use tidings_store::Accepted;
use tidings_store::commit::Acceptance;

use crate::convert::{stored, stored_option, unreadable, words};
use crate::dedup::{self, Claim, Held};
use crate::failure::Result;
use crate::pending::{self, NewRows};
use crate::statements::statements;
use crate::step::Scope;

statements! {
    INSERT_MESSAGES = "-- insert_messages
        INSERT INTO message (slot, application, created_at, id, journal, seq, event_type, targets,
            event_id, channels, tags, payload)
        SELECT slot, application, created_at, id, $1, seq, event_type, targets, event_id, channels,
            tags, payload
        FROM unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[],
            $7::text[], $8::bytea[], $9::text[], $10::text[], $11::text[], $12::bytea[])
            AS new (slot, application, created_at, id, seq, event_type, targets, event_id, channels,
                tags, payload)";
}

/// Writes messages, each or the answer of the one that came before it.
///
/// In rounds, each in one go: what asks for a key that another of the batch asks for waits for the next,
/// which finds that one's rows.
pub(crate) async fn write(scope: &mut Scope, acceptances: &[Acceptance]) -> Result<()> {
    let mut answers: Vec<Option<Accepted>> = acceptances.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..acceptances.len()).collect();
    while !left.is_empty() {
        let mut asked: HashSet<Vec<u8>> = HashSet::new();
        let mut round = Vec::with_capacity(left.len());
        left.retain(|place| {
            let candidate = Candidate::new(*place, &acceptances[*place]);
            let is_first = candidate.keys().all(|key| !asked.contains(key));
            // Those that wait hold their place as well, so that the order stays.
            asked.extend(candidate.keys().cloned());
            if is_first {
                round.push(candidate);
            }
            !is_first
        });
        write_round(scope, acceptances, round, &mut answers).await?;
    }
    scope.effects.accepted.extend(answers.into_iter().flatten());
    Ok(())
}

/// A message on its way, with the keys that it asks for.
struct Candidate {
    place: usize,
    slot: i16,
    idempotency_key: Option<Vec<u8>>,
    event_key: Option<Vec<u8>>,
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
        }
    }

    fn keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.idempotency_key.iter().chain(&self.event_key)
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

async fn write_round(
    scope: &mut Scope,
    acceptances: &[Acceptance],
    round: Vec<Candidate>,
    answers: &mut [Option<Accepted>],
) -> Result<()> {
    let mut fresh = Vec::with_capacity(round.len());
    for candidate in round {
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
    let claims: Vec<Claim> = claims.collect();
    if !claims.is_empty() {
        fresh = keep_new(scope, acceptances, fresh, claims, answers).await?;
    }
    if fresh.is_empty() {
        return Ok(());
    }
    insert(scope, acceptances, &fresh).await?;
    owe(scope, acceptances, &fresh).await?;
    for (candidate, id) in fresh {
        let handed = acceptances[candidate.place].new.admitted.len();
        let handed = u32::try_from(handed).unwrap_or(u32::MAX);
        scope.effects.handed_counts.push((id.seq(), handed));
        answers[candidate.place] = Some(Accepted::Done(id));
    }
    Ok(())
}

type Fresh = Vec<(Candidate, MessageId)>;

/// Takes the keys; answers those that came before, and gives those that did not.
async fn keep_new(
    scope: &mut Scope,
    acceptances: &[Acceptance],
    fresh: Fresh,
    claims: Vec<Claim>,
    answers: &mut [Option<Accepted>],
) -> Result<Fresh> {
    let wanted: Vec<(i16, Vec<u8>)> = claims
        .iter()
        .map(|claim| (claim.slot, claim.key.clone()))
        .collect();
    let won: HashSet<Vec<u8>> = dedup::take(&scope.connection, claims)
        .await?
        .into_iter()
        .collect();
    if won.len() == wanted.len() {
        return Ok(fresh);
    }
    let lost = wanted.iter().filter(|(_, key)| !won.contains(key));
    let (slots, keys): (Vec<i16>, Vec<&[u8]>) = lost.map(|(slot, key)| (*slot, &key[..])).unzip();
    let held: HashMap<Vec<u8>, Held> = dedup::find(&scope.connection, &slots, &keys)
        .await?
        .into_iter()
        .collect();
    let mut kept = Vec::new();
    let (mut slots, mut released) = (Vec::new(), Vec::new());
    for (candidate, id) in fresh {
        let acceptance = &acceptances[candidate.place];
        match earlier(scope, acceptance, &candidate, &held).await? {
            None => kept.push((candidate, id)),
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
        dedup::release(&scope.connection, &slots, &keys).await?;
    }
    Ok(kept)
}

/// The answer of the message that came before this one, by its key or its event id. A repeated request
/// carries both; the key tells that it is the same request.
async fn earlier(
    scope: &Scope,
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
        let message = crate::lists::message_by_key(&scope.connection, key).await?;
        return Ok(Some(message.map_or(Accepted::KeyReused, |message| {
            Accepted::Replayed(Arc::new(message))
        })));
    }
    match by_event_id.and_then(|key| held.get(key)) {
        Some(found) => Ok(Some(Accepted::EventIdTaken(read_id(&found.reference)?))),
        None => Ok(None),
    }
}

fn read_id(reference: &[u8]) -> Result<MessageId> {
    let bytes: [u8; 20] = reference
        .try_into()
        .map_err(|_| unreadable(2, "no id of a message"))?;
    Ok(MessageId::from_parts(IdParts::from_bytes(bytes)))
}

async fn insert(
    scope: &mut Scope,
    acceptances: &[Acceptance],
    fresh: &[(Candidate, MessageId)],
) -> Result<()> {
    let of = |place: &Candidate| &acceptances[place.place];
    let slots: Vec<i16> = fresh.iter().map(|(new, _)| new.slot).collect();
    let applications: Vec<i64> = fresh
        .iter()
        .map(|(new, _)| of(new).new.application)
        .collect();
    let times: Vec<i64> = fresh.iter().map(|(_, id)| id.at_ms()).collect();
    let ids: Vec<[u8; 20]> = fresh.iter().map(|(_, id)| id.parts().to_bytes()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let seqs: Vec<i64> = fresh.iter().map(|(_, id)| id.seq()).collect();
    let types: Vec<_> = fresh
        .iter()
        .map(|(new, _)| stored(&of(new).new.event_type))
        .collect();
    let targets: Vec<&[u8]> = fresh
        .iter()
        .map(|(new, _)| &of(new).packed_targets[..])
        .collect();
    let event_ids: Vec<_> = fresh
        .iter()
        .map(|(new, _)| stored_option(of(new).new.event_id.as_ref()))
        .collect();
    let channels: Vec<_> = fresh
        .iter()
        .map(|(new, _)| words(&of(new).new.channels))
        .collect();
    let tags: Vec<_> = fresh
        .iter()
        .map(|(new, _)| words(&of(new).new.tags))
        .collect();
    let payloads: Vec<&[u8]> = fresh
        .iter()
        .map(|(new, _)| &of(new).new.payload[..])
        .collect();
    scope
        .connection
        .execute(
            INSERT_MESSAGES,
            &[
                &i32::from(scope.journal.id),
                &slots,
                &applications,
                &times,
                &ids,
                &seqs,
                &types,
                &targets,
                &event_ids,
                &channels,
                &tags,
                &payloads,
            ],
        )
        .await?;
    Ok(())
}

/// Writes down what delivery has no place for.
async fn owe(
    scope: &mut Scope,
    acceptances: &[Acceptance],
    fresh: &[(Candidate, MessageId)],
) -> Result<()> {
    let mut rows = NewRows::default();
    for (candidate, id) in fresh {
        let new = &acceptances[candidate.place].new;
        let key = MessageKey {
            application: new.application,
            id: *id,
        };
        if new.admitted.len() == new.targets.len() {
            continue;
        }
        if new.targets.len() > FAN_OUT_DIRECT_MAX {
            rows.push(key, 0, new.accepted_at, PendingReason::FanOut);
            continue;
        }
        let admitted: HashSet<i64> = new
            .admitted
            .iter()
            .map(|(target, _)| target.ordinal())
            .collect();
        for target in new
            .targets
            .iter()
            .filter(|target| !admitted.contains(target))
        {
            rows.push(key, *target, new.accepted_at, PendingReason::Spilled);
        }
    }
    pending::insert(scope, &rows, Trigger::Scheduled).await
}
