//! The health of endpoints, beside their configuration.

use std::collections::BTreeMap;

use tidings_domain::endpoint::EndpointState;
use tidings_domain::slot;
use tidings_store::{Settlement, Subject};

use crate::changes;
use crate::connection::{Connection, Parameter};
use crate::failure::Result;
use crate::flight::Flight;
use crate::statements::statements;

statements! {
    /// Nodes that fail beside each other have not begun to at the same time: the first counts.
    WRITE_STATES = "-- write_states
        INSERT INTO endpoint_state (slot, endpoint, failing_since, last_failure_at, failures_count,
            disabled_reason, disabled_at)
        SELECT slot, endpoint, failing_since, last_failure_at, failures_count, disabled_reason,
            disabled_at
        FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
            $6::text[], $7::bigint[]) AS new (slot, endpoint, failing_since, last_failure_at,
                failures_count, disabled_reason, disabled_at)
        ON CONFLICT (slot, endpoint) DO UPDATE SET
            failing_since = CASE WHEN excluded.failing_since IS NOT NULL
                THEN least(endpoint_state.failing_since, excluded.failing_since) END,
            last_failure_at = excluded.last_failure_at, failures_count = excluded.failures_count,
            disabled_reason = coalesce(endpoint_state.disabled_reason, excluded.disabled_reason),
            disabled_at = coalesce(endpoint_state.disabled_at, excluded.disabled_at)";
}

/// The health of endpoints after their latest attempts, by slot and endpoint; with the application.
#[derive(Default)]
pub(crate) struct Health(BTreeMap<(i16, i64), (i64, EndpointState)>);

impl Health {
    /// The first reason to switch one off counts.
    pub(crate) fn after(settlements: &[&Settlement]) -> Self {
        let mut latest: BTreeMap<(i16, i64), (i64, EndpointState)> = BTreeMap::new();
        for settlement in settlements {
            let Some(state) = &settlement.state else {
                continue;
            };
            let application = settlement.message.application;
            let key = (slot::of(application), settlement.endpoint.seq());
            let first = latest.get(&key).and_then(|(_, state)| state.disabled);
            let disabled = first.or(state.disabled);
            let state = EndpointState {
                disabled,
                ..state.clone()
            };
            latest.insert(key, (application, state));
        }
        Self(latest)
    }

    pub(crate) fn send<'a>(&'a self, connection: &'a Connection, flight: &mut Flight<'a>) {
        if self.0.is_empty() {
            return;
        }
        flight.add(self.write(connection));
        for (application, state) in self.0.values() {
            if state.disabled.is_some() {
                flight.add(changes::note(
                    connection,
                    Subject::Application(*application),
                ));
            }
        }
    }

    async fn write(&self, connection: &Connection) -> Result<()> {
        macro_rules! column {
            ($state:ident => $value:expr) => {
                self.0
                    .values()
                    .map(|(_, $state)| $value)
                    .collect::<Vec<_>>()
            };
        }
        let columns: [Parameter<'_>; 7] = [
            &self.0.keys().map(|(slot, _)| *slot).collect::<Vec<_>>(),
            &self
                .0
                .keys()
                .map(|(_, endpoint)| *endpoint)
                .collect::<Vec<_>>(),
            &column!(state => state.failing_since),
            &column!(state => state.last_failure_at),
            &column!(state => i64::from(state.failures_count)),
            &column!(state => state.disabled.map(|(reason, _)| reason.as_str())),
            &column!(state => state.disabled.map(|(_, at)| at)),
        ];
        connection.execute(WRITE_STATES, &columns).await?;
        Ok(())
    }
}
