//! API keys, the audit log and the settings in the dashboard.

use serde_json::json;
use tidings_testkit::app::rows;

use crate::staff::{Staff, location};
use crate::support::app;

const KEYS: &str = "/dashboard/keys";
const NEW: &str = "/dashboard/keys/new";
const LOG: &str = "/dashboard/audit-log";

/// What is shown once.
fn secret(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"secret\"").expect("it is shown");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split('<').next().unwrap().to_owned()
}

/// The address of the page that leads back from what is shown once.
fn key_page(page: &str) -> String {
    let (_, rest) = page
        .split_once("href=\"/dashboard/keys/key_")
        .expect("a way back");
    format!("/dashboard/keys/key_{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn a_key_is_made_shown_once_used_changed_replaced_and_revoked() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let made = ann
        .send(NEW, KEYS, "name=Shop+%3Cb%3E&role=developer&ends=30&rate=7")
        .await;
    assert_eq!(made.status, 200, "{}", made.text());
    let (key, path) = (secret(&made.text()), key_page(&made.text()));
    let shop = app.client.with_key(&key);
    shop.get("/api/v1/app").await.expect(200);
    assert_eq!(shop.get("/api/v1/member").await.status, 403, "a developer");
    let list = ann.page(KEYS).await;
    assert!(list.contains("Shop &#60;b&#62;") && !list.contains(&key));
    let shown = ann.page(&path).await;
    assert!(!shown.contains(&key) && shown.contains("value=\"7\""));

    let wrong = ann.send(&path, &path, "name=&role=developer&rate=x").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"rate-error\"") && wrong.text().contains("value=\"x\""));
    let changed = ann.send(&path, &path, "name=Till&role=viewer&rate=").await;
    assert_eq!(location(&changed), format!("{path}?done=changed"));
    let id = path.rsplit('/').next().unwrap();
    let keys = rows(&app.client.get("/api/v1/api-key").await);
    let stored = keys.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(
        (&stored["name"], &stored["role"]),
        (&json!("Till"), &json!("viewer"))
    );
    assert!(stored["expiresAt"].is_string(), "its end stays: {stored}");
    for (ends, is_set) in [("0", false), ("7", true), ("8", true)] {
        let fields = format!("name=Till&role=viewer&rate=&ends={ends}");
        location(&ann.send(&path, &path, &fields).await);
        let stored = app.client.get(&format!("/api/v1/api-key/{id}")).await;
        assert_eq!(
            stored.expect(200)["expiresAt"].is_string(),
            is_set,
            "{ends}"
        );
    }

    let replaced = ann
        .send(&path, &format!("{path}/rotate"), "overlap=24")
        .await;
    let newer = secret(&replaced.text());
    assert_ne!(newer, key);
    for text in [&key, &newer] {
        app.client
            .with_key(text)
            .get("/api/v1/app")
            .await
            .expect(200);
    }
    let replaced = ann
        .send(&path, &format!("{path}/rotate"), "overlap=0")
        .await;
    let newest = secret(&replaced.text());
    assert_eq!(
        app.client.with_key(&newer).get("/api/v1/app").await.status,
        401
    );

    let revoke = format!("{path}/revoke");
    assert!(ann.page(&revoke).await.contains("Revoke “Till”?"));
    let revoked = ann.send(&revoke, &revoke, "").await;
    assert_eq!(location(&revoked), format!("{KEYS}?done=revoked"));
    assert_eq!(
        app.client.with_key(&newest).get("/api/v1/app").await.status,
        401
    );
    assert_eq!(ann.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_form_of_a_key_names_what_is_wrong_and_nobody_makes_one_above_their_role() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let before = rows(&app.client.get("/api/v1/api-key").await);
    let wrong = ann.send(NEW, KEYS, "name=&role=viewer&rate=0").await;
    assert_eq!(wrong.status, 422);
    for error in ["name-error", "rate-error"] {
        assert!(wrong.text().contains(&format!("id=\"{error}\"")), "{error}");
    }
    let above = ann.send(NEW, KEYS, "name=x&role=owner").await;
    assert_eq!(above.status, 403);
    let owner = app
        .program
        .run(&["keys", "create", "--name", "top", "--role", "owner"])
        .await;
    assert!(owner.status.success());
    let keys = rows(&app.client.get("/api/v1/api-key").await);
    assert_eq!(keys.len(), before.len() + 1);
    let top = keys.iter().find(|one| one["name"] == "top").unwrap();
    let path = format!("{KEYS}/{}", top["id"].as_str().unwrap());
    let shown = ann.page(&path).await;
    assert!(shown.contains("may do more than you") && !shown.contains("/revoke"));
    for rest in ["", "/rotate", "/revoke"] {
        let refused = ann
            .send(KEYS, &format!("{path}{rest}"), "name=low&role=viewer")
            .await;
        assert_eq!(refused.status, 403, "{rest}");
    }
}

#[tokio::test]
async fn the_audit_log_is_filtered_by_who_what_and_when_and_goes_on_over_pages() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    for number in 0..60 {
        let body = json!({"name": format!("app {number}"), "uid": format!("a{number}")});
        app.client.post("/api/v1/app", body).await.expect(201);
    }
    let made = ann.send(NEW, KEYS, "name=Shop&role=viewer").await;
    let key = key_page(&made.text());
    let key = key.rsplit('/').next().unwrap();
    let entries = |page: &str| page.matches("class=\"fold\"").count();

    let first = ann.page(LOG).await;
    assert_eq!(entries(&first), 50);
    assert!(first.contains("api_key.create") && first.contains("Ann Lee") && first.contains(key));
    let (_, next) = first.rsplit_once("href=\"?page=").expect("there is more");
    let next = format!("{LOG}?page={}", next.split('"').next().unwrap());
    let second = ann.page(&next).await;
    assert!(
        entries(&second) >= 11 && second.contains("href=\"?page=-"),
        "{}",
        entries(&second)
    );

    let own = ann
        .page(&format!("{LOG}?kind=member&action=api_key.create"))
        .await;
    assert_eq!(entries(&own), 1);
    let by_id = ann
        .page(&format!("{LOG}?actor={}&action=api_key.create", ann.id))
        .await;
    assert_eq!(entries(&by_id), 1);
    let of_one = ann.page(&format!("{LOG}?target=a7")).await;
    assert_eq!(entries(&of_one), 1);
    assert!(of_one.contains("app 7") && of_one.contains("value=\"a7\""));
    let past = ann.page(&format!("{LOG}?until=2020-01-01")).await;
    assert!(past.contains("No entries") && past.contains("value=\"2020-01-01\""));
    let since = ann
        .page(&format!(
            "{LOG}?since=2020-01-01&action=api_key.create&kind=member"
        ))
        .await;
    assert_eq!(entries(&since), 1);
    assert_eq!(ann.get(&format!("{LOG}?page=nonsense")).await.status, 404);
}

#[tokio::test]
async fn the_settings_tell_where_the_environment_is_reached() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let shown = ann.page("/dashboard/settings").await;
    let url = format!("http://{}/api/v1", app.client.address());
    assert!(shown.contains(&url) && shown.contains("default"), "{shown}");
    assert!(shown.contains("Development mode"));
}
