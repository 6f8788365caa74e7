//! Settings are read in order, and what is wrong is named.

use super::*;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from_parts("tidings.toml", text, variables)
}

#[test]
fn every_default_can_be_read() {
    let settings = read("", &[]).unwrap();
    assert_eq!(settings.listen(), "127.0.0.1:8071".parse().unwrap());
    assert_eq!(settings.response_bytes_max, 16 * 1024);
    assert_eq!(settings.retry_schedule, Schedule::default());
}

#[test]
fn the_environment_beats_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nthreads = 3\ndev = true";
    let settings = read(file, &[("TIDINGS_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(settings.listen().port(), 2);
    assert_eq!(settings.threads, 3);
    assert!(settings.dev);
}

#[test]
fn an_unknown_key_is_named_with_the_one_that_was_meant() {
    let error = read("lane_windw = 3", &[]).unwrap_err().to_string();
    assert!(
        error.contains("`lane_windw` (did you mean `lane_window`?)"),
        "{error}"
    );
    let error = read("", &[("TIDINGS_NONSENSE", "1")])
        .unwrap_err()
        .to_string();
    assert!(error.contains("`nonsense`"), "{error}");
}

#[test]
fn the_public_url_is_kept_without_its_last_slash() {
    let settings = read("public_url = \"https://hooks.example.com/sub/\"", &[]).unwrap();
    let url = settings.public_url.as_deref();
    assert_eq!(url, Some("https://hooks.example.com/sub"));
    assert_eq!(read("public_url = \"\"", &[]).unwrap().public_url, None);
}

#[test]
fn origins_are_kept_as_browsers_write_them() {
    let text = "portal_origins = \"https://App.example.com:443/, http://localhost:4000\"";
    let settings = read(text, &[]).unwrap();
    assert_eq!(
        settings.portal_origins,
        ["https://app.example.com", "http://localhost:4000"]
    );
    assert!(read("", &[]).unwrap().portal_origins.is_empty());
    for wrong in [
        "app.example.com",
        "https://a.test/x",
        "https://*.a.test",
        "ftp://a.test",
        "*",
    ] {
        let error = read(&format!("portal_origins = \"{wrong}\""), &[]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("is no origin"), "{wrong}: {error}");
    }
}

#[test]
fn a_bad_value_is_named_with_its_key_and_reason() {
    for (text, reason) in [
        ("listen = \"here\"", "an address and a port"),
        ("public_url = \"hooks.example.com\"", "https://webhooks"),
        (
            "public_url = \"https://a@hooks.example.com\"",
            "https://webhooks",
        ),
        (
            "public_url = \"https://hooks.example.com/?a\"",
            "https://webhooks",
        ),
        ("threads = 1000", "from 0 to 256"),
        ("attempt_timeout = \"20\"", "20"),
        ("response_bytes_max = \"5MB\"", "16KiB"),
        ("webhook_headers = \"none\"", "webhook, svix or both"),
        ("denied_addresses = \"ten\"", "`ten` is no network"),
        ("retry_schedule = \"5s,later\"", "later"),
    ] {
        let error = read(text, &[]).unwrap_err().to_string();
        let key = text.split(' ').next().unwrap();
        assert!(
            error.contains(key) && error.contains(reason),
            "{text}: {error}"
        );
    }
}

#[test]
fn retention_is_at_least_a_day_and_may_be_longer_than_any_wait() {
    let kept_for =
        |text: &str| read("", &[("TIDINGS_RETENTION", text)]).map(|settings| settings.retention);
    let days = |days: u64| Ok(Some(Duration::from_hours(days * 24)));
    assert_eq!(kept_for(""), Ok(None));
    assert_eq!(kept_for("1d"), days(1));
    assert_eq!(kept_for("48h"), days(2));
    assert_eq!(kept_for("365d"), days(365));
    for bad in [
        "0d",
        "23h",
        "86400s",
        "d",
        "-1d",
        "36501d",
        "999999999999999999d",
        "1",
    ] {
        let error = kept_for(bad).unwrap_err().to_string();
        assert!(error.contains("at least 1d"), "{bad}: {error}");
    }
}

#[test]
fn the_master_key_is_never_shown() {
    let settings = read("", &[("TIDINGS_MASTER_KEY", "tmk_1_hidden")]).unwrap();
    assert!(!format!("{settings:?}").contains("hidden"));
}

#[test]
fn every_key_is_in_the_operating_guide() {
    let guide = include_str!("../../../../docs/operating.md");
    for key in KEYS {
        let row = format!(
            "| `{}` | `{}` | {} | {} |",
            key.name, key.default, key.unit, key.help
        );
        let row = row.replace("| `` |", "| (empty) |");
        assert!(
            guide.contains(&row),
            "docs/operating.md lacks this row:\n{row}"
        );
    }
}

#[test]
fn a_profile_fills_in_what_the_environment_lacks() {
    let mut client = ClientSettings {
        url: Some("http://a".into()),
        token: None,
    };
    client
        .add_profile("profile.toml", "url = \"http://b\"\ntoken = \"t\"")
        .unwrap();
    assert_eq!(
        (client.url.as_deref(), client.token.as_deref()),
        (Some("http://a"), Some("t"))
    );
    assert!(client.add_profile("profile.toml", "tokn = \"t\"").is_err());
}
