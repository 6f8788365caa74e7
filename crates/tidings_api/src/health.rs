//! Whether the server answers, and whether it can work.

use axum::extract::State;
use http::StatusCode;

use crate::ApiState;
use crate::problem::Problem;

/// Says yes, without a body.
pub(crate) async fn get_health() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Says yes while the store answers. A balancer sends requests elsewhere meanwhile; nobody should restart
/// a server for it, which would help nothing.
pub(crate) async fn get_ready(State(api): ApiState) -> Result<StatusCode, Problem> {
    api.service.check_ready().await?;
    Ok(StatusCode::NO_CONTENT)
}
