//! Inboxes: URLs that catch requests, show them, and answer as they are told.

mod catching;
mod feed;
mod replaying;
mod requests;

use crate::audit::Touched;
use tidings_domain::audit::Action;
use tidings_domain::ids::InboxId;
use tidings_domain::inbox::{
    ANSWER_BODY_BYTES_MAX, ANSWER_DELAY_MS_MAX, Inbox, InboxPatch, check_answer_headers,
};
use tidings_domain::sealed::{Context, Purpose};
use tidings_domain::signature::VerifyingKeys;
use tidings_store::{Dedup, NewInbox, Order, PageRequest, Written};

pub use self::catching::{Catching, IncomingRequest};
pub use self::feed::InboxFeed;
pub use self::requests::{SeenRequest, SignatureCheck};
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::INBOXES_MAX;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "inbox" };

/// What a caller says of an inbox; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxDraft {
    /// What people call it.
    pub name: Option<String>,
    /// The status that it answers with.
    pub status: Option<u32>,
    /// The headers of the answer.
    pub headers: Option<Vec<(String, String)>>,
    /// The body of the answer.
    pub body: Option<String>,
    /// How long the answer is held back, in milliseconds.
    pub delay_ms: Option<u32>,
    /// How many of a hundred requests get a 500 instead.
    pub failure_percent: Option<u32>,
    /// The secret or public key that signatures are checked with; `Some(None)` checks none.
    pub secret: Option<Option<String>>,
}

impl Service {
    /// Makes an inbox.
    pub async fn create_inbox(
        &self,
        caller: Caller,
        draft: InboxDraft,
        dedup: Option<Dedup>,
    ) -> Result<Inbox, ServiceError> {
        check(&draft)?;
        self.check_inboxes_count(caller).await?;
        let mut key = [0; tidings_domain::inbox::KEY_BYTES];
        self.entropy.fill(&mut key);
        let new = NewInbox {
            environment: caller.environment,
            name: draft.name.clone().unwrap_or_else(|| "Inbox".to_owned()),
            key,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let store = self
            .noting(caller, Action::InboxCreate, Touched::new())
            .await?;
        let made = match store.create_inbox(new, dedup).await? {
            Written::Done(made) | Written::Replayed(Some(made)) => made,
            Written::KeyReused => return Err(ServiceError::key_reused()),
            _ => return Err(NOT_FOUND),
        };
        let told = InboxDraft {
            name: None,
            ..draft
        };
        if told == InboxDraft::default() {
            return Ok(made);
        }
        self.write_inbox(caller, made, told).await
    }

    /// The limit is for those who forget to delete; of many at once a few may slip through.
    async fn check_inboxes_count(&self, caller: Caller) -> Result<(), ServiceError> {
        let page = PageRequest {
            order: Order::Ascending,
            after: None,
            limit: INBOXES_MAX,
        };
        let there = self.store.inboxes(caller.environment, page).await?;
        if there.len() < INBOXES_MAX {
            return Ok(());
        }
        Err(ServiceError::Refused {
            code: "too_many_inboxes",
            detail: format!("there are {INBOXES_MAX} inboxes, which is the most; delete one first"),
        })
    }

    /// The inbox of this id.
    pub async fn inbox(&self, caller: Caller, id: &str) -> Result<Inbox, ServiceError> {
        let id: InboxId = id.parse().map_err(|_| NOT_FOUND)?;
        let found = self.store.inbox(id.seq()).await?;
        found
            .filter(|inbox| inbox.id == id && inbox.environment == caller.environment)
            .ok_or(NOT_FOUND)
    }

    /// One page of the caller's inboxes.
    pub async fn inboxes(
        &self,
        caller: Caller,
        query: &PageQuery,
    ) -> Result<Listed<Inbox>, ServiceError> {
        let after = match &query.cursor {
            Some(cursor) => {
                let id: InboxId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.seq())
            }
            None => None,
        };
        let request = query.request(after);
        let rows = self.store.inboxes(caller.environment, request).await?;
        Ok(query.finish(rows, |inbox| inbox.id.to_string()))
    }

    /// Changes what an inbox is called, what it answers, and what signatures it expects.
    pub async fn patch_inbox(
        &self,
        caller: Caller,
        id: &str,
        draft: InboxDraft,
    ) -> Result<Inbox, ServiceError> {
        let inbox = self.inbox(caller, id).await?;
        check(&draft)?;
        self.write_inbox(caller, inbox, draft).await
    }

    async fn write_inbox(
        &self,
        caller: Caller,
        inbox: Inbox,
        draft: InboxDraft,
    ) -> Result<Inbox, ServiceError> {
        let seal = |secret: String| {
            let context = secret_context(&inbox);
            let plain = secret.as_bytes();
            self.keyring.seal(&*self.entropy, &context, plain)
        };
        let patch = InboxPatch {
            name: draft.name,
            status: draft.status.and_then(|status| status.try_into().ok()),
            headers: draft.headers,
            body: draft.body.map(String::into_bytes),
            delay_ms: draft.delay_ms,
            failure_percent: draft
                .failure_percent
                .and_then(|share| share.try_into().ok()),
            secret: draft.secret.map(|secret| secret.map(seal)),
        };
        let ordinal = inbox.ordinal();
        let store = self
            .noting(caller, Action::InboxUpdate, Touched::new())
            .await?;
        let changed = store.update_inbox(ordinal, patch, self.now()).await?;
        changed.ok_or(NOT_FOUND)
    }

    /// Deletes an inbox and what it has caught; its URL is gone for good.
    pub async fn delete_inbox(&self, caller: Caller, id: &str) -> Result<(), ServiceError> {
        let inbox = self.inbox(caller, id).await?;
        let touched = Touched::new().known(&inbox.id, None);
        let store = self.noting(caller, Action::InboxDelete, touched).await?;
        if store.delete_inbox(inbox.ordinal()).await? {
            Ok(())
        } else {
            Err(NOT_FOUND)
        }
    }
}

/// Where the secret of an inbox is sealed for. The chance in the id tells inboxes apart.
fn secret_context(inbox: &Inbox) -> Context {
    Context {
        environment: inbox.environment,
        owner: inbox.id.parts().tail,
        purpose: Purpose::InboxSecret,
    }
}

fn check(draft: &InboxDraft) -> Result<(), ServiceError> {
    let mut problems = Problems::default();
    let mut refuse = |is_wrong: bool, field: &str, msg: &str| {
        if is_wrong {
            problems.push(FieldProblem::body(field, msg));
        }
    };
    refuse(
        draft
            .status
            .is_some_and(|status| !(200..=599).contains(&status)),
        "status",
        "must lie between 200 and 599",
    );
    refuse(
        draft
            .delay_ms
            .is_some_and(|delay| delay > ANSWER_DELAY_MS_MAX),
        "delayMs",
        "may be at most 30000, which is 30 seconds",
    );
    refuse(
        draft.failure_percent.is_some_and(|share| share > 100),
        "failurePercent",
        "must lie between 0 and 100",
    );
    refuse(
        draft
            .body
            .as_ref()
            .is_some_and(|body| body.len() > ANSWER_BODY_BYTES_MAX),
        "body",
        "may have at most 65536 bytes",
    );
    if let Some(name) = &draft.name {
        problems.check("name", check_display_name(name));
    }
    if let Some(headers) = &draft.headers {
        problems.check("headers", check_answer_headers(headers));
    }
    if let Some(Some(secret)) = &draft.secret {
        problems.check("secret", VerifyingKeys::parse(secret).map(|_| ()));
    }
    problems.finish()
}
