//! Signing in, against the use cases with a clock that is told when to move: pages call them, and the API does not.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tidings_domain::access::Role;
use tidings_domain::address_policy::Policy;
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::clock::{ManualClock, SeededEntropy};
use tidings_domain::delivery::{AttemptError, Exchange, Trigger};
use tidings_domain::member::Member;
use tidings_domain::message::{Message, MessageKey};
use tidings_domain::sealed::{Keyring, MasterKey};
use tidings_service::audit::EntryFilter;
use tidings_service::members::{Acceptance, Credentials, MemberChange, MemberDraft, SignedIn};
use tidings_service::{Caller, PageQuery, Parts, Service, ServiceError};
use tidings_store::directory::Directory;
use tidings_store::target::Target;
use tidings_store::{
    Admission, AdmitFuture, Forward, ForwardFuture, InHand, Order, Permit, Settled, Store,
    StoreError, TestFuture,
};
use tidings_store_sqlite::{Options, SqliteStore, Synchronous};
use tokio::sync::broadcast;
use zeroize::Zeroizing;

const PASSWORD: &str = "correct horse battery";
const HOUR: Duration = Duration::from_hours(1);

/// Has no places and sends nothing.
struct NoDelivery;

impl Admission for NoDelivery {
    fn try_admit(&self, _: &Arc<Target>, _: usize) -> Option<Permit> {
        None
    }

    fn admit<'a>(&'a self, _: &'a [Arc<Target>], _: usize) -> AdmitFuture<'a> {
        Box::pin(std::future::ready(Vec::new()))
    }

    fn try_test(&self) -> Option<Permit> {
        None
    }

    fn test(&self, _: Arc<Message>, _: Arc<Target>, _: Trigger, _: Permit) -> TestFuture<'_> {
        let why = StoreError::Unavailable("nothing is sent here".into());
        Box::pin(std::future::ready(Err(why)))
    }

    fn forward(&self, forward: Forward, _: Permit) -> ForwardFuture<'_> {
        Box::pin(std::future::ready(Exchange {
            url: forward.url,
            error: Some(AttemptError::Policy),
            error_detail: "nothing is sent here".to_owned(),
            ..Exchange::default()
        }))
    }

    fn is_held(&self, _: MessageKey, _: i64) -> bool {
        false
    }

    fn in_hand(&self, _: i64) -> InHand {
        InHand::default()
    }

    fn feed(&self) -> broadcast::Receiver<Arc<Settled>> {
        broadcast::Sender::new(1).subscribe()
    }
}

/// The use cases on a fresh store, and a clock.
struct Scene {
    service: Service,
    clock: Arc<ManualClock>,
    caller: Caller,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn start() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = SqliteStore::open(&Options {
            folder: folder.path().to_owned(),
            synchronous: Synchronous::Normal,
            is_server: false,
            is_exclusive: true,
            pages_count_max: None,
        });
        let store: Arc<dyn Store> = Arc::new(store.unwrap());
        let entropy = Arc::new(SeededEntropy::new(7));
        let key = MasterKey::generate(1, &*entropy);
        let keyring = Arc::new(Keyring::new(key, Vec::new()).unwrap());
        let clock = Arc::new(ManualClock::at(1_800_000_000_000));
        let service = Service::new(Parts {
            directory: Arc::new(Directory::new(store.clone(), keyring.clone())),
            store,
            keyring,
            clock: clock.clone(),
            entropy,
            policy: Arc::new(Policy::production()),
            admission: Arc::new(NoDelivery),
            public_url: "http://127.0.0.1:8071".to_owned(),
        });
        let environment = service.ensure_environment("default").await.unwrap();
        Self {
            service,
            clock,
            caller: Caller::operator(environment.ordinal),
            _folder: folder,
        }
    }

    async fn member(&self, email: &str, role: Role) -> Member {
        let draft = MemberDraft {
            email: email.to_owned(),
            name: None,
            role,
        };
        let invited = self
            .service
            .invite_member(self.caller, draft)
            .await
            .unwrap();
        let acceptance = Acceptance {
            code: invited.code,
            name: None,
            password: Zeroizing::new(PASSWORD.to_owned()),
        };
        let accepting = self
            .service
            .accept_invitation(acceptance, Origin::default());
        accepting.await.unwrap()
    }

    async fn sign_in(
        &self,
        email: &str,
        password: &str,
        from: &str,
    ) -> Result<SignedIn, ServiceError> {
        let credentials = Credentials {
            environment: None,
            email: email.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        };
        let origin = Origin {
            address: from.parse::<IpAddr>().ok(),
            ..Origin::default()
        };
        self.service.sign_in(credentials, origin).await
    }

    async fn is_signed_in(&self, signed_in: &SignedIn) -> bool {
        let found = self.service.signed_in(&signed_in.token, Origin::default());
        found.await.unwrap().is_some()
    }
}

