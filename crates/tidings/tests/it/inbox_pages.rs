//! Inboxes on their pages: made in a click, read, compared, told what to answer, and removed, by those who may.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::{EventStream, Receiver, TestApp};

use crate::staff::{PASSWORD, Staff, hidden, location, post, session};
use crate::support::{app, refused_field};

const FOLDER: &str = "/dashboard/inboxes";

/// A developer before an inbox.
struct Desk {
    app: TestApp,
    staff: Staff,
    /// The page of the inbox.
    page: String,
    id: String,
    /// The path that catches.
    url: String,
}

impl Desk {
    /// Makes an inbox by its button.
    async fn open() -> Self {
        let app = app().await;
        let staff = Staff::join(&app, "developer").await;
        let page = location(&staff.send(FOLDER, FOLDER, "").await);
        let id = page.rsplit('/').next().unwrap().to_owned();
        let mut desk = Self {
            app,
            staff,
            page,
            id,
            url: String::new(),
        };
        let url = text(&desk.inbox().await["url"]);
        url.strip_prefix(&desk.app.url())
            .unwrap()
            .clone_into(&mut desk.url);
        desk
    }

    /// What the API says of it.
    async fn inbox(&self) -> Value {
        let path = format!("/api/v1/inbox/{}", self.id);
        self.app.client.get(&path).await.expect(200)
    }

    /// Sends something to it; gives the id of the request.
    async fn catch(&self, rest: &str, kind: &str, body: &[u8]) -> String {
        let sender = self.app.client.without_key();
        let sender = sender.with_header("content-type", kind);
        let path = format!("{}{rest}", self.url);
        sender.send(Method::POST, &path, body.to_vec()).await;
        let path = format!("/api/v1/inbox/{}/request?limit=1", self.id);
        text(&rows(&self.app.client.get(&path).await)[0]["id"])
    }

    async fn request_page(&self, id: &str, rest: &str) -> String {
        self.staff
            .page(&format!("{}/requests/{id}{rest}", self.page))
            .await
    }
}

