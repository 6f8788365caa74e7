//! Endpoints, with their secrets and headers.

use serde_json::{Map, Value, json};

use super::Import;
use super::objects::{differences, draft, read, unknown};
use super::report::{Fate, Kind, Report};
use super::target::Refusal;
use crate::commands::client::{ClientError, segment};

/// Whose endpoints.
pub(super) struct Place {
    pub(super) kind: Kind,
    /// Their list in the source.
    pub(super) source: String,
    /// Their list here; none in a dry run that would make their application.
    pub(super) target: Option<String>,
    /// Their application, in words.
    pub(super) application: Option<String>,
}

/// What the source says of an endpoint.
struct Given {
    id: String,
    uid: Option<String>,
    fields: Map<String, Value>,
    /// None if it is not given out.
    secret: Option<String>,
    headers: Map<String, Value>,
}

pub(super) async fn bring_all(
    import: &Import,
    place: &Place,
    report: &mut Report,
) -> Result<(), ClientError> {
    let path = format!("{}?order=ascending", place.source);
    let mut iterator = None;
    loop {
        let page = import.source.page(&path, iterator.as_deref()).await?;
        for row in &page.rows {
            report.note_unknown(place.kind, unknown(place.kind, row));
            bring(import, place, row, report).await?;
        }
        if page.next.is_none() {
            return Ok(());
        }
        iterator = page.next;
    }
}

async fn bring(
    import: &Import,
    place: &Place,
    row: &Value,
    report: &mut Report,
) -> Result<(), ClientError> {
    let of = match &place.application {
        Some(application) => format!(" of {application}"),
        None => " of operational webhooks".to_owned(),
    };
    let Some(id) = row["id"].as_str() else {
        let why = "the source gives no id of it";
        report.fail(place.kind, format!("an endpoint{of}"), why);
        return Ok(());
    };
    let what = format!("endpoint {}{of}", row["uid"].as_str().unwrap_or(id));
    let given = ask(import, place, (id, row), &what, report).await?;
    match put(import, place, &given).await {
        Ok((fate, here)) => {
            report.count(place.kind, fate);
            if let (None, Some(here)) = (&given.uid, here) {
                report.note_id(id, &here);
            }
        }
        Err(refusal) => report.fail(place.kind, what, refusal.detail),
    }
    Ok(())
}

/// Asks for the secret and the headers, and tells what is not given out.
async fn ask(
    import: &Import,
    place: &Place,
    (id, row): (&str, &Value),
    what: &str,
    report: &mut Report,
) -> Result<Given, ClientError> {
    let path = format!("{}/{}", place.source, segment(id));
    let secret = import.source.find(&format!("{path}/secret")).await?;
    let secret = secret.and_then(|secret| secret["key"].as_str().map(str::to_owned));
    let secret = match secret {
        Some(secret) if !secret.starts_with("whpk_") => Some(secret),
        Some(_) => {
            let why = "of a pair of keys only the public one is given out; here it signs with a new secret";
            report.leave(format!("the private key of {what}"), why);
            None
        }
        None => {
            let why = "it is not given out; here it signs with a new one";
            report.leave(format!("the secret of {what}"), why);
            None
        }
    };
    let headers = import.source.find(&format!("{path}/headers")).await?;
    let headers = headers.unwrap_or_default();
    let sensitive = headers["sensitive"].as_array().into_iter().flatten();
    let sensitive: Vec<&str> = sensitive.filter_map(Value::as_str).collect();
    for name in &sensitive {
        let why = "its value is not given out; set it here anew";
        report.leave(format!("the header {name} of {what}"), why);
    }
    let is_hidden = |name: &String| sensitive.iter().any(|one| one.eq_ignore_ascii_case(name));
    let headers = headers["headers"].as_object().cloned().unwrap_or_default();
    let headers = headers.into_iter().filter(|(name, _)| !is_hidden(name));
    if place.kind == Kind::Endpoint {
        let found = import.source.transformation(&path).await?;
        if found.is_some_and(|found| found["enabled"] == true) {
            let why = "there are none here yet, so it would get what was sent as it is";
            report.leave(format!("the transformation of {what}"), why);
        }
    }
    if !row["coSignature"].is_null() {
        let why = "its secret is not given out; set it here anew";
        report.leave(format!("the co-signature of {what}"), why);
    }
    Ok(Given {
        id: id.to_owned(),
        uid: row["uid"].as_str().map(str::to_owned),
        fields: read(place.kind, row),
        secret,
        headers: headers.collect(),
    })
}

