//! The body of a request to send a message.
//!
//! It is parsed without copying the payload. Only when that fails is it read once more, field by
//! field, to find out what is wrong with which field.

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tidings_domain::clock::Millis;
use tidings_service::FieldProblem;
use tidings_service::applications::ApplicationDraft;
use tidings_service::messages::{MessageDraft, OptionsDraft};
use tidings_service::payload::{JsonText, Payload};

use crate::applications::{self, application_in};
use crate::fields::{Fields, Given};
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;
use tidings_service::limits::{
    PAYLOAD_RETENTION_DAYS_MAX, PAYLOAD_RETENTION_HOURS_MAX, TAG_BYTES_MAX,
};

/// A message as a caller sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageIn<'a> {
    #[serde(borrow)]
    pub(super) event_type: Cow<'a, str>,
    #[serde(borrow, alias = "data")]
    pub(super) payload: &'a RawValue,
    pub(super) event_id: Option<String>,
    pub(super) channels: Option<Vec<String>>,
    pub(super) tags: Option<Vec<String>>,
    #[serde(borrow)]
    application: Option<&'a RawValue>,
    deliver_at: Option<String>,
    payload_retention_period: Option<u32>,
    payload_retention_hours: Option<u32>,
    #[serde(borrow)]
    transformations_params: Option<&'a RawValue>,
}

impl<'a> MessageIn<'a> {
    pub(super) fn parse(text: JsonText<'a>) -> Result<Self, Problem> {
        // A struct would be read from an array too.
        if !text.as_str().trim_start().starts_with('{') {
            return Err(explain(text, "the body must be a JSON object"));
        }
        serde_json::from_str(text.as_str()).map_err(|error| explain(text, &error.to_string()))
    }

    /// What the service is asked to send.
    pub(super) fn draft(&self, text: JsonText<'_>) -> Result<MessageDraft, Problem> {
        let Some(payload) = Payload::within(text, self.payload) else {
            return Err(Problem::field(payload_problem()));
        };
        let application = match self.application {
            Some(application) => Some(read_application(text, application)?),
            None => None,
        };
        Ok(MessageDraft {
            event_type: self.event_type.as_ref().to_owned(),
            payload,
            event_id: self.event_id.clone(),
            channels: self.channels.clone().unwrap_or_default(),
            tags: self.tags.clone().unwrap_or_default(),
            application,
            options: self.options(text)?,
        })
    }

    /// What few messages ask for.
    fn options(&self, text: JsonText<'_>) -> Result<Option<Box<OptionsDraft>>, Problem> {
        let has_options = self.deliver_at.is_some()
            || self.payload_retention_period.is_some()
            || self.payload_retention_hours.is_some()
            || self.transformations_params.is_some();
        if !has_options {
            return Ok(None);
        }
        let mut options = OptionsDraft {
            deliver_at: self.deliver_at.as_deref().map(read_instant).transpose()?,
            payload_retention_days: self.payload_retention_period,
            payload_retention_hours: self.payload_retention_hours,
            ..OptionsDraft::default()
        };
        if let Some(part) = self.transformations_params {
            let Ok(Value::Object(map)) = serde_json::from_str(part.get()) else {
                return Err(explain(text, "transformationsParams must be an object"));
            };
            let mut fields = Fields::default();
            fields.within("transformationsParams", map, |fields| {
                read_params(fields, &mut options);
            });
            fields.finish()?;
        }
        Ok(Some(Box::new(options)))
    }
}

