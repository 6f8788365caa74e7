//! `tidings send`: one message through a running server; its id alone on standard output.

use std::io::Read as _;

use anyhow::Context as _;
use serde_json::json;
use serde_json::value::RawValue;

use super::Usage;
use super::client::{Client, segment};
use crate::cli::SendArgs;
use crate::lifecycle::runtime;
use crate::output;

pub(crate) fn run(args: &SendArgs) -> anyhow::Result<()> {
    let payload = read_payload(args.payload.as_deref())?;
    let body = body(args, &payload)?;
    let client = Client::from_settings()?;
    let path = format!("/app/{}/msg?with_content=false", segment(&args.app));
    let answer = runtime(1)?.block_on(client.post(&path, body))?;
    let id = answer["id"].as_str();
    output::line(id.context("the server's answer has no message id")?);
    Ok(())
}

/// The payload's text, from wherever it is said to be.
fn read_payload(payload: Option<&str>) -> anyhow::Result<String> {
    match payload {
        None => Ok("{}".to_owned()),
        Some("-") => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| Usage(format!("standard input cannot be read: {error}")))?;
            Ok(text)
        }
        Some(text) => match text.strip_prefix('@') {
            None => Ok(text.to_owned()),
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| Usage(format!("the file {file} cannot be read: {error}")).into()),
        },
    }
}

/// The request's body. The payload's text goes into it as it is, so that nothing of it changes.
fn body(args: &SendArgs, payload: &str) -> anyhow::Result<String> {
    let payload: &RawValue = serde_json::from_str(payload)
        .map_err(|error| Usage(format!("the payload is not valid JSON: {error}")))?;
    if !payload.get().starts_with('{') {
        let why = "the payload is not a JSON object, such as {\"amount\": 42}";
        return Err(Usage(why.to_owned()).into());
    }
    let event_type = json!(args.event_type);
    let event_id = match &args.event_id {
        Some(id) => format!(",\"eventId\":{}", json!(id)),
        None => String::new(),
    };
    Ok(format!(
        "{{\"eventType\":{event_type},\"payload\":{payload}{event_id}}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(event_id: Option<&str>) -> SendArgs {
        SendArgs {
            app: "cool".to_owned(),
            event_type: "a.\"b".to_owned(),
            payload: None,
            event_id: event_id.map(str::to_owned),
        }
    }

    #[test]
    fn the_payload_goes_out_as_it_was_written() {
        let text = body(&args(Some("e1")), " { \"n\" : 1.50 } ").unwrap();
        assert_eq!(
            text,
            "{\"eventType\":\"a.\\\"b\",\"payload\":{ \"n\" : 1.50 },\"eventId\":\"e1\"}"
        );
        assert!(
            body(&args(None), "{}")
                .unwrap()
                .ends_with("\"payload\":{}}")
        );
    }

    #[test]
    fn what_is_no_object_is_refused_before_it_is_sent() {
        for (payload, why) in [
            ("{", "not valid JSON"),
            ("", "not valid JSON"),
            ("[]", "not a JSON object"),
            ("{} {}", "not valid JSON"),
        ] {
            let error = body(&args(None), payload).unwrap_err();
            assert!(error.to_string().contains(why), "{payload}: {error}");
            assert_eq!(super::super::exit_code(&error), 2);
        }
    }

    #[test]
    fn a_payload_comes_from_the_line_or_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        std::fs::write(&file, "{\"a\":1}").unwrap();
        let named = format!("@{}", file.display());
        assert_eq!(read_payload(Some(&named)).unwrap(), "{\"a\":1}");
        assert_eq!(read_payload(Some("{}")).unwrap(), "{}");
        assert_eq!(read_payload(None).unwrap(), "{}");
        let missing = read_payload(Some("@/nowhere.json")).unwrap_err();
        assert!(missing.to_string().contains("/nowhere.json"));
    }
}
