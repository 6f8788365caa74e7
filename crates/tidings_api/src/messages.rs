//! `/app/{app}/msg`: messages.

mod body;
mod content;

use std::borrow::Cow;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use tidings_domain::button;
use tidings_domain::clock::Millis;
use tidings_domain::ids::MessageId;
use tidings_domain::message::Message;
use tidings_domain::names::CHANNEL_BYTES_MAX;
use tidings_service::limits::TAG_BYTES_MAX;
use tidings_service::messages::{MessageFilter, OptionsDraft, Receipt};
use tidings_service::payload::JsonText;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::{json, list, newest_first};
use crate::problem::Problem;
use crate::query::Query;
use crate::time;

use self::body::MessageIn;

pub(crate) use self::body::message_in;
pub(crate) use self::content::{
    bulk_expunge_in, bulk_expunge_messages, bulk_expunge_out, expunge_attempt, expunge_message,
    precheck_in, precheck_message, precheck_out,
};

/// What stands for a payload that was not asked for.
const WITHOUT_CONTENT: &str = "{}";
/// What stands for a payload that is gone.
const EXPUNGED: &str = r#"{"expired":true}"#;

/// A message; also a part of other answers.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageOut<'a> {
    id: MessageId,
    event_id: Option<&'a str>,
    event_type: &'a str,
    payload: &'a RawValue,
    channels: Option<&'a [String]>,
    tags: Option<&'a [String]>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deliver_at: Option<String>,
    /// What is sent in place of the payload. The contract has no word for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_payload: Option<Cow<'a, str>>,
}

impl<'a> MessageOut<'a> {
    /// A message as it is stored.
    pub(crate) fn of(message: &'a Message, with_content: bool) -> Self {
        let payload = match (with_content, message.payload.is_empty()) {
            (false, _) => raw(WITHOUT_CONTENT),
            (true, true) if message.event_type == button::EVENT_TYPE => RawValue::NULL,
            (true, true) => raw(EXPUNGED),
            (true, false) => {
                serde_json::from_slice(&message.payload).unwrap_or_else(|_| raw(EXPUNGED))
            }
        };
        Self {
            id: message.id,
            event_id: message.event_id.as_deref(),
            event_type: &message.event_type,
            payload,
            channels: some_unless_empty(&message.channels),
            tags: some_unless_empty(&message.tags),
            timestamp: time::format(message.accepted_at()),
            deliver_at: message
                .options
                .as_ref()
                .and_then(|options| options.deliver_at.map(time::format)),
            raw_payload: message
                .options
                .as_ref()
                .filter(|_| with_content)
                .and_then(|options| options.raw_payload.as_deref())
                .map(String::from_utf8_lossy),
        }
    }

    /// A message that was accepted just now.
    fn accepted(
        id: MessageId,
        message: &'a MessageIn<'a>,
        options: Option<&'a OptionsDraft>,
        with_content: bool,
    ) -> Self {
        let deliver_at = options.and_then(|options| options.deliver_at);
        let raw_payload = options.and_then(|options| options.raw_payload.as_deref());
        Self {
            id,
            event_id: message.event_id.as_deref(),
            event_type: &message.event_type,
            payload: if with_content {
                message.payload
            } else {
                raw(WITHOUT_CONTENT)
            },
            channels: message.channels.as_deref().and_then(some_unless_empty),
            tags: message.tags.as_deref().and_then(some_unless_empty),
            timestamp: time::format(id.at_ms()),
            deliver_at: deliver_at.filter(|at| *at > id.at_ms()).map(time::format),
            raw_payload: raw_payload.filter(|_| with_content).map(Cow::Borrowed),
        }
    }
}

fn raw(json: &'static str) -> &'static RawValue {
    serde_json::from_str(json).expect("the constants above are JSON")
}

fn some_unless_empty(list: &[String]) -> Option<&[String]> {
    Some(list).filter(|list| !list.is_empty())
}

/// Which messages a list shows.
pub(crate) fn read_filter(query: &Query) -> Result<MessageFilter, Problem> {
    let (before, after): (Option<Millis>, _) = (query.instant("before")?, query.instant("after")?);
    Ok(MessageFilter {
        channel: query.short_text("channel", CHANNEL_BYTES_MAX)?,
        tag: query.short_text("tag", TAG_BYTES_MAX)?,
        event_types: query.list("event_types")?,
        before,
        after,
        with_content: query.flag("with_content", true)?,
    })
}

/// The hot path of the server.
pub(crate) async fn create_message(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    let with_content = query.flag("with_content", true)?;
    let text = JsonText::check(&body.bytes)?;
    let message = MessageIn::parse(text)?;
    let draft = message.draft(text)?;
    let dedup = body.dedup(&api, caller)?;
    let options = draft.options.clone();
    Ok(
        match api.service.accept(caller, &app, draft, dedup).await? {
            Receipt::Accepted(id) => json(
                StatusCode::ACCEPTED,
                &MessageOut::accepted(id, &message, options.as_deref(), with_content),
            ),
            Receipt::Replayed(earlier) => json(
                StatusCode::ACCEPTED,
                &MessageOut::of(&earlier, with_content),
            ),
        },
    )
}

pub(crate) async fn list_messages(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, page) = (read_filter(&query)?, newest_first(&query)?);
    let listed = api.service.messages(caller, &app, &filter, &page).await?;
    let rows: Vec<MessageOut<'_>> = listed
        .rows
        .iter()
        .map(|message| MessageOut::of(message, filter.with_content))
        .collect();
    Ok(list(&listed, rows))
}

pub(crate) async fn get_message(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let with_content = query.flag("with_content", true)?;
    let message = api.service.message(caller, &app, &msg).await?;
    Ok(json(
        StatusCode::OK,
        &MessageOut::of(&message, with_content),
    ))
}
