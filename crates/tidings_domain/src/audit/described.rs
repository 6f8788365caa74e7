//! What the log says of each kind of object. A field that is not here is in no entry.

use jiff::Timestamp;
use serde_json::Value;

use super::{Field, Fields};
use crate::access::Capability;
use crate::application::{ApiKeyRecord, ApiUser, Application};
use crate::button::{Board, Button};
use crate::clock::Millis;
use crate::endpoint::Endpoint;
use crate::event_type::EventType;
use crate::inbox::Inbox;
use crate::integration::Integration;
use crate::job::Job;
use crate::member::Member;
use crate::session::Session;

/// An instant as the API writes it.
fn instant(at: Millis) -> String {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

/// What an entry says of an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Its id.
    pub id: Option<String>,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// What it is like, under the names of the API.
    pub fields: Fields,
}

/// An object whose changes are in the log.
pub trait Describe {
    /// As it is now.
    fn describe(&self) -> Description;
}

impl Describe for Application {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: self.uid.clone(),
            fields: vec![
                ("uid", Field::shown(&self.uid)),
                ("name", Field::shown(&self.name)),
                ("throttleRate", Field::shown(self.throttle_rate)),
                ("plan", Field::shown(&self.plan)),
                ("featureFlags", Field::shown(&self.feature_flags)),
                ("metadata", Field::shown(&self.metadata)),
            ],
        }
    }
}

impl Describe for ApiKeyRecord {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id().to_string()),
            uid: Some(self.name.clone()),
            fields: vec![
                ("name", Field::shown(&self.name)),
                ("role", Field::shown(self.role.as_str())),
                ("expiresAt", Field::shown(self.expires_at.map(instant))),
                ("rateLimit", Field::shown(self.rate_limit)),
                ("key", Field::Secret(self.hash.to_vec())),
            ],
        }
    }
}

impl Describe for Member {
    fn describe(&self) -> Description {
        let password = self.password_hash.clone().unwrap_or_default();
        let invitation = self.invitation.map(|one| one.hash.to_vec());
        Description {
            id: Some(self.id.to_string()),
            uid: Some(self.email.clone()),
            fields: vec![
                ("email", Field::shown(&self.email)),
                ("name", Field::shown(&self.name)),
                ("role", Field::shown(self.role.as_str())),
                ("disabled", Field::shown(self.disabled_at.is_some())),
                ("password", Field::Secret(password.into_bytes())),
                ("invitation", Field::Secret(invitation.unwrap_or_default())),
            ],
        }
    }
}

impl Describe for Endpoint {
    fn describe(&self) -> Description {
        let sealed = |sealed: &Option<Vec<u8>>| Field::Secret(sealed.clone().unwrap_or_default());
        let secrets = self.secrets.iter().map(|secret| &secret.sealed[..]);
        let co_signature = self.co_signature.as_ref();
        let co_signature = co_signature.map(|wanted| wanted.to_text().into_bytes());
        let filter = self.filter.as_deref().map(serde_json::from_str::<Value>);
        Description {
            id: Some(self.id.to_string()),
            uid: self.uid.clone(),
            fields: vec![
                ("uid", Field::shown(&self.uid)),
                ("url", Field::shown(&self.url)),
                ("description", Field::shown(&self.description)),
                ("disabled", Field::shown(self.is_off())),
                ("eventTypes", Field::shown(&self.event_types)),
                ("channels", Field::shown(&self.channels)),
                ("filter", Field::shown(filter.and_then(Result::ok))),
                ("throttleRate", Field::shown(self.throttle_rate)),
                ("fifo", Field::shown(self.is_fifo)),
                ("batchSize", Field::shown(self.batch_size)),
                ("maxWaitSecs", Field::shown(self.max_wait_secs)),
                ("retryPolicy", Field::shown(&self.retry_policy)),
                ("format", Field::shown(self.format.as_str())),
                ("metadata", Field::shown(&self.metadata)),
                ("headers", sealed(&self.headers)),
                ("credentials", sealed(&self.credentials)),
                (
                    "coSignature",
                    Field::Secret(co_signature.unwrap_or_default()),
                ),
                (
                    "secret",
                    Field::Secret(secrets.collect::<Vec<_>>().concat()),
                ),
            ],
        }
    }
}

impl Describe for EventType {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.name.clone()),
            uid: Some(self.name.clone()),
            fields: vec![
                ("description", Field::shown(&self.description)),
                ("archived", Field::shown(self.is_archived)),
                ("deprecated", Field::shown(self.is_deprecated)),
                ("schemas", Field::shown(&self.schemas)),
                ("groupName", Field::shown(&self.group_name)),
                ("featureFlags", Field::shown(&self.feature_flags)),
            ],
        }
    }
}

impl Describe for Board {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: self.uid.clone(),
            fields: vec![
                ("uid", Field::shown(&self.uid)),
                ("name", Field::shown(&self.name)),
                ("rows", Field::shown(self.rows)),
                ("columns", Field::shown(self.columns)),
            ],
        }
    }
}

impl Describe for Button {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: self.uid.clone(),
            fields: vec![
                ("uid", Field::shown(&self.uid)),
                ("url", Field::shown(&self.url)),
                ("board", Field::shown(self.board.to_string())),
                ("row", Field::shown(self.place.row)),
                ("column", Field::shown(self.place.column)),
                ("label", Field::shown(&self.face.label)),
                ("message", Field::shown(&self.face.message)),
                ("colour", Field::shown(&self.face.colour)),
            ],
        }
    }
}

impl Describe for Inbox {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: None,
            fields: vec![
                ("name", Field::shown(&self.name)),
                ("status", Field::shown(self.answer.status)),
                (
                    "secret",
                    Field::Secret(self.secret.clone().unwrap_or_default()),
                ),
            ],
        }
    }
}

impl Describe for Job {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: None,
            fields: vec![("task", Field::shown(self.kind.as_str()))],
        }
    }
}

impl Describe for Session {
    fn describe(&self) -> Description {
        let capabilities: Vec<&str> = self.capabilities.iter().map(Capability::as_str).collect();
        Description {
            id: Some(self.ordinal.to_string()),
            uid: self.session_id.clone(),
            fields: vec![
                ("capabilities", Field::shown(capabilities)),
                ("featureFlags", Field::shown(&self.feature_flags)),
                ("expiresAt", Field::shown(self.expires_at)),
            ],
        }
    }
}

impl Describe for Integration {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.id.to_string()),
            uid: Some(self.name.clone()),
            fields: vec![
                ("name", Field::shown(&self.name)),
                ("featureFlags", Field::shown(&self.feature_flags)),
                (
                    "key",
                    Field::Secret(self.hash.map(Vec::from).unwrap_or_default()),
                ),
            ],
        }
    }
}

impl Describe for ApiUser {
    fn describe(&self) -> Description {
        Description {
            id: Some(self.ordinal.to_string()),
            uid: Some(self.login.clone()),
            fields: vec![("login", Field::shown(&self.login))],
        }
    }
}
