//! The audit log: who changed what, when, and from where.
//!
//! An entry is written in the transaction of the change and never altered; retention alone removes it. It says
//! which fields have changed, and from what to what where that is nobody's secret.

mod described;

use std::fmt;
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::clock::Millis;
use crate::ids::IdParts;

pub use described::{Describe, Description};

/// A value that is longer than this as JSON is not kept, only that it has changed.
const VALUE_BYTES_MAX: usize = 512;

/// Makes the list of actions: what each is called in the log, in the API and in the guide.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal;)+) => {
        /// What was done. The part before the dot says to what.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $action,)+
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$action),+];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)+
                }
            }
        }
    };
}

actions! {
    /// An application was made.
    ApplicationCreate = "application.create";
    /// An application was changed.
    ApplicationUpdate = "application.update";
    /// An application was deleted, with its endpoints and boards.
    ApplicationDelete = "application.delete";
    /// An endpoint was made.
    EndpointCreate = "endpoint.create";
    /// An endpoint was changed: its fields, headers or credentials.
    EndpointUpdate = "endpoint.update";
    /// Tidings has switched an endpoint off.
    EndpointDisable = "endpoint.disable";
    /// The secret of an endpoint was replaced.
    EndpointRotateSecret = "endpoint.rotate_secret";
    /// An endpoint was deleted.
    EndpointDelete = "endpoint.delete";
    /// An operational endpoint was made.
    OperationalEndpointCreate = "operational_endpoint.create";
    /// An operational endpoint was changed.
    OperationalEndpointUpdate = "operational_endpoint.update";
    /// Tidings has switched an operational endpoint off.
    OperationalEndpointDisable = "operational_endpoint.disable";
    /// The secret of an operational endpoint was replaced.
    OperationalEndpointRotateSecret = "operational_endpoint.rotate_secret";
    /// An operational endpoint was deleted.
    OperationalEndpointDelete = "operational_endpoint.delete";
    /// An event type was made, or taken out of the archive by making it.
    EventTypeCreate = "event_type.create";
    /// An event type was changed.
    EventTypeUpdate = "event_type.update";
    /// An event type went to the archive.
    EventTypeArchive = "event_type.archive";
    /// An event type was removed for good.
    EventTypeExpunge = "event_type.expunge";
    /// Event types were imported, all at once.
    EventTypeImport = "event_type.import";
    /// The plans of the environment were replaced.
    PlanReplace = "plan.replace";
    /// The look of the portal was changed.
    ThemeReplace = "theme.replace";
    /// An API key was made.
    ApiKeyCreate = "api_key.create";
    /// An API key was changed.
    ApiKeyUpdate = "api_key.update";
    /// An API key was given a new text.
    ApiKeyRotate = "api_key.rotate";
    /// An API key was revoked.
    ApiKeyRevoke = "api_key.revoke";
    /// A member was invited.
    MemberInvite = "member.invite";
    /// The first owner was made, by the link on the console.
    MemberSetUp = "member.set_up";
    /// A member was given another invitation.
    MemberRenewInvitation = "member.renew_invitation";
    /// A member has accepted an invitation and chosen a password.
    MemberAcceptInvitation = "member.accept_invitation";
    /// Somebody whom nobody had invited became a member by single sign-on.
    MemberJoin = "member.join";
    /// A member has changed their own password.
    MemberChangePassword = "member.change_password";
    /// A member was changed.
    MemberUpdate = "member.update";
    /// A member was removed.
    MemberDelete = "member.delete";
    /// Sessions of a member were ended.
    MemberEndSessions = "member.end_sessions";
    /// An API user was made.
    ApiUserCreate = "api_user.create";
    /// The password of an API user was replaced.
    ApiUserReplacePassword = "api_user.replace_password";
    /// An API user was revoked.
    ApiUserRevoke = "api_user.revoke";
    /// A portal session was made, with a link into the portal.
    PortalSessionCreate = "portal_session.create";
    /// The link of a portal session was used.
    PortalSessionOpen = "portal_session.open";
    /// The portal sessions of an application end, some of them or all.
    PortalSessionExpire = "portal_session.expire";
    /// Somebody has ended their portal session.
    PortalSessionLogout = "portal_session.logout";
    /// An integration was made.
    IntegrationCreate = "integration.create";
    /// An integration was changed.
    IntegrationUpdate = "integration.update";
    /// The key of an integration was replaced, or it was given its first.
    IntegrationRotateKey = "integration.rotate_key";
    /// An integration was deleted, and its key with it.
    IntegrationDelete = "integration.delete";
    /// A board was made.
    BoardCreate = "board.create";
    /// A board was changed.
    BoardUpdate = "board.update";
    /// A board was deleted with its buttons.
    BoardDelete = "board.delete";
    /// A button was made.
    ButtonCreate = "button.create";
    /// A button was changed.
    ButtonUpdate = "button.update";
    /// A button was deleted.
    ButtonDelete = "button.delete";
    /// An inbox was made.
    InboxCreate = "inbox.create";
    /// An inbox was changed.
    InboxUpdate = "inbox.update";
    /// An inbox was deleted with what it has caught.
    InboxDelete = "inbox.delete";
    /// A polling endpoint was made.
    PollingEndpointCreate = "polling_endpoint.create";
    /// A polling endpoint was changed.
    PollingEndpointUpdate = "polling_endpoint.update";
    /// A polling endpoint was deleted with its consumers.
    PollingEndpointDelete = "polling_endpoint.delete";
    /// A background task was asked for.
    BackgroundTaskCreate = "background_task.create";
    /// A background task was canceled.
    BackgroundTaskCancel = "background_task.cancel";
    /// A message was sent to an endpoint again.
    MessageResend = "message.resend";
    /// The payload of a message was taken away.
    MessageExpunge = "message.expunge";
    /// What an endpoint has answered to an attempt was taken away.
    AttemptExpunge = "attempt.expunge";
}

