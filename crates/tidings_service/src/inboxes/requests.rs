//! What an inbox has caught, shown: newest first, searched, and with what is wrong with its signature.

use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{Inbox, InboxRequest};
use tidings_domain::sealed::Keyring;
use tidings_domain::signature::VerifyingKeys;
use tidings_store::{ListInboxRequests, StoreError};

use super::{NOT_FOUND, secret_context};
use crate::error::ServiceError;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

const NO_REQUEST: ServiceError = ServiceError::NotFound { what: "request" };
/// How many requests are read at once where their bodies are looked at; a megabyte each at most.
const READ_AT_ONCE: usize = 16;

/// What became of looking at a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureCheck {
    /// The inbox has no secret.
    NotChecked,
    /// It is right.
    Valid,
    /// It is not, and why.
    Wrong(String),
}

/// A request with what is said of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The request.
    pub request: InboxRequest,
    /// As if it were looked at when the request came.
    pub signature: SignatureCheck,
}

impl Service {
    /// One page of what an inbox has caught, newest first; of all that is there if no text is searched for.
    pub async fn inbox_requests(
        &self,
        caller: Caller,
        inbox: &str,
        (query, search): (&PageQuery, Option<&str>),
    ) -> Result<Listed<SeenRequest>, ServiceError> {
        let inbox = self.inbox(caller, inbox).await?;
        let keys = keys_of(&inbox, &self.keyring)?;
        let mut after = match &query.cursor {
            Some(cursor) => Some(cursor.id.parse().map_err(|_| wrong_iterator())?),
            None => None,
        };
        let with_body = search.is_some() || keys.is_some();
        let wanted = query.limit + 1;
        let at_once = if with_body { READ_AT_ONCE } else { wanted };
        let mut seen = Vec::new();
        while seen.len() < wanted {
            let list = ListInboxRequests {
                inbox: inbox.ordinal(),
                order: query.reading_order(),
                after,
                limit: at_once,
                with_body,
            };
            let rows = self.store.inbox_requests(list).await?;
            let is_last = rows.len() < at_once;
            after = rows.last().map(|row| row.id);
            let found = rows
                .into_iter()
                .filter(|row| search.is_none_or(|text| row.contains(text)));
            seen.extend(found.take(wanted - seen.len()).map(|mut request| {
                let signature = check_signature(&request, keys.as_ref());
                request.body = Vec::new();
                SeenRequest { request, signature }
            }));
            if is_last {
                break;
            }
        }
        Ok(query.finish(seen, |seen| seen.request.id.to_string()))
    }

    /// One request with its body.
    pub async fn inbox_request(
        &self,
        caller: Caller,
        inbox: &str,
        id: &str,
    ) -> Result<SeenRequest, ServiceError> {
        let inbox = self.inbox(caller, inbox).await?;
        let id = id.parse().map_err(|_| NO_REQUEST)?;
        let found = self.store.inbox_request(inbox.ordinal(), id).await?;
        let request = found.ok_or(NO_REQUEST)?;
        let keys = keys_of(&inbox, &self.keyring)?;
        let signature = check_signature(&request, keys.as_ref());
        Ok(SeenRequest { request, signature })
    }

    /// Deletes one request of an inbox.
    pub async fn delete_inbox_request(
        &self,
        caller: Caller,
        inbox: &str,
        id: &str,
    ) -> Result<(), ServiceError> {
        let inbox = self.inbox(caller, inbox).await?;
        let id: InboxRequestId = id.parse().map_err(|_| NO_REQUEST)?;
        let deleted = self.store.delete_inbox_requests(inbox.ordinal(), Some(id));
        if deleted.await? == 0 {
            return Err(NO_REQUEST);
        }
        Ok(())
    }

    /// Deletes everything that an inbox has caught.
    pub async fn empty_inbox(&self, caller: Caller, inbox: &str) -> Result<(), ServiceError> {
        let inbox = self.inbox(caller, inbox).await?;
        let emptied = self.store.delete_inbox_requests(inbox.ordinal(), None);
        emptied.await.map(|_| ()).map_err(Into::into)
    }

    /// Watches what an inbox catches from now on.
    pub async fn inbox_feed(
        &self,
        caller: Caller,
        inbox: &str,
    ) -> Result<super::InboxFeed, ServiceError> {
        let inbox = self.inbox(caller, inbox).await?;
        let feed = super::InboxFeed::new(
            (self.store.clone(), self.keyring.clone()),
            inbox.ordinal(),
            self.now(),
            (self.caught.kept.subscribe(), self.closing.subscribe()),
        );
        feed.await?.ok_or(NOT_FOUND)
    }
}

/// What signatures are checked with, if they are.
pub(super) fn keys_of(
    inbox: &Inbox,
    keyring: &Keyring,
) -> Result<Option<VerifyingKeys>, ServiceError> {
    let Some(sealed) = &inbox.secret else {
        return Ok(None);
    };
    let unreadable = |why: String| {
        ServiceError::Store(StoreError::Unusable(format!(
            "the secret of {} cannot be opened with the master key at hand: {why}",
            inbox.id
        )))
    };
    let plain = keyring
        .open(&secret_context(inbox), sealed)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = std::str::from_utf8(&plain).map_err(|error| unreadable(error.to_string()))?;
    let keys = VerifyingKeys::parse(text).map_err(|error| unreadable(error.to_string()))?;
    Ok(Some(keys))
}

pub(super) fn check_signature(
    request: &InboxRequest,
    keys: Option<&VerifyingKeys>,
) -> SignatureCheck {
    let Some(keys) = keys else {
        return SignatureCheck::NotChecked;
    };
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_slice()));
    match keys.verify(headers, &request.body, request.id.at_ms() / 1000) {
        Ok(()) => SignatureCheck::Valid,
        Err(why) => SignatureCheck::Wrong(why.to_string()),
    }
}
