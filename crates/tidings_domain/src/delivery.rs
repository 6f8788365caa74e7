//! Deliveries and attempts, and the one rule that tells the state of a delivery.

use std::net::IpAddr;

use bytes::Bytes;

use crate::clock::Millis;
use crate::ids::{AttemptId, EndpointId, MessageId};
use crate::message::MessageKey;

macro_rules! stored_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal / $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The number in the store.
            pub fn code(self) -> i64 {
                match self { $(Self::$variant => $code,)* }
            }

            /// The inverse of `code`.
            pub fn from_code(code: i64) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// The word in the API and in logs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

pub(crate) use stored_enum;

stored_enum! {
    /// How an attempt ended.
    Outcome {
        /// The endpoint answered 2xx.
        Success = 0 / "success",
        /// It failed and will be tried again.
        Retry = 1 / "retry",
        /// It failed and nothing is left to try.
        Exhausted = 2 / "exhausted",
        /// Nothing was sent, and nothing will be; [`Exchange::error`] says why.
        Canceled = 3 / "canceled",
    }
}

stored_enum! {
    /// What set an attempt off.
    Trigger {
        /// The message itself, or the retry schedule.
        Scheduled = 0 / "scheduled",
        /// A person or a program asked for it.
        Manual = 1 / "manual",
        /// A test: one request, whatever comes of it.
        Test = 2 / "test",
        /// A button was pressed: one request, whatever comes of it.
        Press = 3 / "press",
        /// A job sends it again, with the whole retry schedule.
        Replay = 4 / "replay",
    }
}

stored_enum! {
    /// Why a delivery is owed.
    PendingReason {
        /// An attempt failed; this is the next one.
        Retry = 0 / "retry",
        /// There was no room in memory when the message was accepted, or it waited too long.
        Spilled = 1 / "spilled",
        /// A node died with the delivery in hand.
        Recovered = 2 / "recovered",
        /// Somebody asked for it again.
        Resend = 3 / "resend",
        /// A node stopped in good order with the delivery in hand.
        Drained = 4 / "drained",
        /// The message has more targets than are handed over one by one; this row expands them.
        FanOut = 5 / "fan-out",
        /// The application's plan has no webhooks.
        Paused = 6 / "paused",
        /// It waits in line, since its endpoint keeps the order. Of a fan-out: some of its targets do.
        Line = 7 / "line",
        /// The message asks to be sent later.
        Later = 8 / "later",
        /// A job sends it again.
        Replay = 9 / "replay",
    }
}

stored_enum! {
    /// Why an attempt failed, or why a delivery was canceled.
    AttemptError {
        /// The endpoint answered, but not 2xx.
        Status = 1 / "status",
        /// No answer in time.
        Timeout = 2 / "timeout",
        /// The connection broke.
        Reset = 3 / "reset",
        /// TLS failed: an expired or unknown certificate, an old version, no TLS at all.
        Tls = 4 / "tls",
        /// Nothing listens there, or there is no way there.
        Unreachable = 5 / "unreachable",
        /// The name does not resolve. Staff alone see this; others read `unreachable`.
        Dns = 6 / "dns",
        /// The address is refused by policy. Staff alone see this; others read `unreachable`.
        Policy = 7 / "policy",
        /// The answer was not HTTP, or broke a limit.
        Protocol = 8 / "protocol",
        /// The payload cannot be written in the endpoint's format; nothing was sent.
        Format = 9 / "format",
        /// There was no access token to send it with; nothing was sent.
        Token = 10 / "token",
        /// The endpoint was disabled.
        EndpointDisabled = 20 / "endpoint-disabled",
        /// The endpoint was deleted.
        EndpointDeleted = 21 / "endpoint-deleted",
        /// It was owed for more than 30 days.
        Expired = 22 / "expired",
        /// The process died three times while sending it.
        Poison = 23 / "poison",
        /// The payload was expunged.
        Expunged = 24 / "expunged",
    }
}

impl AttemptError {
    /// What a customer reads: a refused target looks like an unreachable one.
    pub fn public(self) -> Self {
        match self {
            Self::Dns | Self::Policy => Self::Unreachable,
            other => other,
        }
    }
}

/// How long each phase of an attempt took, in microseconds. A reused connection has only the last two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phases {
    /// Resolving the name.
    pub resolve_us: u32,
    /// Opening the TCP connection.
    pub connect_us: u32,
    /// The TLS handshake.
    pub tls_us: u32,
    /// From the first byte sent to the end of the response head.
    pub head_us: u32,
    /// The response body.
    pub body_us: u32,
}

impl Phases {
    /// The whole attempt, in microseconds.
    pub fn total_us(self) -> u32 {
        [
            self.resolve_us,
            self.connect_us,
            self.tls_us,
            self.head_us,
            self.body_us,
        ]
        .into_iter()
        .fold(0, u32::saturating_add)
    }
}

/// What was sent and what came back, or why nothing was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The URL at the time.
    pub url: String,
    /// Request headers, one `name: value` a line.
    pub request_headers: String,
    /// The HTTP status, or none if no complete head came.
    pub status: Option<u16>,
    /// Response headers, one `name: value` a line; bytes, since receivers send anything.
    pub response_headers: Bytes,
    /// The response body, at most the configured cap.
    pub response: Bytes,
    /// Whether the response was cut off.
    pub is_truncated: bool,
    /// Why it failed.
    pub error: Option<AttemptError>,
    /// For staff: what exactly went wrong.
    pub error_detail: String,
    /// The address that was dialled.
    pub peer: Option<IpAddr>,
    /// How long it took.
    pub phases: Phases,
}

