//! What a caller is told when something is wrong, and the one table from errors to HTTP.
//!
//! A handler gives a [`Problem`]; it travels as an extension of an empty response until
//! [`Problem::shape`] writes the body, because only there the request has an id. Answers that a
//! router made by itself (404, 405) get their body there too. A 5xx never carries inner text.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use tidings_service::payload::MalformedJson;
use tidings_service::{FieldProblem, ServiceError};

/// Something that a caller is told instead of a success.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Detail,
    retry_after: Option<Duration>,
    /// For the log alone.
    cause: Option<String>,
}

#[derive(Debug, Clone)]
enum Detail {
    Text(Cow<'static, str>),
    Fields(Vec<FieldProblem>),
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: Detail::Text(detail.into()),
            retry_after: None,
            cause: None,
        }
    }

    pub(crate) fn fields(problems: Vec<FieldProblem>) -> Self {
        Self {
            detail: Detail::Fields(problems),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", "")
        }
    }

    pub(crate) fn field(problem: FieldProblem) -> Self {
        Self::fields(vec![problem])
    }

    pub(crate) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_json", detail)
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let detail = format!("the body may have at most {bytes_max} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
    }

    /// `what` is a plural.
    pub(crate) fn not_there_yet(what: &str) -> Self {
        let detail = format!("{what} are not there yet; docs/api.md says what is there instead");
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_there_yet", detail)
    }

    pub(crate) fn only_delivers() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "this node only delivers; ask one with the role `api` or `all`",
        )
    }

    pub(crate) fn rate_limited(rate: u32, wait: Duration) -> Self {
        let detail = format!(
            "this key may make {rate} requests a second; wait, and try again, or have an admin raise its limit"
        );
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }

    pub(crate) fn panicked(text: &str) -> Self {
        Self::internal(format!("panic: {text}"))
    }

    fn internal(cause: String) -> Self {
        Self {
            cause: Some(cause),
            ..Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    /// What is said where nothing but a status is known.
    fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "the request cannot be read"),
            StatusCode::NOT_FOUND => ("not_found", "there is nothing at this path"),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "this path has other methods; see the Allow header",
            ),
            StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "try again later"),
            status if status.is_server_error() => (
                "internal_error",
                "something went wrong here; the request id finds it in the log",
            ),
            _ => ("bad_request", "the request was refused"),
        };
        Self::new(status, code, detail)
    }

    /// Writes the body of an answer that is no success, and logs what the caller is not told.
    pub(crate) fn shape(mut response: Response, request_id: &HeaderValue) -> Response {
        let problem = response.extensions_mut().remove::<Self>();
        let problem = problem.unwrap_or_else(|| Self::of_status(response.status()));
        let id = request_id.to_str().unwrap_or_default();
        problem.log(id);
        let mut body = problem.to_value();
        body["requestId"] = id.into();
        let mut shaped = Response::new(Body::from(body.to_string()));
        *shaped.status_mut() = problem.status;
        // What a router or a handler said beside the body stays, but not about the old body.
        *shaped.headers_mut() = std::mem::take(response.headers_mut());
        let headers = shaped.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(after) = problem.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(after)));
        }
        if problem.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        shaped
    }

    /// What it says, without the request's id.
    pub(crate) fn to_value(&self) -> serde_json::Value {
        match &self.detail {
            Detail::Text(text) => json!({"code": self.code, "detail": text}),
            Detail::Fields(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|field| json!({"loc": field.loc, "msg": field.msg, "type": field.kind}))
                    .collect();
                json!({"code": self.code, "detail": fields})
            }
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(crate) fn log(&self, id: &str) {
        let cause = self.cause.as_deref().unwrap_or("no cause given");
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            // Thousands a second while a disk is full; the store says so once by itself.
            tracing::debug!(request.id = id, "Refused request {id} for now: {cause}");
        } else if self.status == StatusCode::NOT_IMPLEMENTED {
            // Nobody has to act on it.
            tracing::debug!(
                request.id = id,
                "Request {id} asked for what is not there yet"
            );
        } else if self.status.is_server_error() {
            tracing::error!(request.id = id, "Request {id} failed: {cause}");
        }
    }
}

/// Up, so that nobody comes back too soon.
fn whole_seconds(after: Duration) -> u64 {
    after.as_secs() + u64::from(after.subsec_nanos() > 0 || after.is_zero())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unauthorized => Self::new(
                StatusCode::UNAUTHORIZED,
                "authentication_failed",
                "the request needs a valid API key: Authorization: Bearer <key>",
            ),
            ServiceError::NotSignedIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign_in_failed",
                "the email address or the password is wrong, or whose it is may not sign in",
            ),
            ServiceError::NotFound { what } => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                format!("there is no such {what}"),
            ),
            ServiceError::Conflict { code, detail } => {
                Self::new(StatusCode::CONFLICT, code, detail)
            }
            ServiceError::Refused { code, detail } => {
                Self::new(StatusCode::BAD_REQUEST, code, detail)
            }
            ServiceError::Forbidden { code, detail } => {
                Self::new(StatusCode::FORBIDDEN, code, detail)
            }
            ServiceError::Invalid(problems) => Self::fields(problems),
            ServiceError::Unavailable { retry_after, .. } => Self {
                retry_after: Some(retry_after),
                cause: Some(chain(&error)),
                ..Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
            },
            ServiceError::TooFast {
                retry_after,
                detail,
            } => Self {
                retry_after: Some(retry_after),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
            },
            ServiceError::Store(_) | ServiceError::Unreadable(_) => Self::internal(chain(&error)),
        }
    }
}

impl From<MalformedJson> for Problem {
    fn from(error: MalformedJson) -> Self {
        Self::malformed(error.to_string())
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use tidings_store::StoreError;

    use super::*;

    fn shaped(problem: impl IntoResponse) -> (Response, HeaderValue) {
        let id = HeaderValue::from_static("req_1");
        (Problem::shape(problem.into_response(), &id), id)
    }

    async fn body(response: Response) -> Value {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_wrong_field_is_told_as_clients_expect_it() {
        let error = ServiceError::invalid(FieldProblem::body("name", "too long"));
        let (response, _) = shaped(Problem::from(error));
        assert_eq!(response.status(), 422);
        assert_eq!(
            body(response).await,
            json!({
                "code": "validation",
                "detail": [{"loc": ["body", "name"], "msg": "too long", "type": "value_error"}],
                "requestId": "req_1"
            })
        );
    }

    #[tokio::test]
    async fn inner_text_stays_inside() {
        let error = ServiceError::Store(StoreError::Internal("secret row".to_owned()));
        assert_eq!(
            chain(&error),
            "the store failed: the store failed: secret row"
        );
        let (response, _) = shaped(Problem::from(error));
        assert_eq!(response.status(), 500);
        let body = body(response).await;
        assert!(!body.to_string().contains("secret"));
        assert_eq!(body["code"], "internal_error");
    }

    #[tokio::test]
    async fn a_refusal_for_now_says_when_to_come_back() {
        let (response, _) = shaped(Problem::from(ServiceError::from(StoreError::Full)));
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "30");
    }

    #[tokio::test]
    async fn an_answer_of_the_router_gets_a_body_too() {
        let (response, _) = shaped(StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(body(response).await["code"], "not_found");
    }
}
