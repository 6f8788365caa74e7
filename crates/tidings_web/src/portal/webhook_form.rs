//! Creating and updating a webhook.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::Millis;
use tidings_service::filters::FilterTrial;

use super::Portal;
use super::form_auth::KINDS;
use super::form_fields::{Field, Fields, Wrong, found_wrong};
use super::tree::{Group, catalogue, grouped};
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// The button that tries the filter and saves nothing.
const TRY: &str = "try";

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
    /// What the filter says of the newest events, if it was tried.
    tried: Option<Vec<Tried>>,
}

/// What a filter says of an event.
struct Tried {
    event: String,
    at: Millis,
    is_match: bool,
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
        let all = KINDS.into_iter();
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
            || self.tried.is_some()
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
    tried: Option<Vec<Tried>>,
}

impl Shown {
    fn of(fields: Fields) -> Self {
        Self {
            webhook: None,
            fields,
            wrong: Vec::new(),
            is_stale: false,
            hidden: Vec::new(),
            tried: None,
        }
    }
}

/// Tries the filter of a form on the newest events of the account. Nothing is saved.
async fn try_filter(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    shown: &mut Shown,
) -> Result<(), Fault> {
    let Some(filter) = shown.fields.filter() else {
        shown.wrong = vec![(Field::Filter, "wrong-filter-none")];
        return Ok(());
    };
    let trial = FilterTrial {
        filter,
        payload: None,
        event_type: None,
    };
    let tried = portal
        .service
        .try_filter(visitor.caller, &account.id, trial)
        .await;
    match tried {
        Ok(tried) => {
            let tried = tried.into_iter().filter_map(|one| {
                let message = one.message?;
                Some(Tried {
                    event: message.event_type,
                    at: message.accepted_at,
                    is_match: one.is_match,
                })
            });
            shown.tried = Some(tried.collect());
        }
        Err(error) => shown.wrong = found_wrong(error, &shown.fields)?,
    }
    Ok(())
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
        tried: shown.tried,
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
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::ManageEndpoint)?;
    if account.is_paused {
        return Ok(show_plan(visitor, account));
    }
    let shown = Shown::of(Fields::empty(&account.id, once(&portal)));
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
    if form.has(TRY) && !is_stale {
        let mut shown = Shown::of(fields);
        try_filter(&portal, &visitor, &account, &mut shown).await?;
        return show(&portal, visitor, account, shown).await;
    }
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
        wrong,
        is_stale,
        ..Shown::of(fields)
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
        hidden: headers.sensitive,
        ..Shown::of(fields)
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
    let mut shown = Shown {
        webhook: Some((id.clone(), super::webhooks::name_of(&endpoint))),
        is_stale: !visitor.has_sent(&form),
        hidden: headers.sensitive,
        ..Shown::of(fields)
    };
    if form.has(TRY) && !shown.is_stale {
        try_filter(&portal, &visitor, &account, &mut shown).await?;
        return show(&portal, visitor, account, shown).await;
    }
    shown.wrong = shown.fields.wrong(&account.id);
    if shown.wrong.is_empty() && !shown.is_stale {
        let change = shown.fields.change();
        match service
            .patch_endpoint(caller, &account.id, &id, change)
            .await
        {
            Ok(_) => return Ok(saved(&account)),
            Err(error) => shown.wrong = found_wrong(error, &shown.fields)?,
        }
    }
    show(&portal, visitor, account, shown).await
}

#[derive(Template)]
#[template(path = "portal/plan_needed.html")]
struct PlanNeeded {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
}

/// Says which plan webhooks need.
fn show_plan(visitor: Visitor, account: Account) -> Response {
    let template = PlanNeeded {
        token: visitor.form_token(),
        page: visitor.page,
        account,
        tab: "webhooks",
    };
    render(StatusCode::FORBIDDEN, &template)
}

/// Back to the list, which says so. Going back from there and saving again is harmless.
fn saved(account: &Account) -> Response {
    let to = format!("/portal/{}/webhooks?done=saved", account.id);
    Redirect::to(&to).into_response()
}