#[tokio::test]
async fn an_inbox_is_made_in_a_click_and_shows_what_comes() {
    let desk = Desk::open().await;
    let shown = desk.staff.page(&desk.page).await;
    assert!(
        shown.contains(&format!("value=\"{}{}\"", desk.app.url(), desk.url)),
        "{shown}"
    );
    assert!(shown.contains("Waiting for the first request"));

    let id = desk
        .catch(
            "/a%20b?q=1",
            "application/json",
            br#"{"note":"<script>alert(1)</script>","n":1.10}"#,
        )
        .await;
    let list = desk.staff.page(&desk.page).await;
    assert!(list.contains("/a%20b") && list.contains(&format!("/requests/{id}\"")));
    assert!(
        desk.staff
            .page(&format!("{}?q=nowhere", desk.page))
            .await
            .contains("Nothing here")
    );
    assert!(
        desk.staff
            .page(&format!("{}?q=ALERT", desk.page))
            .await
            .contains(&id)
    );
    let page = desk.request_page(&id, "").await;
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script>alert"),
        "{page}"
    );
    for part in [">1.10<", "application/json", "?q=1", "127.0.0.1:"] {
        assert!(page.contains(part), "{part}");
    }
    let hex = desk.request_page(&id, "?as=hex").await;
    assert!(hex.contains("00000000  7b 22 6e 6f 74 65 22 3a"), "{hex}");
    let body = desk
        .staff
        .get(&format!("{}/requests/{id}/body", desk.page))
        .await;
    assert_eq!(
        body.body.as_ref(),
        br#"{"note":"<script>alert(1)</script>","n":1.10}"#
    );
    assert_eq!(
        body.header("content-disposition"),
        "attachment; filename=\"body.bin\""
    );
    assert_eq!(body.header("content-type"), "application/octet-stream");

    let form = desk
        .catch("", "application/x-www-form-urlencoded", b"a=1%262&b=x+y")
        .await;
    let page = desk.request_page(&form, "").await;
    assert!(
        page.contains("<th scope=\"row\">a</th><td class=\"break\">1&#38;2</td>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_inbox() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let shown = staff.page(FOLDER).await;
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let fields = format!("token={token}&once={once}");
    let first = location(&post(&staff.client, FOLDER, &fields).await);
    assert_eq!(location(&post(&staff.client, FOLDER, &fields).await), first);
    assert_eq!(rows(&app.client.get("/api/v1/inbox").await).len(), 1);
}

#[tokio::test]
async fn who_watches_sees_requests_as_they_come() {
    let desk = Desk::open().await;
    let nobody = desk.app.client.without_key();
    let fields = format!("email={}&password={PASSWORD}", desk.staff.email);
    let cookie = session(&post(&nobody, "/dashboard/sign-in", &fields).await);
    let head = nobody.raw_head("GET", &format!("{}/live", desk.page));
    let head = format!("{head}cookie: {cookie}\r\n");
    let mut stream = EventStream::open(desk.app.server().address(), &head).await;
    desk.catch("/one", "text/plain", b"x").await;
    stream.read_until("/one</span>").await;
    desk.catch("/two", "text/plain", b"x").await;
    stream.read_until("/two</span>").await;
}

#[tokio::test]
async fn what_an_inbox_answers_is_told_by_a_form_that_keeps_what_was_typed() {
    let desk = Desk::open().await;
    let answers = format!("{}/answers", desk.page);
    let wrong = "name=Mine&status=99&headers=nonsense&body=%3Cb%3E&delay=x&failures=0";
    let refused = desk.staff.send(&answers, &answers, wrong).await;
    assert_eq!(refused.status, 422);
    let shown = refused.text();
    for error in ["headers-error", "delay-error"] {
        assert!(shown.contains(&format!("id=\"{error}\"")), "{error}");
    }
    assert!(shown.contains("&#60;b&#62;</textarea>") && shown.contains("value=\"Mine\""));
    let wrong = "name=Mine&status=99&headers=&body=&delay=30001&failures=101&secret=nonsense";
    let shown = desk.staff.send(&answers, &answers, wrong).await.text();
    for error in [
        "status-error",
        "delay-error",
        "failures-error",
        "secret-error",
    ] {
        assert!(shown.contains(&format!("id=\"{error}\"")), "{error}");
    }
    for error in ["body-error", "name-error"] {
        assert!(!shown.contains(&format!("id=\"{error}\"")), "{error}");
    }
    assert_eq!(desk.inbox().await["status"], 200);

    let right =
        "name=Mine&status=418&headers=X-Pot:+tea%0A&body=short+and+stout&delay=0&failures=0";
    let saved = desk.staff.send(&answers, &answers, right).await;
    assert_eq!(location(&saved), format!("{}?done=saved", desk.page));
    let sender = desk.app.client.without_key();
    let answer = sender.send(Method::POST, &desk.url, "{}").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (418, "short and stout")
    );
    assert_eq!(answer.header("x-pot"), "tea");

    let quick = format!("{answers}/quick");
    location(&desk.staff.send(&desk.page, &quick, "status=503").await);
    let answer = sender.send(Method::POST, &desk.url, "{}").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "30"));
    assert_eq!(answer.header("x-pot"), "tea");
    location(&desk.staff.send(&desk.page, &quick, "status=200").await);
    let answer = sender.send(Method::POST, &desk.url, "{}").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_request_says_whether_its_signature_is_right() {
    let desk = Desk::open().await;
    let id = desk.catch("/a", "application/json", b"{}").await;
    assert!(
        desk.request_page(&id, "")
            .await
            .contains("Signature not checked")
    );
    let answers = format!("{}/answers", desk.page);
    let kept = "name=Inbox&status=200&headers=&body=&delay=0&failures=0";
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    location(
        &desk
            .staff
            .send(&answers, &answers, &format!("{kept}&secret={secret}"))
            .await,
    );
    let page = desk.request_page(&id, "").await;
    assert!(page.contains("Signature wrong") && page.contains("missing header webhook-id"));

    let owner = desk.app.create_application("Cool Account").await;
    let url = text(&desk.inbox().await["url"]);
    let draft = json!({"url": url, "secret": secret});
    let endpoint = desk.app.create_endpoint(&owner, draft).await;
    let path = format!("/api/v1/app/{owner}/endpoint/{endpoint}/test");
    desk.app.client.post(&path, json!({})).await;
    let path = format!("/api/v1/inbox/{}/request?limit=1", desk.id);
    let signed = text(&rows(&desk.app.client.get(&path).await)[0]["id"]);
    assert_ne!(signed, id);
    let page = desk.request_page(&signed, "").await;
    assert!(
        page.contains("Signature valid") && page.contains("s behind ours"),
        "{page}"
    );

    // Saving without a secret keeps it; it is forgotten on demand alone, and never shown.
    location(&desk.staff.send(&answers, &answers, kept).await);
    assert_eq!(desk.inbox().await["hasSecret"], true);
    assert!(!desk.staff.page(&answers).await.contains("whsec_MfKQ"));
    location(
        &desk
            .staff
            .send(&answers, &answers, &format!("{kept}&forget=on"))
            .await,
    );
    assert_eq!(desk.inbox().await["hasSecret"], false);
}

