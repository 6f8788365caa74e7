//! The environment that is written to, through the API within the process.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tidings_api::{App, Settings, Vouched};
use tidings_service::{Caller, Service};

use crate::commands::client::detail;

/// Most bytes of a request: more than any object has.
const BODY_BYTES_MAX: usize = 16 << 20;

pub(super) struct Target {
    app: App,
    caller: Caller,
}

/// Why something was not written, or not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) detail: String,
}

impl Target {
    pub(super) fn new(service: Arc<Service>, caller: Caller) -> Self {
        let settings = Settings {
            body_bytes_max: BODY_BYTES_MAX,
            ..Settings::default()
        };
        Self {
            app: tidings_api::app(service, settings),
            caller,
        }
    }

    /// What is at a path; none if nothing is.
    pub(super) async fn find(&self, path: &str) -> Result<Option<Value>, Refusal> {
        match self.call(Method::GET, path, None, None).await {
            Ok(found) => Ok(Some(found)),
            Err(refusal) if refusal.status == 404 => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> Result<Value, Refusal> {
        self.call(Method::PATCH, path, Some(&body), None).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Result<Value, Refusal> {
        self.call(Method::PUT, path, Some(&body), None).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, Refusal> {
        self.call(Method::POST, path, Some(&body), None).await
    }

    /// Makes something. What the key has made already is given back instead of being made twice: of a run that
    /// died before it could note what it had made.
    pub(super) async fn make(
        &self,
        path: &str,
        body: Value,
        key: Option<&str>,
    ) -> Result<Value, Refusal> {
        let made = self.call(Method::POST, path, Some(&body), key).await;
        match made {
            // It has gone since; so it is made anew.
            Err(refusal) if refusal.status == 404 && key.is_some() => {
                self.call(Method::POST, path, Some(&body), None).await
            }
            made => made,
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Value, Refusal> {
        let inside = |detail: String| Refusal {
            status: 500,
            detail,
        };
        let body = body.map_or_else(String::new, Value::to_string);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("content-type", "application/json")
            .extension(Vouched(self.caller));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(Body::from(body))
            .map_err(|error| inside(error.to_string()))?;
        let response = self.app.clone().handle(request).await;
        let status = response.status();
        let bytes = response.into_body().collect().await;
        let bytes: Bytes = bytes.map_err(|error| inside(error.to_string()))?.to_bytes();
        if !status.is_success() {
            return Err(Refusal {
                status: status.as_u16(),
                detail: detail(&bytes).unwrap_or_else(|| status.to_string()),
            });
        }
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|error| inside(error.to_string()))
    }
}
