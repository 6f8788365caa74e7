//! Pages, forwards and backwards.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};

use crate::support::{Scene, app};

/// Walks a list by its iterators and gives the names of its rows.
async fn walk(
    client: &tidings_testkit::Client,
    path: &str,
    name: &str,
    from: &str,
) -> Vec<Vec<String>> {
    let key = if from.starts_with('-') {
        "prevIterator"
    } else {
        "iterator"
    };
    let (mut pages, mut iterator) = (Vec::new(), from.to_owned());
    loop {
        let page = client.get(&format!("{path}&iterator={iterator}")).await;
        let page_rows = rows(&page);
        pages.push(page_rows.iter().map(|row| text(&row[name])).collect());
        let page = page.json();
        if page["done"] == true {
            return pages;
        }
        iterator = text(&page[key]);
        assert!(pages.len() < 50, "it does not end");
    }
}

#[tokio::test]
async fn a_list_can_be_walked_forwards_and_backwards() {
    let app = app().await;
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(app.create_application(&format!("App {number}")).await);
    }
    let newest_first: Vec<_> = made.iter().rev().cloned().collect();
    for (order, expected) in [("ascending", &made), ("descending", &newest_first)] {
        let path = format!("/api/v1/app?limit=3&order={order}");
        let forwards = walk(&app.client, &path, "id", "").await;
        assert_eq!(forwards.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(&forwards.concat(), expected);

        let last = expected.last().unwrap();
        let backwards = walk(&app.client, &path, "id", &format!("-{last}")).await;
        assert_eq!(backwards, [expected[3..6].to_vec(), expected[..3].to_vec()]);
    }
}

#[tokio::test]
async fn every_list_has_its_pages() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    for number in 0..4 {
        let url = scene.receiver.url(&format!("/{number}"));
        scene
            .app
            .create_endpoint(&scene.owner, json!({"url": url, "disabled": true}))
            .await;
        let body = json!({"name": format!("type.{number}"), "description": "x"});
        client.post("/api/v1/event-type", body).await.expect(201);
        scene.send(json!({"n": number})).await;
    }
    let messages = walk(client, &scene.path("/msg?limit=3"), "id", "")
        .await
        .concat();
    assert_eq!(messages.len(), 4);
    assert!(messages.is_sorted_by(|a, b| a > b), "newest first");
    for message in &messages {
        scene.status(message, 0).await;
    }
    let of_endpoint = scene.path(&format!("/attempt/endpoint/{}?limit=3", scene.endpoint));
    let lists = [
        (scene.path("/endpoint?limit=3"), "id", 5),
        ("/api/v1/event-type?limit=3".to_owned(), "name", 4),
        (of_endpoint, "id", 4),
        (scene.endpoint_path("/msg?limit=3"), "id", 4),
    ];
    for (path, name, count) in lists {
        let forwards = walk(client, &path, name, "").await.concat();
        assert_eq!(forwards.len(), count, "{path}");
        let mut seen = forwards.clone();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "{path}");
        let last = forwards.last().unwrap();
        let backwards = walk(client, &path, name, &format!("-{last}")).await;
        let found: Vec<_> = backwards.into_iter().rev().collect::<Vec<_>>().concat();
        assert_eq!(found, forwards[..count - 1], "{path}");
    }
}

#[tokio::test]
async fn an_empty_list_is_done_and_has_every_field() {
    let app = app().await;
    let owner = app.create_application("Empty").await;
    for rest in ["/endpoint", "/msg"] {
        let page = app
            .client
            .get(&format!("/api/v1/app/{owner}{rest}"))
            .await
            .expect(200);
        assert_eq!(
            page,
            json!({"data": [], "iterator": null, "prevIterator": null, "done": true})
        );
    }
}

