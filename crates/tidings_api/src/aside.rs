//! Work that takes a while, such as reading a thousand schemas, on a thread that serves nobody else.

use http::StatusCode;

use crate::problem::Problem;

/// Does the work there.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => {
            let (status, detail) = (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping");
            Err(Problem::new(status, "unavailable", detail))
        }
    }
}
