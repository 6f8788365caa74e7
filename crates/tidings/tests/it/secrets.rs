//! Signing secrets: rotation, key pairs, header names.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::wait;

use crate::support::{Scene, app_with};

/// The key pair of RFC 8032, section 7.1, test 1: private key and public key.
const PAIR: [u8; 64] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

async fn rotate(scene: &Scene, body: Value) -> String {
    let path = scene.endpoint_path("/secret/rotate");
    text(&scene.app.client.post(&path, body).await.expect(200)["key"])
}

#[tokio::test]
async fn after_a_rotation_both_secrets_verify_until_the_grace_ends() {
    let scene = Scene::start().await;
    let old = scene.secret().await;
    let new = rotate(&scene, json!({"gracePeriodSeconds": 2})).await;
    assert_eq!(scene.secret().await, new);
    scene.send(json!({"n": 1})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    requests[0].verify(&old);
    requests[0].verify(&new);
    assert_eq!(
        requests[0].header("webhook-signature").split(' ').count(),
        2
    );

    wait::pass(Duration::from_millis(2_100)).await;
    scene.send(json!({"n": 2})).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    requests[1].verify(&new);
    assert!(!requests[1].is_signed_with(&old));
}

#[tokio::test]
async fn a_rotation_without_grace_takes_effect_at_once() {
    let scene = Scene::start().await;
    let old = scene.secret().await;
    let given = format!("whsec_{}", STANDARD.encode([7; 24]));
    let key = rotate(&scene, json!({"key": given, "gracePeriodSeconds": 0})).await;
    assert_eq!(key, given);
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    requests[0].verify(&given);
    assert!(!requests[0].is_signed_with(&old));
}

#[tokio::test]
async fn ten_replaced_secrets_may_still_sign_and_the_eleventh_is_refused() {
    let scene = Scene::start().await;
    for _ in 0..10 {
        rotate(&scene, json!({})).await;
    }
    let last = scene.secret().await;
    let path = scene.endpoint_path("/secret/rotate");
    let refused = scene.app.client.post(&path, json!({})).await.expect(400);
    assert_eq!(refused["code"], "limit_reached");
    assert_eq!(scene.secret().await, last);
}

#[tokio::test]
async fn an_endpoint_with_a_key_pair_is_signed_for_with_v1a() {
    let secret = format!("whsk_{}", STANDARD.encode(PAIR));
    let scene = Scene::with_endpoint(json!({"secret": secret})).await;
    let public = scene.secret().await;
    assert_eq!(public, format!("whpk_{}", STANDARD.encode(&PAIR[32..])));
    scene.send(json!({"n": 1})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    requests[0].verify(&public);
    assert!(requests[0].header("webhook-signature").starts_with("v1a,"));
}

#[tokio::test]
async fn a_rotation_from_one_kind_to_the_other_signs_with_both() {
    let scene = Scene::start().await;
    let old = scene.secret().await;
    let pair = format!("whsk_{}", STANDARD.encode(PAIR));
    let public = rotate(&scene, json!({"key": pair})).await;
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    requests[0].verify(&old);
    requests[0].verify(&public);
}

#[tokio::test]
async fn the_names_of_the_headers_are_a_setting() {
    for (setting, has_webhook, has_svix) in [("svix", false, true), ("both", true, true)] {
        let app = app_with(&[("webhook_headers", setting)]).await;
        let scene = Scene::of(app, json!({})).await;
        let message = scene.send(json!({})).await;
        let requests = scene.receiver.wait_for("/hook", 1).await;
        for name in ["id", "timestamp", "signature", "event-type"] {
            let has = |prefix: &str| !requests[0].header(&format!("{prefix}-{name}")).is_empty();
            assert_eq!(
                (has("webhook"), has("svix")),
                (has_webhook, has_svix),
                "{setting} {name}"
            );
        }
        assert_eq!(requests[0].header("svix-id"), message);
        assert_eq!(requests[0].header("svix-event-type"), "user.created");
        if has_webhook {
            requests[0].verify(&scene.secret().await);
            let of = |prefix: &str| {
                requests[0]
                    .header(&format!("{prefix}-signature"))
                    .to_owned()
            };
            assert_eq!(of("svix"), of("webhook"));
        }
    }
}

#[tokio::test]
async fn a_secret_is_shown_by_its_own_path_only_and_kept_sealed() {
    let secret = format!("whsec_{}", STANDARD.encode(b"a canary of twenty-four."));
    let mut scene = Scene::with_endpoint(json!({"secret": secret})).await;
    let (whole, list) = (scene.endpoint_path(""), scene.path("/endpoint"));
    for path in [&whole, &list] {
        let answer = scene.app.client.get(path).await;
        assert!(!answer.text().contains(&secret[6..]), "{path}");
    }
    scene.send(json!({})).await;
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.stop().await;
    for entry in std::fs::read_dir(scene.app.program.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for canary in [&b"a canary of twenty-four."[..], &secret.as_bytes()[6..]] {
            let is_in = bytes.windows(canary.len()).any(|part| part == canary);
            assert!(!is_in, "{} holds a secret", path.display());
        }
    }
    assert!(!scene.app.program.log_text().contains(&secret[6..]));
}