impl Action {
    /// The inverse of [`Action::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|action| action.as_str() == text).copied()
    }

    /// What it was done to: the part before the dot.
    pub fn target(self) -> &'static str {
        let name = self.as_str();
        name.split_once('.').map_or(name, |(target, _)| target)
    }

    /// The same action on an operational endpoint.
    #[must_use]
    pub fn operational(self) -> Self {
        match self {
            Self::EndpointCreate => Self::OperationalEndpointCreate,
            Self::EndpointUpdate => Self::OperationalEndpointUpdate,
            Self::EndpointDisable => Self::OperationalEndpointDisable,
            Self::EndpointRotateSecret => Self::OperationalEndpointRotateSecret,
            Self::EndpointDelete => Self::OperationalEndpointDelete,
            other => other,
        }
    }
}

/// What kind of caller changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Somebody with an API key of the environment.
    ApiKey,
    /// A member who has signed in.
    Member,
    /// Somebody in the portal.
    PortalSession,
    /// An integration of an application.
    Integration,
    /// An API user of an application.
    ApiUser,
    /// Somebody at the command line of the server.
    CommandLine,
    /// Tidings itself.
    System,
}

impl ActorKind {
    const ALL: [Self; 7] = [
        Self::ApiKey,
        Self::Member,
        Self::PortalSession,
        Self::Integration,
        Self::ApiUser,
        Self::CommandLine,
        Self::System,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Member => "member",
            Self::PortalSession => "portal_session",
            Self::Integration => "integration",
            Self::ApiUser => "api_user",
            Self::CommandLine => "command_line",
            Self::System => "system",
        }
    }

    /// The inverse of [`ActorKind::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A text of at most so many bytes that is kept in place, so that what holds it can be passed by value.
/// Longer ones are cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Short<const N: usize> {
    length: u8,
    bytes: [u8; N],
}

impl<const N: usize> Short<N> {
    /// As much of a text as there is room for.
    pub fn new(text: &str) -> Self {
        let mut length = text.len().min(N).min(u8::MAX.into());
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let mut bytes = [0; N];
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self {
            length: u8::try_from(length).unwrap_or(u8::MAX),
            bytes,
        }
    }

    /// The text; none if it is empty.
    pub fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes[..self.length.into()]).ok()?;
        Some(text).filter(|text| !text.is_empty())
    }
}

impl<const N: usize> Default for Short<N> {
    fn default() -> Self {
        Self {
            length: 0,
            bytes: [0; N],
        }
    }
}

impl<const N: usize> fmt::Debug for Short<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text().unwrap_or_default())
    }
}

/// From where a change was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of whoever is connected: a proxy, if there is one.
    pub address: Option<IpAddr>,
    /// The caller's own id of the request.
    pub request_id: Short<64>,
    /// What the caller calls its program.
    pub user_agent: Short<100>,
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of caller.
    pub kind: ActorKind,
    /// The number of its key, session or user, as text; none where there is none.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
}

