//! The members of an environment in the dashboard: inviting, changing and removing them, and one's own password.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};

use crate::staff::{PASSWORD, Staff, hidden, location, member, post, session, sign_in};
use crate::support::app;

const MEMBERS: &str = "/dashboard/members";
const YOU: &str = "/dashboard/you";

async fn read(app: &TestApp, id: &str) -> Value {
    app.client
        .get(&format!("/api/v1/member/{id}"))
        .await
        .expect(200)
}

/// What is shown once.
fn secret(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"secret\"").expect("it is shown");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_member_is_invited_by_a_link_that_is_shown_once() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let new = format!("{MEMBERS}/new");
    let wrong = ann
        .send(&new, MEMBERS, "email=bea&name=Bea&role=developer")
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"email-error\"") && wrong.text().contains("value=\"Bea\""));
    let fields = "email=bea@example.com&name=Bea+%3Cb%3E&role=developer";
    let invited = ann.send(&new, MEMBERS, fields).await;
    assert_eq!(invited.status, 200, "{}", invited.text());
    let link = secret(&invited.text());
    let start = format!("http://{}/dashboard/join#code=", app.client.address());
    let code = link.strip_prefix(&start).expect("it leads here").to_owned();
    let list = ann.page(MEMBERS).await;
    assert!(list.contains("Bea &#60;b&#62;") && list.contains("Invited") && !list.contains(&code));

    let taken = ann.send(&new, MEMBERS, fields).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text().contains("has this address already"));

    let nobody = app.client.without_key();
    let join = format!("code={code}&password={PASSWORD}");
    let joined = post(&nobody, "/dashboard/join", &join).await;
    let bea = nobody.with_header("cookie", &session(&joined));
    assert_eq!(bea.get(YOU).await.status, 200);
    let members = rows(&app.client.get("/api/v1/member").await);
    let made = members.iter().find(|one| one["email"] == "bea@example.com");
    assert_eq!(made.unwrap()["role"], "developer");
}

#[tokio::test]
async fn a_member_is_changed_invited_anew_signed_out_and_removed() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let bea = Staff::join(&app, "viewer").await;
    let path = format!("{MEMBERS}/{}", bea.id);
    let changed = ann
        .send(&path, &path, "name=Bea+Ray&role=developer&let-in=on")
        .await;
    assert_eq!(location(&changed), format!("{path}?done=changed"));
    let stored = read(&app, &bea.id).await;
    assert_eq!(
        (&stored["name"], &stored["role"]),
        (&json!("Bea Ray"), &json!("developer"))
    );
    assert_eq!(stored["state"], "active");
    assert!(ann.page(&path).await.contains("Signed in at 1 browser."));

    let nameless = ann.send(&path, &path, "name=&role=viewer&let-in=on").await;
    assert_eq!(nameless.status, 422);
    assert!(nameless.text().contains("id=\"name-error\""));
    assert_eq!(
        read(&app, &bea.id).await["role"],
        "developer",
        "nothing was changed"
    );

    let out = ann.send(&path, &format!("{path}/sessions"), "").await;
    assert_eq!(location(&out), format!("{path}?done=ended"));
    assert_eq!(bea.get(YOU).await.status, 303);

    let again = ann.send(&path, &format!("{path}/invitation"), "").await;
    let link = secret(&again.text());
    let (_, code) = link.split_once("code=").unwrap();
    let fields = format!("code={code}&password=another+long+one");
    let joined = post(&app.client.without_key(), "/dashboard/join", &fields).await;
    assert_eq!(location(&joined), "/dashboard");

    let shut = ann.send(&path, &path, "name=Bea&role=developer").await;
    location(&shut);
    assert_eq!(read(&app, &bea.id).await["state"], "disabled");

    let remove = format!("{path}/remove");
    assert!(ann.page(&remove).await.contains("Remove “Bea”?"));
    let removed = ann.send(&remove, &remove, "").await;
    assert_eq!(location(&removed), format!("{MEMBERS}?done=removed"));
    assert_eq!(ann.get(&path).await.status, 404);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let app = app().await;
    let ann = Staff::join(&app, "owner").await;
    let path = format!("{MEMBERS}/{}", ann.id);
    let less = ann
        .send(&path, &path, "name=Ann&role=admin&let-in=on")
        .await;
    assert_eq!(less.status, 409);
    assert!(less.text().contains("the last owner who can sign in"));
    let remove = format!("{path}/remove");
    let gone = ann.send(&remove, &remove, "").await;
    assert_eq!(gone.status, 409);
    assert!(gone.text().contains("the last owner who can sign in"));
    let stored = read(&app, &ann.id).await;
    assert_eq!(
        (&stored["role"], &stored["name"]),
        (&json!("owner"), &json!("Ann Lee"))
    );
}

#[tokio::test]
async fn nobody_reaches_above_their_role() {
    let app = app().await;
    let owner = Staff::join(&app, "owner").await;
    let ann = Staff::join(&app, "admin").await;
    let path = format!("{MEMBERS}/{}", owner.id);
    let shown = ann.page(&path).await;
    assert!(shown.contains("may do more than you") && !shown.contains("/remove"));
    for (path, fields) in [
        (path.clone(), "name=Low&role=viewer&let-in=on"),
        (format!("{path}/remove"), ""),
        (format!("{path}/sessions"), ""),
        (format!("{path}/invitation"), ""),
        (MEMBERS.to_owned(), "email=x@example.com&role=owner"),
    ] {
        let refused = ann.send(YOU, &path, fields).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text().contains("Your role does not allow this"));
    }
    let stored = read(&app, &owner.id).await;
    assert_eq!(
        (&stored["role"], &stored["name"]),
        (&json!("owner"), &json!("Ann Lee"))
    );
    assert_eq!(rows(&app.client.get("/api/v1/member").await).len(), 2);
    owner.page(YOU).await;
}

