//! Who calls: the login and password of an API user, by HTTP Basic.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;
use http::request::Parts;
use tidings_service::{ApiUserCaller, ServiceError};
use zeroize::Zeroizing;

use super::refusal::Failure;
use crate::Api;
use crate::auth::origin;
use crate::pacing::pace;

/// Some clients leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A handler that takes this is for API users only.
pub(super) struct ApiUserAuth(pub(super) ApiUserCaller);

impl FromRequestParts<Arc<Api>> for ApiUserAuth {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Failure> {
        let given = parts.headers.get(AUTHORIZATION);
        let (login, password) = given
            .and_then(|value| basic(value.as_bytes()))
            .ok_or(ServiceError::Unauthorized)?;
        let user = api.service.authenticate_api_user(&login, password).await?;
        pace(api, user.caller())?;
        Ok(Self(user.from(origin(parts))))
    }
}

/// The two halves of `Basic <base64>`; the scheme in any case.
fn basic(value: &[u8]) -> Option<(String, Zeroizing<String>)> {
    let text = std::str::from_utf8(value).ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = Zeroizing::new(BASE64.decode(encoded.trim_matches(' ')).ok()?);
    let (login, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((login.to_owned(), Zeroizing::new(password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<(&str, &str)>) {
        let found = basic(value.as_bytes());
        let found = found
            .as_ref()
            .map(|(login, password)| (login.as_str(), password.as_str()));
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn the_first_colon_ends_the_login() {
        check("Basic aG9vazpzM2NyZXQ=", Some(("hook", "s3cret")));
        check("basic  aG9vazpzM2NyZXQ", Some(("hook", "s3cret")));
        check("Basic YTpiOmM=", Some(("a", "b:c")));
        check("Basic Og==", Some(("", "")));
        check("Basic dGVzdDoxMjPCow==", Some(("test", "123\u{a3}")));
        for nobody in [
            "Basic",
            "Basic aG9vaw==",
            "Basic ???",
            "Basic /w==",
            "Bearer aTpi",
        ] {
            check(nobody, None);
        }
    }
}
