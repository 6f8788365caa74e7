//! The pages of the dashboard about what goes on, without a browser: the overview and its stream, applications with their
//! messages, search. What forms do is read back over the API.

use serde_json::json;
use tidings_testkit::app::{rows, text};
use tidings_testkit::{EventStream, Reply, wait};

use crate::staff::{PASSWORD, Staff, hidden, location, post, session};
use crate::support::{Scene, app};

const OVERVIEW: &str = "/dashboard/overview";

#[tokio::test]
async fn the_overview_shows_what_goes_through_and_who_is_in_trouble() {
    let scene = Scene::with_settings(&[("retry_schedule", "600s")]).await;
    let staff = Staff::join(&scene.app, "viewer").await;
    let quiet = staff.page(OVERVIEW).await;
    assert!(quiet.contains("All endpoints are well"), "{quiet}");
    assert!(quiet.contains("data-live=\"/dashboard/live\""));
    scene.receiver.script("/hook", [503]);
    let message = scene
        .app
        .send(&scene.owner, "booking.created", json!({}))
        .await;
    scene.app.wait_for_attempts(&scene.owner, &message, 1).await;
    let troubled = async || staff.page(OVERVIEW).await;
    let shown = wait::until("the endpoint to be listed", troubled, |page| {
        page.contains("Failing") && page.contains(">503<")
    });
    let shown = shown.await;
    assert!(shown.contains(&format!("/dashboard/applications/{}", scene.owner)));
    assert!(
        shown.contains(&format!("/messages/{message}/atmpt_")),
        "{shown}"
    );
    assert!(shown.contains("booking.created"));
    // What was accepted in the last seconds is told as a rate.
    let rate = async || {
        scene
            .app
            .send(&scene.owner, "booking.created", json!({}))
            .await;
        let page = staff.page(OVERVIEW).await;
        let (_, stat) = page.split_once("<dt>Accepted</dt>").unwrap();
        stat.split("</dd>").next().unwrap().to_owned()
    };
    let told = wait::until("a rate to be told", rate, |stat| !stat.contains(">0<")).await;
    assert!(told.contains("<small>/s</small>"), "{told}");
}

#[tokio::test]
async fn the_stream_of_the_overview_follows_and_ends_with_the_session() {
    let scene = Scene::start().await;
    let staff = Staff::join(&scene.app, "viewer").await;
    let nobody = scene.app.client.without_key();
    let refused = nobody.get("/dashboard/live").await;
    assert_eq!(
        location(&refused),
        "/dashboard/sign-in?to=%2Fdashboard%2Flive"
    );
    let fields = format!("email={}&password={PASSWORD}", staff.email);
    let cookie = session(&post(&nobody, "/dashboard/sign-in", &fields).await);
    let head = nobody.raw_head("GET", "/dashboard/live");
    let head = format!("{head}cookie: {cookie}\r\n");
    let mut stream = EventStream::open(scene.app.server().address(), &head).await;
    let text = stream.read_until("<dt>Accepted</dt>").await;
    assert!(
        text.contains("text/event-stream") && text.contains("data: <dl class="),
        "{text}"
    );
    assert!(
        !text.contains("name=\"token\""),
        "nothing of one watcher's session"
    );

    let watcher = nobody.with_header("cookie", &cookie);
    let token = hidden(&watcher.get("/dashboard/you").await.text(), "token");
    location(&post(&watcher, "/dashboard/sign-out", &format!("token={token}")).await);
    // The stream asks every 15 seconds whether it may go on.
    stream.ended().await;
}

#[tokio::test]
async fn a_wrong_application_names_its_fields_and_a_right_one_is_made_once() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let list = "/dashboard/applications";
    assert!(staff.page(list).await.contains("No applications yet"));
    let new = format!("{list}/new");
    let wrong = staff
        .send(&new, list, "name=&uid=a+b&rate=none&metadata=nothing")
        .await;
    assert_eq!(wrong.status, 422);
    for error in ["rate-error", "metadata-error"] {
        assert!(wrong.text().contains(&format!("id=\"{error}\"")), "{error}");
    }
    let wrong = staff.send(&new, list, "name=&uid=a+b%3Cb%3E").await;
    assert_eq!(wrong.status, 422);
    for error in ["name-error", "uid-error"] {
        assert!(wrong.text().contains(&format!("id=\"{error}\"")), "{error}");
    }
    assert!(
        wrong.text().contains("value=\"a b&#60;b&#62;\""),
        "what was typed stays"
    );
    assert!(rows(&app.client.get("/api/v1/app").await).is_empty());

    let shown = staff.page(&new).await;
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let fields = format!(
        "token={token}&once={once}&name=Harbour&uid=harbour&rate=7&flags=beta,+vip&metadata=tier:+gold"
    );
    for _ in 0..2 {
        let made = post(&staff.client, list, &fields).await;
        assert!(location(&made).ends_with("?done=saved"));
    }
    let all = rows(&app.client.get("/api/v1/app").await);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["rateLimit"], 7);
    assert_eq!(all[0]["metadata"]["tier"], "gold");
    assert_eq!(all[0]["featureFlags"], json!(["beta", "vip"]));
}