#[tokio::test]
async fn an_iterator_of_another_list_is_refused() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let other = scene.app.create_application("Other").await;
    let message = scene.send(json!({})).await;
    let attempts = scene.attempts(&message, 1).await;
    let attempt = text(&attempts[0]["id"]);
    let foreign = text(
        &scene
            .app
            .try_send(&other, json!({"eventType": "a", "payload": {}}))
            .await
            .expect(202)["id"],
    );
    let lists = [
        ("/api/v1/app".to_owned(), scene.endpoint.clone()),
        (scene.path("/endpoint"), scene.owner.clone()),
        (
            format!("/api/v1/app/{other}/endpoint"),
            scene.endpoint.clone(),
        ),
        (scene.path("/msg"), foreign.clone()),
        (scene.path("/msg"), attempt),
        (
            scene.path(&format!("/attempt/msg/{message}")),
            message.clone(),
        ),
        (
            scene.path(&format!("/attempt/endpoint/{}", scene.endpoint)),
            message.clone(),
        ),
        (scene.endpoint_path("/msg"), foreign),
    ];
    for (path, iterator) in lists {
        for iterator in [iterator.clone(), format!("-{iterator}"), "msg_".to_owned()] {
            let path = format!("{path}?iterator={iterator}");
            let refused = client.get(&path).await;
            assert_eq!(refused.status, 422, "{path}: {}", refused.text());
            assert_eq!(
                refused.json()["detail"][0]["loc"],
                json!(["query", "iterator"]),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn limits_orders_and_times_out_of_range_are_refused_by_name() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let refused = async |query: &str| -> Value {
        let refused = client.get(&scene.path(&format!("/msg?{query}"))).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.text());
        refused.json()["detail"][0]["loc"].clone()
    };
    client.get(&scene.path("/msg?limit=250")).await.expect(200);
    client
        .get(&scene.path("/msg?limit=1&before=9999-12-30T00:00:00Z&after=1970-01-01T00:00:00Z"))
        .await
        .expect(200);
    for (name, value) in [
        ("limit", "251"),
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "many"),
        ("before", "yesterday"),
        ("before", "2024-13-01T00:00:00Z"),
        ("after", "10000-01-01T00:00:00Z"),
        ("after", "1969-12-31T23:59:59Z"),
        ("with_content", "perhaps"),
    ] {
        assert_eq!(
            refused(&format!("{name}={value}")).await,
            json!(["query", name])
        );
    }
    let refused = client.get("/api/v1/app?order=sideways").await.expect(422);
    assert_eq!(refused["detail"][0]["loc"], json!(["query", "order"]));
    let path = scene.path(&format!("/attempt/endpoint/{}?status=9", scene.endpoint));
    let refused = client.get(&path).await.expect(422);
    assert_eq!(refused["detail"][0]["loc"], json!(["query", "status"]));
}

#[tokio::test]
async fn lists_can_be_filtered_by_time_tag_and_status() {
    let scene = Scene::with_settings(&[("retry_schedule", "none")]).await;
    let client = &scene.app.client;
    scene.receiver.script("/hook", [200, 500]);
    let body = json!({"eventType": "a", "payload": {}, "tags": ["red"]});
    let first = text(&scene.app.try_send(&scene.owner, body).await.expect(202)["id"]);
    scene.status(&first, 0).await;
    let second = scene.send(json!({})).await;
    scene.status(&second, 2).await;
    let ids = async |path: String, name: &str| -> Vec<String> {
        rows(&client.get(&path).await)
            .iter()
            .map(|row| text(&row[name]))
            .collect()
    };
    let (first, second) = (vec![first], vec![second]);
    assert_eq!(ids(scene.path("/msg?tag=red"), "id").await, first);
    let at = text(
        &client
            .get(&scene.path(&format!("/msg/{}", second[0])))
            .await
            .expect(200)["timestamp"],
    );
    assert_eq!(
        ids(scene.path(&format!("/msg?before={at}")), "id").await,
        first
    );
    assert_eq!(
        ids(scene.path(&format!("/msg?after={at}")), "id").await,
        second
    );
    let of_endpoint =
        |query: &str| scene.path(&format!("/attempt/endpoint/{}?{query}", scene.endpoint));
    assert_eq!(ids(of_endpoint("status=0"), "msgId").await, first);
    assert_eq!(ids(of_endpoint("status=2"), "msgId").await, second);
    assert_eq!(
        ids(of_endpoint("status_code_class=500"), "msgId").await,
        second
    );
    assert_eq!(
        ids(scene.endpoint_path("/msg?status=2"), "id").await,
        second
    );
}