#[tokio::test]
async fn who_does_not_administer_sees_nothing_of_it_and_is_refused() {
    let app = app().await;
    let victim = member(&app, "victim@example.com", "viewer").await;
    for role in ["viewer", "developer"] {
        let ann = Staff::join(&app, role).await;
        let shown = ann.page(YOU).await;
        for page in ["members", "keys", "audit-log", "settings"] {
            let path = format!("/dashboard/{page}");
            assert!(
                !shown.contains(&format!("href=\"{path}\"")),
                "{role}: {path}"
            );
            assert_eq!(ann.get(&path).await.status, 403, "{role}: {path}");
        }
        for path in [
            MEMBERS.to_owned(),
            format!("{MEMBERS}/{victim}"),
            format!("{MEMBERS}/{victim}/remove"),
            format!("{MEMBERS}/{victim}/invitation"),
            format!("{MEMBERS}/{victim}/sessions"),
            "/dashboard/keys".to_owned(),
        ] {
            let fields = "email=new@example.com&name=x&role=viewer";
            assert_eq!(
                ann.send(YOU, &path, fields).await.status,
                403,
                "{role}: {path}"
            );
        }
    }
    assert_eq!(read(&app, &victim).await["name"], "Ann Lee");
    assert_eq!(rows(&app.client.get("/api/v1/member").await).len(), 3);
}

#[tokio::test]
async fn members_of_another_environment_are_not_there() {
    let app = app().await;
    let ann = Staff::join(&app, "admin").await;
    let other = app.program.create_key("other", "elsewhere").await;
    let other = app.client.with_key(&other);
    let body = json!({"email": "far@example.com", "role": "viewer"});
    let far = text(&other.post("/api/v1/member", body).await.expect(201)["id"]);
    assert!(!ann.page(MEMBERS).await.contains("far@example.com"));
    let path = format!("{MEMBERS}/{far}");
    for rest in ["", "/remove"] {
        assert_eq!(ann.get(&format!("{path}{rest}")).await.status, 404);
    }
    for rest in ["", "/remove", "/sessions", "/invitation"] {
        let answer = ann
            .send(YOU, &format!("{path}{rest}"), "name=x&role=viewer")
            .await;
        assert_eq!(answer.status, 404, "{rest}");
    }
    let stored = other
        .get(&format!("/api/v1/member/{far}"))
        .await
        .expect(200);
    assert_eq!(stored["name"], "far@example.com");
}

#[tokio::test]
async fn ones_own_password_is_changed_by_whoever_knows_it() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let other = sign_in(&app.client, &ann.email).await;
    let path = "/dashboard/you/password";
    let wrong = ann
        .send(YOU, path, "password=wrong&new-password=another+long+one")
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("id=\"password-error\""),
        "{}",
        wrong.text()
    );
    let fields = format!("password={PASSWORD}&new-password=short");
    let weak = ann.send(YOU, path, &fields).await;
    assert_eq!(weak.status, 422);
    assert!(weak.text().contains("id=\"new-password-error\""));
    assert_eq!(other.get(YOU).await.status, 200, "nothing has happened");

    let fields = format!("password={PASSWORD}&new-password=another+long+one");
    let changed = ann.send(YOU, path, &fields).await;
    assert_eq!(location(&changed), "/dashboard/you?done=password");
    let cookie = session(&changed);
    let here = app.client.without_key().with_header("cookie", &cookie);
    assert_eq!(here.get(YOU).await.status, 200);
    assert_eq!(other.get(YOU).await.status, 303, "signed out elsewhere");
    let sign_in = async |password: &str| {
        let fields = format!("email={}&password={password}", ann.email);
        post(&app.client.without_key(), "/dashboard/sign-in", &fields)
            .await
            .status
    };
    assert_eq!(sign_in(PASSWORD).await, 401);
    assert_eq!(sign_in("another+long+one").await, 303);
    let log = app
        .client
        .get("/api/v1/audit-log?limit=1")
        .await
        .expect(200);
    let entry = &log["data"][0];
    assert_eq!(entry["action"], "member.change_password", "{entry}");
    assert_eq!(entry["target"]["id"], ann.id);
}

#[tokio::test]
async fn guesses_at_the_present_password_have_to_wait_like_those_at_the_door() {
    let app = app().await;
    let ann = Staff::join(&app, "viewer").await;
    let path = "/dashboard/you/password";
    let fields = "password=wrong&new-password=another+long+one";
    let mut last = ann.send(YOU, path, fields).await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        assert_eq!(last.status, 422);
        last = ann.send(YOU, path, fields).await;
    }
    assert_eq!(last.status, 429);
    assert!(last.text().contains("Too many tries. Wait"));
    assert!(
        !hidden(&last.text(), "token").is_empty(),
        "it is the same page"
    );
}
