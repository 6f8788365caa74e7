//! What somebody sees when there is no page to show: what happened, and what to do about it.
//!
//! A handler answers with a [`Fault`]; what surrounds every page ([`crate::around`]) makes a page of it, in the language of
//! the reader.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tidings_service::ServiceError;

use crate::page::{Page, render};

/// Why there is no page to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not there, or belongs to somebody else.
    Missing,
    /// Something of ours is broken.
    Broken,
    /// It may work in a moment.
    Busy,
    /// Another site sent it in the reader's name, or the form is not one of ours.
    Elsewhere,
    /// Nobody is signed in, or not any more.
    Ended,
    /// A link that was used before, or is too old.
    Used,
    /// The session may not do this.
    NotAllowed,
    /// The plan of the account has no webhooks.
    NoPlan,
    /// It is in a state in which this cannot be done: switched off, or its payload is gone.
    Refused,
    /// The role of the member may not do this.
    Role,
    /// Somebody has changed it meanwhile, or it is in a state in which this cannot be done.
    Changed,
    /// More than a form of ours can hold.
    TooLarge,
}

impl Fault {
    fn status(self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Elsewhere | Self::NotAllowed | Self::NoPlan | Self::Role => StatusCode::FORBIDDEN,
            Self::Ended => StatusCode::UNAUTHORIZED,
            Self::Used => StatusCode::GONE,
            Self::Refused | Self::Changed => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("missing-title", "missing-text"),
            Self::Broken => ("broken-title", "broken-text"),
            Self::Busy => ("busy-title", "busy-text"),
            Self::Elsewhere => ("elsewhere-title", "elsewhere-text"),
            Self::Ended => ("ended-title", "ended-text"),
            Self::Used => ("used-title", "used-text"),
            Self::NotAllowed => ("denied-title", "denied-text"),
            Self::NoPlan => ("plan-title", "plan-text"),
            Self::Refused => ("refused-title", "refused-text"),
            Self::Role => ("role-title", "role-text"),
            Self::Changed => ("changed-title", "changed-text"),
            Self::TooLarge => ("large-title", "large-text"),
        }
    }
}

impl From<ServiceError> for Fault {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unauthorized => Self::Ended,
            ServiceError::NotFound { .. } | ServiceError::Invalid(_) => Self::Missing,
            ServiceError::NotSignedIn => Self::NotAllowed,
            ServiceError::Forbidden { .. } => Self::NoPlan,
            ServiceError::Conflict { .. } | ServiceError::Refused { .. } => Self::Refused,
            ServiceError::Unavailable { .. } | ServiceError::TooFast { .. } => Self::Busy,
            ServiceError::Store(_) | ServiceError::Unreadable(_) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                let cause = cause.unwrap_or_default();
                tracing::error!("A page could not be shown: {error}: {cause}");
                Self::Broken
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    text: String,
    status: StatusCode,
}

/// The page that says so.
pub(crate) fn show_error(page: Page, fault: Fault) -> Response {
    let (title, text) = fault.texts();
    let template = ErrorPage {
        title: page.say(title),
        text: page.say(text),
        page,
        status: fault.status(),
    };
    render(fault.status(), &template)
}