#[track_caller]
fn refused(result: Result<SignedIn, ServiceError>) -> String {
    match result {
        Ok(_) => panic!("signed in"),
        Err(error) => format!("{error:?}"),
    }
}

#[tokio::test]
async fn a_member_signs_in_whatever_the_case_of_the_address_and_acts_with_their_role() {
    let scene = Scene::start().await;
    let member = scene.member("Ann@Example.com", Role::Developer).await;
    let signed_in = scene
        .sign_in("ann@example.COM", PASSWORD, "192.0.2.1")
        .await
        .unwrap();
    assert_eq!(signed_in.member.id, member.id);
    let found = scene.service.signed_in(&signed_in.token, Origin::default());
    let found = found.await.unwrap().expect("the session is there");
    assert_eq!(found.session.address.as_deref(), Some("192.0.2.1"));
    let caller = found.caller;
    assert_eq!(
        (caller.kind, caller.role()),
        (ActorKind::Member, Role::Developer)
    );
    assert_eq!(caller.environment, scene.caller.environment);
    // A change of role holds from the next request on.
    let change = MemberChange {
        role: Some(Role::Viewer),
        ..MemberChange::default()
    };
    let id = member.id.to_string();
    scene
        .service
        .change_member(scene.caller, &id, change)
        .await
        .unwrap();
    let found = scene.service.signed_in(&signed_in.token, Origin::default());
    assert_eq!(found.await.unwrap().unwrap().caller.role(), Role::Viewer);
    let wrong = scene.service.signed_in("wrong", Origin::default());
    assert!(wrong.await.unwrap().is_none());
}

#[tokio::test]
async fn who_fails_to_sign_in_is_told_the_same_whatever_was_wrong() {
    let scene = Scene::start().await;
    let member = scene.member("ann@example.com", Role::Owner).await;
    scene.member("boss@example.com", Role::Owner).await;
    let draft = MemberDraft {
        email: "new@example.com".to_owned(),
        name: None,
        role: Role::Viewer,
    };
    scene
        .service
        .invite_member(scene.caller, draft)
        .await
        .unwrap();
    let wrong = refused(
        scene
            .sign_in("ann@example.com", "wrong password", "192.0.2.1")
            .await,
    );
    assert_eq!(wrong, "NotSignedIn");
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("new@example.com", PASSWORD),
        ("ann\0@example.com", "x"),
        ("", ""),
    ] {
        assert_eq!(
            refused(scene.sign_in(email, password, "192.0.2.1").await),
            wrong
        );
    }
    let disable = MemberChange {
        is_disabled: Some(true),
        ..MemberChange::default()
    };
    let signed_in = scene
        .sign_in("ann@example.com", PASSWORD, "192.0.2.1")
        .await
        .unwrap();
    let id = member.id.to_string();
    scene
        .service
        .change_member(scene.caller, &id, disable)
        .await
        .unwrap();
    assert!(!scene.is_signed_in(&signed_in).await);
    let disabled = scene
        .sign_in("ann@example.com", PASSWORD, "192.0.2.1")
        .await;
    assert_eq!(refused(disabled), wrong);
    let elsewhere = Credentials {
        environment: Some("elsewhere".to_owned()),
        email: "boss@example.com".to_owned(),
        password: Zeroizing::new(PASSWORD.to_owned()),
    };
    let elsewhere = scene.service.sign_in(elsewhere, Origin::default()).await;
    assert_eq!(refused(elsewhere), wrong);
}

#[tokio::test]
async fn tries_are_counted_for_addresses_that_nobody_has_as_well_and_forgotten_in_time() {
    let scene = Scene::start().await;
    scene.member("ann@example.com", Role::Owner).await;
    for email in ["ann@example.com", "nobody@example.com"] {
        // From everywhere, so that it is the address that is counted.
        for place in 0..10 {
            let from = format!("192.0.2.{place}");
            let wrong = scene.sign_in(email, "wrong password", &from).await;
            assert_eq!(refused(wrong), "NotSignedIn", "{email} {place}");
        }
        let too_soon = scene.sign_in(email, PASSWORD, "198.51.100.1").await;
        assert!(refused(too_soon).starts_with("TooFast"), "{email}");
    }
    scene.clock.advance(Duration::from_mins(1));
    scene
        .sign_in("ann@example.com", PASSWORD, "198.51.100.1")
        .await
        .unwrap();
    // Who knows the password begins anew.
    for _ in 0..9 {
        let wrong = scene
            .sign_in("ann@example.com", "wrong password", "203.0.113.1")
            .await;
        assert_eq!(refused(wrong), "NotSignedIn");
    }
    scene.clock.advance(HOUR);
    for number in 0..30 {
        let email = format!("a{number}@example.com");
        let wrong = scene.sign_in(&email, "wrong password", "203.0.113.9").await;
        assert_eq!(refused(wrong), "NotSignedIn", "{number}");
    }
    let too_soon = scene
        .sign_in("ann@example.com", PASSWORD, "203.0.113.9")
        .await;
    assert!(
        refused(too_soon).starts_with("TooFast"),
        "one place tries all"
    );
    scene
        .sign_in("ann@example.com", PASSWORD, "203.0.113.10")
        .await
        .unwrap();
}

