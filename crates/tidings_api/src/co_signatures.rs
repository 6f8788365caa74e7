//! `coSignature` of an endpoint: one more signature, in the form of GitHub, Stripe or Shopify. The contract has none.

use serde::Serialize;
use tidings_domain::co_signature::CoSignature;
use tidings_service::endpoints::{CoSignatureDraft, HIDDEN};

use crate::fields::{Fields, Given};

/// The name of the field.
const FIELD: &str = "coSignature";

/// A further signature without what is secret.
#[derive(Serialize)]
pub(crate) struct CoSignatureOut {
    style: &'static str,
    header: String,
    secret: &'static str,
}

impl From<&CoSignature> for CoSignatureOut {
    fn from(wanted: &CoSignature) -> Self {
        Self {
            style: wanted.style.as_str(),
            header: wanted.header_name().to_owned(),
            secret: HIDDEN,
        }
    }
}

/// The further signature in the body of an endpoint. A part that is not known is refused: it would change nothing.
pub(crate) fn read_co_signature(fields: &mut Fields) -> Given<CoSignatureDraft> {
    match fields.object(FIELD) {
        Given::Absent => Given::Absent,
        Given::Null => Given::Null,
        Given::Value(map) => Given::Value(fields.within(FIELD, map, |fields| {
            let draft = CoSignatureDraft {
                style: fields.text("style").or_none(),
                secret: fields.text("secret").or_none(),
                header: match fields.text("header") {
                    // Null means the usual one, as an empty name does.
                    Given::Null => Some(String::new()),
                    given => given.or_none(),
                },
            };
            fields.refuse_unknown();
            draft
        })),
    }
}
