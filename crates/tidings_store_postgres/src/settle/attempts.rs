//! One row for each attempt.

use tidings_domain::delivery::AttemptError;
use tidings_domain::slot;

use super::Settling;
use crate::connection::{Connection, Parameter};
use crate::convert::stored;
use crate::failure::Result;
use crate::pending::code;
use crate::statements::statements;

/// The arrays are unnested in the list of columns: in `FROM`, each would be copied into a table of its own
/// first, which costs a fifth of the statement.
macro_rules! insert_attempts {
    ($name:literal, $end:literal) => {
        concat!(
            $name,
            "INSERT INTO attempt (slot, is_late, application, endpoint, message_id, created_at, id, number,
            trigger, outcome, status, error, error_detail, peer, resolve_us, connect_us, tls_us,
            head_us, body_us, is_truncated, url, request_headers, response_headers, response)
        SELECT unnest($2::smallint[]), unnest($1::boolean[]), unnest($3::bigint[]),
            unnest($4::bigint[]), unnest($5::bytea[]), unnest($6::bigint[]), unnest($7::bytea[]), unnest($8::bigint[]),
            unnest($9::smallint[]), unnest($10::smallint[]), unnest($11::bigint[]),
            unnest($12::smallint[]), unnest($13::text[]), unnest($14::text[]),
            unnest($15::bigint[]), unnest($16::bigint[]), unnest($17::bigint[]),
            unnest($18::bigint[]), unnest($19::bigint[]), unnest($20::boolean[]),
            unnest($21::text[]), unnest($22::text[]), unnest($23::bytea[]), unnest($24::bytea[])",
            $end
        )
    };
}

statements! {
    INSERT_ATTEMPTS = insert_attempts!("-- insert_attempts
        ", "");
    /// For outcomes that were written before, as far as anybody knows: they have the same ids. To look
    /// first costs a quarter of the statement, so the others do without.
    INSERT_ATTEMPTS_AGAIN = insert_attempts!("-- insert_attempts_again
        ", " ON CONFLICT DO NOTHING");
}

pub(super) async fn insert(connection: &Connection, settling: &Settling<'_>) -> Result<()> {
    let (settlements, ids) = (settling.settlements, &settling.ids);
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
        &settling.are_late,
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
    let sql = if settling.is_again {
        INSERT_ATTEMPTS_AGAIN
    } else {
        INSERT_ATTEMPTS
    };
    connection.execute(sql, &columns).await?;
    Ok(())
}
