//! Contents that go before their rows do: payloads that somebody asks to expunge or whose time is up, and
//! answers of endpoints.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::AttemptError;
use tidings_domain::ids::{AttemptId, MessageId};
use tidings_domain::message::{EXPUNGED, MessageKey, MessageOptions};
use tidings_domain::slot;
use tidings_store::Creditor;

use crate::convert::{count, parts, text_option};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;
use crate::upkeep;

statements! {
    /// Locked, since it is changed by what was read of it.
    MESSAGE_TO_EXPUNGE = "-- message_to_expunge
        SELECT options FROM message
        WHERE slot = $1 AND application = $2 AND created_at = $3 AND id = $4 FOR UPDATE";
    EXPUNGE_MESSAGE = "-- expunge_message
        UPDATE message SET payload = ''::bytea, options = $5
        WHERE slot = $1 AND application = $2 AND created_at = $3 AND id = $4
            AND payload <> ''::bytea";
    /// Who is behind the cursor of a fan-out gets a row of its own, and is canceled one by one.
    HASTEN_FAN_OUT = "-- hasten_fan_out
        UPDATE pending SET due_at = $3
        WHERE slot = $1 AND message_id = $2 AND endpoint = 0 AND due_at > $3";
    EXPIRED_PAYLOADS = "-- expired_payloads
        SELECT past.slot, past.until, past.application, past.message_id
        FROM unnest($1::smallint[]) AS own (slot)
        CROSS JOIN LATERAL (SELECT slot, until, application, message_id FROM payload_expiry
            WHERE payload_expiry.slot = ANY($1) AND payload_expiry.slot = own.slot
                AND payload_expiry.until <= $2
            ORDER BY payload_expiry.until LIMIT $3) AS past
        LIMIT $3";
    DROP_PAYLOAD_EXPIRY = "-- drop_payload_expiry
        DELETE FROM payload_expiry WHERE slot = $1 AND until = $2 AND message_id = $3";
    EXPUNGE_ATTEMPT = "-- expunge_attempt
        UPDATE attempt SET response = $5, response_headers = ''::bytea, is_truncated = false
        WHERE slot = $1 AND message_id = $2 AND created_at = $3 AND id = $4";
}

/// Takes the payload of a message away and cancels what is owed of it. False if there is no such message.
pub(crate) async fn message(scope: &mut Scope, key: MessageKey, now: Millis) -> Result<bool> {
    let slot = slot::of(key.application);
    let (created_at, id) = (key.id.at_ms(), key.id.parts().to_bytes());
    let id = &id[..];
    let connection = scope.connection.clone();
    let found = connection
        .query_opt(
            MESSAGE_TO_EXPUNGE,
            &[&slot, &key.application, &created_at, &id],
        )
        .await?;
    let Some(row) = found else { return Ok(false) };
    let left = text_option(&row, 0)?
        .and_then(|text| MessageOptions::parse(&text))
        .and_then(|options| options.without_content())
        .map(|options| options.to_text());
    connection
        .execute(
            EXPUNGE_MESSAGE,
            &[&slot, &key.application, &created_at, &id, &left],
        )
        .await?;
    upkeep::cancel_all_of(scope, key, AttemptError::Expunged, now).await?;
    let hastened = connection
        .execute(HASTEN_FAN_OUT, &[&slot, &id, &now])
        .await?;
    if hastened > 0 {
        let creditor = Creditor { slot, endpoint: 0 };
        scope.effects.owed.push((creditor, now));
    }
    Ok(true)
}

/// Takes away payloads that are past their time. Gives how many were looked at.
pub(crate) async fn expire(
    scope: &mut Scope,
    slots: &[i16],
    now: Millis,
    limit: usize,
) -> Result<usize> {
    let past = scope
        .connection
        .query(EXPIRED_PAYLOADS, &[&slots, &now, &count(limit)])
        .await?;
    for row in &past {
        let (slot, until): (i16, Millis) = (row.try_get(0)?, row.try_get(1)?);
        let id = parts(row, 3)?;
        let key = MessageKey {
            application: row.try_get(2)?,
            id: MessageId::from_parts(id),
        };
        message(scope, key, now).await?;
        scope
            .connection
            .execute(DROP_PAYLOAD_EXPIRY, &[&slot, &until, &&id.to_bytes()[..]])
            .await?;
    }
    Ok(past.len())
}

/// Takes away what an endpoint has answered. False if there is no such attempt.
pub(crate) async fn attempt(scope: &Scope, message: MessageKey, id: AttemptId) -> Result<bool> {
    let slot = slot::of(message.application);
    let (message, own) = (message.id.parts().to_bytes(), id.parts().to_bytes());
    let expunged = scope
        .connection
        .execute(
            EXPUNGE_ATTEMPT,
            &[
                &slot,
                &&message[..],
                &id.at_ms(),
                &&own[..],
                &EXPUNGED.as_bytes(),
            ],
        )
        .await?;
    Ok(expunged == 1)
}
