//! The further signature of an endpoint in GitHub's, Stripe's or Shopify's form: set, changed in part, removed.
//! Its secret is kept sealed.

use tidings_domain::application::Metadata;
use tidings_domain::co_signature::{
    CoSignature, CoSignatureStyle, check_co_header, check_co_secret,
};
use tidings_domain::credentials::Credentials;
use tidings_domain::sealed::Purpose;
use tidings_store::target::context;

use super::HIDDEN;
use crate::Service;
use crate::error::{FieldProblem, Problems};

/// The name of the field.
const FIELD: &str = "coSignature";

/// A further signature as a caller gives it, perhaps in part.
#[derive(Clone, Default)]
pub struct CoSignatureDraft {
    /// `github`, `stripe` or `shopify`.
    pub style: Option<String>,
    /// What signs.
    pub secret: Option<String>,
    /// The header that it goes in; an empty one means the usual one.
    pub header: Option<String>,
}

impl std::fmt::Debug for CoSignatureDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CoSignatureDraft({:?}, [REDACTED])", self.style)
    }
}

/// A change to the further signature of an endpoint.
#[derive(Debug, Clone)]
pub enum CoSignatureChange {
    /// This instead of what was there.
    Replace(CoSignatureDraft),
    /// What is given; the rest stays.
    Merge(CoSignatureDraft),
    /// None from now on.
    Remove,
}

/// What else goes into the requests of an endpoint.
pub(super) struct Beside<'a> {
    pub(super) headers: &'a Metadata,
    pub(super) credentials: Option<&'a Credentials>,
}

impl Beside<'_> {
    /// A request has one header of a name.
    pub(super) fn check_clash(&self, wanted: Option<&CoSignature>, problems: &mut Problems) {
        let Some(wanted) = wanted else { return };
        let name = wanted.header_name();
        let of_credentials = self.credentials.and_then(Credentials::header_name);
        let mut others = self
            .headers
            .keys()
            .map(String::as_str)
            .chain(of_credentials);
        if others.any(|other| other.eq_ignore_ascii_case(name)) {
            let msg = format!(
                "the header {name} is both that of the signature and the endpoint's own or that of its credentials"
            );
            problems.push(FieldProblem::at(&["body", FIELD, "header"], msg));
        }
    }
}

impl Service {
    /// The further signature after a change. None too if something is wrong with it, which is noted.
    pub(super) fn change_co_signature(
        &self,
        change: &CoSignatureChange,
        current: Option<&CoSignature>,
        (environment, tail): (i64, i64),
        problems: &mut Problems,
    ) -> Option<Box<CoSignature>> {
        let (draft, kept) = match change {
            CoSignatureChange::Replace(draft) => (draft, None),
            CoSignatureChange::Merge(draft) => (draft, current),
            CoSignatureChange::Remove => return None,
        };
        let before = problems.count();
        let mut wrong = |field, msg: &str| problems.push(FieldProblem::body(field, msg));
        let style = match draft.style.as_deref() {
            None => kept.map(|kept| kept.style),
            Some(word) => CoSignatureStyle::parse(word),
        };
        if style.is_none() {
            wrong("style", "must be github, stripe or shopify");
        }
        let header = match draft.header.as_deref() {
            None => kept.and_then(|kept| kept.header.clone()),
            Some("") => None,
            Some(name) => {
                if let Err(why) = check_co_header(name) {
                    wrong("header", &why);
                }
                Some(name.to_ascii_lowercase())
            }
        };
        let secret = match draft.secret.as_deref() {
            None => kept.map(|kept| kept.secret.clone()),
            Some(HIDDEN) => {
                wrong("secret", "stands for what is not shown; give what is meant");
                None
            }
            Some(secret) => {
                if let Err(why) = check_co_secret(secret) {
                    wrong("secret", why);
                }
                let context = context(environment, tail, Purpose::CoSignature);
                let sealed = self
                    .keyring
                    .seal(&*self.entropy, &context, secret.as_bytes());
                Some(sealed)
            }
        };
        if secret.is_none() && draft.secret.is_none() {
            let missing = FieldProblem::body("secret", "field required");
            problems.push(missing.of_kind("value_error.missing"));
        }
        problems.nest(before, FIELD);
        let (Some(style), Some(secret)) = (style, secret) else {
            return None;
        };
        let wanted = CoSignature {
            style,
            header,
            secret,
        };
        (problems.count() == before).then(|| Box::new(wanted))
    }
}
