//! In which form an endpoint gets its events: the payload as given, in an envelope, or as something
//! other than JSON. What is signed and sent is the formatted body.
//!
//! The rules are told to users in docs/formats.md. Formatting reads no clock and keeps nothing; the
//! same event gives the same body on each attempt. Payloads are the product's, so nothing here may
//! take more than [`BODY_BYTES_MAX`] and [`DEPTH_MAX`] of them.

mod event;
mod form;
pub(crate) mod json;
#[cfg(test)]
mod tests;
mod xml;

use bytes::Bytes;

use crate::clock::Millis;
use crate::ids::ApplicationId;
use crate::message::{Message, MessageOptions};

pub use self::event::list;
pub use self::json::{Unrepresentable, Why};

/// Most bytes of a body that is made here. Names are repeated in forms and XML, so a payload can grow
/// a lot; one of a usual kind is not even doubled.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How deep a payload may be nested to be formatted.
pub const DEPTH_MAX: usize = 64;

/// The form of a request's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// The payload, byte for byte.
    #[default]
    Json,
    /// The envelope that Standard Webhooks recommends, around the payload.
    Envelope,
    /// The fields of an HTML form.
    Form,
    /// XML with one root.
    Xml,
    /// A `CloudEvents` 1.0 event in structured mode.
    CloudEvents,
    /// A `CloudEvents` 1.0 event in binary mode: the payload, byte for byte, and headers.
    CloudEventsBinary,
}

impl BodyFormat {
    /// Every format, the default first.
    pub const ALL: [Self; 6] = [
        Self::Json,
        Self::Envelope,
        Self::Form,
        Self::Xml,
        Self::CloudEvents,
        Self::CloudEventsBinary,
    ];

    /// The word in the store and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Envelope => "envelope",
            Self::Form => "form",
            Self::Xml => "xml",
            Self::CloudEvents => "cloudevents",
            Self::CloudEventsBinary => "cloudevents-binary",
        }
    }

    /// The inverse of [`BodyFormat::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    /// The value of the `content-type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::Envelope | Self::CloudEventsBinary => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Xml => "application/xml",
            Self::CloudEvents => "application/cloudevents+json",
        }
    }

    /// The body and headers for an event. The default copies nothing.
    ///
    /// # Errors
    /// When the format has no words for what the payload holds.
    pub fn format(self, event: &Event<'_>) -> Result<Formatted, Unrepresentable> {
        let body = match (event.raw_payload(), self) {
            (Some(raw), _) => raw.clone(),
            (None, Self::Json | Self::CloudEventsBinary) => event.payload.clone(),
            (None, Self::Envelope) => event::envelope(event)?,
            (None, Self::Form) => form::format(event.payload)?,
            (None, Self::Xml) => xml::format(event.payload)?,
            (None, Self::CloudEvents) => event::structured(event)?,
        };
        let headers = match self {
            Self::CloudEventsBinary => event::headers(event),
            _ => Vec::new(),
        };
        Ok(Formatted { body, headers })
    }
}

/// What there is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The message's id, as it is shown.
    pub id: &'a str,
    /// What happened.
    pub event_type: &'a str,
    /// When it was accepted.
    pub accepted_at: Millis,
    /// Whose it is.
    pub application: ApplicationId,
    /// The payload as it came.
    pub payload: &'a Bytes,
    /// What few messages ask for.
    pub options: Option<&'a MessageOptions>,
}

impl<'a> Event<'a> {
    /// The event of a message, whose id is shown as `id`.
    pub fn of(message: &'a Message, id: &'a str, application: ApplicationId) -> Self {
        Self {
            id,
            event_type: &message.event_type,
            accepted_at: message.accepted_at(),
            application,
            payload: &message.payload,
            options: message.options.as_deref(),
        }
    }

    /// What is sent as it is, whatever the format.
    pub fn raw_payload(&self) -> Option<&'a Bytes> {
        self.options?.raw_payload.as_ref()
    }

    /// The message's own headers.
    pub fn headers(&self) -> &'a [(String, String)] {
        self.options.map_or(&[], |options| &options.headers)
    }
}

/// What goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The body.
    pub body: Bytes,
    /// Headers beside those of every request, names in lower case.
    pub headers: Vec<(&'static str, String)>,
}
