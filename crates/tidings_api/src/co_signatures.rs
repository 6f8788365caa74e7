//! `coSignature` of an endpoint: one more signature, in the form of GitHub, Stripe or Shopify. The contract has none.

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use tidings_domain::co_signature::CoSignature;
use tidings_service::endpoints::{CoSignatureDraft, HIDDEN};

use crate::fields::{Fields, Given};
use crate::shapes::{self, object};

/// The name of the field.
const FIELD: &str = "coSignature";

/// A further signature without what is secret.
#[derive(JsonSchema, Serialize)]
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

/// What [`read_co_signature`] reads.
pub(crate) fn co_signature_in() -> Schema {
    object()
        .may(
            "style",
            "Whose form it has.",
            shapes::word(&["github", "stripe", "shopify"]),
        )
        .may("secret", "What it is made with.", shapes::text())
        .may(
            "header",
            "The header that it goes in, if not the usual one.",
            shapes::text(),
        )
        .done()
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
