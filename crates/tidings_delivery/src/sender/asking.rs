//! Requests of our own to servers that an operator has named: the identity provider, token endpoints.
//!
//! They take the same way as deliveries: the URL and all addresses are judged, and there are no redirects. Each has a
//! connection of its own, which is closed afterwards: it is rarely needed again in time.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use hyper::body::Body as _;
use tidings_domain::delivery::AttemptError;
use tidings_store::{Answered, Asked};
use zeroize::Zeroizing;

use super::Sender;
use super::connection::Connection;
use super::failure::Failure;
use super::pool::Origin;
use super::prepared::AGENT;
use super::record::Record;

/// How much of an answer is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The part of an attempt's time that it may take.
const SHARE_OF_ATTEMPT: u32 = 2;

/// A request as it goes out.
pub(super) struct Question<'a> {
    pub(super) origin: &'a Arc<Origin>,
    pub(super) uri: Uri,
    pub(super) authority: HeaderValue,
    pub(super) form: Option<&'a str>,
    pub(super) authorization: Option<&'a str>,
}

impl Sender {
    /// Asks, once. What went wrong is for the log: it may name addresses.
    pub(crate) async fn ask(&self, asked: &Asked) -> Result<Answered, String> {
        let limit = self.settings.attempt_for_max / SHARE_OF_ATTEMPT;
        match tokio::time::timeout(limit, self.ask_url(asked)).await {
            Ok(Ok((status, body))) => Ok(Answered {
                status,
                body: body.to_vec(),
            }),
            Ok(Err(failure)) => Err(failure.detail),
            Err(_) => Err(Failure::new(AttemptError::Timeout, "no answer in time").detail),
        }
    }

    async fn ask_url(&self, asked: &Asked) -> Result<(u16, Zeroizing<Vec<u8>>), Failure> {
        let url = self
            .policy
            .check_url(&asked.url)
            .map_err(|refused| Failure::of_request(&refused))?;
        let path = PathAndQuery::try_from(url.path_and_query())
            .map_err(|error| Failure::of_request(&error))?;
        let question = Question {
            origin: &self.pool.origin(&url, None),
            uri: Uri::from(path),
            authority: value(url.authority())?,
            form: asked.form.as_deref(),
            authorization: asked.authorization.as_deref(),
        };
        self.converse(question).await
    }

    /// The request and its answer.
    pub(super) async fn converse(
        &self,
        question: Question<'_>,
    ) -> Result<(u16, Zeroizing<Vec<u8>>), Failure> {
        let mut record = Record::begin("");
        let mut connection = self.connector.connect(&mut record, question.origin).await?;
        let failed = |error: &hyper::Error, connection: &Connection| {
            Failure::of_exchange(error, connection.gauge())
        };
        let response = match connection.request(question.request()?).await {
            Ok(response) => response,
            Err(error) => return Err(failed(&error, &connection)),
        };
        let (head, mut body) = response.into_parts();
        let mut answer = Zeroizing::new(Vec::with_capacity(ANSWER_BYTES_MAX));
        while !body.is_end_stream() {
            match connection.frame(&mut body).await {
                None => break,
                Some(Ok(frame)) => {
                    let piece = frame.data_ref().map_or(&[][..], |piece| &piece[..]);
                    if answer.len() + piece.len() > ANSWER_BYTES_MAX {
                        break;
                    }
                    answer.extend_from_slice(piece);
                }
                Some(Err(error)) => return Err(failed(&error, &connection)),
            }
        }
        Ok((head.status.as_u16(), answer))
    }
}

impl Question<'_> {
    fn request(self) -> Result<Request<Full<Bytes>>, Failure> {
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(HOST, self.authority);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let body = match self.form {
            None => Bytes::new(),
            Some(form) => {
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(CONTENT_TYPE, kind);
                headers.insert(CONTENT_LENGTH, HeaderValue::from(form.len()));
                Bytes::copy_from_slice(form.as_bytes())
            }
        };
        if let Some(text) = self.authorization {
            let mut authorization = value(text)?;
            authorization.set_sensitive(true);
            headers.insert(AUTHORIZATION, authorization);
        }
        let mut request = Request::new(Full::new(body));
        if self.form.is_some() {
            *request.method_mut() = Method::POST;
        }
        *request.uri_mut() = self.uri;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// A text as the value of a header.
pub(super) fn value(text: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|error| Failure::of_request(&error))
}
