//! The way into the dashboard without a browser: setting up, signing in and out, and what becomes of forms meanwhile.

use std::time::Duration;

use tidings_testkit::{Answer, TestApp, wait};

use crate::staff::{PASSWORD, Staff, hidden, location, member, post, session, sign_in};
use crate::support::{app, app_with};

const SIGN_IN: &str = "/dashboard/sign-in";
const YOU: &str = "/dashboard/you";

/// The link that the console shows while there is no member, from its path on.
async fn set_up_link(app: &TestApp) -> String {
    let printed = async || {
        let log = app.program.log_text();
        let (_, rest) = log.rsplit_once("/dashboard/set-up#code=")?;
        let code = rest.split_whitespace().next()?;
        Some(format!("/dashboard/set-up#code={code}"))
    };
    let link = wait::until("the link to be printed", printed, Option::is_some).await;
    link.expect("it was waited for")
}

/// What somebody is told, in the page or in the answer's own words.
fn says(answer: &Answer, text: &str) -> bool {
    answer.text().contains(text)
}

#[tokio::test]
async fn the_first_owner_is_made_by_the_link_on_the_console_and_is_signed_in() {
    let app = app().await;
    let nobody = app.client.without_key();
    let shown = nobody.get(SIGN_IN).await;
    assert!(says(&shown, "Nobody is a member yet"), "{}", shown.text());
    let link = set_up_link(&app).await;
    let path = "/dashboard/set-up";
    let asked = nobody.get(path).await;
    assert_eq!(asked.status, 200);
    assert!(says(&asked, "data-hash=\"code\""));

    let wrong = "code=guess&email=ann%40example.com&name=Ann+%3Cb%3E&password=short";
    let refused = post(&nobody, path, wrong).await;
    assert_eq!(refused.status, 422);
    assert!(says(&refused, "id=\"code-error\"") && says(&refused, "value=\"Ann &#60;b&#62;\""));
    assert!(!says(&refused, "short\""), "no password comes back");
    let (_, code) = link.split_once("code=").unwrap();
    let weak = post(
        &nobody,
        path,
        &format!("code={code}&email=ann&password=short"),
    )
    .await;
    assert_eq!(weak.status, 422);
    for error in ["email-error", "password-error"] {
        assert!(says(&weak, &format!("id=\"{error}\"")), "{}", weak.text());
    }

    // The whole link may be pasted.
    let link = link.replace('#', "%23");
    let fields =
        format!("code=http://x{link}&email=ann%40example.com&name=Ann&password={PASSWORD}");
    let made = post(&nobody, path, &fields).await;
    assert_eq!(location(&made), "/dashboard");
    let owner = nobody.with_header("cookie", &session(&made));
    let you = owner.get(YOU).await;
    assert!(
        says(&you, "ann@example.com") && says(&you, "Owner"),
        "{}",
        you.text()
    );

    let late = post(&nobody, path, &fields).await;
    assert_eq!(late.status, 422);
    assert!(says(&late, "This was set up before"));
    assert_eq!(nobody.get(path).await.status, 410);
    assert!(!says(&nobody.get(SIGN_IN).await, "Nobody is a member yet"));
}

#[tokio::test]
async fn signing_in_leads_to_the_page_that_was_wanted_and_never_elsewhere() {
    let app = app().await;
    let email = "ann@example.com";
    member(&app, email, "viewer").await;
    let nobody = app.client.without_key();
    let wanted = nobody.get("/dashboard/you?x=1&y=2").await;
    let to_sign_in = location(&wanted);
    assert_eq!(
        to_sign_in,
        "/dashboard/sign-in?to=%2Fdashboard%2Fyou%3Fx%3D1%26y%3D2"
    );
    let shown = nobody.get(&to_sign_in).await.text();
    assert_eq!(hidden(&shown, "to"), "/dashboard/you?x=1&#38;y=2");
    let credentials = format!("email={email}&password={PASSWORD}");
    let to = "to=%2Fdashboard%2Fyou%3Fx%3D1%26y%3D2";
    let entered = post(&nobody, SIGN_IN, &format!("{credentials}&{to}")).await;
    assert_eq!(location(&entered), "/dashboard/you?x=1&y=2");
    for foreign in [
        "//evil.test",
        "https://evil.test",
        "/%5Cevil.test",
        "javascript:x",
    ] {
        let fields = format!("{credentials}&to={foreign}");
        assert_eq!(
            location(&post(&nobody, SIGN_IN, &fields).await),
            "/dashboard"
        );
    }
    let browser = nobody.with_header("cookie", &session(&entered));
    let again = browser.get("/dashboard/sign-in?to=/dashboard/you").await;
    assert_eq!(location(&again), YOU, "who is in need not sign in");
    let again = browser.get("/dashboard/sign-in?to=//evil.test").await;
    assert_eq!(location(&again), "/dashboard");
}