#[tokio::test]
async fn sessions_are_listed_ended_one_by_one_or_all_and_by_time() {
    let scene = Scene::start().await;
    let member = scene.member("ann@example.com", Role::Owner).await;
    let id = member.id.to_string();
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(
            scene
                .sign_in("ann@example.com", PASSWORD, "192.0.2.1")
                .await
                .unwrap(),
        );
    }
    let list = async || {
        scene
            .service
            .member_sessions(scene.caller, &id)
            .await
            .unwrap()
    };
    let ids: Vec<_> = list().await.iter().map(|session| session.id).collect();
    let expected: Vec<_> = sessions.iter().map(|one| one.session.id).collect();
    assert_eq!(ids, expected);
    let end = async |session: Option<&str>| {
        let ending = scene
            .service
            .end_member_sessions(scene.caller, &id, session);
        ending.await
    };
    end(Some(&ids[0].to_string())).await.unwrap();
    assert!(!scene.is_signed_in(&sessions[0]).await);
    assert!(scene.is_signed_in(&sessions[1]).await);
    let gone = end(Some(&ids[0].to_string())).await;
    assert!(matches!(gone, Err(ServiceError::NotFound { .. })));
    scene.service.sign_out(&sessions[1].token).await.unwrap();
    assert_eq!(list().await.len(), 1);
    end(None).await.unwrap();
    assert!(!scene.is_signed_in(&sessions[2]).await && list().await.is_empty());
    let later = scene
        .sign_in("ann@example.com", PASSWORD, "192.0.2.1")
        .await
        .unwrap();
    scene
        .clock
        .advance(Duration::from_hours(14 * 24) - Duration::from_millis(1));
    assert!(scene.is_signed_in(&later).await);
    scene.clock.advance(Duration::from_millis(1));
    assert!(!scene.is_signed_in(&later).await, "two weeks are over");
    let filter = EntryFilter {
        action: Some(Action::MemberEndSessions),
        ..EntryFilter::default()
    };
    let page = PageQuery {
        limit: 10,
        cursor: None,
        order: Order::Ascending,
    };
    let entries = scene.service.audit_log(scene.caller, filter, &page).await;
    let entries = entries.unwrap().rows;
    assert_eq!(entries.len(), 2, "one for each time that some were ended");
    assert_eq!(entries[0].target.as_deref(), Some(id.as_str()));
}

#[tokio::test]
async fn an_invitation_ends_after_a_week() {
    let scene = Scene::start().await;
    let draft = MemberDraft {
        email: "ann@example.com".to_owned(),
        name: Some("Ann".to_owned()),
        role: Role::Viewer,
    };
    let invited = scene
        .service
        .invite_member(scene.caller, draft)
        .await
        .unwrap();
    let acceptance = || Acceptance {
        code: invited.code.clone(),
        name: None,
        password: Zeroizing::new(PASSWORD.to_owned()),
    };
    scene
        .clock
        .advance(Duration::from_hours(7 * 24) - Duration::from_millis(1));
    assert_eq!(
        scene.service.invited(&invited.code).await.unwrap().name,
        "Ann"
    );
    scene.clock.advance(Duration::from_millis(1));
    let late = scene
        .service
        .accept_invitation(acceptance(), Origin::default())
        .await;
    assert!(matches!(late, Err(ServiceError::NotFound { .. })));
    let id = invited.member.id.to_string();
    let renewed = scene
        .service
        .renew_invitation(scene.caller, &id)
        .await
        .unwrap();
    let acceptance = Acceptance {
        code: renewed.code,
        ..acceptance()
    };
    scene
        .service
        .accept_invitation(acceptance, Origin::default())
        .await
        .unwrap();
    scene
        .sign_in("ann@example.com", PASSWORD, "192.0.2.1")
        .await
        .unwrap();
}
