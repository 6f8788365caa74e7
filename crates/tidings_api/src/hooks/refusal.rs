//! What callers of hooks are told when something is wrong: `{"request_id", "errors": [{"message",
//! "code"}]}`, in their language. The codes are stable; the first three digits are the status.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_LANGUAGE, CONNECTION, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use tidings_domain::language::Language;
use tidings_service::ServiceError;
use tidings_service::hooks::{HookProblem, HookRefusal};

use super::wording;
use crate::problem::Problem;

/// Longest value of a caller's that is repeated in a message, in characters.
const REPEATED_CHARS_MAX: usize = 100;

/// One thing that a caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The body is no JSON.
    NotJson,
    /// The body is JSON, but no object.
    NotAnObject,
    /// The body broke off, or did not come in time.
    BodyBroken,
    /// The body says that it is something else, or that it is compressed.
    NotJsonType,
    /// The request cannot be read.
    BadRequest,
    /// Something is wrong with the hook.
    Hook(HookProblem),
    /// No such API user, or another password.
    Unauthorized,
    /// The application's plan does not allow it.
    Plan,
    /// No such hook.
    NoHook,
    /// No such event.
    NoEvent,
    /// Nothing at this path.
    NoPath,
    /// This path has other methods.
    NoMethod,
    /// The body is too large.
    TooLarge,
    /// Too many requests in a second.
    TooFast,
    /// Not just now.
    Unavailable,
    /// A defect.
    Internal,
}

/// Why a handler does not succeed.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Told(Vec<Told>),
    Problem(Problem),
}

impl Failure {
    pub(super) fn told(told: Told) -> Self {
        Self::Told(vec![told])
    }

    pub(super) fn problems(problems: Vec<HookProblem>) -> Self {
        Self::Told(problems.into_iter().map(Told::Hook).collect())
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unauthorized => Self::told(Told::Unauthorized),
            ServiceError::Forbidden { .. } => Self::told(Told::Plan),
            ServiceError::NotFound { what: "event" } => Self::told(Told::NoEvent),
            ServiceError::NotFound { .. } => Self::told(Told::NoHook),
            error => Self::Problem(error.into()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<HookRefusal> for Failure {
    fn from(refusal: HookRefusal) -> Self {
        match refusal {
            HookRefusal::Problems(problems) => Self::problems(problems),
            HookRefusal::Error(error) => error.into(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Told(all) => {
                let status = all.first().map_or(500, |told| wording::code(told) / 1_000);
                let mut response = Response::new(Body::empty());
                *response.status_mut() = u16::try_from(status)
                    .ok()
                    .and_then(|status| StatusCode::from_u16(status).ok())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                response.extensions_mut().insert(all);
                response
            }
        }
    }
}

/// The language that a caller wants its messages in.
pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    let wanted = headers.get_all(ACCEPT_LANGUAGE).iter();
    let wanted: Vec<&str> = wanted.filter_map(|value| value.to_str().ok()).collect();
    Language::accepted(&wanted.join(","))
}

#[derive(Serialize)]
struct RefusalOut<'a> {
    request_id: &'a str,
    errors: Vec<ErrorOut>,
}

#[derive(Serialize)]
struct ErrorOut {
    message: String,
    code: u32,
}

/// Writes the body of an answer that is no success, and logs what the caller is not told.
pub(crate) fn shape(
    mut response: Response,
    request_id: &HeaderValue,
    language: Language,
) -> Response {
    let id = request_id.to_str().unwrap_or_default();
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        problem.log(id);
    }
    let told = response
        .extensions_mut()
        .remove::<Vec<Told>>()
        .unwrap_or_else(|| vec![of_status(response.status(), problem.as_ref())]);
    let errors = told.iter().map(|told| ErrorOut {
        message: wording::message(told, language),
        code: wording::code(told),
    });
    let out = RefusalOut {
        request_id: id,
        errors: errors.collect(),
    };
    let body = serde_json::to_string(&out).expect("texts and numbers are JSON");
    let mut shaped = Response::new(Body::from(body));
    *shaped.status_mut() = match response.status() {
        // The interface knows no others for a body that cannot be read.
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    *shaped.headers_mut() = std::mem::take(response.headers_mut());
    let headers = shaped.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let code = HeaderValue::from_static(language.code());
    headers.insert(CONTENT_LANGUAGE, code);
    if let Some(after) = problem.and_then(|problem| problem.retry_after()) {
        headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    if shaped.status() == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"Tidings\", charset=\"UTF-8\"");
        shaped.headers_mut().insert(WWW_AUTHENTICATE, basic);
    }
    // Where a body was counted wrong, what follows on the connection is the rest of it.
    if told.iter().any(is_about_the_body) {
        let close = HeaderValue::from_static("close");
        shaped.headers_mut().insert(CONNECTION, close);
    }
    shaped
}

fn is_about_the_body(told: &Told) -> bool {
    matches!(
        told,
        Told::NotJson | Told::BodyBroken | Told::TooLarge | Told::BadRequest
    )
}

fn of_status(status: StatusCode, problem: Option<&Problem>) -> Told {
    match status {
        StatusCode::BAD_REQUEST if problem.is_some() => Told::BodyBroken,
        StatusCode::REQUEST_TIMEOUT => Told::BodyBroken,
        StatusCode::UNAUTHORIZED => Told::Unauthorized,
        StatusCode::NOT_FOUND => Told::NoPath,
        StatusCode::METHOD_NOT_ALLOWED => Told::NoMethod,
        StatusCode::PAYLOAD_TOO_LARGE => Told::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Told::NotJsonType,
        StatusCode::TOO_MANY_REQUESTS => Told::TooFast,
        StatusCode::SERVICE_UNAVAILABLE => Told::Unavailable,
        status if status.is_server_error() => Told::Internal,
        _ => Told::BadRequest,
    }
}

/// A value of the caller's, cut where it is long, without what would break a line.
pub(super) fn repeated(value: &str) -> String {
    let mut chars = value.chars();
    let mut text: String = chars
        .by_ref()
        .take(REPEATED_CHARS_MAX)
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if chars.next().is_some() {
        text.push('…');
    }
    text
}