/// What [`MessageIn::parse`] reads.
pub(crate) fn message_in(generator: &mut SchemaGenerator) -> Schema {
    let params = object()
        .may(
            "rawPayload",
            "What is sent in place of the payload.",
            shapes::text(),
        )
        .may(
            "headers",
            "Headers of the requests for this message.",
            shapes::texts_by_name(),
        );
    let days = shapes::number(1, PAYLOAD_RETENTION_DAYS_MAX.into());
    let hours = shapes::number(1, PAYLOAD_RETENTION_HOURS_MAX.into());
    object()
        .must("eventType", "What has happened.", shapes::event_type())
        .must(
            "payload",
            "What there is to say of it.",
            shapes::some_object(),
        )
        .may(
            "eventId",
            "The product's own id of the event, which comes once a day.",
            shapes::text(),
        )
        .may(
            "channels",
            "The channels that it goes to.",
            shapes::channels(),
        )
        .may(
            "tags",
            "What it is found by.",
            shapes::list(shapes::short(TAG_BYTES_MAX)),
        )
        .may(
            "application",
            "The application, which is made if there is none.",
            application_in(generator),
        )
        .may("deliverAt", "When it is sent.", shapes::instant())
        .may(
            "payloadRetentionPeriod",
            "After how many days the payload goes.",
            days,
        )
        .may(
            "payloadRetentionHours",
            "After how many hours the payload goes.",
            hours,
        )
        .may(
            "transformationsParams",
            "What is sent instead.",
            params.done(),
        )
        .done()
}

/// Of the parameters of transformations those that say what is sent; others are passed over.
fn read_params(fields: &mut Fields, options: &mut OptionsDraft) {
    match fields.value("rawPayload").or_none() {
        None => {}
        Some(Value::String(raw)) => options.raw_payload = Some(raw),
        Some(_) => {
            let problem = FieldProblem::body("rawPayload", "must be a string");
            fields.refuse(problem.of_kind("type_error.str"));
        }
    }
    let headers = fields.map("headers").or_none().unwrap_or_default();
    options.headers = headers.into_iter().collect();
}

fn payload_problem() -> FieldProblem {
    FieldProblem::body("payload", "must be a JSON object").of_kind("type_error.dict")
}

fn read_instant(text: &str) -> Result<Millis, Problem> {
    time::parse(text).ok_or_else(|| Problem::field(FieldProblem::body("deliverAt", time::EXPECTED)))
}

fn read_application(text: JsonText<'_>, part: &RawValue) -> Result<ApplicationDraft, Problem> {
    let Ok(serde_json::Value::Object(map)) = serde_json::from_str(part.get()) else {
        return Err(explain(text, "application must be an object"));
    };
    let mut fields = Fields::default();
    let draft = fields.within("application", map, applications::read_draft);
    fields.finish()?;
    Ok(draft)
}

