//! What is noted of an attempt while it runs, so that a timeout at any point leaves a full account.

use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;
use http::response::Parts;
use tidings_domain::delivery::{AttemptError, Exchange, Phases};

use super::failure::Failure;

/// Where an attempt is. Each stage has its share of [`Phases`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before anything is asked of the network; counts for no phase.
    Preparing,
    /// Until there is an access token; counts for no phase.
    Authorizing,
    Resolving,
    Connecting,
    Handshaking,
    Head,
    Body,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preparing => "preparing the request",
            Self::Authorizing => "waiting for an access token",
            Self::Resolving => "resolving the name",
            Self::Connecting => "opening the TCP connection",
            Self::Handshaking => "in the TLS handshake",
            Self::Head => "waiting for the response head",
            Self::Body => "reading the response body",
        })
    }
}

/// The account of one attempt.
pub(super) struct Record {
    exchange: Exchange,
    body: Vec<u8>,
    stage: Stage,
    since: Instant,
}

impl Record {
    pub(super) fn begin(url: &str) -> Self {
        let exchange = Exchange {
            url: url.to_owned(),
            ..Exchange::default()
        };
        Self {
            exchange,
            body: Vec::new(),
            stage: Stage::Preparing,
            since: Instant::now(),
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// The status of the answer, if its head has come.
    pub(super) fn status(&self) -> Option<u16> {
        self.exchange.status
    }

    /// Forgets an answer, since the request is made once more. What it took counts.
    pub(super) fn forget_answer(&mut self) {
        self.enter(Stage::Authorizing);
        self.exchange.status = None;
        self.exchange.response_headers = Bytes::new();
        self.exchange.is_truncated = false;
        self.body.clear();
    }

    /// Ends the current stage and begins another.
    pub(super) fn enter(&mut self, stage: Stage) {
        let now = Instant::now();
        let took = now.duration_since(self.since).as_micros();
        let took = u32::try_from(took).unwrap_or(u32::MAX);
        let Phases {
            resolve_us,
            connect_us,
            tls_us,
            head_us,
            body_us,
        } = &mut self.exchange.phases;
        let mut of_no_phase = 0;
        let phase = match self.stage {
            Stage::Preparing | Stage::Authorizing => &mut of_no_phase,
            Stage::Resolving => resolve_us,
            Stage::Connecting => connect_us,
            Stage::Handshaking => tls_us,
            Stage::Head => head_us,
            Stage::Body => body_us,
        };
        *phase = phase.saturating_add(took);
        self.stage = stage;
        self.since = now;
    }

    pub(super) fn note_peer(&mut self, peer: IpAddr) {
        self.exchange.peer = Some(peer);
    }

    pub(super) fn note_request(&mut self, headers: String) {
        self.exchange.request_headers = headers;
    }

    /// Keeps a complete response head.
    pub(super) fn note_head(&mut self, head: &Parts) {
        let bytes: usize = head
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 3)
            .sum();
        let mut lines = Vec::with_capacity(bytes);
        for (name, value) in &head.headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        self.exchange.status = Some(head.status.as_u16());
        self.exchange.response_headers = Bytes::from(lines);
    }

    /// Keeps a piece of the body, as far as there is room for it. False once something had to be
    /// left out; the rest of the body is then of no interest.
    pub(super) fn note_body(&mut self, piece: &[u8], bytes_max: usize) -> bool {
        let room = bytes_max.saturating_sub(self.body.len());
        let kept = piece.len().min(room);
        self.body.extend_from_slice(&piece[..kept]);
        self.exchange.is_truncated |= kept < piece.len();
        !self.exchange.is_truncated
    }

    /// The account, closed.
    ///
    /// A failure in the body leaves the status as it is: the receiver has decided by then. It is
    /// noted in the detail, and the body counts as cut off.
    pub(super) fn finish(mut self, result: Result<(), Failure>) -> Exchange {
        let last = self.stage;
        self.enter(last);
        let mut exchange = self.exchange;
        exchange.response = Bytes::from(self.body);
        match result {
            Err(failure) if last != Stage::Body => {
                exchange.error = Some(failure.error);
                exchange.error_detail = failure.detail;
                return exchange;
            }
            Err(failure) => {
                exchange.is_truncated = true;
                let error = failure.error.as_str();
                exchange.error_detail = format!(
                    "the status stands, the body broke ({error}): {}",
                    failure.detail
                );
            }
            Ok(()) => {}
        }
        let status = exchange
            .status
            .and_then(|code| StatusCode::from_u16(code).ok());
        if !status.is_some_and(|status| status.is_success()) {
            exchange.error = Some(AttemptError::Status);
        }
        exchange
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_the_limit_is_whole_and_one_byte_more_is_cut() {
        for (given, is_truncated) in [(15, false), (16, false), (17, true)] {
            let mut record = Record::begin("https://example.com/");
            assert_eq!(record.note_body(&vec![b'x'; given], 16), !is_truncated);
            let exchange = record.finish(Ok(()));
            assert_eq!(exchange.is_truncated, is_truncated, "{given}");
            assert_eq!(exchange.response.len(), given.min(16), "{given}");
        }
    }
}
