//! What is said of each error in each language, and its code.
//!
//! Codes are stable: programs go by them. `{}` stands for what the caller sent, `{field}` for the name of
//! a field, which is the same in every language.

mod texts;

use tidings_domain::address_policy::RefusedUrl;
use tidings_domain::language::Language;
use tidings_service::hooks::{AuthField, HookProblem};

use self::texts::TEXTS;
use super::refusal::{Told, repeated};

/// The code of an error. The first three digits are the status of an answer with this error alone.
pub(super) fn code(told: &Told) -> u32 {
    match told {
        Told::NotJson => 400_001,
        Told::NotAnObject => 400_002,
        Told::BodyBroken => 400_003,
        Told::NotJsonType => 400_004,
        Told::BadRequest => 400_005,
        Told::Hook(problem) => problem_code(problem),
        Told::Unauthorized => 401_001,
        Told::Plan => 403_001,
        Told::NoPath => 404_001,
        Told::NoHook => 404_002,
        Told::NoEvent => 404_003,
        Told::NoMethod => 405_001,
        Told::TooLarge => 413_001,
        Told::TooFast => 429_001,
        Told::Internal => 500_001,
        Told::Unavailable => 503_001,
    }
}

fn problem_code(problem: &HookProblem) -> u32 {
    match problem {
        HookProblem::ActionsMissing => 400_101,
        HookProblem::ActionsNotAList => 400_102,
        HookProblem::ActionsEmpty => 400_103,
        HookProblem::ActionNotText(_) => 400_104,
        HookProblem::ActionUnknown(_) => 400_105,
        HookProblem::ActionTwice(_) => 400_106,
        HookProblem::ActionsTooMany => 400_107,
        HookProblem::UrlMissing => 400_201,
        HookProblem::UrlNotText => 400_202,
        HookProblem::Url(refused) => match refused {
            RefusedUrl::Scheme | RefusedUrl::Invalid(_) => 400_203,
            RefusedUrl::HttpsRequired => 400_204,
            RefusedUrl::Name { .. } | RefusedUrl::Address(_) => 400_205,
            RefusedUrl::Port { .. } => 400_206,
            RefusedUrl::Userinfo => 400_207,
            RefusedUrl::TooLong => 400_208,
            RefusedUrl::Characters => 400_209,
        },
        HookProblem::AuthNotText(_) => 400_301,
        HookProblem::AuthTooLong(_) => 400_302,
        HookProblem::AuthControl(_) => 400_303,
        HookProblem::AuthColon => 400_304,
        HookProblem::AuthMasked => 400_305,
        HookProblem::EventMissing => 400_401,
        HookProblem::TargetMissing => 400_402,
        HookProblem::Other(_) => 400_900,
    }
}

/// What a caller reads.
pub(super) fn message(told: &Told, language: Language) -> String {
    let code = code(told);
    let texts = TEXTS.iter().find(|(known, _)| *known == code);
    let (_, texts) = texts.expect("every code has its texts; a test looks");
    let place = Language::ALL.iter().position(|known| *known == language);
    let text = texts[place.unwrap_or(0)];
    let with = match told {
        Told::Hook(
            HookProblem::ActionNotText(value)
            | HookProblem::ActionUnknown(value)
            | HookProblem::ActionTwice(value)
            | HookProblem::Other(value),
        ) => repeated(value),
        Told::Hook(HookProblem::Url(RefusedUrl::Port { port })) => port.to_string(),
        Told::Hook(
            HookProblem::AuthNotText(field)
            | HookProblem::AuthTooLong(field)
            | HookProblem::AuthControl(field),
        ) => field_name(*field).to_owned(),
        _ => return text.to_owned(),
    };
    text.replacen("{}", &with, 1)
}

fn field_name(field: AuthField) -> &'static str {
    match field {
        AuthField::User => "http_auth_user",
        AuthField::Password => "http_auth_password",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn every_told() -> Vec<Told> {
        let url = |refused| Told::Hook(HookProblem::Url(refused));
        let mut all = vec![
            Told::NotJson,
            Told::NotAnObject,
            Told::BodyBroken,
            Told::NotJsonType,
            Told::BadRequest,
            Told::Unauthorized,
            Told::Plan,
            Told::NoPath,
            Told::NoHook,
            Told::NoEvent,
            Told::NoMethod,
            Told::TooLarge,
            Told::TooFast,
            Told::Internal,
            Told::Unavailable,
            url(RefusedUrl::Scheme),
            url(RefusedUrl::HttpsRequired),
            url(RefusedUrl::Name { reason: "local" }),
            url(RefusedUrl::Port { port: 25 }),
            url(RefusedUrl::Userinfo),
            url(RefusedUrl::TooLong),
            url(RefusedUrl::Characters),
        ];
        all.extend(
            [
                HookProblem::ActionsMissing,
                HookProblem::ActionsNotAList,
                HookProblem::ActionsEmpty,
                HookProblem::ActionNotText("1".into()),
                HookProblem::ActionUnknown("NO_SUCH".into()),
                HookProblem::ActionTwice("TWICE".into()),
                HookProblem::ActionsTooMany,
                HookProblem::UrlMissing,
                HookProblem::UrlNotText,
                HookProblem::AuthNotText(AuthField::User),
                HookProblem::AuthTooLong(AuthField::Password),
                HookProblem::AuthControl(AuthField::User),
                HookProblem::AuthColon,
                HookProblem::AuthMasked,
                HookProblem::EventMissing,
                HookProblem::TargetMissing,
                HookProblem::Other("why".into()),
            ]
            .map(Told::Hook),
        );
        all
    }

    #[test]
    fn every_error_has_a_code_of_its_own_and_a_text_in_every_language() {
        let all = every_told();
        let codes: BTreeSet<u32> = all.iter().map(code).collect();
        assert_eq!(codes.len(), all.len());
        assert!(TEXTS.iter().map(|(code, _)| *code).eq(codes));
        for told in &all {
            let texts: BTreeSet<String> = Language::ALL
                .iter()
                .map(|language| message(told, *language))
                .collect();
            assert_eq!(texts.len(), Language::ALL.len(), "{texts:?}");
            for text in &texts {
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(text.len() > 10, "{text}");
            }
        }
    }

    #[test]
    fn every_code_is_in_the_guide_with_what_it_says() {
        let guide = include_str!("../../../../docs/rest-hooks.md");
        for (code, texts) in TEXTS {
            let line = format!("| {code} | {} |", texts[0].replace("{}", "…"));
            assert!(guide.contains(&line), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_field_names_the_field_in_every_language() {
        for told in every_told() {
            let field = match code(&told) {
                400_101..=400_107 => "actions",
                400_201..=400_209 => "subscription_url",
                400_301..=400_305 => "http_auth_",
                400_401 => "event",
                400_402 => "target_url",
                _ => continue,
            };
            for language in Language::ALL {
                let text = message(&told, language);
                assert!(text.contains(field), "{text}");
            }
        }
    }

    #[test]
    fn what_a_caller_sent_is_repeated_on_one_line_and_cut() {
        let unknown = |value: &str| {
            let told = Told::Hook(HookProblem::ActionUnknown(value.to_owned()));
            message(&told, Language::Pl)
        };
        assert!(unknown("NO_SUCH_ACTION").contains(": NO_SUCH_ACTION."));
        let long = unknown(&format!("a\n{}", "b".repeat(1_000)));
        assert!(long.len() < 250 && !long.contains('\n'), "{long}");
    }
}
