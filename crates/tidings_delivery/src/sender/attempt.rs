//! One attempt, from the pool to the end of the response body.

use http::HeaderValue;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::Response;
use hyper::body::{Body as _, Incoming};
use tidings_domain::body_format::Formatted;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::AttemptError;
use tidings_store::target::Target;

use super::connection::Connection;
use super::failure::Failure;
use super::pool::Origin;
use super::prepared::Prepared;
use super::record::{Record, Stage};
use super::token::TokenKeeper;
use super::{RESPONSE_HEADERS_MAX, Sender};

/// What is sent, and to whom.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) target: &'a Target,
    /// As it is shown.
    pub(super) id: &'a str,
    /// What happened.
    pub(super) event_type: &'a str,
    /// In the endpoint's format: what is signed.
    pub(super) formatted: &'a Formatted,
    /// The message's own headers.
    pub(super) headers: &'a [(String, String)],
    /// The access token, where the endpoint wants one.
    pub(super) authorization: Option<&'a HeaderValue>,
    /// The time that is signed.
    pub(super) now: Millis,
}

/// What a receiver answers that wants another access token (RFC 6750, section 3.1).
const UNAUTHORIZED: u16 = 401;

impl Sender {
    /// Makes the attempt.
    pub(super) async fn attempt(
        &self,
        record: &mut Record,
        prepared: &Prepared,
        message: &Message<'_>,
    ) -> Result<(), Failure> {
        match prepared.tokens() {
            None => self.exchange(record, prepared, message).await,
            // In a box: the many who want no token need not have the room for it.
            Some(tokens) => {
                Box::pin(self.attempt_with_token(record, prepared, message, tokens)).await
            }
        }
    }

    /// Sends the message with an access token, and once more with a new one where that one is refused.
    async fn attempt_with_token(
        &self,
        record: &mut Record,
        prepared: &Prepared,
        message: &Message<'_>,
        tokens: &TokenKeeper,
    ) -> Result<(), Failure> {
        record.enter(Stage::Authorizing);
        let first = tokens.authorization(self, message.now, None).await?;
        let with_first = Message {
            authorization: Some(&first),
            ..*message
        };
        self.exchange(record, prepared, &with_first).await?;
        if record.status() != Some(UNAUTHORIZED) {
            return Ok(());
        }
        record.forget_answer();
        let second = tokens
            .authorization(self, message.now, Some(&first))
            .await?;
        let with_second = Message {
            authorization: Some(&second),
            ..*message
        };
        self.exchange(record, prepared, &with_second).await
    }

    /// Sends the message once, on a waiting connection if there is one.
    ///
    /// If a waiting connection ends without a single byte of a response, the other side had most
    /// likely closed it before the request came, so the request is repeated on a fresh one. It is
    /// never repeated after that: bytes that went out on a fresh connection may have been heard.
    async fn exchange(
        &self,
        record: &mut Record,
        prepared: &Prepared,
        message: &Message<'_>,
    ) -> Result<(), Failure> {
        let origin = prepared.origin();
        if let Some(mut kept) = self.pool.take(origin).await {
            record.note_peer(kept.peer());
            record.enter(Stage::Head);
            let (request, lines) = prepared.request(message)?;
            record.note_request(lines);
            match kept.request(request).await {
                Ok(response) => return self.receive(record, origin, kept, response).await,
                Err(_) if kept.gauge().is_silent() => {}
                Err(error) => return Err(Failure::of_exchange(&error, kept.gauge())),
            }
        }
        // In a box: resolving and handshakes take room, and most requests go on a waiting connection.
        let mut fresh = Box::pin(self.connector.connect(record, origin)).await?;
        record.enter(Stage::Head);
        let (request, lines) = prepared.request(message)?;
        record.note_request(lines);
        match fresh.request(request).await {
            Ok(response) => self.receive(record, origin, fresh, response).await,
            Err(error) => Err(Failure::of_exchange(&error, fresh.gauge())),
        }
    }

    /// Takes in the response. A connection that is whole afterwards goes back to the pool; any
    /// other is closed, with whatever of the body is still to come.
    pub(super) async fn receive(
        &self,
        record: &mut Record,
        origin: &Origin,
        mut connection: Box<Connection>,
        response: Response<Incoming>,
    ) -> Result<(), Failure> {
        let (head, mut body) = response.into_parts();
        if head.headers.len() > RESPONSE_HEADERS_MAX {
            let detail = format!("the response has more than {RESPONSE_HEADERS_MAX} headers");
            return Err(Failure::new(AttemptError::Protocol, detail));
        }
        record.note_head(&head);
        let has = |name| head.headers.contains_key(name);
        if has(TRANSFER_ENCODING) && has(CONTENT_LENGTH) {
            let detail = "the response has both content-length and transfer-encoding";
            return Err(Failure::new(AttemptError::Protocol, detail));
        }
        record.enter(Stage::Body);
        while !body.is_end_stream() {
            match connection.frame(&mut body).await {
                None => break,
                Some(Ok(frame)) => {
                    let piece = frame.data_ref().map_or(&[][..], |piece| &piece[..]);
                    if !record.note_body(piece, self.settings.response_bytes_max) {
                        return Ok(());
                    }
                }
                Some(Err(error)) => return Err(Failure::of_exchange(&error, connection.gauge())),
            }
        }
        if connection.is_usable().await {
            self.pool.put(origin, connection);
        }
        Ok(())
    }
}
