//! How the portal looks: told by the API, refused where nobody could read it, and seen on the pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, TestApp};

use crate::staff::{Staff, location};
use crate::support::{app, app_on, refused_field};

const THEME: &str = "/api/v1/environment/theme";
const LOGO: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path d=\"M0 0h1v1z\"/></svg>";

fn theme() -> Value {
    json!({
        "productName": "Cool <Product>", "accent": "#7a0840", "accentDark": "#ff9ecb", "font": "IBM Plex Sans",
        "logo": {"type": "image/svg+xml", "data": STANDARD.encode(LOGO)},
    })
}

/// A browser in the portal of an application.
async fn browser(app: &TestApp) -> Client {
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let link = text(&app.client.post(&path, json!({})).await.expect(200)["url"]);
    let nobody = app.client.without_key();
    let form = nobody.with_header("content-type", "application/x-www-form-urlencoded");
    let opened = form
        .send(Method::POST, "/portal/login", format!("key={link}"))
        .await;
    let cookie = opened
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    nobody.with_header("cookie", &cookie)
}

async fn a_theme_is_kept_and_seen(app: TestApp) {
    let none = app.client.get(THEME).await.expect(200);
    assert_eq!(
        none,
        json!({"productName": null, "accent": null, "accentDark": null, "font": null, "logo": null})
    );
    let browser = browser(&app).await;
    let plain = browser.get("/portal/accounts").await.text();
    assert!(plain.contains("Tidings</a>") && !plain.contains("/portal/theme.css"));
    assert_eq!(browser.get("/portal/logo").await.status, 404);

    let client = &app.client;
    client
        .send(Method::PUT, THEME, theme().to_string())
        .await
        .expect(200);
    assert_eq!(client.get(THEME).await.expect(200), theme());
    let page = browser.get("/portal/accounts").await.text();
    assert!(
        page.contains("Cool &#60;Product&#62;</a>") && page.contains("src=\"/portal/logo\""),
        "{page}"
    );
    assert!(page.contains("<link rel=\"stylesheet\" href=\"/portal/theme.css\">"));
    let style = browser.get("/portal/theme.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(
        style
            .text()
            .contains("--accent:light-dark(#7a0840, #ff9ecb)")
    );
    let logo = browser.get("/portal/logo").await;
    assert_eq!(logo.body.as_ref(), LOGO.as_bytes());
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert!(logo.header("content-security-policy").ends_with("sandbox"));

    // Another environment has a look of its own.
    let key = app.program.create_key("other", "other").await;
    let other = client.with_key(&key);
    assert_eq!(
        other.get(THEME).await.expect(200)["productName"],
        json!(null)
    );
    client.send(Method::PUT, THEME, "{}").await.expect(200);
    assert_eq!(client.get(THEME).await.expect(200), none);
}

#[tokio::test]
async fn a_theme_is_kept_and_seen_on_sqlite() {
    a_theme_is_kept_and_seen(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_theme_is_kept_and_seen_on_postgres() {
    let database = Database::new(Version::V15);
    a_theme_is_kept_and_seen(app_on(&database).await).await;
}

#[tokio::test]
async fn a_theme_that_somebody_could_not_read_is_refused_with_a_sentence() {
    let app = app().await;
    let put = async |body: Value| app.client.send(Method::PUT, THEME, body.to_string()).await;
    let pale = put(json!({"accent": "#ffcc00"})).await;
    refused_field(&pale, &["body", "accent"]);
    assert!(
        pale.text().contains("choose a darker one"),
        "{}",
        pale.text()
    );
    let script = STANDARD.encode("<svg><script>alert(1)</script></svg>");
    for (field, body) in [
        ("accentDark", json!({"accentDark": "#222222"})),
        ("accent", json!({"accent": "red"})),
        ("font", json!({"font": "a\"; color: red"})),
        ("productName", json!({"productName": ""})),
        (
            "logo",
            json!({"logo": {"type": "image/svg+xml", "data": script}}),
        ),
        (
            "logo",
            json!({"logo": {"type": "image/png", "data": STANDARD.encode("no png")}}),
        ),
        (
            "logo",
            json!({"logo": {"type": "text/html", "data": "AAAA"}}),
        ),
    ] {
        refused_field(&put(body).await, &["body", field]);
    }
    assert_eq!(
        app.client.get(THEME).await.expect(200)["accent"],
        json!(null)
    );
}

#[tokio::test]
async fn admins_change_the_look_by_a_form_that_names_what_is_wrong_and_keeps_what_was_typed() {
    let app = app().await;
    let staff = Staff::join(&app, "admin").await;
    let page = "/dashboard/settings/theme";
    assert!(staff.page("/dashboard/settings").await.contains(page));
    let wrong =
        "product=Cool&accent=%23ffffff&accent-dark=red&font=%3Cb%3E&logo=%3Csvg+onload%3Dx%3E";
    let answer = staff.send(page, page, wrong).await;
    assert_eq!(answer.status, 422);
    for error in ["accent", "accent-dark", "font", "logo"] {
        let error = format!("id=\"{error}-error\"");
        assert!(answer.text().contains(&error), "{error}");
    }
    assert!(answer.text().contains("&#60;svg onload=x&#62;</textarea>"));
    let before = app.client.get(THEME).await.expect(200);
    assert_eq!(before["productName"], Value::Null, "nothing is changed");

    let png = STANDARD.encode(b"\x89PNG\r\n\x1a\n and so on");
    let picture = json!({"logo": {"type": "image/png", "data": png}});
    let put = app.client.send(Method::PUT, THEME, picture.to_string());
    put.await.expect(200);
    let right = "product=Cool+%3CProduct%3E&accent=%237a0840&accent-dark=%23ff9ecb&font=Georgia";
    let saved = staff.send(page, page, &format!("{right}&logo=")).await;
    assert_eq!(location(&saved), format!("{page}?done=saved"));
    let after = app.client.get(THEME).await.expect(200);
    assert_eq!(after["productName"], "Cool <Product>");
    assert_eq!(after["logo"]["data"], png, "a picture stays");
    let taken = staff
        .send(page, page, &format!("{right}&logo=&remove-logo=on"))
        .await;
    location(&taken);
    let after = app.client.get(THEME).await.expect(200);
    assert_eq!(after["logo"], Value::Null);
    let drawn = format!("{right}&logo=%3Csvg%3E%3C%2Fsvg%3E");
    location(&staff.send(page, page, &drawn).await);
    assert!(
        staff
            .page(page)
            .await
            .contains("&#60;svg&#62;&#60;/svg&#62;</textarea>")
    );

    let developer = Staff::join(&app, "developer").await;
    assert_eq!(developer.get(page).await.status, 403);
}
