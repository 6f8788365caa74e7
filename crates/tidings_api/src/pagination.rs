//! Lists on the wire: `limit`, `iterator` and `order` in, `data`, `iterator`, `prevIterator` and
//! `done` out.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use tidings_service::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use tidings_service::{Cursor, Listed, PageQuery};
use tidings_store::Order;

use crate::problem::Problem;
use crate::query::{Query, wrong};

/// Longest iterator that is looked at, in bytes.
pub(crate) const ITERATOR_BYTES_MAX: usize = 300;

/// Which page is wanted of a list that may run both ways.
pub(crate) fn page_query(query: &Query, default: Order) -> Result<PageQuery, Problem> {
    let order = match query.text("order") {
        None => default,
        Some("ascending") => Order::Ascending,
        Some("descending") => Order::Descending,
        Some(_) => return Err(wrong("order", "must be ascending or descending")),
    };
    let limit = match query.number("limit")? {
        None => PAGE_ROWS_DEFAULT,
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    if !(1..=PAGE_ROWS_MAX).contains(&limit) {
        return Err(wrong("limit", "must lie between 1 and 250"));
    }
    let cursor = query
        .short_text("iterator", ITERATOR_BYTES_MAX)?
        .map(|iterator| Cursor::parse(&iterator));
    Ok(PageQuery {
        limit,
        cursor,
        order,
    })
}

/// Which page is wanted of a list that always begins with the newest.
pub(crate) fn newest_first(query: &Query) -> Result<PageQuery, Problem> {
    let page = page_query(query, Order::Descending)?;
    Ok(PageQuery {
        order: Order::Descending,
        ..page
    })
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ListResponse_{T}")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListOut<'a, T> {
    data: Vec<T>,
    iterator: Option<&'a str>,
    prev_iterator: Option<&'a str>,
    done: bool,
}

/// The answer to a request for a page: its rows as they are shown.
pub(crate) fn list<T, O: Serialize>(listed: &Listed<T>, rows: Vec<O>) -> Response {
    json(
        StatusCode::OK,
        &ListOut {
            data: rows,
            iterator: listed.iterator.as_deref(),
            prev_iterator: listed.prev_iterator.as_deref(),
            done: listed.is_done,
        },
    )
}

/// The same for rows that are shown by turning them into something else.
pub(crate) fn list_of<T, O: Serialize + From<T>>(mut listed: Listed<T>) -> Response {
    let rows = std::mem::take(&mut listed.rows);
    list(&listed, rows.into_iter().map(O::from).collect())
}

/// An answer with a JSON body.
pub(crate) fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    let body = serde_json::to_vec(value).expect("wire types hold nothing that JSON cannot");
    json_text(status, body)
}

/// An answer whose body is JSON already.
pub(crate) fn json_text(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use axum::extract::FromRequestParts as _;
    use http::Request;

    use super::*;

    async fn query(text: &str) -> Query {
        let request = Request::get(format!("/?{text}")).body(()).unwrap();
        let mut parts = request.into_parts().0;
        Query::from_request_parts(&mut parts, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_page_has_1_to_250_rows() {
        for (text, limit) in [
            ("", Some(50)),
            ("limit=1", Some(1)),
            ("limit=250", Some(250)),
        ] {
            let page = page_query(&query(text).await, Order::Ascending);
            assert_eq!(page.ok().map(|page| page.limit), limit, "{text}");
        }
        for text in ["limit=0", "limit=251", "limit=-1", "limit=x", "order=up"] {
            let page = page_query(&query(text).await, Order::Ascending);
            assert!(page.is_err(), "{text}");
        }
    }
}
