//! How members sign in, and the sessions that they have then.
//!
//! What somebody learns from a try that fails is that it failed: an address that nobody has takes as long as a wrong
//! password, and its tries are counted all the same.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidings_domain::access::Principal;
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::ids::MemberSessionId;
use tidings_domain::member::{
    Member, MemberSession, MemberState, SESSION_FOR_MS, Throttle, email_key, generate_secret,
    hash_secret,
};
use tidings_domain::password;
use tidings_store::NewMemberSession;
use zeroize::Zeroizing;

use crate::api_users::NOBODY;
use crate::audit::Touched;
use crate::error::{FieldProblem, ServiceError};
use crate::limits::{
    SIGN_IN_OF_ADDRESS_EVERY, SIGN_IN_OF_NETWORK_EVERY, SIGN_INS_COUNTED_MAX,
    SIGN_INS_OF_ADDRESS_MAX, SIGN_INS_OF_NETWORK_MAX,
};
use crate::{Caller, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "session" };

/// What somebody signs in with.
#[derive(Clone)]
pub struct Credentials {
    /// The environment, by name; that of the oldest member with the address unless it is said.
    pub environment: Option<String>,
    /// The address, in any case.
    pub email: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// A member who has just signed in.
pub struct SignedIn {
    /// What a cookie keeps; it is here and nowhere else.
    pub token: Zeroizing<String>,
    /// The session.
    pub session: MemberSession,
    /// The member.
    pub member: Member,
}

/// A member who comes back with a token.
pub struct SignedInMember {
    /// As whom they call use cases.
    pub caller: Caller,
    /// The session.
    pub session: MemberSession,
    /// The member.
    pub member: Member,
}

/// The tries of late.
pub(crate) struct SignIns(Mutex<Tries>);

struct Tries {
    /// By the key of the email address.
    of_address: Throttle<String>,
    of_network: Throttle<IpAddr>,
}

impl Default for SignIns {
    fn default() -> Self {
        let of_address = (SIGN_INS_OF_ADDRESS_MAX, SIGN_IN_OF_ADDRESS_EVERY);
        let of_network = (SIGN_INS_OF_NETWORK_MAX, SIGN_IN_OF_NETWORK_EVERY);
        Self(Mutex::new(Tries {
            of_address: Throttle::new(of_address.0, of_address.1, SIGN_INS_COUNTED_MAX),
            of_network: Throttle::new(of_network.0, of_network.1, SIGN_INS_COUNTED_MAX),
        }))
    }
}

impl SignIns {
    fn lock(&self) -> MutexGuard<'_, Tries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caller {
    /// A member who has signed in.
    pub fn member(member: &Member, origin: Origin) -> Self {
        Self {
            key: member.id.seq(),
            kind: ActorKind::Member,
            principal: Principal::Environment(member.role),
            origin,
            ..Self::operator(member.environment)
        }
    }
}

impl Service {
    /// Signs a member in.
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        origin: Origin,
    ) -> Result<SignedIn, ServiceError> {
        let (address, network) = (email_key(&credentials.email), network(origin.address));
        self.count_try(&address, network)?;
        let known = self.who_signs_in(&credentials).await?;
        let stored = known.as_ref().and_then(|known| known.password_hash.clone());
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let given = credentials.password;
        let verify = move || password::verify(&given, &stored);
        let verified = self.checked.compute(verify).await;
        let is_right = match verified {
            Ok(is_right) => is_right,
            Err(busy) => {
                // Nothing was tried.
                let mut tries = self.sign_ins.lock();
                tries.of_address.take_back(&address);
                if let Some(network) = network {
                    tries.of_network.take_back(&network);
                }
                return Err(busy);
            }
        };
        let is_active = |member: &Member| is_right && member.state() == MemberState::Active;
        let member = known.filter(is_active).ok_or(ServiceError::NotSignedIn)?;
        {
            let mut tries = self.sign_ins.lock();
            tries.of_address.forget(&address);
            if let Some(network) = network {
                tries.of_network.take_back(&network);
            }
        }
        self.begin_session(member, origin).await
    }

    /// Whether this is the password of a member who is in. Guesses are counted like those at the door.
    pub(super) async fn check_present(
        &self,
        member: &Member,
        given: Zeroizing<String>,
    ) -> Result<(), ServiceError> {
        let address = email_key(&member.email);
        self.count_try(&address, None)?;
        let stored = member.password_hash.clone();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let verify = move || password::verify(&given, &stored);
        let verified = self.checked.compute(verify).await;
        let mut tries = self.sign_ins.lock();
        match verified {
            Ok(true) => {
                tries.of_address.forget(&address);
                Ok(())
            }
            Ok(false) => {
                let msg = "is not the present password";
                Err(ServiceError::invalid(FieldProblem::body("present", msg)))
            }
            Err(busy) => {
                // Nothing was tried.
                tries.of_address.take_back(&address);
                Err(busy)
            }
        }
    }

