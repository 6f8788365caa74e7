//! The form of a webhook: one save for all of it, kinds of authentication, and a filter that is tried before it is saved.

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::{Receiver, TestApp};

use super::browser::{Browser, location, page};
use crate::support::app;

struct Desk {
    app: TestApp,
    browser: Browser,
    receiver: Receiver,
    endpoint: String,
}

impl Desk {
    async fn open(endpoint: Value) -> Self {
        let (app, receiver) = (app().await, Receiver::start().await);
        let owner = app.create_application("Cool Account").await;
        let mut new = json!({"url": receiver.url("/hook"), "description": "Wink Stalker"});
        for (name, value) in endpoint.as_object().unwrap() {
            new[name] = value.clone();
        }
        let endpoint = app.create_endpoint(&owner, new).await;
        let browser = Browser::open(&app, &owner, json!({})).await;
        Self {
            app,
            browser,
            receiver,
            endpoint,
        }
    }

    fn update(&self) -> String {
        format!("webhooks/{}/update", self.endpoint)
    }

    fn fields(&self) -> String {
        let url = self.receiver.url("/hook");
        let fields = self.browser.form("Wink+Stalker", &url);
        fields.replace("&auth=none", "")
    }

    async fn stored(&self, rest: &str) -> Value {
        let path = format!(
            "/api/v1/app/{}/endpoint/{}{rest}",
            self.browser.owner, self.endpoint
        );
        self.app.client.get(&path).await.expect(200)
    }

    async fn changes(&self) -> usize {
        let log = self
            .app
            .client
            .get("/api/v1/audit-log?limit=100")
            .await
            .expect(200);
        let entries = log["data"].as_array().unwrap().clone();
        entries
            .iter()
            .filter(|entry| entry["action"] == "endpoint.update")
            .count()
    }
}

#[tokio::test]
async fn everything_in_the_form_is_saved_in_one_change_and_what_is_hidden_stays() {
    let desk = Desk::open(json!({"headers": {"X-Api-Key": "hidden one", "X-Old": "1"}})).await;
    let fields = format!(
        "{}&auth=basic&user=u&password=p&rate=7&headers=X-New:+2",
        desk.fields()
    );
    let filter = "&filter=%7B%22n%22:1%7D";
    location(
        &desk
            .browser
            .send(&desk.update(), &desk.update(), &(fields + filter))
            .await,
    );
    assert_eq!(desk.changes().await, 1, "one change");
    let stored = desk.stored("").await;
    assert_eq!(stored["throttleRate"], 7);
    let headers = desk.stored("/headers").await;
    assert_eq!(headers["headers"], json!({"X-New": "2"}));
    assert_eq!(headers["sensitive"], json!(["X-Api-Key"]));
    let message = desk
        .app
        .send(&desk.browser.owner, "a.b", json!({"n": 1}))
        .await;
    desk.app
        .wait_for_attempts(&desk.browser.owner, &message, 1)
        .await;
    let request = desk.receiver.wait_for("/hook", 1).await.remove(0);
    assert_eq!(request.header("x-api-key"), "hidden one");
    assert_eq!(request.header("x-new"), "2");
    assert_eq!(request.header("authorization"), "Basic dTpw");

    // Something is wrong at the end of the form: nothing at all is changed.
    let wrong = format!(
        "{}&auth=basic&user=u2&password=&rate=9&headers=X-New:+3&filter=%7B",
        desk.fields()
    );
    let answer = desk
        .browser
        .send(&desk.update(), &desk.update(), &wrong)
        .await;
    assert_eq!(answer.status, 422);
    assert!(page(&answer).contains("id=\"filter-error\""));
    assert_eq!(desk.stored("").await["throttleRate"], 7);
    assert_eq!(desk.stored("/headers").await, headers);
    assert_eq!(desk.changes().await, 1);
}

#[tokio::test]
async fn each_kind_of_authentication_is_saved_shown_without_its_secret_and_kept() {
    let desk = Desk::open(json!({})).await;
    let oauth = "&auth=oauth2&token-url=http%3A%2F%2F127.0.0.1%3A9%2Ftoken&client=me&client-secret=s3cret-one&scope=hooks&audience=&auth-method=body";
    location(
        &desk
            .browser
            .send(&desk.update(), &desk.update(), &(desk.fields() + oauth))
            .await,
    );
    let stored = desk.stored("/credentials").await;
    let kind = |stored: &Value| text(&stored["type"]);
    assert_eq!(kind(&stored), "oauth2", "{stored}");
    assert_eq!(
        (&stored["clientId"], &stored["scope"], &stored["authMethod"]),
        (&json!("me"), &json!("hooks"), &json!("body"))
    );
    let shown = page(&desk.browser.get(&desk.update()).await);
    assert!(
        shown.contains("value=\"http://127.0.0.1:9/token\"") && shown.contains("value=\"hooks\""),
        "{shown}"
    );
    assert!(!shown.contains("s3cret-one"));
    // The secret is left empty and stays; the scope is emptied and goes.
    let again = "&auth=oauth2&token-url=http%3A%2F%2F127.0.0.1%3A9%2Ftoken&client=you&client-secret=&scope=&audience=&auth-method=";
    location(
        &desk
            .browser
            .send(&desk.update(), &desk.update(), &(desk.fields() + again))
            .await,
    );
    let stored = desk.stored("/credentials").await;
    assert_eq!(
        (&stored["clientId"], &stored["scope"], &stored["authMethod"]),
        (&json!("you"), &Value::Null, &json!("basic")),
        "{stored}"
    );
}