#[tokio::test]
async fn an_application_is_found_changed_opened_as_its_customer_and_removed() {
    let app = app().await;
    let staff = Staff::join(&app, "developer").await;
    let list = "/dashboard/applications";
    let body = json!({"name": "Harbour", "uid": "harbour"});
    let made = app.client.post("/api/v1/app", body).await.expect(201);
    let id = text(&made["id"]);
    let page = format!("{list}/{id}");
    assert!(staff.page(&page).await.contains("harbour"));
    assert!(staff.page(&format!("{list}?q=harb")).await.contains(&page));
    assert!(staff.page(&format!("{list}?q={id}")).await.contains(&page));
    assert!(
        !staff
            .page(&format!("{list}?q=nothing"))
            .await
            .contains(&page)
    );
    let update = format!("{page}/update");
    let changed = staff.send(&update, &update, "name=Port&uid=port").await;
    assert_eq!(location(&changed), format!("{page}?done=saved"));
    let stored = app
        .client
        .get(&format!("/api/v1/app/{id}"))
        .await
        .expect(200);
    assert_eq!(
        (&stored["name"], &stored["uid"]),
        (&json!("Port"), &json!("port"))
    );

    let opened = staff
        .send(&page, &format!("{page}/portal"), "read-only=on")
        .await;
    assert_eq!(opened.status, 200);
    let opened = opened.text();
    let (_, link) = opened.split_once("/portal/login#key=").unwrap();
    let code = link.split(['"', '<']).next().unwrap();
    let entered = post(
        &app.client.without_key(),
        "/portal/login",
        &format!("key={code}"),
    )
    .await;
    assert_eq!(location(&entered), "/portal/accounts");

    let remove = format!("{page}/remove");
    assert!(staff.page(&remove).await.contains("Remove “Port”?"));
    let gone = staff.send(&remove, &remove, "").await;
    assert_eq!(location(&gone), format!("{list}?done=removed"));
    assert!(rows(&app.client.get("/api/v1/app").await).is_empty());
    assert_eq!(staff.get(&page).await.status, 404);
}

#[tokio::test]
async fn a_message_is_found_shown_and_sent_again() {
    let scene = Scene::with_settings(&[("retry_schedule", "600s")]).await;
    let staff = Staff::join(&scene.app, "developer").await;
    scene.receiver.script(
        "/hook",
        [
            Reply::with_body(500, "The Ledger is closed"),
            Reply::with_body(200, ""),
        ],
    );
    let message = json!({"eventType": "booking.created", "eventId": "evt-4711", "tags": ["vip"],
        "payload": {"note": "<script>alert(1)</script>"}});
    let sent = scene.app.try_send(&scene.owner, message).await.expect(202);
    let id = text(&sent["id"]);
    scene.app.wait_for_attempts(&scene.owner, &id, 1).await;
    let page = format!("/dashboard/applications/{}/messages/{id}", scene.owner);
    for what in [id.as_str(), "evt-4711", "vip", "ledger+IS+closed"] {
        let found = staff.page(&format!("/dashboard/search?q={what}")).await;
        assert!(found.contains(&page), "{what}: {found}");
        assert!(found.contains("1 application was searched."), "{what}");
        let is_deep = found.contains("applications: 1, endpoints: 1.");
        assert_eq!(is_deep, what != id, "an id is looked up at once: {what}");
    }
    let nothing = staff.page("/dashboard/search?q=%3Cb%3Enothing").await;
    assert!(!nothing.contains(&page) && nothing.contains("Nothing found"));
    assert!(nothing.contains("value=\"&#60;b&#62;nothing\""));
    let elsewhere = staff.get("/dashboard/search?q=vip&app=nobody").await;
    assert_eq!(elsewhere.status, 404);

    let shown = staff.page(&page).await;
    assert!(!shown.contains("<script>alert"), "it is text");
    assert!(shown.contains("evt-4711") && shown.contains("vip"));
    let (_, rest) = shown.split_once(&format!("{page}/atmpt_")).unwrap();
    let attempt = rest.split('"').next().unwrap();
    let attempt = staff.page(&format!("{page}/atmpt_{attempt}")).await;
    assert!(attempt.contains("The Ledger is closed") && attempt.contains("webhook-signature"));

    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let fields = format!("token={token}&once={once}&endpoint={}", scene.endpoint);
    for _ in 0..2 {
        let resent = post(&staff.client, &format!("{page}/resend"), &fields).await;
        assert_eq!(location(&resent), format!("{page}?done=resent"));
    }
    scene.app.wait_for_status(&scene.owner, &id, 0).await;
    assert_eq!(scene.receiver.requests_to("/hook").len(), 2);
    let list = format!("/dashboard/applications/{}/messages", scene.owner);
    assert!(
        staff
            .page(&format!("{list}?tag=vip&event=booking.created"))
            .await
            .contains(&page)
    );
    assert!(
        !staff
            .page(&format!("{list}?tag=other"))
            .await
            .contains(&page)
    );
}

