//! Requests that are no good as HTTP or as JSON: each is answered with a reason and changes nothing.

use http::Method;
use serde_json::json;
use tidings_testkit::wait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Scene, app, app_with, everything, refused, refused_field};

#[tokio::test]
async fn an_unknown_route_is_a_404_in_json() {
    let app = app().await;
    for client in [app.client.clone(), app.client.without_key()] {
        for path in [
            "/nothing",
            "/api/v1/nothing",
            "/api/v1",
            "/api/v2/app",
            "/api/v1/app/x/y/z",
        ] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                refused(&client.send(method, path, "").await, 404, "not_found");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let app = app().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/app", &["GET", "POST"][..]),
        (Method::PUT, "/api/v1/app/x/msg", &["GET", "POST"]),
        (
            Method::POST,
            "/api/v1/app/x",
            &["GET", "PUT", "PATCH", "DELETE"],
        ),
        (
            Method::GET,
            "/api/v1/app/x/endpoint/y/secret/rotate",
            &["POST"],
        ),
        (Method::PATCH, "/api/v1/health", &["GET"]),
    ] {
        let answer = app.client.send(method, path, "{}").await;
        refused(&answer, 405, "method_not_allowed");
        for name in allowed {
            assert!(
                answer.header("allow").contains(name),
                "{path}: {}",
                answer.header("allow")
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_a_415() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        let client = scene.app.client.with_header("content-type", content_type);
        for path in ["/api/v1/app".to_owned(), scene.path("/msg")] {
            let answer = client.post(&path, json!({"name": "x"})).await;
            refused(&answer, 415, "unsupported_media_type");
        }
    }
    let compressed = scene.app.client.with_header("content-encoding", "gzip");
    let answer = compressed.post("/api/v1/app", json!({"name": "x"})).await;
    refused(&answer, 415, "unsupported_media_type");
    assert_eq!(everything(&scene.app).await, before);
    let client = scene
        .app
        .client
        .with_header("content-type", "application/json; charset=utf-8");
    client
        .post("/api/v1/app", json!({"name": "x"}))
        .await
        .expect(201);
}

/// A message whose whole body has so many bytes.
fn sized(bytes: usize) -> String {
    let body = |filling: usize| {
        format!(
            r#"{{"eventType":"a.b","payload":{{"f":"{}"}}}}"#,
            "x".repeat(filling)
        )
    };
    body(bytes - body(0).len())
}

#[tokio::test]
async fn a_body_may_have_one_mebibyte_and_not_a_byte_more() {
    const MIB: usize = 1024 * 1024;
    let scene = Scene::start().await;
    let path = scene.path("/msg?with_content=false");
    let post = |body: String| scene.app.client.send(Method::POST, &path, body);
    post(sized(MIB)).await.expect(202);
    let before = everything(&scene.app).await;
    refused(&post(sized(MIB + 1)).await, 413, "payload_too_large");
    refused(&post(sized(3 * MIB)).await, 413, "payload_too_large");

    let chunk = "x".repeat(64 * 1024);
    let mut chunked = scene.app.client.raw_head("POST", &path);
    chunked += "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    chunked += &format!("{:x}\r\n{chunk}\r\n", chunk.len()).repeat(17);
    chunked += "0\r\n\r\n";
    let answer = scene.app.client.send_raw(chunked.as_bytes()).await;
    refused(&answer, 413, "payload_too_large");
    assert_eq!(everything(&scene.app).await, before);
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert!(requests[0].body.len() > MIB - 100);
}

#[tokio::test]
async fn a_connection_outlives_an_answer_that_came_before_the_body() {
    let app = app().await;
    let address = app.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    for (path, status) in [("/api/v1/no-such-path", "404"), ("/api/v1/feed", "405")] {
        let head = app.client.raw_head("POST", path);
        let head = format!("{head}content-type: application/json\r\ncontent-length: 2\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read_answer(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        stream.write_all(b"{}").await.unwrap();
    }
    let head = app.client.raw_head("GET", "/api/v1/app/nobody");
    stream
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("no such application"), "{answer}");
}

#[tokio::test]
async fn a_head_has_at_most_64_headers() {
    let app = app().await;
    let head = app.client.raw_head("GET", "/api/v1/app/nobody");
    let own = head.matches("\r\n").count() - 1;
    for (count, status) in [(64, "404"), (65, "431"), (101, "431")] {
        let more: Vec<String> = (own..count).map(|at| format!("x-{at}: 1\r\n")).collect();
        let address = app.url().trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let text = format!("{head}{}\r\n", more.concat());
        stream.write_all(text.as_bytes()).await.unwrap();
        let answer = read_answer(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{count}: {answer}"
        );
    }
}

/// What comes until the end of an answer in JSON, or of the connection.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let reading =
        async { while !text.ends_with(b"}") && stream.read_buf(&mut text).await.unwrap() > 0 {} };
    wait::within("an answer", reading).await;
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn the_largest_body_is_a_setting() {
    let scene = Scene::with_settings(&[("ingest_bytes_max", "2KiB")]).await;
    let path = scene.path("/msg?with_content=false");
    let post = |body: String| scene.app.client.send(Method::POST, &path, body);
    post(sized(2048)).await.expect(202);
    let body = refused(&post(sized(2049)).await, 413, "payload_too_large");
    assert!(body["detail"].as_str().unwrap().contains("2048"), "{body}");
}

#[tokio::test]
async fn what_is_no_json_is_a_400_that_says_where() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    let paths = [
        "/api/v1/app".to_owned(),
        scene.path("/msg"),
        scene.path("/endpoint"),
    ];
    let bodies: [&[u8]; 6] = [
        b"",
        b"{",
        b"{\"name\":}",
        b"{\"name\":\"x\"} trailing",
        b"{\"name\":\"\xff\xfe\"}",
        b"\xef\xbb\xbf{\"name\":\"x\"}",
    ];
    for path in &paths {
        for body in bodies {
            let answer = scene
                .app
                .client
                .send(Method::POST, path, body.to_vec())
                .await;
            refused(&answer, 400, "invalid_json");
        }
    }
    let not_utf8 = b"{\"eventType\":\"a\",\"payload\":{\"x\":\"\xc3\"}}".to_vec();
    let answer = scene
        .app
        .client
        .send(Method::POST, &paths[1], not_utf8)
        .await;
    let body = refused(&answer, 400, "invalid_json");
    assert!(body["detail"].as_str().unwrap().contains("UTF-8"), "{body}");
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn json_that_is_no_object_is_refused() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    for path in [
        "/api/v1/app".to_owned(),
        scene.path("/msg"),
        "/api/v1/event-type".to_owned(),
    ] {
        for body in ["[]", "1", "null", "\"text\"", "[{\"name\":\"x\"}]"] {
            let answer = scene.app.client.send(Method::POST, &path, body).await;
            refused_field(&answer, &["body"]);
        }
    }
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn json_nests_64_levels_and_not_65() {
    let scene = Scene::start().await;
    // The body and the payload are two levels themselves.
    let body = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 2), "]".repeat(levels - 2));
        format!(r#"{{"eventType":"a.b","payload":{{"x":{open}{close}}}}}"#)
    };
    let path = scene.path("/msg");
    let post = |body: String| scene.app.client.send(Method::POST, &path, body);
    post(body(64)).await.expect(202);
    let before = everything(&scene.app).await;
    let refusal = refused(&post(body(65)).await, 400, "invalid_json");
    assert!(
        refusal["detail"].as_str().unwrap().contains("64"),
        "{refusal}"
    );
    refused(&post(body(100_000)).await, 400, "invalid_json");
    assert_eq!(everything(&scene.app).await, before);
    scene.receiver.wait_for("/hook", 1).await;
}