#[tokio::test]
async fn two_requests_are_compared_by_header_and_by_key_or_line() {
    let desk = Desk::open().await;
    let first = desk
        .catch(
            "/a",
            "application/json",
            br#"{"a":{"b":1},"c":"x","same":0}"#,
        )
        .await;
    let second = desk
        .catch(
            "/a",
            "application/json",
            br#"{"a":{"b":2},"d":"y","same":0}"#,
        )
        .await;
    let choose = desk.request_page(&first, "/compare").await;
    assert!(choose.contains(&format!("<option value=\"{second}\"")));
    let page = desk
        .request_page(&first, &format!("/compare?with={second}"))
        .await;
    for (name, said) in [
        ("a.b", "different"),
        ("c", "only in the first"),
        ("d", "only in the second"),
    ] {
        let row = page
            .split(&format!("class=\"break\">{name}</th>"))
            .nth(1)
            .unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains(said), "{name}: {row}");
    }
    assert!(!page.contains(">same</th>"), "what is the same is shown");
    let all = desk
        .request_page(&first, &format!("/compare?with={second}&all=on"))
        .await;
    assert!(all.contains(">same</th>"));

    let one = desk.catch("/t", "text/plain", b"one\ntwo\n<i>").await;
    let other = desk.catch("/t", "text/plain", b"one\n2\n<i>").await;
    let page = desk
        .request_page(&one, &format!("/compare?with={other}"))
        .await;
    for part in ["class=\"gone\"", "class=\"new\"", "&#60;i&#62;"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let missing = format!("{}/requests/{one}/compare?with=req_nothing", desk.page);
    assert_eq!(desk.staff.get(&missing).await.status, 404);
}

#[tokio::test]
async fn a_request_is_sent_on_once_for_each_form() {
    let desk = Desk::open().await;
    let receiver = Receiver::start().await;
    let id = desk.catch("/a?q=1", "text/x-note", b"as it was").await;
    let replay = format!("{}/requests/{id}/replay", desk.page);
    let shown = desk.staff.page(&replay).await;
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let url = receiver.url("/on");
    for _ in 0..2 {
        let fields = format!("token={token}&once={once}&url={url}");
        let sent = post(&desk.staff.client, &replay, &fields).await;
        assert_eq!(location(&sent), format!("{replay}?sent={once}"));
    }
    let requests = receiver.wait_for("/on", 1).await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("content-type"), "text/x-note");
    assert_eq!(requests[0].body.as_ref(), b"as it was");
    let shown = desk.staff.page(&format!("{replay}?sent={once}")).await;
    assert!(shown.contains(&url) && shown.contains(">204<"), "{shown}");

    let refused = desk.staff.send(&replay, &replay, "url=ftp://a.test/").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("value=\"ftp://a.test/\""));

    let path = format!("/api/v1/inbox/{}/request/{id}/replay", desk.id);
    let sent = desk
        .app
        .client
        .post(&path, json!({"url": receiver.url("/api")}))
        .await;
    let sent = sent.expect(200);
    assert_eq!(
        (&sent["responseStatusCode"], &sent["error"]),
        (&json!(204), &json!(null))
    );
    receiver.wait_for("/api", 1).await;
    let closed = desk
        .app
        .client
        .post(&path, json!({"url": "http://127.0.0.1:1/"}))
        .await;
    assert_eq!(closed.expect(200)["responseStatusCode"], json!(null));
    let refusal = desk
        .app
        .client
        .post(&path, json!({"url": "nonsense"}))
        .await;
    refused_field(&refusal, &["body", "url"]);
}

