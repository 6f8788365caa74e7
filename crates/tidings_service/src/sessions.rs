//! Portal sessions: made with a link into the portal, opened by it once, and ended.

use std::sync::Arc;

use serde_json::json;
use tidings_domain::access::{Capabilities, Principal};
use tidings_domain::api_key::{ApiKey, ParsedKey, TokenKind};
use tidings_domain::application::Application;
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::clock::{Entropy, Millis};
use tidings_domain::sealed::Keyring;
use tidings_domain::session::{
    EXPIRY_SECS_MAX, EXPIRY_SECS_MIN, LinkUsed, SESSION_ID_CHARS_MAX, Session,
};
use tidings_store::directory::KnownSession;
use tidings_store::{Dedup, Written};

use crate::applications::{ApplicationDraft, IfExists};
use crate::audit::Touched;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::{FEATURE_FLAGS_MAX, SESSION_IDS_MAX, SESSIONS_END_WITHIN_SECS_MAX};
use crate::{Caller, Service};

/// Where the portal takes the codes of links, below the public URL. The code comes behind the `#`, which browsers
/// send to nobody: no server or proxy on the way has it in its log, and no page that is linked to gets it.
const LINK_PATH: &str = "/portal/login#key=";

/// What a caller says of a portal session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionDraft {
    /// The application, to be made if it is not there.
    pub application: Option<ApplicationDraft>,
    /// Whether it may look and do nothing else, whatever else is said.
    pub is_read_only: bool,
    /// What it may do; everything if nothing is said.
    pub capabilities: Option<Capabilities>,
    /// Event types with one of these are shown to it.
    pub feature_flags: Vec<String>,
    /// How long it lasts.
    pub expiry_secs: Option<u32>,
    /// The product's own name for it.
    pub session_id: Option<String>,
}

/// A session that was just made. The token and the link are here and nowhere else.
#[derive(Debug)]
pub struct NewSession {
    /// Opens the API for the application.
    pub token: ApiKey,
    /// Opens the portal once.
    pub url: String,
    /// What is kept of it.
    pub session: Session,
}

/// A session whose link was just used. The token is here and nowhere else.
#[derive(Debug)]
pub struct OpenedSession {
    /// Opens the API for the application.
    pub token: ApiKey,
    /// What is kept of it.
    pub session: Session,
    /// What it is bound to.
    pub application: Application,
}

impl SessionDraft {
    fn check(&self, problems: &mut Problems) {
        if let Some(expiry) = self.expiry_secs
            && !(EXPIRY_SECS_MIN..=EXPIRY_SECS_MAX).contains(&expiry)
        {
            let msg = "must be between 3600 and 604800 seconds";
            problems.push(FieldProblem::body("expiry", msg));
        }
        if let Some(id) = &self.session_id {
            problems.check("sessionId", check_session_id(id));
        }
        check_flags(&self.feature_flags, problems);
    }
}

/// Flags of a session or an integration.
pub(crate) fn check_flags(flags: &[String], problems: &mut Problems) {
    if flags.len() > FEATURE_FLAGS_MAX {
        problems.push(FieldProblem::body("featureFlags", "may have at most 25"));
    }
    for flag in flags {
        problems.check("featureFlags", check_display_name(flag));
    }
}

fn check_session_id(id: &str) -> Result<(), &'static str> {
    if !(1..=SESSION_ID_CHARS_MAX).contains(&id.chars().count()) {
        return Err("must have 1 to 64 characters");
    }
    if id.chars().any(char::is_control) {
        return Err("may not have control characters");
    }
    Ok(())
}

impl Service {
    /// Who sends this token of a session.
    pub(crate) async fn authenticate_session(&self, token: &str) -> Result<Caller, ServiceError> {
        let parsed = ParsedKey::parse_as(TokenKind::Session, token)
            .map_err(|_| ServiceError::Unauthorized)?;
        let known = self.directory.session(parsed.ordinal()).await?;
        let known = known.ok_or(ServiceError::Unauthorized)?;
        let session = &known.session;
        if !session.has_token(parsed.hash()) || !session.is_in_force(self.now()) {
            return Err(ServiceError::Unauthorized);
        }
        Ok(caller_of(&known, Origin::default()))
    }