/// Finds what is wrong with a body that could not be read.
fn explain(text: JsonText<'_>, error: &str) -> Problem {
    let mut fields = match Fields::parse(text) {
        Ok(fields) => fields,
        Err(problem) => return problem,
    };
    fields.required_text("eventType");
    match fields.either(["payload", "data"], Fields::object) {
        Given::Value(_) | Given::Absent => {}
        Given::Null => fields.refuse(payload_problem()),
    }
    let (_, _) = (fields.text("eventId"), fields.text("deliverAt"));
    let (_, _) = (fields.list("channels"), fields.list("tags"));
    fields.object("application");
    let (_, _) = (
        fields.number("payloadRetentionPeriod"),
        fields.number("payloadRetentionHours"),
    );
    fields.object("transformationsParams");
    match fields.finish() {
        Err(problem) => problem,
        Ok(()) if error.contains("missing field") => Problem::field(
            FieldProblem::body("payload", "field required").of_kind("value_error.missing"),
        ),
        Ok(()) => Problem::field(FieldProblem::at(&["body"], error)),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn draft(json: &str) -> Result<MessageDraft, Problem> {
        let bytes = Bytes::copy_from_slice(json.as_bytes());
        let text = JsonText::check(&bytes)?;
        MessageIn::parse(text)?.draft(text)
    }

    #[test]
    fn the_payload_keeps_its_bytes() {
        let json = r#"{"eventType":"a.b","payload": {"x" : 1.0, "y":"\u00e9"} ,"unknown":[1]}"#;
        let draft = draft(json).unwrap();
        assert_eq!(draft.event_type, "a.b");
        assert_eq!(draft.payload.as_bytes(), r#"{"x" : 1.0, "y":"\u00e9"}"#);
        assert!(draft.application.is_none());
    }

    #[test]
    fn every_field_is_read() {
        let json = r#"{"data":{},"eventType":"a","eventId":"e","channels":["c"],"tags":["t"],
            "deliverAt":"1970-01-01T00:00:01Z","application":{"name":"Owl","uid":"owl"}}"#;
        let draft = draft(json).unwrap();
        assert_eq!(draft.event_id.as_deref(), Some("e"));
        assert_eq!(
            (draft.channels, draft.tags),
            (vec!["c".to_owned()], vec!["t".to_owned()])
        );
        assert_eq!(draft.application.unwrap().uid.as_deref(), Some("owl"));
        let options = draft.options.unwrap();
        assert_eq!(options.deliver_at, Some(1_000));
    }

    #[test]
    fn what_the_sdks_send_for_a_raw_payload_is_read() {
        let json = r#"{"eventType":"a","payload":{},"payloadRetentionHours":3,"transformationsParams":
            {"rawPayload":"<a\u0000/>","headers":{"content-type":"text/xml"},"other":[1]}}"#;
        let options = draft(json).unwrap().options.unwrap();
        assert_eq!(options.payload_retention_hours, Some(3));
        assert_eq!(options.raw_payload.as_deref(), Some("<a\0/>"));
        let header = ("content-type".to_owned(), "text/xml".to_owned());
        assert_eq!(options.headers, [header]);
    }

    #[test]
    fn the_wrong_field_is_named() {
        for (json, field) in [
            (r#"{"payload":{}}"#, "eventType"),
            (r#"{"eventType":"a"}"#, "payload"),
            (r#"{"eventType":"a","payload":[]}"#, "payload"),
            (r#"{"eventType":"a","payload":null}"#, "payload"),
            (r#"{"eventType":1,"payload":{}}"#, "eventType"),
            (
                r#"{"eventType":"a","payload":{},"channels":"c"}"#,
                "channels",
            ),
            (r#"{"eventType":"a","payload":{},"tags":[1]}"#, "tags"),
            (
                r#"{"eventType":"a","payload":{},"application":1}"#,
                "application",
            ),
            (
                r#"{"eventType":"a","payload":{},"application":{}}"#,
                "application",
            ),
            (
                r#"{"eventType":"a","payload":{},"deliverAt":"tomorrow"}"#,
                "deliverAt",
            ),
            (
                r#"{"eventType":"a","payload":{},"payloadRetentionPeriod":"1"}"#,
                "payloadRetentionPeriod",
            ),
            (
                r#"{"eventType":"a","payload":{},"payloadRetentionHours":-1}"#,
                "payloadRetentionHours",
            ),
            (
                r#"{"eventType":"a","payload":{},"transformationsParams":[]}"#,
                "transformationsParams",
            ),
            (
                r#"{"eventType":"a","payload":{},"transformationsParams":{"rawPayload":1}}"#,
                "rawPayload",
            ),
            (
                r#"{"eventType":"a","payload":{},"transformationsParams":{"headers":{"a":1}}}"#,
                "headers",
            ),
        ] {
            let problem = format!("{:?}", draft(json).unwrap_err());
            assert!(
                problem.contains("422") && problem.contains(field),
                "{json}: {problem}"
            );
        }
    }

    #[test]
    fn what_is_no_json_or_no_object_is_refused() {
        for (json, status) in [
            ("{", "400"),
            ("", "400"),
            ("[\"a\",{}]", "422"),
            ("1", "422"),
        ] {
            let problem = format!("{:?}", draft(json).unwrap_err());
            assert!(problem.contains(status), "{json}: {problem}");
        }
    }
}