#[tokio::test]
async fn requests_and_inboxes_go_after_a_question() {
    let desk = Desk::open().await;
    let (one, two) = (
        desk.catch("/1", "a/b", b"1").await,
        desk.catch("/2", "a/b", b"2").await,
    );
    let at = |id: &str| format!("{}/requests/{id}", desk.page);
    let gone = desk
        .staff
        .send(&at(&one), &format!("{}/remove", at(&one)), "")
        .await;
    assert_eq!(location(&gone), format!("{}?done=request", desk.page));
    assert_eq!(desk.staff.get(&at(&one)).await.status, 404);
    assert_eq!(desk.staff.get(&at(&two)).await.status, 200);

    let empty = format!("{}/empty", desk.page);
    assert!(desk.staff.page(&empty).await.contains("Empty “Inbox”?"));
    location(&desk.staff.send(&empty, &empty, "").await);
    assert_eq!(desk.staff.get(&at(&two)).await.status, 404);

    let remove = format!("{}/remove", desk.page);
    assert!(desk.staff.page(&remove).await.contains("Remove “Inbox”?"));
    let gone = desk.staff.send(&remove, &remove, "").await;
    assert_eq!(location(&gone), format!("{FOLDER}?done=removed"));
    assert_eq!(desk.staff.get(&desk.page).await.status, 404);
    let sender = desk.app.client.without_key();
    assert_eq!(sender.send(Method::POST, &desk.url, "{}").await.status, 404);
}

#[tokio::test]
async fn who_may_only_see_changes_nothing_and_others_see_nothing() {
    let desk = Desk::open().await;
    let id = desk.catch("/a", "application/json", b"{}").await;
    let viewer = Staff::join(&desk.app, "viewer").await;
    let page = viewer.page(&desk.page).await;
    assert!(page.contains(&id) && !page.contains("/answers"), "{page}");
    assert!(!viewer.page(FOLDER).await.contains("New inbox"));
    let request = format!("{}/requests/{id}", desk.page);
    viewer.page(&request).await;
    for path in [
        FOLDER.to_owned(),
        format!("{}/answers", desk.page),
        format!("{}/answers/quick", desk.page),
        format!("{}/empty", desk.page),
        format!("{}/remove", desk.page),
        format!("{request}/remove"),
        format!("{request}/replay"),
    ] {
        let refused = viewer.send("/dashboard/you", &path, "status=500").await;
        assert_eq!(refused.status, 403, "{path}");
    }
    assert_eq!(desk.inbox().await["status"], 200);

    let nobody = desk.app.client.without_key();
    for path in [&desk.page, &request, &format!("{}/live", desk.page)] {
        let answer = nobody.get(path).await;
        assert!(
            location(&answer).starts_with("/dashboard/sign-in?"),
            "{path}"
        );
    }
    assert_eq!(
        viewer.get(&format!("{FOLDER}/inbox_nothing")).await.status,
        404
    );
    assert_eq!(
        viewer
            .get(&format!("{}/requests/x", desk.page))
            .await
            .status,
        404
    );
}