    /// The feature flags of a caller who is shown only those event types that have one of them, or none: its own and
    /// those of its application.
    pub(crate) async fn flags_of(
        &self,
        caller: Caller,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        let (mut flags, application) = match caller.kind {
            ActorKind::PortalSession => {
                let known = self.session(caller).await?;
                (known.session.feature_flags.clone(), known.application)
            }
            ActorKind::Integration => {
                let known = self.known_integration(caller.key).await?;
                (known.integration.feature_flags.clone(), known.application)
            }
            _ => return Ok(None),
        };
        let name = application.to_string();
        let application = self.bare_application(caller, &name).await?;
        flags.extend(application.feature_flags.unwrap_or_default());
        Ok(Some(flags))
    }

    /// The session of a caller that has one.
    pub async fn session(&self, caller: Caller) -> Result<Arc<KnownSession>, ServiceError> {
        if caller.kind != ActorKind::PortalSession {
            return Err(only_for_sessions());
        }
        let known = self.directory.session(caller.key).await?;
        known.ok_or(ServiceError::Unauthorized)
    }

    /// Makes a portal session of an application. With an idempotency key its tokens follow from the master key and its
    /// number, so that a repeated request is told the same and no token is kept.
    pub async fn create_session(
        &self,
        caller: Caller,
        application: &str,
        draft: SessionDraft,
        dedup: Option<Dedup>,
    ) -> Result<NewSession, ServiceError> {
        let application = self
            .session_application(caller, application, &draft)
            .await?;
        let now = self.now();
        let ordinal = (self.entropy.next_u64() >> 1).cast_signed();
        let ring = dedup.is_some().then(|| self.directory.keyring());
        let derived = ring.and_then(|ring| TokenPair::all_of(ordinal, ring).next());
        let pair = derived.unwrap_or_else(|| TokenPair::of_chance(ordinal, &*self.entropy));
        let capabilities = match draft.capabilities {
            _ if draft.is_read_only => Capabilities::read_only(),
            None => Capabilities::all(),
            Some(given) => given,
        };
        let expiry = draft.expiry_secs.unwrap_or(EXPIRY_SECS_MAX);
        let session = Session {
            ordinal,
            environment: application.environment,
            application: application.id.seq(),
            session_id: draft.session_id,
            capabilities,
            feature_flags: draft.feature_flags,
            hash: pair.token.hash(),
            link_hash: pair.link.hash(),
            link_used: None,
            created_at: now,
            expires_at: now + Millis::from(expiry) * 1_000,
            revoked_at: None,
        };
        let touched = Touched::of(application.id);
        let store = self
            .noting(caller, Action::PortalSessionCreate, touched)
            .await?;
        match store.create_session(session, dedup).await? {
            Written::Done(session) => Ok(self.shown(session, pair)),
            Written::Replayed(Some(session)) => {
                let ring = self.directory.keyring();
                let mut pairs = TokenPair::all_of(session.ordinal, ring);
                let pair = pairs.find(|pair| pair.token.hash() == session.hash);
                let pair = pair.ok_or_else(|| ServiceError::Conflict {
                    code: "idempotency_key_reused",
                    detail: "the master key that this session was made with is gone; send another `Idempotency-Key`"
                        .to_owned(),
                })?;
                Ok(self.shown(session, pair))
            }
            Written::KeyReused => Err(ServiceError::key_reused()),
            _ => Err(no_application()),
        }
    }

    fn shown(&self, session: Session, TokenPair { token, link }: TokenPair) -> NewSession {
        NewSession {
            url: format!("{}{LINK_PATH}{}", self.public_url, link.text()),
            token,
            session,
        }
    }

