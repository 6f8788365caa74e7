//! A browser without one: it keeps the cookie, reads the hidden fields of a form, and sends them along.

use http::Method;
use serde_json::Value;
use tidings_testkit::app::text;
use tidings_testkit::{Answer, Client, TestApp};

pub(crate) const LOGIN: &str = "/portal/login";

/// A browser that is signed in, and the account that it is for.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) owner: String,
}

/// A link into the portal, from its path on.
pub(crate) async fn link(app: &TestApp, owner: &str, body: Value) -> String {
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let made = app.client.post(&path, body).await.expect(200);
    text(&made["url"])
}

pub(crate) async fn post(client: &Client, path: &str, fields: &str) -> Answer {
    let client = client.with_header("content-type", "application/x-www-form-urlencoded");
    client.send(Method::POST, path, fields.to_owned()).await
}

pub(crate) fn page(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

pub(crate) fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", page(answer));
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).expect("the field is there");
    rest.split('"').next().unwrap().to_owned()
}

impl Browser {
    pub(crate) async fn open(app: &TestApp, owner: &str, body: Value) -> Self {
        let link = link(app, owner, body).await;
        let opened = post(&app.client.without_key(), LOGIN, &format!("key={link}")).await;
        assert_eq!(location(&opened), "/portal/accounts");
        let cookie = opened.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/portal;"));
        let cookie = cookie.split(';').next().unwrap();
        Self {
            client: app.client.without_key().with_header("cookie", cookie),
            owner: owner.to_owned(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let path = format!("/portal/{}/{path}", self.owner);
        self.client.get(&path).await
    }

    /// Sends a form with the hidden fields of the page that shows it.
    pub(crate) async fn send(&self, shown: &str, path: &str, fields: &str) -> Answer {
        let shown = page(&self.get(shown).await);
        let token = hidden(&shown, "token");
        let path = format!("/portal/{}/{path}", self.owner);
        post(&self.client, &path, &format!("token={token}&{fields}")).await
    }

    pub(crate) fn form(&self, name: &str, url: &str) -> String {
        let owner = &self.owner;
        format!("name={name}&enabled=on&entity={owner}&url={url}&all=on&format=json&auth=none")
    }
}
