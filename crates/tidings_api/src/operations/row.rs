//! How a row of the table is written: `get(path, handler).is(id, summary, access)`, and what it reads and
//! answers behind that. Without `is` it is no row.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use schemars::{Schema, SchemaGenerator};
use tidings_domain::access::{Access, Capability, Role};

use super::{Answer, Content, Operation, Parameter, Shape, Taken};
use crate::Api;
use crate::auth::Authenticated;
use crate::problem::Problem;

/// Whoever may look at the environment.
pub(super) const SEES: Access = Access::Environment(Role::Viewer);
/// Whoever may change what products change.
pub(super) const CHANGES: Access = Access::Environment(Role::Developer);
/// Whoever may change how the environment itself works.
pub(super) const ADMINISTERS: Access = Access::Environment(Role::Admin);
/// Whoever may look at the application that the path names.
pub(super) const VIEWS: Access = Access::Application(Capability::ViewBase);
/// Whoever may change the endpoints of the application that the path names.
pub(super) const MANAGES: Access = Access::Application(Capability::ManageEndpoint);
/// Whoever may have requests sent to the endpoints of the application that the path names.
pub(super) const SENDS: Access = Access::Application(Capability::CreateAttempts);

/// Whoever may change transformations in the application that the path names.
pub(super) const TRANSFORMS: Access = Access::Application(Capability::ManageTransformations);

/// The operations of one topic.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    rows: Vec<Row>,
}

impl Topic {
    pub(super) fn of<const N: usize>(
        name: &'static str,
        about: &'static str,
        rows: [Vec<Row>; N],
    ) -> Self {
        Self {
            name,
            about,
            rows: rows.into_iter().flatten().collect(),
        }
    }

    /// The rows, each with its topic written into it.
    pub(super) fn into_rows(self) -> impl Iterator<Item = (Operation, MethodRouter<Arc<Api>>)> {
        let tag = self.name;
        self.rows.into_iter().map(move |row| {
            (
                Operation {
                    tag,
                    ..row.operation
                },
                row.handler,
            )
        })
    }
}

/// A route that has not been told yet what it is.
pub(super) struct Route {
    method: Method,
    path: &'static str,
    handler: MethodRouter<Arc<Api>>,
    missing: Option<&'static str>,
}

/// A row of the table.
pub(super) struct Row {
    operation: Operation,
    handler: MethodRouter<Arc<Api>>,
}

fn at<H, T>(method: Method, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    let filter = MethodFilter::try_from(method.clone()).expect("only methods that axum knows");
    Route {
        method,
        path,
        handler: on(filter, handler),
        missing: None,
    }
}

pub(super) fn get<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    at(Method::GET, path, handler)
}

pub(super) fn post<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    at(Method::POST, path, handler)
}

pub(super) fn put<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    at(Method::PUT, path, handler)
}

pub(super) fn patch<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    at(Method::PATCH, path, handler)
}

pub(super) fn delete<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    at(Method::DELETE, path, handler)
}

/// A route of the contract that answers that `what` is not there yet.
pub(super) fn missing(method: Method, path: &'static str, what: &'static str) -> Route {
    let refuse = move |_: Authenticated| async move { Problem::not_there_yet(what) };
    Route {
        missing: Some(what),
        ..at(method, path, refuse)
    }
}

impl Route {
    /// Makes a row of it.
    pub(super) fn is(self, id: &'static str, summary: &'static str, access: Access) -> Row {
        Row {
            operation: Operation {
                method: self.method,
                path: self.path,
                id,
                tag: "",
                summary,
                access,
                query: Vec::new(),
                body: None,
                answers: Vec::new(),
                missing: self.missing,
            },
            handler: self.handler,
        }
    }
}

impl Row {
    /// What it reads of what stands behind the `?`, besides what was said before.
    pub(super) fn query(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.operation.query.extend(parameters);
        self
    }

    /// The body that it takes.
    pub(super) fn takes(self, shape: Shape) -> Self {
        self.taking(shape, true)
    }

    /// The body that it takes, if there is one.
    pub(super) fn may_take(self, shape: Shape) -> Self {
        self.taking(shape, false)
    }

    fn taking(mut self, shape: Shape, is_required: bool) -> Self {
        self.operation.body = Some(Taken { shape, is_required });
        self
    }

    /// An answer in JSON.
    pub(super) fn gives(self, status: u16, shape: Shape) -> Self {
        self.answering(status, Content::Json(shape))
    }

    /// An answer without a body.
    pub(super) fn gives_nothing(self) -> Self {
        self.answering(204, Content::Nothing)
    }

    /// An answer that goes on.
    pub(super) fn gives_events(self) -> Self {
        self.answering(200, Content::Events)
    }

    fn answering(mut self, status: u16, content: Content) -> Self {
        self.operation.answers.push(Answer { status, content });
        self
    }
}

/// Any JSON.
pub(super) fn any(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}