    /// The application that the path names; made as the body says if it is not there.
    async fn session_application(
        &self,
        caller: Caller,
        name: &str,
        draft: &SessionDraft,
    ) -> Result<Application, ServiceError> {
        let mut problems = Problems::default();
        if let Some(application) = &draft.application {
            application.check(&mut problems);
            problems.nest(0, "application");
        }
        draft.check(&mut problems);
        let found = match self.bare_application(caller, name).await {
            Ok(found) => Some(found),
            Err(ServiceError::NotFound { .. }) => None,
            Err(other) => return Err(other),
        };
        match (found, &draft.application) {
            (Some(found), _) => {
                problems.finish()?;
                return Ok(found);
            }
            (None, None) => {
                problems.finish()?;
                return Err(no_application());
            }
            (None, Some(application)) => {
                if !application.is_named(name) {
                    let msg = "must be the one that the path names";
                    problems.push(FieldProblem::at(&["body", "application", "uid"], msg));
                }
                problems.finish()?;
                self.create_application(caller, application.clone(), IfExists::Get, None)
                    .await?;
            }
        }
        self.bare_application(caller, name).await
    }

    /// Takes the code of a link for a token of its session. That is done once: of several who try at once exactly
    /// one is given a token.
    pub async fn open_session(
        &self,
        code: &str,
        origin: Origin,
    ) -> Result<OpenedSession, ServiceError> {
        let parsed = ParsedKey::parse_as(TokenKind::Link, code).map_err(|_| no_link())?;
        let known = self.directory.session(parsed.ordinal()).await?;
        let known = known.ok_or_else(no_link)?;
        if !parsed.matches(&known.session.link_hash) {
            return Err(no_link());
        }
        let now = self.now();
        check_link(&known.session, now)?;
        let token = ApiKey::generate_as(TokenKind::Session, parsed.ordinal(), &*self.entropy);
        let used = LinkUsed {
            at: now,
            hash: token.hash(),
        };
        let caller = caller_of(&known, origin);
        let touched = Touched::of(known.application)
            .known(&known.session.ordinal, known.session.session_id.as_deref());
        let store = self
            .noting(caller, Action::PortalSessionOpen, touched)
            .await?;
        let opened = store.open_session(parsed.ordinal(), used).await?;
        self.publish_change().await?;
        let Some(session) = opened else {
            // Somebody else was faster, on this node or on another.
            let known = self.directory.session(parsed.ordinal()).await?;
            let known = known.ok_or_else(no_link)?;
            check_link(&known.session, now)?;
            return Err(no_link());
        };
        let name = known.application.to_string();
        let application = self.bare_application(caller, &name).await?;
        Ok(OpenedSession {
            token,
            session,
            application,
        })
    }

    /// Lets the sessions of an application end after so many seconds, if they would last longer: those with one of
    /// these ids, or all if none is named.
    pub async fn expire_sessions(
        &self,
        caller: Caller,
        application: &str,
        expiry_secs: u32,
        session_ids: Vec<String>,
    ) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        if expiry_secs > SESSIONS_END_WITHIN_SECS_MAX {
            let msg = "must be between 0 and 259200 seconds";
            problems.push(FieldProblem::body("expiry", msg));
        }
        if session_ids.len() > SESSION_IDS_MAX {
            let msg = "may have at most 1000";
            problems.push(FieldProblem::body("sessionIds", msg));
        }
        problems.finish()?;
        let application = self.bare_application(caller, application).await?;
        let mut changes = vec![json!({ "field": "expirySecs", "after": expiry_secs })];
        if !session_ids.is_empty() {
            changes.push(json!({ "field": "sessionIds", "after": session_ids }));
        }
        let touched = Touched {
            changes,
            ..Touched::of(application.id)
        };
        let store = self
            .noting(caller, Action::PortalSessionExpire, touched)
            .await?;
        let at = self.now() + Millis::from(expiry_secs) * 1_000;
        store
            .expire_sessions(application.id.seq(), session_ids, at)
            .await?;
        self.publish_change().await
    }

    /// Ends the session of the caller, with both of its tokens.
    pub async fn end_session(&self, caller: Caller) -> Result<(), ServiceError> {
        let known = self.session(caller).await?;
        let session = &known.session;
        let touched =
            Touched::of(known.application).known(&session.ordinal, session.session_id.as_deref());
        let store = self
            .noting(caller, Action::PortalSessionLogout, touched)
            .await?;
        store.revoke_session(session.ordinal, self.now()).await?;
        self.publish_change().await
    }
}