#[tokio::test]
async fn a_viewer_looks_at_everything_and_changes_nothing() {
    let scene = Scene::start().await;
    let viewer = Staff::join(&scene.app, "viewer").await;
    let message = scene
        .app
        .send(&scene.owner, "booking.created", json!({}))
        .await;
    let create = json!({"name": "booking.created", "description": "A booking."});
    scene
        .app
        .client
        .post("/api/v1/event-type", create)
        .await
        .expect(201);
    let application = format!("/dashboard/applications/{}", scene.owner);
    let page = format!("{application}/messages/{message}");
    let token = hidden(&viewer.page("/dashboard/you").await, "token");
    for path in [
        OVERVIEW,
        "/dashboard/search",
        "/dashboard/applications",
        &application,
        &page,
        "/dashboard/event-types",
        "/dashboard/event-types/booking.created",
        "/dashboard/catalogues",
        "/dashboard/plans",
        "/dashboard/jobs",
    ] {
        let shown = viewer.page(path).await;
        let main = shown.split_once("<main").unwrap().1;
        assert!(!main.contains("method=\"post\""), "{path} has a form");
        assert!(
            !main.contains("/update") && !main.contains("/remove"),
            "{path}"
        );
    }
    for path in [
        "/dashboard/applications",
        &format!("{application}/update"),
        &format!("{application}/remove"),
        &format!("{application}/portal"),
        &format!("{page}/resend"),
        "/dashboard/event-types",
        "/dashboard/event-types/booking.created/update",
        "/dashboard/event-types/booking.created/archive",
        "/dashboard/event-types/booking.created/drift",
        "/dashboard/catalogues/wink",
        "/dashboard/plans",
        "/dashboard/operational",
        "/dashboard/jobs/bgtask_1/cancel",
    ] {
        let fields = format!("token={token}&name=X&endpoint={}", scene.endpoint);
        let refused = post(&viewer.client, path, &fields).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    assert_eq!(viewer.get("/dashboard/operational").await.status, 403);
    let stored = scene
        .app
        .client
        .get(&format!("/api/v1/app/{}", scene.owner))
        .await;
    assert_eq!(stored.expect(200)["name"], "Cool Account");
    let after = scene
        .app
        .client
        .get("/api/v1/event-type/booking.created")
        .await;
    assert_eq!(after.expect(200)["archived"], false);
}

#[tokio::test]
async fn what_is_not_there_or_belongs_to_others_is_missing() {
    let scene = Scene::start().await;
    let staff = Staff::join(&scene.app, "admin").await;
    let message = scene
        .app
        .send(&scene.owner, "booking.created", json!({}))
        .await;
    let other = scene.app.create_application("Other").await;
    for path in [
        "/dashboard/applications/app_nothing".to_owned(),
        format!("/dashboard/applications/{other}/messages/{message}"),
        format!(
            "/dashboard/applications/{}/messages/msg_nothing",
            scene.owner
        ),
        format!(
            "/dashboard/applications/{}/messages/{message}/atmpt_no",
            scene.owner
        ),
        "/dashboard/event-types/nothing.like.it".to_owned(),
        format!("/dashboard/operational/{}", scene.endpoint),
        "/dashboard/jobs/nothing".to_owned(),
        "/dashboard/nothing".to_owned(),
    ] {
        assert_eq!(staff.get(&path).await.status, 404, "{path}");
    }
}
