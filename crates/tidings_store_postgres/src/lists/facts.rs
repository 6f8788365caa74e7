//! What the states of a message's deliveries follow from.

use std::collections::{BTreeMap, HashMap};

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{DeliveryFacts, Outcome};
use tidings_domain::ids::{AttemptId, MessageId};
use tidings_domain::message::{MessageKey, unpack_targets};
use tidings_domain::slot;
use tidings_store::DeliveryTrace;

use crate::connection::Connection;
use crate::convert::{number, parts};
use crate::failure::Result;
use crate::statements::statements;

statements! {
    /// One statement sees one moment: a delivery that settles meanwhile is in it before or after. What is
    /// owed comes first, since the place of a fan-out's cursor says which targets are.
    DELIVERY_FACTS = "-- delivery_facts
        SELECT 1 AS kind, endpoint, due_at AS at, place, false AS is_late, NULL::bytea AS bytes
        FROM pending WHERE slot = $1 AND message_id = $4
        UNION ALL
        SELECT 2, 0, 0, 0, false, targets FROM message
        WHERE slot = $1 AND application = $2 AND created_at = $3 AND id = $4
        UNION ALL
        SELECT 3, endpoint, created_at, outcome, is_late, id FROM attempt
        WHERE slot = $1 AND message_id = $4
        ORDER BY kind, at, bytes";
    /// The same of several messages at one endpoint.
    FACTS_OF_DELIVERIES = "-- facts_of_deliveries
        SELECT 1 AS kind, message_id, due_at AS at, 0 AS outcome, false AS is_late, NULL::bytea AS id
        FROM pending WHERE slot = $1 AND endpoint = $2 AND message_id = ANY($3)
        UNION ALL
        SELECT 2, message_id, created_at, outcome, is_late, id FROM attempt
        WHERE slot = $1 AND endpoint = $2 AND message_id = ANY($3)
        ORDER BY kind, at, id";
}

/// Every delivery of a message: its targets, and whatever was tried or is owed besides.
pub(crate) async fn delivery_facts(
    connection: &Connection,
    message: MessageKey,
) -> Result<Vec<DeliveryTrace>> {
    let slot = slot::of(message.application);
    let id = message.id.parts().to_bytes();
    let rows = connection
        .query(
            DELIVERY_FACTS,
            &[&slot, &message.application, &message.id.at_ms(), &&id[..]],
        )
        .await?;
    let mut facts: BTreeMap<i64, DeliveryFacts> = BTreeMap::new();
    let mut cursor: Option<(usize, Millis)> = None;
    for row in &rows {
        let (kind, endpoint): (i32, i64) = (row.try_get(0)?, row.try_get(1)?);
        match (kind, endpoint) {
            (1, 0) => cursor = Some((number(row, 3)?, row.try_get(2)?)),
            (1, _) => facts.entry(endpoint).or_default().due_at = Some(row.try_get(2)?),
            (2, _) => add_targets(row.try_get(5)?, cursor, &mut facts),
            _ => {
                let facts = facts.entry(endpoint).or_default();
                let outcome = Outcome::from_code(row.try_get(3)?);
                facts.has_succeeded |= outcome == Some(Outcome::Success);
                if !row.try_get::<_, bool>(4)? {
                    facts.latest = outcome;
                }
            }
        }
    }
    Ok(facts
        .into_iter()
        .map(|(endpoint, facts)| DeliveryTrace { endpoint, facts })
        .collect())
}

fn add_targets(
    packed: &[u8],
    cursor: Option<(usize, Millis)>,
    facts: &mut BTreeMap<i64, DeliveryFacts>,
) {
    for (place, target) in unpack_targets(packed)
        .unwrap_or_default()
        .into_iter()
        .enumerate()
    {
        let facts = facts.entry(target).or_default();
        // Behind the cursor of a fan-out there are no rows yet; they are owed all the same.
        if let Some((from, due_at)) = cursor
            && place >= from
        {
            facts.due_at.get_or_insert(due_at);
        }
    }
}

/// What the state of each delivery follows from, and its latest attempt, late ones included.
pub(super) async fn of_deliveries(
    connection: &Connection,
    (application, endpoint): (i64, i64),
    messages: &[MessageId],
) -> Result<HashMap<MessageId, (DeliveryFacts, Option<AttemptId>)>> {
    let mut found: HashMap<MessageId, (DeliveryFacts, Option<AttemptId>)> = HashMap::new();
    if messages.is_empty() {
        return Ok(found);
    }
    let ids: Vec<[u8; 20]> = messages.iter().map(|id| id.parts().to_bytes()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let slot = slot::of(application);
    let rows = connection
        .query(FACTS_OF_DELIVERIES, &[&slot, &endpoint, &ids])
        .await?;
    for row in &rows {
        let message = MessageId::from_parts(parts(row, 1)?);
        let (facts, latest) = found.entry(message).or_default();
        if row.try_get::<_, i32>(0)? == 1 {
            facts.due_at = Some(row.try_get(2)?);
            continue;
        }
        *latest = Some(AttemptId::from_parts(parts(row, 5)?));
        let outcome = Outcome::from_code(row.try_get::<_, i32>(3)?.into());
        facts.has_succeeded |= outcome == Some(Outcome::Success);
        if !row.try_get::<_, bool>(4)? {
            facts.latest = outcome;
        }
    }
    Ok(found)
}
