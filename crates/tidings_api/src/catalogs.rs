//! `/catalog`: the catalogues that come with Tidings, and importing any catalogue.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use tidings_service::ServiceError;
use tidings_service::catalog::{BUILT_IN, BuiltIn, Catalog, ImportReport};
use tidings_service::payload::JsonText;
use tidings_store::ImportMode;

use crate::ApiState;
use crate::aside::aside;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::query::Query;

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "catalogue" };

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "CatalogListOut")]
pub(crate) struct ListOut {
    data: Vec<CatalogOut>,
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CatalogOut {
    name: String,
    title: String,
    about: String,
    event_types_count: usize,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "CatalogImportOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportOut {
    catalog: String,
    dry_run: bool,
    created: Vec<String>,
    updated: Vec<String>,
    unchanged: Vec<String>,
}

impl ImportOut {
    fn of(report: ImportReport, mode: ImportMode) -> Self {
        Self {
            catalog: report.catalog,
            dry_run: mode == ImportMode::DryRun,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
        }
    }
}

pub(crate) async fn list_catalogs(Authenticated(_): Authenticated) -> Result<Response, Problem> {
    let data = BUILT_IN.iter().map(|built_in| {
        let catalog = built_in.summary();
        CatalogOut {
            event_types_count: catalog.event_types_count(),
            name: catalog.name,
            title: catalog.title,
            about: catalog.about,
        }
    });
    let data = data.collect();
    Ok(json(StatusCode::OK, &ListOut { data }))
}

/// The file itself, to be looked at, changed and imported.
pub(crate) async fn get_catalog(
    Authenticated(_): Authenticated,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let built_in = BuiltIn::find(&name).ok_or(NOT_FOUND)?;
    let file: &RawValue = serde_json::from_str(built_in.json).map_err(|_| NOT_FOUND)?;
    Ok(json(StatusCode::OK, &file))
}

pub(crate) async fn import_catalog(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mode = if query.flag("dry_run", false)? {
        ImportMode::DryRun
    } else {
        ImportMode::Apply
    };
    let catalog = aside(move || Ok(Catalog::read(JsonText::check(&body.bytes)?)?)).await?;
    let imported = api.service.import_catalog(caller, catalog, mode).await?;
    Ok(json(StatusCode::OK, &ImportOut::of(imported, mode)))
}