#[tokio::test]
async fn what_is_no_http_is_answered_or_cut_off_and_the_server_goes_on() {
    let app = app().await;
    let head = app.client.raw_head("GET", "/api/v1/app");
    let long = format!("{head}x-long: {}\r\n\r\n", "x".repeat(200_000));
    let answer = app.client.send_raw(long.as_bytes()).await;
    assert_eq!(answer.status, 431);
    let many = "x-same: 1\r\n".repeat(65);
    let answer = app
        .client
        .send_raw(format!("{head}{many}\r\n").as_bytes())
        .await;
    assert_eq!(answer.status, 431);
    let answer = app.client.send_raw(b"nonsense\r\n\r\n").await;
    assert_eq!(answer.status, 400);
    app.client.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn a_client_that_sends_slowly_is_cut_off() {
    let settings = [
        ("request_head_timeout", "200ms"),
        ("request_body_timeout", "200ms"),
    ];
    let app = app_with(&settings).await;
    let mut head = app.client.raw_head("POST", "/api/v1/app");
    head += "content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let answer = app.client.send_raw(head.as_bytes()).await;
    assert!(matches!(answer.status, 400 | 408), "{}", answer.text());
    let listed = app.client.get("/api/v1/app").await.expect(200);
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn a_request_id_of_the_callers_is_kept() {
    let app = app().await;
    let client = app.client.with_header("x-request-id", "mine-1");
    let answer = client.get("/api/v1/app/nobody").await;
    refused(&answer, 404, "not_found");
    assert_eq!(answer.header("x-request-id"), "mine-1");
    let unfit = app.client.with_header("x-request-id", "two words");
    let answer = unfit.get("/api/v1/app/nobody").await;
    assert!(answer.header("x-request-id").starts_with("req_"));
}
