//! Single sign-on, with a provider of the tests: the way there and back, and who is let in.

use serde_json::{Value, json};
use tidings_testkit::app::rows;
use tidings_testkit::identity_provider::{CLIENT, IdentityProvider};
use tidings_testkit::{Answer, Client, TestApp};

use crate::staff::{location, member, session};
use crate::support::program;

const SIGN_ON: &str = "/dashboard/sign-on";
const YOU: &str = "/dashboard/you";

struct Scene {
    app: TestApp,
    provider: IdentityProvider,
    nobody: Client,
    // The file goes with it.
    _folder: tempfile::TempDir,
}

async fn scene(settings: &[(&str, &str)]) -> Scene {
    let provider = IdentityProvider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, format!("{}\n", CLIENT.1)).unwrap();
    let program = program()
        .setting("oidc_issuer", &provider.issuer())
        .setting("oidc_client_id", CLIENT.0)
        .setting("oidc_client_secret_file", secret.to_str().unwrap());
    let program = settings.iter().fold(program, |program, (name, value)| {
        program.setting(name, value)
    });
    let app = TestApp::run(program).await;
    Scene {
        nobody: app.client.without_key(),
        provider,
        app,
        _folder: folder,
    }
}

impl Scene {
    /// Goes to the provider; gives its page, and a client with what the browser keeps meanwhile.
    async fn leave(&self, query: &str) -> (String, Client) {
        let begun = self.nobody.get(&format!("{SIGN_ON}{query}")).await;
        let page = location(&begun);
        let cookie = begun.header("set-cookie");
        assert!(cookie.starts_with("tidings_sign_on="), "{cookie}");
        assert!(cookie.contains("; Path=/dashboard/sign-on; ") && cookie.contains("; HttpOnly"));
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (page, self.nobody.with_header("cookie", &cookie))
    }

    fn path<'a>(&self, back: &'a str) -> &'a str {
        let start = format!("http://{}", self.app.client.address());
        back.strip_prefix(&start).expect("it leads back here")
    }

    /// The whole way of somebody with these claims.
    async fn sign_on(&self, claims: Value) -> Answer {
        let (page, browser) = self.leave("").await;
        let back = self.provider.sign_in(&page, claims);
        browser.get(self.path(&back)).await
    }

    /// Whether nobody was signed in, and this was said.
    fn refused(answer: &Answer, status: u16, text: &str) {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(text), "{}", answer.text());
        let cookies = answer.headers.get_all("set-cookie").into_iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
        assert!(!cookies.any(|cookie| cookie.starts_with("tidings_session=")));
    }
}

#[tokio::test]
async fn a_member_comes_back_from_the_provider_signed_in_where_they_wanted_to_go() {
    let scene = scene(&[]).await;
    member(&scene.app, "Ann@example.com", "developer").await;
    let sign_in = scene
        .nobody
        .get("/dashboard/sign-in?to=/dashboard/you")
        .await;
    assert!(
        sign_in
            .text()
            .contains("href=\"/dashboard/sign-on?to=%2Fdashboard%2Fyou\"")
    );
    let (page, browser) = scene.leave("?to=%2Fdashboard%2Fyou%3Fx%3D1").await;
    let back = scene
        .provider
        .sign_in(&page, json!({"email": "ann@example.com"}));
    let entered = browser.get(scene.path(&back)).await;
    assert_eq!(location(&entered), "/dashboard/you?x=1");
    let browser = scene.nobody.with_header("cookie", &session(&entered));
    assert!(browser.get(YOU).await.text().contains("Ann@example.com"));
    assert!(scene.provider.refusals().is_empty());
    let (page, browser) = scene.leave("?to=//evil.test").await;
    let back = scene
        .provider
        .sign_in(&page, json!({"email": "ann@example.com"}));
    assert_eq!(
        location(&browser.get(scene.path(&back)).await),
        "/dashboard"
    );
}

#[tokio::test]
async fn only_members_are_let_in_and_only_by_an_address_that_the_provider_has_verified() {
    let scene = scene(&[]).await;
    let id = member(&scene.app, "ann@example.com", "viewer").await;
    let unknown = "nobody here has that address";
    let stranger = scene.sign_on(json!({"email": "bob@example.com"})).await;
    Scene::refused(&stranger, 401, unknown);
    for claims in [
        json!({"email": "ann@example.com", "email_verified": false}),
        json!({"email": "ann@example.com", "aud": "another"}),
        json!({"email": "ann@example.com", "nonce": "another"}),
        json!({"email": "ann@example.com", "iss": "https://another.test"}),
        json!({"email": "ann@example.com", "exp": 1}),
        json!({"email": null}),
    ] {
        let refused = scene.sign_on(claims.clone()).await;
        Scene::refused(&refused, 401, unknown);
    }
    let path = format!("/api/v1/member/{id}");
    scene
        .app
        .client
        .patch(&path, json!({"disabled": true}))
        .await
        .expect(200);
    let shut_out = scene.sign_on(json!({"email": "ann@example.com"})).await;
    Scene::refused(&shut_out, 401, unknown);
    assert_eq!(rows(&scene.app.client.get("/api/v1/member").await).len(), 1);
}

