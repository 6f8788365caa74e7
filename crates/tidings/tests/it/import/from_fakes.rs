//! Servers that stop, ask for time, know more, or answer nonsense.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::rows;
use tidings_testkit::{Received, Receiver, Reply, TestApp};

use super::{counts, import, left, target};

const EMPTY: &str = r#"{"data":[],"iterator":null,"done":true}"#;

fn page(rows: &Value, next: Option<&str>) -> Reply {
    let page = json!({"data": rows, "iterator": next, "done": next.is_none()});
    Reply::with_body(200, page.to_string())
}

/// The path of a request without what follows, and its iterator.
fn asked(request: &Received) -> (String, Option<String>) {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let path = path.strip_prefix("/api/v1").unwrap_or(path).to_owned();
    let iterator = query
        .split('&')
        .find_map(|one| one.strip_prefix("iterator="));
    (path, iterator.map(str::to_owned))
}

/// A source with three applications on two pages, each with one endpoint. The second page comes only if it may.
fn serve(source: &Receiver, has_second_page: bool) {
    source.rule(move |request| {
        let (path, iterator) = asked(request);
        match (path.as_str(), iterator.as_deref()) {
            ("/app", None) => page(
                &json!([{"id": "app_1", "uid": "one", "name": "One"}, {"id": "app_2", "name": "Two"}]),
                Some("app_2"),
            ),
            ("/app", Some(_)) if !has_second_page => Reply::Hang,
            ("/app", Some("app_2")) => {
                page(&json!([{"id": "app_3", "uid": "three", "name": "Three"}]), None)
            }
            (path, _) if path.ends_with("/endpoint") && path.starts_with("/app/") => {
                let id = format!("ep_{}", path.as_bytes()[9] - b'0');
                page(&json!([{"id": id, "url": "https://example.com/hook"}]), None)
            }
            (path, _) if path.ends_with("/secret") => {
                Reply::with_body(200, r#"{"key":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#)
            }
            (path, _) if path.ends_with("/headers") => {
                Reply::with_body(200, r#"{"headers":{},"sensitive":[]}"#)
            }
            ("/event-type", _) => Reply::with_body(200, EMPTY),
            _ => 404.into(),
        }
    });
}

#[tokio::test]
async fn who_was_killed_in_the_middle_goes_on_and_brings_nothing_twice() {
    let source = Receiver::start().await;
    serve(&source, false);
    let target = target();
    let url = source.url("");
    let data = target.data().to_str().unwrap().to_owned();
    let arguments = [
        "import", "svix", "--url", &url, "--token", "t", "--data", &data,
    ];
    let (mut child, _lines) = target.spawn(&arguments);
    source
        .wait_until("everything before the second page", |all| {
            let count = |what: &str| all.iter().filter(|one| one.path.contains(what)).count();
            // The integrations are asked for once the endpoints are there.
            count("iterator=app_2") == 1 && count("/integration") == 2
        })
        .await;
    child.kill().await.unwrap();
    child.wait().await.unwrap();

    serve(&source, true);
    let report = import(&target, &url, "t", &[]).await;
    assert_eq!(counts(&report, "applications"), [1, 0, 2, 0], "{report}");
    assert_eq!(counts(&report, "endpoints"), [1, 0, 2, 0], "{report}");
    let here = TestApp::run(target).await;
    let list = here.client.get("/api/v1/app").await;
    let applications = rows(&list);
    let mut names: Vec<_> = applications.iter().map(|row| &row["name"]).collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["One", "Three", "Two"]);
    for application in applications {
        let path = format!(
            "/api/v1/app/{}/endpoint",
            application["id"].as_str().unwrap()
        );
        assert_eq!(rows(&here.client.get(&path).await).len(), 1);
    }
    let ids = report["ids"].as_object().unwrap();
    let two = format!("/api/v1/app/{}", ids["app_2"].as_str().unwrap());
    let two = here.client.get(&two).await.expect(200);
    assert_eq!(two["name"], "Two");
}

#[tokio::test]
async fn a_source_that_asks_for_time_gets_it() {
    let source = Receiver::start().await;
    source.rule(
        |request| match (asked(request).0.as_str(), request.number) {
            ("/event-type", 1) => Reply::with_header(429, "retry-after", "1"),
            ("/event-type", 2) => 503.into(),
            ("/event-type" | "/app", _) => Reply::with_body(200, EMPTY),
            _ => 501.into(),
        },
    );
    let report = import(&target(), &source.url("/api/v1/"), "t", &[]).await;
    assert_eq!(report["complete"], true);
    let requests = source.requests();
    let of_types: Vec<_> = requests
        .iter()
        .filter(|one| one.path.contains("/event-type"))
        .collect();
    assert_eq!(of_types.len(), 3);
    assert!(of_types[1].arrived_at - of_types[0].arrived_at >= Duration::from_secs(1));
    assert!(
        of_types
            .iter()
            .all(|one| one.header("authorization") == "Bearer t")
    );
}

#[tokio::test]
async fn what_cannot_be_brought_is_told_with_the_reason() {
    let source = Receiver::start().await;
    source.rule(|request| match asked(request).0.as_str() {
        "/event-type" => page(
            &json!([{"name": "a.b", "description": "", "colour": 1}, {"name": "a b", "description": ""}]),
            None,
        ),
        "/app" => page(
            &json!([{"id": "app_1", "uid": "one", "name": "One", "tier": 3}, {"name": "No id"}]),
            None,
        ),
        "/app/app_1/endpoint" => page(
            &json!([
                {"id": "ep_1", "uid": "keys", "url": "https://example.com/"},
                {"id": "ep_2", "uid": "types", "url": "https://example.com/", "filterTypes": ["no.such"]},
            ]),
            None,
        ),
        "/app/app_1/endpoint/ep_1/secret" => {
            Reply::with_body(200, r#"{"key":"whpk_bm9uZQ=="}"#)
        }
        "/app/app_1/endpoint/ep_1/transformation" => {
            Reply::with_body(200, r#"{"code":"handler()","enabled":true}"#)
        }
        "/app/app_1/integration" => page(&json!([{"id": "integ_1", "name": "crm"}]), None),
        _ => 404.into(),
    });
    let target = target();
    let url = source.url("");
    let arguments = ["import", "svix", "--json", "--url", &url, "--token", "t"];
    let output = target.run(&arguments).await;
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("3 could not be brought"), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(counts(&report, "eventTypes"), [1, 0, 0, 1], "{report}");
    assert_eq!(counts(&report, "applications"), [1, 0, 0, 1], "{report}");
    assert_eq!(counts(&report, "endpoints"), [1, 0, 0, 1], "{report}");
    let unknown = json!({"eventTypes": ["colour"], "applications": ["tier"]});
    assert_eq!(report["unknownFields"], unknown);
    let left = left(&report).join("\n");
    for said in [
        "event type a b: body.name",
        "an application: the source gives no id",
        "the private key of endpoint keys of application one",
        "the transformation of endpoint keys of application one",
        "the secret of endpoint types",
        "endpoint types of application one: body.eventTypes: unknown event types: no.such",
        "the key of integration crm of application one: it cannot be read",
    ] {
        assert!(left.contains(said), "{said} is not in\n{left}");
    }
    // People read the same.
    let output = target
        .run(&["import", "svix", "--url", &url, "--token", "t"])
        .await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("endpoints: 0 brought, 0 changed, 1 there already, 1 refused"),
        "{text}"
    );
    assert!(
        text.contains("Fields of applications that are not known here: tier"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_answers_nonsense_is_told_and_nothing_is_written() {
    for (answer, said) in [
        (r#"{"rows":[]}"#, "it has no `data`"),
        (r#"{"data":[]}"#, "it has no `done`"),
        (r#"{"data":[],"done":false}"#, "no `iterator`"),
    ] {
        let source = Receiver::start().await;
        source.rule(move |_| Reply::with_body(200, answer));
        let url = source.url("");
        let arguments = ["import", "svix", "--url", &url, "--token", "t"];
        let output = target().run(&arguments).await;
        assert_eq!(output.status.code(), Some(1), "{answer}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(said), "{errors}");
        assert!(errors.contains("run it again"), "{errors}");
        assert_eq!(source.requests().len(), 1, "{answer}");
    }
    let source = Receiver::start().await;
    source.rule(|_| Reply::with_body(401, r#"{"code":"x","detail":"no such token"}"#));
    let url = source.url("");
    let output = target()
        .run(&["import", "svix", "--url", &url, "--token", "t"])
        .await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("no such token (401)"), "{errors}");
    let output = target()
        .run(&["import", "svix", "--url", "example.com", "--token", "t"])
        .await;
    assert_eq!(output.status.code(), Some(2));
}
