//! Whether the server answers.

use http::StatusCode;

/// Says yes, without a body.
pub(crate) async fn get_health() -> StatusCode {
    StatusCode::NO_CONTENT
}