    async fn who_signs_in(&self, given: &Credentials) -> Result<Option<Member>, ServiceError> {
        let environment = match &given.environment {
            None => None,
            Some(name) => {
                let environments = self.store.environments().await?;
                let mut environments = environments.into_iter();
                // What is not there has no members.
                let found = environments.find(|environment| environment.name == *name);
                Some(found.map_or(0, |environment| environment.ordinal))
            }
        };
        let email = given.email.replace('\0', "");
        Ok(self.store.member_by_email(environment, email).await?)
    }

    fn count_try(&self, address: &str, network: Option<IpAddr>) -> Result<(), ServiceError> {
        let now = self.now();
        let address = address.to_owned();
        let mut tries = self.sign_ins.lock();
        let of_network = network.and_then(|network| tries.of_network.wait(&network, now));
        let wait = tries.of_address.wait(&address, now).max(of_network);
        if let Some(retry_after) = wait {
            return Err(ServiceError::TooFast {
                retry_after,
                detail: "too many tries to sign in; wait, and try again".to_owned(),
            });
        }
        tries.of_address.count(address, now);
        if let Some(network) = network {
            tries.of_network.count(network, now);
        }
        Ok(())
    }

    pub(crate) async fn begin_session(
        &self,
        member: Member,
        origin: Origin,
    ) -> Result<SignedIn, ServiceError> {
        let token = generate_secret(&*self.entropy);
        let now = self.now();
        let new = NewMemberSession {
            member: member.id.seq(),
            token_hash: hash_secret(&token),
            created_at: now,
            ends_at: now + SESSION_FOR_MS,
            address: origin.address.map(|address| address.to_string()),
            user_agent: origin.user_agent.text().map(str::to_owned),
            tail: self.entropy.id_tail(),
        };
        let session = self.store.create_member_session(new).await?;
        let member = Member {
            last_seen_at: Some(now),
            ..member
        };
        Ok(SignedIn {
            token,
            session,
            member,
        })
    }

    /// Who comes with this token; none if the session has ended or the member may not sign in any more.
    pub async fn signed_in(
        &self,
        token: &str,
        origin: Origin,
    ) -> Result<Option<SignedInMember>, ServiceError> {
        let finding = self.store.member_session(hash_secret(token), self.now());
        Ok(finding.await?.map(|(session, member)| SignedInMember {
            caller: Caller::member(&member, origin),
            session,
            member,
        }))
    }

    /// Ends the session of this token, if there is one.
    pub async fn sign_out(&self, token: &str) -> Result<(), ServiceError> {
        let finding = self.store.member_session(hash_secret(token), self.now());
        if let Some((session, _)) = finding.await? {
            let ending = self
                .store
                .end_member_sessions(session.member, Some(session.id.seq()));
            ending.await?;
        }
        Ok(())
    }

    /// The sessions of a member, oldest first.
    pub async fn member_sessions(
        &self,
        caller: Caller,
        id: &str,
    ) -> Result<Vec<MemberSession>, ServiceError> {
        let member = self.member(caller, id).await?;
        let sessions = self.store.member_sessions(member.id.seq(), self.now());
        Ok(sessions.await?)
    }

    /// Ends a session of a member, or all.
    pub async fn end_member_sessions(
        &self,
        caller: Caller,
        id: &str,
        session: Option<&str>,
    ) -> Result<(), ServiceError> {
        let member = self.member(caller, id).await?;
        let ordinal = match session {
            None => None,
            Some(session) => {
                let session: MemberSessionId = session.parse().map_err(|_| NOT_FOUND)?;
                let sessions = self.store.member_sessions(member.id.seq(), self.now());
                let sessions = sessions.await?;
                let is_there = sessions.iter().any(|one| one.id == session);
                Some(is_there.then(|| session.seq()).ok_or(NOT_FOUND)?)
            }
        };
        let touched = Touched::new().known(&member.id, Some(&member.email));
        let store = self
            .noting(caller, Action::MemberEndSessions, touched)
            .await?;
        store.end_member_sessions(member.id.seq(), ordinal).await?;
        Ok(())
    }
}

/// Whose tries are counted together: an address, of IPv6 the network that one customer has.
fn network(address: Option<IpAddr>) -> Option<IpAddr> {
    match address?.to_canonical() {
        IpAddr::V4(address) => Some(IpAddr::V4(address)),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            Some(IpAddr::V6(network.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_customer_are_counted_together() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(network(None), None);
    }
}
