//! A browser of somebody who runs the server: signed in to the dashboard, without a script.

use http::Method;
use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::{Answer, Client, TestApp};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A member who is signed in.
pub(crate) struct Staff {
    pub(crate) client: Client,
    pub(crate) id: String,
    pub(crate) email: String,
}

impl Staff {
    /// Makes a member of this role, who has chosen their password, and signs them in.
    pub(crate) async fn join(app: &TestApp, role: &str) -> Self {
        let email = format!("{role}@example.com");
        let id = member(app, &email, role).await;
        let client = sign_in(&app.client, &email).await;
        Self { client, id, email }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.client.get(path).await
    }

    /// The text of a page that is there.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// Sends a form with the token of the page that shows it.
    pub(crate) async fn send(&self, shown: &str, path: &str, fields: &str) -> Answer {
        let token = hidden(&self.get(shown).await.text(), "token");
        post(&self.client, path, &format!("token={token}&{fields}")).await
    }
}

/// Makes a member of this role with [`PASSWORD`]; gives the id.
pub(crate) async fn member(app: &TestApp, email: &str, role: &str) -> String {
    let arguments = ["keys", "create", "--name", "boss", "--role", "owner"];
    let key = app.program.run(&arguments).await;
    let owner = app
        .client
        .with_key(String::from_utf8(key.stdout).unwrap().trim());
    let body = json!({"email": email, "name": "Ann Lee", "role": role});
    let invited = owner.post("/api/v1/member", body).await.expect(201);
    let body = json!({"code": invited["invitationCode"], "password": PASSWORD});
    let path = "/api/v1/member/accept-invitation";
    app.client.without_key().post(path, body).await.expect(200);
    text(&invited["id"])
}

/// A client with the session of whoever has this address.
pub(crate) async fn sign_in(client: &Client, email: &str) -> Client {
    let nobody = client.without_key();
    let fields = format!("email={email}&password={PASSWORD}");
    let answer = post(&nobody, "/dashboard/sign-in", &fields).await;
    assert_eq!(location(&answer), "/dashboard");
    nobody.with_header("cookie", &session(&answer))
}

/// The cookie that an answer sets.
pub(crate) fn session(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("tidings_session="), "{cookie}");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// Sends a form.
pub(crate) async fn post(client: &Client, path: &str, fields: &str) -> Answer {
    let client = client.with_header("content-type", "application/x-www-form-urlencoded");
    client.send(Method::POST, path, fields.to_owned()).await
}

/// Where an answer leads.
pub(crate) fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).expect("the field is there");
    rest.split('"').next().unwrap().to_owned()
}
