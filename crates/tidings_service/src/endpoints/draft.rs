//! What a caller says of an endpoint, and what is allowed of it.

use std::collections::BTreeSet;

use tidings_domain::address_policy::check_headers;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::co_signature::CoSignature;
use tidings_domain::credentials::Credentials;
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::filter::{Filter, RefusedFilter};
use tidings_domain::ids::EndpointId;
use tidings_domain::names::{check_channel, check_metadata, check_uid, check_wanted_event_type};
use tidings_domain::retry::policy::RetryPolicy;

use tidings_store::target::Target;

use super::co_signatures::{Beside, CoSignatureChange, CoSignatureDraft};
use super::credentials::{CredentialsChange, CredentialsDraft, NEEDS_HTTPS, check_clash, is_https};
use super::headers::keep_hidden;
use crate::applications::check_rate;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{
    BATCH_SIZE_MAX, BATCH_WAIT_SECS_MAX, CHANNELS_MAX, DESCRIPTION_BYTES_MAX,
    ENDPOINT_EVENT_TYPES_MAX,
};
use crate::operational::check_told_types;
use crate::{Caller, Service};

/// A new endpoint, or one that replaces another.
#[derive(Debug, Clone, Default)]
pub struct EndpointDraft {
    /// Where deliveries go.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// Whether it is switched off.
    pub is_disabled: bool,
    /// Empty means all.
    pub event_types: Vec<String>,
    /// Empty means all.
    pub channels: Vec<String>,
    /// The payloads that it wants, as they are written.
    pub filter: Option<String>,
    /// Deliveries a second; at least 1.
    pub throttle_rate: Option<u32>,
    /// Whether it keeps the order.
    pub is_fifo: bool,
    /// How many events go into one request; 1 to 1,000.
    pub batch_size: Option<u32>,
    /// How long a batch waits to be filled, in seconds; at most 300.
    pub max_wait_secs: Option<u32>,
    /// When it is tried again, if not as everybody is.
    pub retry_policy: Option<Box<RetryPolicy>>,
    /// In which form it gets its events.
    pub format: BodyFormat,
    /// The product's own notes.
    pub metadata: Metadata,
    /// Headers to be sent with each request; none given is not the same as an empty list.
    pub headers: Option<Metadata>,
    /// What it wants to see before it takes a request.
    pub credentials: Option<CredentialsDraft>,
    /// The signing secret; made if none is given.
    pub secret: Option<String>,
    /// One more signature that it wants.
    pub co_signature: Option<CoSignatureDraft>,
}

impl EndpointDraft {
    pub(crate) fn check(&self, problems: &mut Problems) {
        check_description(&self.description, problems);
        check_lists(&self.event_types, &self.channels, problems);
        check_filter(self.filter.as_deref(), problems);
        problems.check("throttleRate", check_rate(self.throttle_rate));
        check_batches(self.batch_size, self.max_wait_secs, self.format, problems);
        problems.check("metadata", check_metadata(&self.metadata));
        if let Some(uid) = &self.uid {
            problems.check("uid", check_uid(uid, EndpointId::PREFIX));
        }
        if let Some(headers) = &self.headers {
            check_header_map(headers, problems);
        }
    }
}

/// A change to an endpoint; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new URL.
    pub url: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// Off or on.
    pub is_disabled: Option<bool>,
    /// The new event types; empty means all.
    pub event_types: Option<Vec<String>>,
    /// The new channels; empty means all.
    pub channels: Option<Vec<String>>,
    /// The new filter, or none.
    pub filter: Option<Option<String>>,
    /// The new limit, or none.
    pub throttle_rate: Option<Option<u32>>,
    /// Whether it keeps the order from now on.
    pub is_fifo: Option<bool>,
    /// The new size of its batches, or none.
    pub batch_size: Option<Option<u32>>,
    /// The new wait for a batch to fill, or none.
    pub max_wait_secs: Option<Option<u32>>,
    /// The new rules for trying again, or none of its own.
    pub retry_policy: Option<Option<Box<RetryPolicy>>>,
    /// The new form of its events.
    pub format: Option<BodyFormat>,
    /// The new notes; they replace the old ones.
    pub metadata: Option<Metadata>,
    /// The new headers; they replace the old ones.
    pub headers: Option<Metadata>,
    /// Whether headers whose values are never shown stay beside the new ones, for those who have not seen them.
    pub keeps_hidden_headers: bool,
    /// The new credentials.
    pub credentials: Option<CredentialsChange>,
    /// The new further signature.
    pub co_signature: Option<CoSignatureChange>,
}

