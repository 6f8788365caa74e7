//! The portal in a page of the product: who may hold it in a frame, and what a browser is told to keep there.
//!
//! Nobody may, unless the operator names them (`portal_origins`). In a frame of another site a browser keeps only cookies
//! that say that they are for that, and those are kept for that site alone.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::around::is_secure;
use crate::portal;

const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Who may hold the portal in a frame.
#[derive(Debug, Clone)]
pub(crate) struct Embedding {
    /// The policy of the portal's pages and that of all others.
    portal: HeaderValue,
    others: HeaderValue,
}

impl Embedding {
    /// Lets these origins hold the portal; `policy` is what every page has, but for the frames around it.
    pub(crate) fn new(policy: &str, origins: &[String]) -> Self {
        let with = |ancestors: &str| {
            let text = format!("{policy}; frame-ancestors {ancestors}");
            HeaderValue::try_from(text)
        };
        let others = with("'none'").expect("our own policy is a header");
        let portal = if origins.is_empty() {
            others.clone()
        } else {
            // What is no header was no origin either; then nobody may.
            with(&origins.join(" ")).unwrap_or_else(|_| others.clone())
        };
        Self { portal, others }
    }

    /// The policy of the page at this address.
    pub(crate) fn policy(&self, path: &str) -> &HeaderValue {
        let below = path.strip_prefix(portal::FOLDER);
        if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            &self.portal
        } else {
            &self.others
        }
    }
}

/// The end of a cookie: with which requests it goes along. In a frame it must say that it is for one, which a browser
/// takes by HTTPS only.
pub(crate) fn cookie_scope(headers: &HeaderMap) -> &'static str {
    let dest = headers.get(FETCH_DEST);
    if dest.is_some_and(|dest| dest == "iframe" || dest == "frame") {
        "; SameSite=None; Secure; Partitioned"
    } else if is_secure(headers) {
        "; SameSite=Lax; Secure"
    } else {
        "; SameSite=Lax"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_are_named_may_hold_the_portal_and_nothing_else() {
        let origins = [
            "https://app.example.com".to_owned(),
            "https://b.test".to_owned(),
        ];
        let named = Embedding::new("default-src 'none'", &origins);
        let of = |embedding: &Embedding, path: &str| {
            let policy = embedding.policy(path).to_str().unwrap();
            policy.rsplit_once("frame-ancestors ").unwrap().1.to_owned()
        };
        for path in ["/portal", "/portal/login"] {
            assert_eq!(of(&named, path), "https://app.example.com https://b.test");
        }
        for path in ["/", "/portals", "/dashboard/you"] {
            assert_eq!(of(&named, path), "'none'");
        }
        let nobody = Embedding::new("default-src 'none'", &[]);
        assert_eq!(of(&nobody, "/portal/login"), "'none'");
    }

    #[test]
    fn a_cookie_in_a_frame_is_for_that_site_alone() {
        let scope = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            cookie_scope(&pairs.collect())
        };
        let framed = "; SameSite=None; Secure; Partitioned";
        assert_eq!(scope(&[("sec-fetch-dest", "iframe")]), framed);
        assert_eq!(scope(&[("sec-fetch-dest", "document")]), "; SameSite=Lax");
        assert_eq!(
            scope(&[("x-forwarded-proto", "https")]),
            "; SameSite=Lax; Secure"
        );
    }
}