/// Gives its id here; none in a dry run that would make it.
async fn put(
    import: &Import,
    place: &Place,
    given: &Given,
) -> Result<(Fate, Option<String>), Refusal> {
    let Some(list) = &place.target else {
        return Ok((Fate::Made, None));
    };
    let name = given.uid.clone().or_else(|| import.known.find(&given.id));
    let there = match &name {
        Some(name) => {
            import
                .target
                .find(&format!("{list}/{}", segment(name)))
                .await?
        }
        None => None,
    };
    let Some(there) = there else {
        if import.is_dry_run {
            return Ok((Fate::Made, None));
        }
        let mut body = draft(&given.fields);
        if let Some(secret) = &given.secret {
            body.insert("secret".to_owned(), secret.clone().into());
        }
        if !given.headers.is_empty() {
            body.insert("headers".to_owned(), given.headers.clone().into());
        }
        let key = given.uid.is_none().then(|| import.known.key(&given.id));
        let made = import
            .target
            .make(list, body.into(), key.as_deref())
            .await?;
        let made = made["id"].as_str().unwrap_or_default().to_owned();
        if given.uid.is_none() {
            import.note(&given.id, &made)?;
        }
        return Ok((Fate::Made, Some(made)));
    };
    let here = there["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("{list}/{here}");
    let mut has_changed = false;
    let changes = differences(place.kind, &given.fields, &there);
    if !changes.is_empty() {
        has_changed = true;
        match place.kind {
            _ if import.is_dry_run => {}
            // They are replaced as a whole.
            Kind::OperationalEndpoint => {
                let body = draft(&given.fields);
                import.target.put(&path, body.into()).await?;
            }
            _ => drop(import.target.patch(&path, changes.into()).await?),
        }
    }
    has_changed |= put_secret(import, &path, given).await?;
    has_changed |= put_headers(import, place.kind, &path, given).await?;
    let fate = if has_changed {
        Fate::Changed
    } else {
        Fate::WasThere
    };
    Ok((fate, Some(here)))
}

/// The one before goes on to sign beside it for a day, as in any rotation.
async fn put_secret(import: &Import, path: &str, given: &Given) -> Result<bool, Refusal> {
    let Some(wanted) = &given.secret else {
        return Ok(false);
    };
    let path = format!("{path}/secret");
    let there = import.target.find(&path).await?.unwrap_or_default();
    if there["key"] == wanted.as_str() {
        return Ok(false);
    }
    if !import.is_dry_run {
        let body = json!({ "key": wanted });
        import.target.post(&format!("{path}/rotate"), body).await?;
    }
    Ok(true)
}

/// Those that were set here beside are left alone, where they are not replaced as a whole.
async fn put_headers(
    import: &Import,
    kind: Kind,
    path: &str,
    given: &Given,
) -> Result<bool, Refusal> {
    let path = format!("{path}/headers");
    let there = import.target.find(&path).await?.unwrap_or_default();
    let is_there = |(name, value): (&String, &Value)| there["headers"].get(name) == Some(value);
    if given.headers.iter().all(is_there) {
        return Ok(false);
    }
    if !import.is_dry_run {
        let body = json!({ "headers": given.headers });
        match kind {
            Kind::OperationalEndpoint => import.target.put(&path, body).await?,
            _ => import.target.patch(&path, body).await?,
        };
    }
    Ok(true)
}
