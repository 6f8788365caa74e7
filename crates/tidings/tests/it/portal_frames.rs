//! The portal in a frame: who may hold it, what a browser keeps for it there, and the element that makes one.

use http::Method;
use serde_json::json;
use tidings_testkit::Client;
use tidings_testkit::app::text;

use crate::support::{app, app_with};

const ORIGIN: &str = "https://app.example.com";

async fn frames(client: &Client, path: &str) -> String {
    let answer = client.without_key().get(path).await;
    let policy = answer.header("content-security-policy").to_owned();
    policy.rsplit_once("frame-ancestors ").unwrap().1.to_owned()
}

#[tokio::test]
async fn only_pages_of_named_origins_may_hold_the_portal() {
    let app = app().await;
    for path in ["/", "/portal/login", "/docs"] {
        assert_eq!(frames(&app.client, path).await, "'none'", "{path}");
    }
    let origins = format!("{ORIGIN}, http://127.0.0.1:4000");
    let app = app_with(&[("portal_origins", &origins)]).await;
    let named = format!("{ORIGIN} http://127.0.0.1:4000");
    for path in ["/portal/login", "/portal/accounts", "/portal/nowhere"] {
        assert_eq!(frames(&app.client, path).await, named, "{path}");
    }
    for path in ["/", "/docs", "/static/nowhere.css"] {
        assert_eq!(frames(&app.client, path).await, "'none'", "{path}");
    }
}

#[tokio::test]
async fn a_session_in_a_frame_has_cookies_for_that_site_alone() {
    let app = app_with(&[("portal_origins", ORIGIN)]).await;
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let framed = app
        .client
        .without_key()
        .with_header("sec-fetch-dest", "iframe");
    let form = framed
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_header("sec-fetch-site", "same-origin");
    let link = text(&app.client.post(&path, json!({})).await.expect(200)["url"]);
    let opened = form
        .send(Method::POST, "/portal/login", format!("key={link}"))
        .await;
    assert_eq!(opened.status, 303);
    let cookie = opened.header("set-cookie");
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=None; Secure; Partitioned"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap();
    let accounts = framed
        .with_header("cookie", session)
        .get("/portal/accounts")
        .await;
    assert_eq!(accounts.status, 200);
    assert!(accounts.text().contains("Cool Account"));

    let chosen = framed.get("/portal/login?lang=fi&theme=dark").await;
    let cookies: Vec<_> = chosen.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        assert!(
            cookie
                .to_str()
                .unwrap()
                .ends_with("; SameSite=None; Secure; Partitioned")
        );
    }
    // In a tab of its own everything is as it was.
    let link = text(&app.client.post(&path, json!({})).await.expect(200)["url"]);
    let tab = app
        .client
        .without_key()
        .with_header("content-type", "application/x-www-form-urlencoded");
    let opened = tab
        .send(Method::POST, "/portal/login", format!("key={link}"))
        .await;
    assert!(
        opened
            .header("set-cookie")
            .ends_with("; HttpOnly; SameSite=Lax")
    );
}

#[tokio::test]
async fn the_element_is_a_script_that_other_sites_may_have() {
    let app = app().await;
    let nobody = app.client.without_key();
    let script = nobody.get("/assets/tidings-portal.js").await;
    assert_eq!(script.status, 200);
    assert!(
        script
            .text()
            .contains("customElements.define(\"tidings-portal\"")
    );
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        script.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert_eq!(script.header("access-control-allow-origin"), "*");
    assert_eq!(script.header("cache-control"), "public, max-age=3600");
    let tag = script.header("etag").to_owned();
    let again = nobody.with_header("if-none-match", &tag);
    let again = again.get("/assets/tidings-portal.js").await;
    assert_eq!(again.status, 304);
    assert_eq!(nobody.get("/assets/other.js").await.status, 404);
}