#[tokio::test]
async fn a_cookie_is_for_the_dashboard_and_secure_where_the_browser_came_by_https() {
    let app = app().await;
    member(&app, "ann@example.com", "viewer").await;
    let fields = format!("email=ann@example.com&password={PASSWORD}");
    let nobody = app.client.without_key();
    let plain = post(&nobody, SIGN_IN, &fields).await;
    let cookie = plain.header("set-cookie").to_owned();
    assert!(
        cookie.contains("; Path=/dashboard;") && cookie.contains("; Max-Age=1209"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"));
    let https = nobody.with_header("x-forwarded-proto", "https");
    let secure = post(&https, SIGN_IN, &fields).await;
    assert!(secure.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn a_try_that_fails_does_not_tell_who_is_a_member_and_keeps_the_address() {
    let app = app().await;
    member(&app, "ann@example.com", "viewer").await;
    let nobody = app.client.without_key();
    let mut pages = Vec::new();
    for email in ["ann@example.com", "bob@example.com"] {
        let refused = post(&nobody, SIGN_IN, &format!("email={email}&password=wrong")).await;
        assert_eq!(refused.status, 401);
        assert!(refused.headers.get("set-cookie").is_none());
        assert!(says(&refused, &format!("value=\"{email}\"")));
        assert!(!says(&refused, "value=\"wrong\""));
        pages.push(refused.text().replace(email, "…"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn after_too_many_tries_somebody_is_told_how_long_to_wait_whoever_it_is() {
    let app = app().await;
    let nobody = app.client.without_key();
    for email in ["ann@example.com", "bob@example.com"] {
        if email.starts_with("ann") {
            member(&app, email, "viewer").await;
        }
        let fields = format!("email={email}&password=wrong");
        let mut refused = post(&nobody, SIGN_IN, &fields).await;
        for _ in 0..20 {
            if refused.status == 429 {
                break;
            }
            assert_eq!(refused.status, 401);
            refused = post(&nobody, SIGN_IN, &fields).await;
        }
        assert_eq!(refused.status, 429, "{email}");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!(
            (1..=Duration::from_hours(1).as_secs()).contains(&wait),
            "{wait}"
        );
        assert!(says(&refused, "Too many tries. Wait"), "{}", refused.text());
        assert!(says(&refused, &format!("value=\"{email}\"")));
    }
    // The right password has to wait as well.
    let fields = format!("email=ann@example.com&password={PASSWORD}");
    assert_eq!(post(&nobody, SIGN_IN, &fields).await.status, 429);
}

#[tokio::test]
async fn what_another_site_sends_does_not_sign_in_and_does_not_sign_out() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let nobody = app.client.without_key();
    let elsewhere = nobody.with_header("sec-fetch-site", "cross-site");
    let fields = format!("email={}&password={PASSWORD}", ann.email);
    let refused = post(&elsewhere, SIGN_IN, &fields).await;
    assert_eq!(refused.status, 403);
    assert!(refused.headers.get("set-cookie").is_none());
    let token = hidden(&ann.page(YOU).await, "token");
    let elsewhere = ann.client.with_header("sec-fetch-site", "same-site");
    let out = "/dashboard/sign-out";
    assert_eq!(
        post(&elsewhere, out, &format!("token={token}"))
            .await
            .status,
        403
    );
    assert_eq!(post(&ann.client, out, "token=guess").await.status, 403);
    ann.page(YOU).await;
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_everywhere() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let other = sign_in(&app.client, &ann.email).await;
    let shown = ann.page(YOU).await;
    assert_eq!(
        shown.matches("action=\"/dashboard/you/sessions/").count(),
        2
    );
    let out = ann.send(YOU, "/dashboard/sign-out", "").await;
    assert_eq!(location(&out), SIGN_IN);
    assert!(out.header("set-cookie").starts_with("tidings_session=; "));
    assert!(location(&ann.get(YOU).await).starts_with(SIGN_IN));
    assert_eq!(other.get(YOU).await.status, 200);

    let third = sign_in(&app.client, &ann.email).await;
    let token = hidden(&third.get(YOU).await.text(), "token");
    let all = post(&third, "/dashboard/you/sessions", &format!("token={token}")).await;
    assert_eq!(location(&all), SIGN_IN);
    for client in [&other, &third] {
        assert_eq!(client.get(YOU).await.status, 303);
    }
}

#[tokio::test]
async fn one_session_of_ones_own_can_be_ended_and_none_of_another_member() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let other = sign_in(&app.client, &ann.email).await;
    let bob = Staff::join(&app, "admin").await;
    let id_of = |page: &str| {
        let (_, rest) = page.split_once("/dashboard/you/sessions/").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    // The newest is first.
    let newest = id_of(&ann.page(YOU).await);
    let path = format!("/dashboard/you/sessions/{newest}");
    assert_eq!(bob.send(YOU, &path, "").await.status, 404);
    assert_eq!(other.get(YOU).await.status, 200);
    let ended = ann.send(YOU, &path, "").await;
    assert_eq!(location(&ended), "/dashboard/you?done=ended");
    assert_eq!(other.get(YOU).await.status, 303);
    assert!(
        ann.page("/dashboard/you?done=ended")
            .await
            .contains("You are signed out there")
    );
}

#[tokio::test]
async fn a_form_that_comes_when_the_session_has_ended_is_kept_until_it_can_be_sent() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let third = sign_in(&app.client, &ann.email).await;
    ann.send(YOU, "/dashboard/sign-out", "").await;
    let path = "/dashboard/you/sessions?from=form";
    let typed = "token=old&note=a+%22b%22%0D%0Ac&password=secret";
    let late = post(&ann.client, path, typed).await;
    assert_eq!(late.status, 401);
    assert!(
        says(&late, "What you typed is still here"),
        "{}",
        late.text()
    );
    assert!(!late.text().contains("secret"));
    let unescaped = |text: String| text.replace("&#38;", "%26").replace("&#34;", "\"");
    let kept = unescaped(hidden(&late.text(), "kept"));
    let to = unescaped(hidden(&late.text(), "to"));
    assert_eq!(to, path);
    let kept: String = kept.replace('%', "%25").replace('+', "%2B");
    let fields = format!(
        "email={}&password={PASSWORD}&to={to}&kept={kept}",
        ann.email
    );
    let again = post(&app.client.without_key(), SIGN_IN, &fields).await;
    assert_eq!(again.status, 200, "{}", again.text());
    assert!(
        says(&again, &format!("action=\"{path}\"")),
        "{}",
        again.text()
    );
    assert!(hidden(&again.text(), "note").starts_with("a &#34;b&#34;"));
    // It is done when it is sent, and not before.
    assert_eq!(third.get(YOU).await.status, 200);
    let back = app
        .client
        .without_key()
        .with_header("cookie", &session(&again));
    let token = hidden(&again.text(), "token");
    let sent = post(&back, path, &format!("token={token}&note=x")).await;
    assert_eq!(location(&sent), SIGN_IN);
    assert_eq!(third.get(YOU).await.status, 303);
}

#[tokio::test]
async fn a_form_of_an_earlier_session_is_asked_about_and_a_forged_one_is_refused() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let other = sign_in(&app.client, &ann.email).await;
    let path = "/dashboard/you/sessions";
    let here = ann.client.with_header("sec-fetch-site", "same-origin");
    let asked = post(&here, path, "token=earlier&note=mine").await;
    assert_eq!(asked.status, 409);
    assert_eq!(hidden(&asked.text(), "note"), "mine");
    assert_eq!(post(&ann.client, path, "token=forged").await.status, 403);
    assert_eq!(other.get(YOU).await.status, 200, "nothing was done");
    let token = hidden(&asked.text(), "token");
    let sent = post(&here, path, &format!("token={token}&note=mine")).await;
    assert_eq!(location(&sent), SIGN_IN);
}

#[tokio::test]
async fn who_may_not_sign_in_any_more_is_out_at_once() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    ann.page(YOU).await;
    let path = format!("/api/v1/member/{}", ann.id);
    let body = serde_json::json!({"disabled": true});
    app.client.patch(&path, body).await.expect(200);
    assert_eq!(ann.get(YOU).await.status, 303);
    let fields = format!("email={}&password={PASSWORD}", ann.email);
    let nobody = app.client.without_key();
    assert_eq!(post(&nobody, SIGN_IN, &fields).await.status, 401);
}

#[tokio::test]
async fn the_link_on_the_console_is_below_the_public_url() {
    let app = app_with(&[("public_url", "https://hooks.example.com")]).await;
    set_up_link(&app).await;
    let log = app.program.log_text();
    assert!(
        log.contains("https://hooks.example.com/dashboard/set-up#code="),
        "{log}"
    );
}

#[tokio::test]
async fn an_invitation_is_accepted_with_its_link_and_used_up_by_that_alone() {
    let app = app().await;
    let body = serde_json::json!({"email": "bea@example.com", "role": "viewer"});
    let invited = app.client.post("/api/v1/member", body).await.expect(201);
    let code = invited["invitationCode"].as_str().unwrap();
    let (nobody, path) = (app.client.without_key(), "/dashboard/join");
    assert!(says(&nobody.get(path).await, "data-hash=\"code\""));
    for _ in 0..2 {
        let shown = post(&nobody, path, &format!("code=http://x/%23code={code}")).await;
        assert_eq!(shown.status, 200);
        assert!(says(&shown, "bea@example.com") && says(&shown, "Viewer"));
        assert_eq!(hidden(&shown.text(), "code"), code);
    }
    let weak = post(
        &nobody,
        path,
        &format!("code={code}&name=Bea&password=short"),
    )
    .await;
    assert_eq!(weak.status, 422);
    assert!(says(&weak, "id=\"password-error\"") && says(&weak, "value=\"Bea\""));
    let fields = format!("code={code}&name=Bea+Ray&password={PASSWORD}");
    let joined = post(&nobody, path, &fields).await;
    assert_eq!(location(&joined), "/dashboard");
    let bea = nobody.with_header("cookie", &session(&joined));
    assert!(says(&bea.get(YOU).await, "<h1>Bea Ray</h1>"));
    let again = post(&nobody, path, &fields).await;
    assert_eq!(again.status, 410);
    assert!(says(&again, "This invitation has ended, was used"));
    let never = post(&nobody, path, "code=never").await;
    assert_eq!(
        again.text(),
        never.text(),
        "it does not tell which codes there were"
    );
}
