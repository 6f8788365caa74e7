//! Who looks at inboxes: a member, and the address by which their browser knows this server.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;
use tidings_domain::access::Role;
use tidings_domain::inbox::{CATCHING_PATH, Inbox};
use tidings_domain::language::Language;
use tidings_service::Caller;

use crate::around::is_secure;
use crate::dashboard::member::Member;
use crate::errors::Fault;
use crate::page::Page;

/// The role that makes and changes inboxes, as over the API; every member may see them.
pub(super) const CHANGES: Role = Role::Developer;

/// A member before an inbox.
pub(super) struct Reader {
    pub(super) member: Member,
    /// Scheme and host, as the browser names this server.
    site: String,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        Ok(Self {
            member: Member::from_request_parts(parts, state).await?,
            site: site(&parts.headers),
        })
    }
}

impl Reader {
    pub(super) fn caller(&self) -> Caller {
        self.member.caller
    }

    pub(super) fn language(&self) -> Language {
        self.member.page.language
    }

    pub(super) fn page(&self) -> Page {
        self.member.page.clone()
    }

    /// Refuses whoever may only see.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.member.check(CHANGES)
    }

    /// The address at which an inbox catches.
    pub(super) fn address(&self, inbox: &Inbox) -> String {
        format!("{}{CATCHING_PATH}{}", self.site, inbox.token().to_text())
    }
}

/// What ends TLS before this server says so in `X-Forwarded-Proto`.
fn site(headers: &HeaderMap) -> String {
    let scheme = if is_secure(headers) { "https" } else { "http" };
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_inbox_is_where_the_browser_is() {
        let mut headers = HeaderMap::new();
        assert_eq!(site(&headers), "http://localhost");
        headers.insert(HOST, "hooks.example.com:8071".parse().unwrap());
        assert_eq!(site(&headers), "http://hooks.example.com:8071");
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(site(&headers), "https://hooks.example.com:8071");
    }
}