impl Actor {
    /// Tidings itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: None,
        }
    }
}

/// The id of an entry: its time, and chance.
pub type EntryId = IdParts;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unique, and known before it is written; sorts by time.
    pub id: EntryId,
    /// The environment, by number.
    pub environment: i64,
    /// Who.
    pub actor: Actor,
    /// What was done.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// The product's own name for that.
    pub target_uid: Option<String>,
    /// The id of the application that it belongs to.
    pub application: Option<String>,
    /// What has changed, as JSON; see [`changes`].
    pub changes: String,
    /// From where.
    pub address: Option<String>,
    /// The caller's own id of the request.
    pub request_id: Option<String>,
    /// What the caller calls its program.
    pub user_agent: Option<String>,
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> Millis {
        self.id.at_ms
    }
}

/// A field of an object at one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Anybody who may read the log may read it.
    Shown(Value),
    /// It is a secret, of which the log says only that it has changed.
    Secret(Vec<u8>),
}

impl Field {
    /// A field that is shown.
    pub fn shown(value: impl serde::Serialize) -> Self {
        Self::Shown(serde_json::to_value(value).unwrap_or_default())
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Secret(bytes) => bytes.is_empty(),
            Self::Shown(Value::Null | Value::Bool(false)) => true,
            Self::Shown(Value::String(text)) => text.is_empty(),
            Self::Shown(Value::Array(list)) => list.is_empty(),
            Self::Shown(Value::Object(map)) => map.is_empty(),
            Self::Shown(_) => false,
        }
    }

    fn value(&self) -> Option<&Value> {
        match self {
            Self::Shown(value) if value.to_string().len() <= VALUE_BYTES_MAX => Some(value),
            _ => None,
        }
    }
}

/// The fields of an object at one moment, by name.
pub type Fields = Vec<(&'static str, Field)>;

/// What has changed from one moment to another: `{"field", "before", "after"}` for each field, without the
/// values of secrets and of what is too long. Of something new, all that is not empty.
pub fn changes(before: Option<&Fields>, after: &Fields) -> Vec<Value> {
    let changed = after.iter().filter_map(|(name, field)| {
        let old = before.and_then(|fields| {
            let mut fields = fields.iter();
            fields.find(|(other, _)| other == name).map(|(_, old)| old)
        });
        let is_same = match (before, old) {
            (None, _) => field.is_empty(),
            (Some(_), old) => old == Some(field),
        };
        if is_same {
            return None;
        }
        let mut change = json!({ "field": name });
        if let Some(old) = old.and_then(Field::value) {
            change["before"] = old.clone();
        }
        if let Some(new) = field.value() {
            change["after"] = new.clone();
        }
        Some(change)
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own_that_says_what_it_was_done_to() {
        let mut names: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
            assert!(action.as_str().contains('.'), "{action:?}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Action::ALL.len());
        assert_eq!(Action::EndpointRotateSecret.target(), "endpoint");
    }

    #[test]
    fn a_short_text_is_cut_between_characters() {
        assert_eq!(Short::<4>::new("abcdef").text(), Some("abcd"));
        assert_eq!(Short::<4>::new("abc\u{e9}").text(), Some("abc"));
        assert_eq!(Short::<4>::new("").text(), None);
    }

    #[test]
    fn what_has_not_changed_is_not_named_and_a_secret_is_named_without_its_value() {
        let fields = |url: &str, secret: &[u8]| -> Fields {
            vec![
                ("url", Field::shown(url)),
                ("description", Field::shown("")),
                ("secret", Field::Secret(secret.to_vec())),
            ]
        };
        let (before, after) = (fields("a", b"1"), fields("b", b"2"));
        assert_eq!(changes(Some(&before), &before), Vec::<Value>::new());
        assert_eq!(
            changes(Some(&before), &after),
            [
                json!({"field": "url", "before": "a", "after": "b"}),
                json!({"field": "secret"}),
            ]
        );
        assert_eq!(
            changes(None, &after),
            [
                json!({"field": "url", "after": "b"}),
                json!({"field": "secret"})
            ]
        );
    }

    #[test]
    fn what_is_too_long_is_named_without_its_value() {
        let fields = |length: usize| vec![("text", Field::shown("x".repeat(length)))];
        let (short, long) = (fields(10), fields(VALUE_BYTES_MAX));
        let changed = changes(Some(&short), &long);
        assert_eq!(
            changed,
            [json!({"field": "text", "before": "x".repeat(10)})]
        );
    }
}