/// Both tokens of a session: the one for the product, and the code in its link.
struct TokenPair {
    token: ApiKey,
    link: ApiKey,
}

impl TokenPair {
    fn of_chance(ordinal: i64, entropy: &dyn Entropy) -> Self {
        Self {
            token: ApiKey::generate_as(TokenKind::Session, ordinal, entropy),
            link: ApiKey::generate_as(TokenKind::Link, ordinal, entropy),
        }
    }

    /// What follows from the number of the session, by each master key.
    fn all_of(ordinal: i64, ring: &Keyring) -> impl Iterator<Item = Self> {
        let of = |kind: TokenKind, name| {
            let derived = ring.derived(format!("{name} {ordinal}"));
            derived.map(move |chance| ApiKey::of_chance(kind, ordinal, &chance))
        };
        let pairs = of(TokenKind::Session, "session").zip(of(TokenKind::Link, "link"));
        pairs.map(|(token, link)| Self { token, link })
    }
}

fn caller_of(known: &KnownSession, origin: Origin) -> Caller {
    Caller {
        environment: known.session.environment,
        key: known.session.ordinal,
        is_operational: false,
        kind: ActorKind::PortalSession,
        principal: Principal::Application(known.session.application, known.session.capabilities),
        origin,
    }
}

/// Whether a link may still be used; if not, the sentence for whoever has clicked on it.
fn check_link(session: &Session, now: Millis) -> Result<(), ServiceError> {
    let (code, detail) = if session.link_used.is_some() {
        (
            "link_used",
            "this link was used before, and each can be used once; ask for a new one",
        )
    } else if !session.is_in_force(now) {
        (
            "link_expired",
            "this link is no longer valid; ask for a new one",
        )
    } else {
        return Ok(());
    };
    Err(ServiceError::Forbidden {
        code,
        detail: detail.to_owned(),
    })
}

fn no_link() -> ServiceError {
    ServiceError::NotFound { what: "link" }
}

fn no_application() -> ServiceError {
    ServiceError::NotFound {
        what: "application",
    }
}

fn only_for_sessions() -> ServiceError {
    ServiceError::Forbidden {
        code: "forbidden",
        detail: tidings_domain::access::Denied::OnlyForSessions.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(draft: &SessionDraft) -> usize {
        let mut problems = Problems::default();
        draft.check(&mut problems);
        problems.count()
    }

    #[test]
    fn a_session_lasts_between_an_hour_and_a_week() {
        for (secs, expected) in [(3_599, 1), (3_600, 0), (604_800, 0), (604_801, 1)] {
            let draft = SessionDraft {
                expiry_secs: Some(secs),
                ..SessionDraft::default()
            };
            assert_eq!(problems(&draft), expected, "{secs}");
        }
    }

    #[test]
    fn a_session_id_has_1_to_64_characters() {
        assert!(check_session_id("").is_err());
        assert!(check_session_id(&"\u{e9}".repeat(64)).is_ok());
        assert!(check_session_id(&"a".repeat(65)).is_err());
        assert!(check_session_id("a\tb").is_err());
    }

    #[test]
    fn a_session_has_25_flags_at_most() {
        let with = |count: usize| SessionDraft {
            feature_flags: (0..count).map(|number| number.to_string()).collect(),
            ..SessionDraft::default()
        };
        assert_eq!(problems(&with(25)), 0);
        assert_eq!(problems(&with(26)), 1);
    }
}
