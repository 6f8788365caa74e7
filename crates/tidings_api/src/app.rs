//! What happens around every handler: one slash at the end is forgiven, a panic becomes a 500, and
//! whatever is not a success gets a JSON body and a request id.

use std::any::Any;
use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use tower_service::Service;

use crate::inboxes::catching::{Canned, catch, is_caught};
use crate::problem::Problem;
use crate::{Api, hooks, pacing};

/// The header that names a request, in both directions.
pub const REQUEST_ID: &str = "x-request-id";
/// Longest request id that is taken over from a caller, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// The API as a service.
#[derive(Clone)]
pub struct App {
    routes: Router,
    api: Arc<Api>,
}

impl App {
    pub(crate) fn new(routes: Router, api: Arc<Api>) -> Self {
        Self { routes, api }
    }

    /// Answers one request.
    pub fn handle(self, request: Request<Body>) -> impl Future<Output = Response> + Send {
        pacing::telling(self.answer(request))
    }

    async fn answer(mut self, mut request: Request<Body>) -> Response {
        let given_id = given_request_id(request.headers());
        let hook_language = hooks::is_hook_path(request.uri().path())
            .then(|| hooks::language_of(request.headers()));
        let mut response = if is_caught(request.uri().path()) {
            // In a box: the many requests that no inbox catches need not have the room for it.
            let caught = Box::pin(catch(&self.api, request));
            let caught = AssertUnwindSafe(caught).catch_unwind();
            caught.await.unwrap_or_else(|panic| panicked(&*panic))
        } else {
            forgive_slash(request.uri_mut());
            let answering = AssertUnwindSafe(self.routes.call(request)).catch_unwind();
            match answering.await {
                Ok(Ok(response)) => response,
                Err(panic) => panicked(&*panic),
            }
        };
        if response.extensions().get::<Canned>().is_some() {
            return response;
        }
        let status = response.status();
        if !status.is_success() && status != StatusCode::NOT_MODIFIED {
            let id = given_id.unwrap_or_else(|| self.make_request_id());
            response = match hook_language {
                Some(language) => hooks::shape(response, &id, language),
                None => Problem::shape(response, &id),
            };
            response.headers_mut().insert(REQUEST_ID, id);
        } else if let Some(id) = given_id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    fn make_request_id(&self) -> HeaderValue {
        let entropy = self.api.service.entropy();
        let id = format!("req_{:016x}{:016x}", entropy.next_u64(), entropy.next_u64());
        HeaderValue::try_from(id).expect("hexadecimal digits are visible ASCII")
    }
}

impl<B> Service<Request<B>> for App
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let app = self.clone();
        Box::pin(app.handle(request.map(Body::new)).map(Ok))
    }
}

/// Takes one slash off the end of the path, since clients write both forms.
fn forgive_slash(uri: &mut Uri) {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') {
        return;
    }
    let path = &path[..path.len() - 1];
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if let Ok(shorter) = text.parse() {
        *uri = shorter;
    }
}

/// The caller's own name for the request, if it is fit to be repeated.
fn given_request_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let is_fit = (1..=REQUEST_ID_BYTES_MAX).contains(&id.len())
        && id.as_bytes().iter().all(u8::is_ascii_graphic);
    is_fit.then(|| id.clone())
}

fn panicked(panic: &(dyn Any + Send)) -> Response {
    Problem::panicked(&panic_text(panic)).into_response()
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_is_forgiven() {
        for (given, expected) in [
            ("/api/v1/app/", "/api/v1/app"),
            ("/api/v1/app/?limit=1", "/api/v1/app?limit=1"),
            ("/api/v1/app", "/api/v1/app"),
            ("/", "/"),
        ] {
            let mut uri: Uri = given.parse().unwrap();
            forgive_slash(&mut uri);
            assert_eq!(uri.to_string(), expected);
        }
    }

    #[test]
    fn a_request_id_is_taken_over_if_it_is_short_and_visible() {
        let taken = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(id).unwrap());
            given_request_id(&headers).is_some()
        };
        assert!(taken("abc-123"));
        assert!(taken(&"a".repeat(128)));
        assert!(!taken(&"a".repeat(129)));
        assert!(!taken(""));
        assert!(!taken("two words"));
    }
}