impl EndpointChange {
    /// The change that makes an endpoint what a draft says.
    pub(super) fn replacing(draft: EndpointDraft) -> Self {
        Self {
            uid: Some(draft.uid),
            url: Some(draft.url),
            description: Some(draft.description),
            is_disabled: Some(draft.is_disabled),
            event_types: Some(draft.event_types),
            channels: Some(draft.channels),
            filter: Some(draft.filter),
            throttle_rate: Some(draft.throttle_rate),
            is_fifo: Some(draft.is_fifo),
            batch_size: Some(draft.batch_size),
            max_wait_secs: Some(draft.max_wait_secs),
            retry_policy: Some(draft.retry_policy),
            format: Some(draft.format),
            metadata: Some(draft.metadata),
            headers: draft.headers,
            keeps_hidden_headers: false,
            credentials: draft.credentials.map(CredentialsChange::Replace),
            co_signature: draft.co_signature.map(CoSignatureChange::Replace),
        }
    }

    fn check(&self, problems: &mut Problems) {
        if let Some(description) = &self.description {
            check_description(description, problems);
        }
        check_lists(
            self.event_types.as_deref().unwrap_or_default(),
            self.channels.as_deref().unwrap_or_default(),
            problems,
        );
        check_filter(self.filter.as_ref().and_then(Option::as_deref), problems);
        problems.check("throttleRate", check_rate(self.throttle_rate.flatten()));
        if let Some(metadata) = &self.metadata {
            problems.check("metadata", check_metadata(metadata));
        }
        if let Some(Some(uid)) = &self.uid {
            problems.check("uid", check_uid(uid, EndpointId::PREFIX));
        }
        if let Some(headers) = &self.headers {
            check_header_map(headers, problems);
        }
    }
}

impl Service {
    /// The credentials of a new endpoint, if there are any and they are fine.
    pub(super) fn check_new_credentials(
        &self,
        draft: &EndpointDraft,
        problems: &mut Problems,
    ) -> Option<Credentials> {
        let change = CredentialsChange::Replace(draft.credentials.clone()?);
        let before = problems.count();
        let credentials = change.apply(None, problems);
        if let Some(credentials) = &credentials {
            self.check_use(credentials, &draft.url, problems);
        }
        problems.nest(before, "credentials");
        let headers = draft.headers.clone().unwrap_or_default();
        check_clash(&headers, credentials.as_ref(), "headers", problems);
        credentials
    }

    /// The further signature of a new endpoint, if there is one and it is fine.
    pub(super) fn new_co_signature(
        &self,
        draft: &EndpointDraft,
        credentials: Option<&Credentials>,
        place: (i64, i64),
        problems: &mut Problems,
    ) -> Option<Box<CoSignature>> {
        let change = CoSignatureChange::Replace(draft.co_signature.clone()?);
        let wanted = self.change_co_signature(&change, None, place, problems);
        let headers = draft.headers.clone().unwrap_or_default();
        let beside = Beside {
            headers: &headers,
            credentials,
        };
        beside.check_clash(wanted.as_deref(), problems);
        wanted
    }

    /// What becomes of the further signature; `None` if it stays.
    #[expect(clippy::option_option, reason = "the form that patches have")]
    fn changed_co_signature(
        &self,
        change: &EndpointChange,
        credentials: Option<&Credentials>,
        target: &Target,
        problems: &mut Problems,
    ) -> Option<Option<Box<CoSignature>>> {
        let current = target.endpoint.co_signature.as_deref();
        let place = (target.endpoint.environment, target.endpoint.id.parts().tail);
        let changed = change
            .co_signature
            .as_ref()
            .map(|change| self.change_co_signature(change, current, place, problems));
        let wanted = match &changed {
            Some(wanted) => wanted.as_deref(),
            None => current,
        };
        let beside = Beside {
            headers: change.headers.as_ref().unwrap_or(&target.headers),
            credentials,
        };
        beside.check_clash(wanted, problems);
        changed
    }

    /// The credentials after a change, if there are any and they are fine.
    fn check_changed_credentials(
        &self,
        change: &EndpointChange,
        target: &Target,
        problems: &mut Problems,
    ) -> Option<Credentials> {
        let before = problems.count();
        let url = change.url.as_deref().unwrap_or(&target.endpoint.url);
        let credentials = if let Some(change) = &change.credentials {
            let credentials = change.apply(target.credentials.as_ref(), problems);
            if let Some(credentials) = &credentials {
                self.check_use(credentials, url, problems);
            }
            problems.nest(before, "credentials");
            credentials
        } else {
            let kept = target.credentials.clone();
            if matches!(kept, Some(Credentials::Mtls(_))) && !is_https(url) {
                problems.push(FieldProblem::body("url", NEEDS_HTTPS));
            }
            kept
        };
        let headers = change.headers.as_ref().unwrap_or(&target.headers);
        check_clash(headers, credentials.as_ref(), "headers", problems);
        credentials
    }

