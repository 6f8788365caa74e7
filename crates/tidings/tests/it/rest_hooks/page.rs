//! `/docs/webhooks`, as somebody reads it: everything is there in each language, and what is copied from it works.

use std::process::Stdio;

use serde_json::Value;
use tidings_testkit::Client;
use tidings_testkit::program::shown;
use tokio::process::Command;

use super::HookScene;

const PAGE: &str = "/docs/webhooks";

/// The page, the date of its last change as it is written, what is required and what is not.
const LANGUAGES: [(&str, &str, &str, &str, &str); 6] = [
    (
        "en",
        "Last modified",
        "30 Nov 2026",
        ">required<",
        ">optional<",
    ),
    (
        "es",
        "Última modificación",
        "30 nov 2026",
        ">obligatorio<",
        ">opcional<",
    ),
    (
        "fi",
        "Viimeksi muokattu",
        "30.11.2026",
        ">pakollinen<",
        ">valinnainen<",
    ),
    (
        "de",
        "Zuletzt geändert",
        "30.11.2026",
        ">erforderlich<",
        ">optional<",
    ),
    (
        "pl",
        "Ostatnia modyfikacja",
        "30.11.2026",
        ">wymagany<",
        ">opcjonalny<",
    ),
    (
        "it",
        "Ultima modifica",
        "30/11/2026",
        ">obbligatorio<",
        ">facoltativo<",
    ),
];

async fn page(client: &Client, language: &str) -> String {
    let client = client
        .without_key()
        .with_header("accept-language", language);
    let answer = client.get(PAGE).await;
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// What a browser puts into the clipboard of an element: its text.
fn copied(page: &str, id: &str) -> String {
    let start = format!("<code id=\"{id}\">");
    let (_, rest) = page.split_once(&start).expect("the element is there");
    let (text, _) = rest.split_once("</code>").expect("it ends");
    assert!(!text.contains('<'), "{id} has elements in it");
    let mut text = text.to_owned();
    for (escaped, letter) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ] {
        text = text.replace(escaped, letter);
    }
    text
}

#[tokio::test]
async fn th_19_the_reference_says_all_of_it_in_every_language() {
    let scene = HookScene::start().await;
    for (language, modified, day, required, optional) in LANGUAGES {
        let page = page(&scene.app.client, language).await;
        for part in [
            &format!("<html lang=\"{language}\""),
            &format!("{modified}: <time datetime=\"2026-11-30\">{day}</time>"),
            required,
            optional,
            "POST",
            "/api/webhooks/actions",
            "sample-curl",
        ] {
            assert!(page.contains(part), "{language}: {part}");
        }
        for name in [
            "actions",
            "subscription_url",
            "http_auth_user",
            "http_auth_password",
        ] {
            let cell = format!("<th scope=\"row\"><code>{name}</code>");
            assert!(page.contains(&cell), "{language}: {name}");
        }
    }
}

#[tokio::test]
async fn th_19_what_is_copied_from_the_reference_adds_a_webhook() {
    let scene = HookScene::start().await;
    let url = scene.receiver.url("/hook");
    let page = page(&scene.app.client, "pl").await;
    let samples = [
        ("sample-curl", "sh", "curl.sh"),
        ("sample-httpie", "sh", "httpie.sh"),
        ("sample-php", "php", "add_hook.php"),
        ("sample-java", "java", "AddHook.java"),
    ];
    for (place, (id, program, file)) in samples.into_iter().enumerate() {
        let path = scene.app.program.folder().join(file);
        std::fs::write(&path, copied(&page, id)).unwrap();
        let output = Command::new(program)
            .arg(&path)
            .arg(&url)
            .env("TIDINGS_URL", scene.app.url())
            .env("TIDINGS_LOGIN", &scene.user.login)
            .env("TIDINGS_PASSWORD", &scene.user.password)
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap_or_else(|error| {
                panic!("{program}: {error}; `cargo xtask test` installs what is missing")
            });
        assert!(output.status.success(), "{id}: {}", shown(&output));
        let hooks: Vec<Value> = scene.hooks().await;
        assert_eq!(hooks.len(), place + 1, "{id}: {}", shown(&output));
        assert_eq!(hooks[place]["subscription_url"], url, "{id}");
    }
}
