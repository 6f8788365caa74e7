//! Creating and updating a webhook.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_domain::body_format::BodyFormat;
use tidings_service::ServiceError;
use tidings_service::endpoints::{HeadersChange, ShownHeaders};

use super::Portal;
use super::form_fields::{Field, Fields, KEPT, Wrong, found_wrong, lines};
use super::tree::{Group, catalogue, grouped};
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/webhook_form.html")]
struct Form {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    /// The webhook that is updated, by id and name; none for a new one.
    webhook: Option<(String, String)>,
    fields: Fields,
    wrong: Vec<Wrong>,
    /// The form was shown to another session.
    is_stale: bool,
    groups: Vec<Group>,
    events_count: usize,
    /// Names of headers that are kept and not shown.
    hidden: Vec<String>,
}

impl Form {
    fn error(&self, id: &str) -> Option<&'static str> {
        let found = self.wrong.iter().find(|(field, _)| field.id() == id);
        found.map(|(_, text)| *text)
    }

    fn formats(&self) -> Vec<(&'static str, String)> {
        let key = |format| match format {
            BodyFormat::Json => "format-json",
            BodyFormat::Envelope => "format-envelope",
            BodyFormat::Form => "format-form",
            BodyFormat::Xml => "format-xml",
            BodyFormat::CloudEvents => "format-cloudevents",
            BodyFormat::CloudEventsBinary => "format-cloudevents-binary",
        };
        let all = BodyFormat::ALL.into_iter();
        all.map(|format| (format.as_str(), self.page.say(key(format))))
            .collect()
    }

    fn auths(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("none", "auth-none"),
            ("basic", "auth-basic"),
            ("bearer", "auth-bearer"),
            ("api-key", "auth-key"),
            (KEPT, "auth-kept"),
        ];
        // What the form does not know can be kept and not chosen.
        let offered = |value: &str| value != KEPT || self.fields.auth == KEPT;
        let all = all.into_iter().filter(|(value, _)| offered(value));
        all.map(|(value, key)| (value, self.page.say(key)))
            .collect()
    }

    fn chosen_count(&self) -> usize {
        self.fields.events.len()
    }

    fn is_advanced(&self) -> bool {
        let fields = &self.fields;
        let is_wrong = self
            .wrong
            .iter()
            .any(|(field, _)| [Field::Rate, Field::Headers, Field::Filter].contains(field));
        is_wrong
            || !(fields.rate.is_empty() && fields.headers.is_empty() && fields.filter.is_empty())
    }
}

/// What a form is shown with.
struct Shown {
    webhook: Option<(String, String)>,
    fields: Fields,
    wrong: Vec<Wrong>,
    is_stale: bool,
    hidden: Vec<String>,
}

async fn show(
    portal: &Portal,
    visitor: Visitor,
    account: Account,
    shown: Shown,
) -> Result<Response, Fault> {
    let events = catalogue(portal, &visitor).await?;
    let status = if shown.wrong.is_empty() && !shown.is_stale {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let template = Form {
        token: visitor.form_token(),
        account,
        tab: "webhooks",
        webhook: shown.webhook,
        groups: grouped(&events, &shown.fields.events, visitor.page.language),
        events_count: events.len(),
        fields: shown.fields,
        wrong: shown.wrong,
        is_stale: shown.is_stale,
        hidden: shown.hidden,
        page: visitor.page,
    };
    Ok(render(status, &template))
}

/// The account, if webhooks may be changed in it.
async fn managed(portal: &Portal, visitor: &Visitor, app: &str) -> Result<Account, Fault> {
    let account = visitor.account(portal, app).await?;
    visitor.check(Capability::ManageEndpoint)?;
    if account.is_paused {
        return Err(Fault::NoPlan);
    }
    Ok(account)
}

/// An empty form.
pub(crate) async fn show_new(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let shown = Shown {
        webhook: None,
        fields: Fields::empty(&account.id, once(&portal)),
        wrong: Vec::new(),
        is_stale: false,
        hidden: Vec::new(),
    };
    show(&portal, visitor, account, shown).await
}

/// Makes a webhook.
pub(crate) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let mut fields = Fields::typed(&form);
    let is_stale = !visitor.has_sent(&form);
    let mut wrong = fields.wrong(&account.id);
    if wrong.is_empty() && !is_stale {
        let dedup = visitor.dedup(&portal, &form)?;
        let made =
            portal
                .service
                .create_endpoint(visitor.caller, &account.id, fields.draft(), dedup);
        match made.await {
            Ok(_) => return Ok(saved(&account)),
            Err(error) => wrong = found_wrong(error, &fields)?,
        }
    }
    // What was wrong is another form once it is mended, so it gets a number of its own.
    fields.once = once(&portal);
    let shown = Shown {
        webhook: None,
        fields,
        wrong,
        is_stale,
        hidden: Vec::new(),
    };
    show(&portal, visitor, account, shown).await
}

/// The form with what is stored.
pub(crate) async fn show_update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let endpoint = service.endpoint(caller, &account.id, &id).await?;
    let headers = service.headers(caller, &account.id, &id).await?;
    let credentials = service.credentials(caller, &account.id, &id).await?;
    let mut fields = Fields::stored(&endpoint, &headers, credentials.as_ref(), once(&portal));
    fields.entity.clone_from(&account.id);
    let shown = Shown {
        webhook: Some((id, super::webhooks::name_of(&endpoint))),
        fields,
        wrong: Vec::new(),
        is_stale: false,
        hidden: headers.sensitive,
    };
    show(&portal, visitor, account, shown).await
}

/// Changes a webhook.
pub(crate) async fn update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let endpoint = service.endpoint(caller, &account.id, &id).await?;
    let headers = service.headers(caller, &account.id, &id).await?;
    let fields = Fields::typed(&form);
    let is_stale = !visitor.has_sent(&form);
    let mut wrong = fields.wrong(&account.id);
    if wrong.is_empty() && !is_stale {
        match write(&portal, &visitor, (&account.id, &id), &fields, &headers).await {
            Ok(()) => return Ok(saved(&account)),
            Err(error) => wrong = found_wrong(error, &fields)?,
        }
    }
    let shown = Shown {
        webhook: Some((id, super::webhooks::name_of(&endpoint))),
        fields,
        wrong,
        is_stale,
        hidden: headers.sensitive,
    };
    show(&portal, visitor, account, shown).await
}

async fn write(
    portal: &Portal,
    visitor: &Visitor,
    (account, id): (&str, &str),
    fields: &Fields,
    shown: &ShownHeaders,
) -> Result<(), ServiceError> {
    let (service, caller) = (&portal.service, visitor.caller);
    let change = fields.change();
    service.patch_endpoint(caller, account, id, change).await?;
    if fields.headers.trim() != lines(shown) {
        let set = fields.pairs().unwrap_or_default();
        let gone = shown.headers.keys().filter(|name| !set.contains_key(*name));
        let change = HeadersChange::Merge {
            remove: gone.cloned().collect(),
            set,
        };
        service.change_headers(caller, account, id, change).await?;
    }
    Ok(())
}

/// Back to the list, which says so. Going back from there and saving again is harmless.
fn saved(account: &Account) -> Response {
    let to = format!("/portal/{}/webhooks?done=saved", account.id);
    Redirect::to(&to).into_response()
}