    /// Checks a change to an endpoint and makes it ready to be written.
    pub(crate) async fn check_change(
        &self,
        caller: Caller,
        target: &Target,
        mut change: EndpointChange,
    ) -> Result<EndpointPatch, ServiceError> {
        let endpoint = &target.endpoint;
        if let Some(headers) = &mut change.headers
            && change.keeps_hidden_headers
        {
            keep_hidden(headers, &target.headers);
        }
        let mut problems = Problems::default();
        let url = match &change.url {
            Some(url) => self.check_url(url, &mut problems),
            None => None,
        };
        change.check(&mut problems);
        check_batches(
            change.batch_size.unwrap_or(endpoint.batch_size),
            change.max_wait_secs.unwrap_or(endpoint.max_wait_secs),
            change.format.unwrap_or(endpoint.format),
            &mut problems,
        );
        let credentials = self.check_changed_credentials(&change, target, &mut problems);
        let co_signature =
            self.changed_co_signature(&change, credentials.as_ref(), target, &mut problems);
        if let Some(names) = &change.event_types {
            // Names that the endpoint has already may have left the catalogue since.
            let added: Vec<String> = names
                .iter()
                .filter(|name| !endpoint.event_types.contains(name))
                .cloned()
                .collect();
            if target.is_operational {
                check_told_types(&added, &mut problems);
            } else {
                self.check_event_types(caller, &added, &mut problems)
                    .await?;
            }
        }
        problems.finish()?;
        let tail = endpoint.id.parts().tail;
        let headers = change
            .headers
            .map(|headers| self.seal_headers(endpoint.environment, tail, Some(&headers)));
        let credentials = change
            .credentials
            .map(|_| self.seal_credentials(endpoint.environment, tail, credentials.as_ref()));
        Ok(EndpointPatch {
            uid: change.uid,
            url,
            description: change.description,
            is_disabled: change.is_disabled,
            event_types: change.event_types,
            channels: change.channels,
            filter: change.filter,
            throttle_rate: change.throttle_rate,
            is_fifo: change.is_fifo,
            batch_size: change.batch_size,
            max_wait_secs: change.max_wait_secs,
            retry_policy: change.retry_policy,
            format: change.format,
            metadata: change.metadata,
            headers,
            credentials,
            secrets: None,
            co_signature,
        })
    }
}

fn check_description(description: &str, problems: &mut Problems) {
    if description.len() > DESCRIPTION_BYTES_MAX {
        problems.push(FieldProblem::body(
            "description",
            "may have at most 4096 bytes",
        ));
    }
}

/// A list of events has a form in JSON only.
fn check_batches(
    size: Option<u32>,
    wait_secs: Option<u32>,
    format: BodyFormat,
    problems: &mut Problems,
) {
    if size.is_some_and(|size| !(1..=BATCH_SIZE_MAX).contains(&size)) {
        problems.push(FieldProblem::body("batchSize", "must be from 1 to 1000"));
    }
    if wait_secs.is_some_and(|wait| wait > BATCH_WAIT_SECS_MAX) {
        problems.push(FieldProblem::body("maxWaitSecs", "must be from 0 to 300"));
    }
    if size.is_some_and(|size| size > 1) && format != BodyFormat::Json {
        let msg = "more than 1 needs the format json";
        problems.push(FieldProblem::body("batchSize", msg));
    }
}

fn check_lists(event_types: &[String], channels: &[String], problems: &mut Problems) {
    if event_types.len() > ENDPOINT_EVENT_TYPES_MAX {
        problems.push(FieldProblem::body("eventTypes", "has more than 1000 names"));
    }
    for name in event_types {
        problems.check("eventTypes", check_wanted_event_type(name));
    }
    check_channels(channels, problems);
}

fn check_filter(filter: Option<&str>, problems: &mut Problems) {
    if let Some(Err(refused)) = filter.map(Filter::parse) {
        problems.push(refused_filter(&refused));
    }
}

/// What is wrong with a filter, with the way to it.
pub(crate) fn refused_filter(refused: &RefusedFilter) -> FieldProblem {
    let way = refused.place.iter().map(String::as_str);
    let loc: Vec<&str> = ["body", "filter"].into_iter().chain(way).collect();
    FieldProblem::at(&loc, refused.why.clone())
}

/// The channels of an endpoint or a message: at most ten, none twice.
pub(crate) fn check_channels(channels: &[String], problems: &mut Problems) {
    if channels.len() > CHANNELS_MAX {
        problems.push(FieldProblem::body("channels", "may have at most 10"));
    }
    for channel in channels {
        problems.check("channels", check_channel(channel));
    }
    if channels.iter().collect::<BTreeSet<_>>().len() < channels.len() {
        problems.push(FieldProblem::body("channels", "has one of them twice"));
    }
}

pub(super) fn check_header_map(headers: &Metadata, problems: &mut Problems) {
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    problems.check("headers", check_headers(pairs));
}