/// One HTTP request of a delivery; or, if canceled, the note that there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// The message.
    pub message: MessageId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// 1 for the first attempt of the delivery.
    pub number: u16,
    /// What set it off.
    pub trigger: Trigger,
    /// How it ended.
    pub outcome: Outcome,
    /// The outcome came after another node had taken over, and changed nothing.
    pub is_late: bool,
    /// When the request began.
    pub started_at: Millis,
    /// What was sent and what came back.
    pub exchange: Exchange,
}

/// A row of what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The message.
    pub message: MessageKey,
    /// The endpoint, by number; 0 for a fan-out cursor.
    pub endpoint: i64,
    /// When it is to be sent.
    pub due_at: Millis,
    /// How many attempts were made before.
    pub attempts_count: u16,
    /// Why it is owed.
    pub reason: PendingReason,
    /// What set it off.
    pub trigger: Trigger,
    /// Counts changes of the row; a settlement that names another version leaves it alone.
    pub version: u32,
    /// How often a crash brought it back.
    pub recoveries_count: u8,
}

/// How often a crash may bring a delivery back before it is canceled as poison.
pub const RECOVERIES_COUNT_MAX: u8 = 3;

/// When that is due which waits in line behind others: not by itself.
pub const IN_LINE: Millis = Millis::MAX;

/// How long a delivery may be owed before it is canceled as expired: 30 days.
pub const OWED_FOR_MAX_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be sent, now or later.
    Pending,
    /// Being sent.
    Sending,
    /// An attempt succeeded.
    Delivered,
    /// Every attempt failed, and none is left.
    Failed,
    /// Given up without an attempt; a row says why.
    Canceled,
}

/// What the state of a delivery is derived from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFacts {
    /// When the `pending` row is due, if there is one.
    pub due_at: Option<Millis>,
    /// Whether a worker holds it now.
    pub is_held: bool,
    /// The endpoint is disabled or deleted, so what is owed to it reads as canceled.
    pub is_endpoint_off: bool,
    /// Whether any attempt succeeded.
    pub has_succeeded: bool,
    /// The outcome of the latest attempt that is not late.
    pub latest: Option<Outcome>,
}

impl DeliveryFacts {
    /// The one rule.
    ///
    /// Owed beats everything (a manual resend of a delivered one is pending again); then one success
    /// counts for ever; then the latest attempt tells; a delivery without any trace is in the hands
    /// of the node that accepted it.
    pub fn state(&self) -> DeliveryState {
        if self.due_at.is_some() && self.is_endpoint_off && !self.is_held {
            return if self.has_succeeded {
                DeliveryState::Delivered
            } else {
                DeliveryState::Canceled
            };
        }
        if self.is_held {
            return DeliveryState::Sending;
        }
        if self.due_at.is_some() {
            return DeliveryState::Pending;
        }
        if self.has_succeeded {
            return DeliveryState::Delivered;
        }
        match self.latest {
            Some(Outcome::Success) => DeliveryState::Delivered,
            Some(Outcome::Exhausted) => DeliveryState::Failed,
            Some(Outcome::Canceled) => DeliveryState::Canceled,
            Some(Outcome::Retry) | None => DeliveryState::Sending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> DeliveryFacts {
        DeliveryFacts::default()
    }

    #[test]
    fn a_delivery_with_a_pending_row_is_pending_until_a_worker_holds_it() {
        let owed = DeliveryFacts {
            due_at: Some(5),
            ..facts()
        };
        assert_eq!(owed.state(), DeliveryState::Pending);
        assert_eq!(
            DeliveryFacts {
                is_held: true,
                ..owed
            }
            .state(),
            DeliveryState::Sending
        );
    }

    #[test]
    fn a_failed_resend_never_undoes_a_delivered_one() {
        let facts = DeliveryFacts {
            has_succeeded: true,
            latest: Some(Outcome::Exhausted),
            ..facts()
        };
        assert_eq!(facts.state(), DeliveryState::Delivered);
    }

    #[test]
    fn what_is_owed_to_an_endpoint_that_is_off_reads_as_canceled_at_once() {
        let owed = DeliveryFacts {
            due_at: Some(5),
            is_endpoint_off: true,
            ..facts()
        };
        assert_eq!(owed.state(), DeliveryState::Canceled);
    }

    #[test]
    fn without_any_trace_it_is_in_flight_at_its_node() {
        assert_eq!(facts().state(), DeliveryState::Sending);
    }

    #[test]
    fn the_latest_attempt_tells_the_rest() {
        for (outcome, state) in [
            (Outcome::Exhausted, DeliveryState::Failed),
            (Outcome::Canceled, DeliveryState::Canceled),
            (Outcome::Success, DeliveryState::Delivered),
        ] {
            assert_eq!(
                DeliveryFacts {
                    latest: Some(outcome),
                    ..facts()
                }
                .state(),
                state
            );
        }
    }
}
