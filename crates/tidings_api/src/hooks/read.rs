//! Reading a hook from a request: every wrong field is named, and fields that are not known are let be.

use serde_json::{Map, Value};
use tidings_service::hooks::{AuthField, HookDraft, HookProblem};
use tidings_service::payload::JsonText;

use super::refusal::{Failure, Told};
use crate::body::JsonBody;

/// The body as a JSON object.
pub(super) fn read_object(body: &JsonBody) -> Result<Map<String, Value>, Failure> {
    let text = JsonText::check(&body.bytes).map_err(|_| Failure::told(Told::NotJson))?;
    match serde_json::from_str(text.as_str()) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Failure::told(Told::NotAnObject)),
        Err(_) => Err(Failure::told(Told::NotJson)),
    }
}

/// The hook in the body.
pub(super) fn read_hook(body: &JsonBody) -> Result<HookDraft, Failure> {
    let mut map = read_object(body)?;
    let mut problems = Vec::new();
    let actions = read_actions(given(&mut map, "actions"), &mut problems);
    let url = match given(&mut map, "subscription_url") {
        None => problem(&mut problems, HookProblem::UrlMissing),
        Some(Value::String(url)) => url,
        Some(_) => problem(&mut problems, HookProblem::UrlNotText),
    };
    let mut part = |name, field| {
        let value = given(&mut map, name)?;
        if let Value::String(text) = value {
            return Some(text);
        }
        problems.push(HookProblem::AuthNotText(field));
        None
    };
    let draft = HookDraft {
        actions,
        subscription_url: url,
        http_auth_user: part("http_auth_user", AuthField::User),
        http_auth_password: part("http_auth_password", AuthField::Password),
    };
    if problems.is_empty() {
        Ok(draft)
    } else {
        Err(Failure::problems(problems))
    }
}

/// A field; `null` is the same as none.
fn given(map: &mut Map<String, Value>, name: &str) -> Option<Value> {
    map.remove(name).filter(|value| !value.is_null())
}

fn problem<T: Default>(problems: &mut Vec<HookProblem>, problem: HookProblem) -> T {
    problems.push(problem);
    T::default()
}

fn read_actions(value: Option<Value>, problems: &mut Vec<HookProblem>) -> Vec<String> {
    let values = match value {
        None => return problem(problems, HookProblem::ActionsMissing),
        Some(Value::Array(values)) => values,
        Some(_) => return problem(problems, HookProblem::ActionsNotAList),
    };
    if values.is_empty() {
        problems.push(HookProblem::ActionsEmpty);
    }
    let texts = values.into_iter().filter_map(|value| match value {
        Value::String(text) => Some(text),
        other => {
            problems.push(HookProblem::ActionNotText(other.to_string()));
            None
        }
    });
    texts.collect()
}