#[tokio::test]
async fn another_kind_of_authentication_takes_secrets_of_its_own_and_none_takes_it_away() {
    let basic = json!({"credentials": {"type": "basic", "username": "u", "password": "p"}});
    let desk = Desk::open(basic).await;
    let kind = |stored: &Value| text(&stored["type"]);
    // Another kind takes its own secret: none is carried over.
    let answer = desk
        .browser
        .send(
            &desk.update(),
            &desk.update(),
            &format!("{}&auth=bearer&bearer=", desk.fields()),
        )
        .await;
    assert_eq!(answer.status, 422);
    assert!(page(&answer).contains("id=\"auth-error\""));
    // A certificate that is none, and where nobody would see it.
    let mtls = format!(
        "{}&auth=mtls&certificate=x&private-key=y&ca=",
        desk.fields()
    );
    let answer = desk
        .browser
        .send(&desk.update(), &desk.update(), &mtls)
        .await;
    assert_eq!(answer.status, 422);
    assert!(page(&answer).contains("id=\"auth-error\""));
    assert_eq!(kind(&desk.stored("/credentials").await), "basic");
    location(
        &desk
            .browser
            .send(
                &desk.update(),
                &desk.update(),
                &format!("{}&auth=none", desk.fields()),
            )
            .await,
    );
    assert_eq!(kind(&desk.stored("/credentials").await), "none");
}

#[tokio::test]
async fn a_filter_is_tried_on_the_newest_events_and_nothing_is_saved() {
    let desk = Desk::open(json!({})).await;
    for n in [1, 2] {
        desk.app
            .send(&desk.browser.owner, "a.b", json!({"n": n}))
            .await;
    }
    let tried = format!(
        "{}&auth=none&try=filter&filter=%7B%22n%22:2%7D",
        desk.fields()
    );
    for (shown, path) in [
        (desk.update(), desk.update()),
        ("webhooks/new".to_owned(), "webhooks".to_owned()),
    ] {
        let answer = desk.browser.send(&shown, &path, &tried).await;
        assert_eq!(answer.status, 200, "{path}");
        let shown = page(&answer);
        assert_eq!(shown.matches(">would be sent<").count(), 1, "{shown}");
        assert_eq!(shown.matches(">would not be sent<").count(), 1);
        assert!(
            shown.contains("{&#34;n&#34;:2}</textarea>"),
            "what was typed stays"
        );
    }
    let wrong = desk
        .browser
        .send(&desk.update(), &desk.update(), &tried.replace("%7D", ""))
        .await;
    assert_eq!(wrong.status, 422);
    assert!(page(&wrong).contains("id=\"filter-error\""));
    assert_eq!(desk.changes().await, 0);
    assert_eq!(desk.stored("").await["filter"], Value::Null);
}

#[tokio::test]
async fn ei_10_ei_11_settings_lead_by_integrations_and_couplings_to_the_list_and_a_new_webhook() {
    let desk = Desk::open(json!({})).await;
    let owner = &desk.browser.owner;
    for (language, integrations, couplings, create) in [
        ("en", "Integrations", "Couplings", "Create new webhook"),
        ("es", "Integraciones", "Conexiones", "Crear nuevo webhook"),
        ("fi", "Integraatiot", "Kytkennät", "Luo uusi webhook"),
        ("de", "Integrationen", "Koppelungen", "Webhook erstellen"),
        ("pl", "Integracje", "Powiązania", "Utwórz webhook"),
        ("it", "Integrazioni", "Collegamenti", "Crea nuovo webhook"),
    ] {
        let client = desk.browser.client.with_header("accept-language", language);
        let settings = page(&client.get(&format!("/portal/{owner}/settings")).await);
        assert!(settings.contains(integrations), "{language}");
        let (before, _) = settings.split_once(couplings).expect(couplings);
        let link = before.rsplit("<a class=\"btn\" href=\"").next().unwrap();
        let link = link.split('"').next().unwrap();
        let list = page(&client.get(link).await);
        assert!(
            list.contains("Wink Stalker") && list.contains(create),
            "{language}"
        );
        assert!(list.contains(&format!("href=\"/portal/{owner}/webhooks/new\"")));
    }
}
