//! Who looks at the portal: the session of the cookie, what it may do, and the account that a page is about.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tidings_domain::access::{Capability, Principal};
use tidings_domain::application::Application;
use tidings_service::idempotency::KeyedRequest;
use tidings_service::{Caller, ServiceError};
use tidings_store::Dedup;
use tidings_store::directory::ApplicationView;

use super::Portal;
use super::theme::Brand;
use crate::errors::Fault;
use crate::form::{self, Posted};
use crate::origin::origin;
use crate::page::{Page, cookie};

/// The cookie of the session.
pub(crate) const SESSION_COOKIE: &str = "tidings_portal";
/// The field of a form that makes sending it twice the same as once.
const ONCE_FIELD: &str = "once";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) page: Page,
    pub(crate) caller: Caller,
    /// The account that the session is bound to.
    pub(crate) own: String,
    token: String,
}

/// What every page of an account shows of it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Its id, as it is in addresses.
    pub(crate) id: String,
    pub(crate) name: String,
    /// What its plan is called.
    pub(crate) plan: Option<String>,
    /// Whether its plan has no webhooks.
    pub(crate) is_paused: bool,
    /// The plan that has them, if that is known.
    pub(crate) needed_plan: Option<String>,
    pub(crate) webhooks_count: usize,
    pub(crate) webhooks_max: Option<u32>,
    /// What stands in the corner of its pages.
    pub(crate) brand: Brand,
}

impl FromRequestParts<Portal> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Fault> {
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or(Fault::Ended)?;
        let caller = portal.service.authenticate(token).await?;
        // Whoever has a key and no session is refused here.
        if !matches!(caller.principal, Principal::Application(..)) {
            return Err(Fault::Ended);
        }
        let own = portal.service.session(caller).await?.application;
        Ok(Self {
            page: Page::new(&parts.headers, parts.uri.path()),
            caller: Caller {
                origin: origin(parts),
                ..caller
            },
            own: own.to_string(),
            token: token.to_owned(),
        })
    }
}

impl Visitor {
    /// Whether the session may do this.
    pub(crate) fn may(&self, capability: Capability) -> bool {
        match self.caller.principal {
            Principal::Application(_, capabilities) => capabilities.allow(capability),
            Principal::Environment(_) => false,
        }
    }

    /// Refuses what the session may not do.
    pub(crate) fn check(&self, capability: Capability) -> Result<(), Fault> {
        if self.may(capability) {
            Ok(())
        } else {
            Err(Fault::NotAllowed)
        }
    }

    /// Whether a form is one of this session.
    pub(crate) fn has_sent(&self, form: &Posted) -> bool {
        form.is_of(&self.token)
    }

    /// What a form of this session carries.
    pub(crate) fn form_token(&self) -> String {
        form::token(&self.token)
    }

    /// What makes sending a form twice the same as once: what it was given when it was shown.
    pub(crate) fn dedup(&self, portal: &Portal, form: &Posted) -> Result<Option<Dedup>, Fault> {
        let key = form.one(ONCE_FIELD);
        if key.is_empty() {
            return Ok(None);
        }
        let request = KeyedRequest {
            key: key.as_bytes(),
            route: &self.page.path,
            body: &form.content(),
        };
        Ok(Some(portal.service.dedup(self.caller, request)?))
    }

    /// The account of this id, as far as this visitor is concerned.
    pub(crate) async fn account(&self, portal: &Portal, id: &str) -> Result<Account, Fault> {
        self.check(Capability::ViewBase)?;
        let view = portal.service.view(self.caller, id).await;
        let view = view.map_err(hide)?;
        let theme = portal.service.theme(self.caller).await?;
        Ok(Account {
            brand: Brand::of(&theme),
            ..Account::of(&view)
        })
    }
}

/// Somebody else's looks as if it were not there.
fn hide(error: ServiceError) -> Fault {
    match error {
        ServiceError::Forbidden { .. } => Fault::Missing,
        other => Fault::from(other),
    }
}

impl Account {
    pub(crate) fn of(view: &ApplicationView) -> Self {
        let standing = &view.standing;
        let application: &Application = &view.application;
        let needed_plan = match standing {
            tidings_domain::plan::Standing::Below { needed, .. } => needed.clone(),
            _ => None,
        };
        Self {
            id: application.id.to_string(),
            name: application.name.clone(),
            plan: standing.plan().map(|plan| plan.name.clone()),
            is_paused: standing.is_paused(),
            needed_plan,
            webhooks_count: view.targets.len(),
            webhooks_max: standing.plan().and_then(|plan| plan.endpoints_max),
            brand: Brand::default(),
        }
    }
}

/// A number that makes sending a form twice the same as once.
pub(crate) fn once(portal: &Portal) -> String {
    format!("{:016x}", portal.service.entropy().next_u64())
}