#[tokio::test]
async fn whoever_was_invited_joins_by_signing_on() {
    let scene = scene(&[]).await;
    let body = json!({"email": "bea@example.com", "role": "developer"});
    let invited = scene
        .app
        .client
        .post("/api/v1/member", body)
        .await
        .expect(201);
    let entered = scene.sign_on(json!({"email": "bea@example.com"})).await;
    assert_eq!(location(&entered), "/dashboard");
    let members = rows(&scene.app.client.get("/api/v1/member").await);
    assert_eq!(
        (&members[0]["state"], &members[0]["role"]),
        (&json!("active"), &json!("developer"))
    );
    let code = &invited["invitationCode"];
    let body = json!({"code": code, "password": "correct horse battery"});
    let path = "/api/v1/member/accept-invitation";
    let late = scene.nobody.post(path, body).await;
    assert_eq!(late.status, 404, "the invitation is used up");
}

#[tokio::test]
async fn with_a_default_role_strangers_become_members_with_that_role_once() {
    let scene = scene(&[("oidc_default_role", "viewer")]).await;
    for _ in 0..2 {
        let claims = json!({"email": "bob@example.com", "name": "Bob Ray"});
        assert_eq!(location(&scene.sign_on(claims).await), "/dashboard");
    }
    let members = rows(&scene.app.client.get("/api/v1/member").await);
    assert_eq!(members.len(), 1, "{members:?}");
    assert_eq!(
        (&members[0]["name"], &members[0]["role"]),
        (&json!("Bob Ray"), &json!("viewer"))
    );
    let log = scene
        .app
        .client
        .get("/api/v1/audit-log?limit=1")
        .await
        .expect(200);
    assert_eq!(log["data"][0]["action"], "member.join");
}

#[tokio::test]
async fn a_way_that_began_in_another_browser_or_was_gone_before_leads_nowhere() {
    let scene = scene(&[]).await;
    member(&scene.app, "ann@example.com", "viewer").await;
    let ann = json!({"email": "ann@example.com"});
    let (page, browser) = scene.leave("").await;
    let back = scene.provider.sign_in(&page, ann.clone());
    let elsewhere = "did not begin in this browser";
    Scene::refused(&scene.nobody.get(scene.path(&back)).await, 401, elsewhere);
    let (_, other) = scene.leave("").await;
    Scene::refused(&other.get(scene.path(&back)).await, 401, elsewhere);
    let declined = back.replace("code=", "error=access_denied&x=");
    let declined = browser.get(scene.path(&declined)).await;
    Scene::refused(&declined, 401, "Ask an admin");
    assert_eq!(
        location(&browser.get(scene.path(&back)).await),
        "/dashboard"
    );
    let again = browser.get(scene.path(&back)).await;
    Scene::refused(&again, 502, "does not answer as it should");
    assert_eq!(scene.provider.refusals(), ["no such code"]);
}

#[tokio::test]
async fn a_provider_may_replace_its_key_and_may_be_down() {
    let scene = scene(&[]).await;
    member(&scene.app, "ann@example.com", "viewer").await;
    let ann = json!({"email": "ann@example.com"});
    assert_eq!(location(&scene.sign_on(ann.clone()).await), "/dashboard");
    // The keys were read a moment ago, and are not read again for a minute.
    scene.provider.replace_key();
    Scene::refused(&scene.sign_on(ann.clone()).await, 401, "Ask an admin");
    let (page, browser) = scene.leave("").await;
    let back = scene.provider.sign_in(&page, ann);
    scene.provider.fail();
    let down = browser.get(scene.path(&back)).await;
    Scene::refused(&down, 502, "does not answer as it should");
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_on() {
    let app = crate::support::app().await;
    let nobody = app.client.without_key();
    assert_eq!(nobody.get(SIGN_ON).await.status, 404);
    assert!(
        !nobody
            .get("/dashboard/sign-in")
            .await
            .text()
            .contains("/dashboard/sign-on")
    );
}
