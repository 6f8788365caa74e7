//! Why an attempt failed: one word for everybody, and a sentence for staff.
//!
//! Details may name addresses and resolver answers. They are never shown to a tenant.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tidings_domain::address_policy::RefusedAddress;
use tidings_domain::body_format::Unrepresentable;
use tidings_domain::delivery::AttemptError;

use super::ERROR_DETAIL_BYTES_MAX;
use super::record::Stage;
use super::stream::{Gauge, HEAD_READ_BYTES_MAX};

/// Why an attempt, or the rest of it, failed.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) error: AttemptError,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn new(error: AttemptError, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        detail.truncate(detail.floor_char_boundary(ERROR_DETAIL_BYTES_MAX));
        Self { error, detail }
    }

    /// The whole attempt took too long.
    pub(super) fn total_timeout(stage: Stage, limit: Duration) -> Self {
        let detail = format!("{stage} when the attempt's {limit:?} were over");
        Self::new(AttemptError::Timeout, detail)
    }

    /// TCP or TLS took too long.
    pub(super) fn connect_timeout(stage: Stage, limit: Duration) -> Self {
        let detail = format!("{stage} when the {limit:?} for connecting were over");
        Self::new(AttemptError::Timeout, detail)
    }

    /// The policy said no to an address, or there is none.
    pub(super) fn of_address(refused: &RefusedAddress) -> Self {
        let error = match refused {
            RefusedAddress::NoAddress => AttemptError::Dns,
            _ => AttemptError::Policy,
        };
        Self::new(error, refused.to_string())
    }

    /// The URL, a header or the id cannot be sent.
    pub(super) fn of_request(error: &(dyn Error + 'static)) -> Self {
        Self::new(AttemptError::Policy, chain(error))
    }

    /// The endpoint's format has no words for the payload.
    pub(super) fn of_format(refused: &Unrepresentable) -> Self {
        Self::new(AttemptError::Format, refused.to_string())
    }

    /// TCP could not be opened.
    pub(super) fn of_dial(address: SocketAddr, error: &io::Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::TimedOut => AttemptError::Timeout,
            _ => AttemptError::Unreachable,
        };
        Self::new(kind, format!("connecting to {address}: {error}"))
    }

    /// The TLS handshake failed. Whatever ends one is a failure of TLS: many servers that want
    /// something else just hang up.
    pub(super) fn of_handshake(error: &io::Error) -> Self {
        Self::new(
            AttemptError::Tls,
            format!("TLS handshake: {}", chain(error)),
        )
    }

    /// The exchange failed after the connection was there.
    pub(super) fn of_exchange(error: &hyper::Error, gauge: &Gauge) -> Self {
        if gauge.is_flooded() {
            let detail =
                format!("{HEAD_READ_BYTES_MAX} bytes came before the response head was complete");
            return Self::new(AttemptError::Protocol, detail);
        }
        Self::new(kind_of(error), chain(error))
    }
}

fn kind_of(error: &hyper::Error) -> AttemptError {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return AttemptError::Reset;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return kind_of_io(error);
        }
        cause = error.source();
    }
    AttemptError::Protocol
}

fn kind_of_io(error: &io::Error) -> AttemptError {
    let is_tls = error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>);
    match error.kind() {
        _ if is_tls => AttemptError::Tls,
        ErrorKind::TimedOut => AttemptError::Timeout,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => AttemptError::Reset,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => AttemptError::Unreachable,
        _ => AttemptError::Protocol,
    }
}

/// An error and its causes on one line. Causes that are already in the text are left out.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            write!(text, ": {next}").expect("a string takes any text");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_cut_at_its_limit_between_characters() {
        let limit = ERROR_DETAIL_BYTES_MAX;
        for (given, kept) in [(limit, limit), (limit + 1, limit)] {
            let failure = Failure::new(AttemptError::Reset, "x".repeat(given));
            assert_eq!(failure.detail.len(), kept);
        }
        let failure = Failure::new(AttemptError::Reset, "é".repeat(limit));
        assert_eq!(failure.detail.len(), limit);
        let failure = Failure::new(AttemptError::Reset, format!("x{}", "é".repeat(limit)));
        assert_eq!(failure.detail.len(), limit - 1);
    }

    #[test]
    fn a_cause_is_told_once() {
        let inner = io::Error::other("certificate expired");
        let outer = io::Error::other(inner);
        assert_eq!(chain(&outer), "certificate expired");
    }
}
