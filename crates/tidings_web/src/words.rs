//! The words of the pages: nothing that people read stands outside `locales/`, no language lacks a text, no text is left
//! over, and each word is the one that was agreed on (`locales/terms.tsv`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 6] = ["en", "es", "fi", "de", "pl", "it"];
/// What may stand in a template: names that no language changes.
const NAMES: [&str; 3] = ["Tidings", "POST", "UTC"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The texts of a language by name, as they are written.
fn texts(language: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for file in files(&root().join("locales").join(language), "ftl") {
        let mut current = String::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if line.starts_with(' ') {
                let text: &mut String = texts.get_mut(&current).unwrap();
                text.push('\n');
                text.push_str(line);
            } else {
                let (key, text) = line.split_once(" =").unwrap_or_else(|| {
                    panic!("{}: no text in {line:?}", file.display());
                });
                current = key.to_owned();
                let before = texts.insert(current.clone(), text.trim().to_owned());
                assert!(before.is_none(), "{language} has {key} twice");
            }
        }
    }
    texts
}

/// The names of what a text tells about.
fn variables(text: &str) -> BTreeSet<String> {
    let parts = text.split('$').skip(1);
    let name = |part: &str| {
        let end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-';
        part.split(end).next().unwrap_or_default().to_owned()
    };
    parts.map(name).collect()
}

#[test]
fn every_language_has_the_same_texts_about_the_same_things() {
    let english = texts("en");
    assert!(english.len() > 10);
    for language in LANGUAGES {
        let own = texts(language);
        let missing: Vec<_> = english
            .keys()
            .filter(|key| !own.contains_key(*key))
            .collect();
        let surplus: Vec<_> = own
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(surplus.is_empty(), "{language} alone has {surplus:?}");
        for (key, text) in &own {
            assert!(!text.is_empty(), "{language} has no text for {key}");
            assert_eq!(
                variables(text),
                variables(&english[key]),
                "{language}: {key}"
            );
        }
    }
}

#[test]
fn no_text_is_left_over() {
    let mut used = String::new();
    let sources = files(&root().join("src"), "rs").into_iter();
    for file in sources.chain(files(&root().join("templates"), "html")) {
        used.push_str(&fs::read_to_string(file).unwrap());
    }
    let english = texts("en");
    let left: Vec<_> = english
        .keys()
        .filter(|key| !used.contains(&format!("\"{key}\"")))
        .collect();
    assert!(left.is_empty(), "no page says {left:?}");
}

#[test]
fn every_text_that_a_template_names_is_there() {
    let english = texts("en");
    let mut named = 0;
    for file in files(&root().join("templates"), "html") {
        let template = fs::read_to_string(file).unwrap();
        for call in ["say(\"", "say_of(\"", "say_both(\""] {
            for part in template.split(call).skip(1) {
                let key = part.split('"').next().unwrap_or_default();
                assert!(english.contains_key(key), "no text {key}");
                named += 1;
            }
        }
    }
    assert!(named > 100, "{named}");
}

#[test]
fn a_translation_is_one() {
    let list = fs::read_to_string(root().join("locales/same.tsv")).unwrap();
    let same: BTreeMap<&str, &str> = list
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let english = texts("en");
    for language in &LANGUAGES[1..] {
        for (key, text) in texts(language) {
            let may_be = same.get(key.as_str()).copied().unwrap_or_default();
            let may_be = may_be.split(' ').any(|own| own == *language);
            let is_same = english[&key] == text;
            assert_eq!(
                is_same, may_be,
                "{language}: {key} = {text:?} (locales/same.tsv)"
            );
        }
    }
}

#[test]
fn each_word_is_the_one_that_was_agreed_on() {
    let terms = fs::read_to_string(root().join("locales/terms.tsv")).unwrap();
    for (place, language) in LANGUAGES.into_iter().enumerate() {
        let texts = texts(language);
        for line in terms.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 8, "{line:?}");
            for key in cells[0].split(' ').filter(|key| *key != "-") {
                let text = texts.get(key).unwrap_or_else(|| panic!("no text {key}"));
                let text = text.to_lowercase();
                let mut agreed = cells[2 + place].split(" / ").map(str::to_lowercase);
                assert!(
                    agreed.any(|term| term == text),
                    "{language}: {key} = {text:?}"
                );
            }
        }
    }
}

/// What is left of a template when tags and what is put in are taken away, and the texts of attributes that people
/// read or hear.
fn visible(template: &str) -> (String, Vec<String>) {
    const READ: [&str; 5] = [
        "aria-label=",
        "placeholder=",
        "title=",
        "alt=",
        "data-label=",
    ];
    let mut text = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).expect("what opens is closed");
            text.replace_range(start..start + end + close.len(), " ");
        }
    }
    while let Some(start) = text.find("<pre") {
        let end = text[start..].find("</pre>").expect("what opens is closed");
        text.replace_range(start..start + end + "</pre>".len(), " ");
    }
    let mut attributes = Vec::new();
    let (mut outside, mut rest) = (String::new(), text.as_str());
    while let Some((before, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').expect("what opens is closed");
        outside.push_str(before);
        outside.push(' ');
        for name in READ {
            if let Some((_, value)) = tag.split_once(name) {
                let value = value.trim_start_matches('"').split('"').next();
                attributes.push(value.unwrap_or_default().to_owned());
            }
        }
        rest = after;
    }
    outside.push_str(rest);
    (outside, attributes)
}

#[test]
fn nothing_that_people_read_stands_in_a_template() {
    let templates = files(&root().join("templates"), "html");
    assert!(templates.len() > 3);
    for file in templates {
        let template = fs::read_to_string(&file).unwrap();
        let (outside, attributes) = visible(&template);
        let words = outside.split(|letter: char| !letter.is_alphanumeric() && letter != '/');
        let words = words.filter(|word| word.chars().any(char::is_alphabetic));
        // Addresses of our own are no words.
        let words = words.filter(|word| !word.starts_with('/'));
        let foreign: Vec<_> = words.filter(|word| !NAMES.contains(word)).collect();
        assert!(foreign.is_empty(), "{}: {foreign:?}", file.display());
        let read = |value: &&String| value.chars().any(char::is_alphabetic);
        let read: Vec<_> = attributes.iter().filter(read).collect();
        assert!(read.is_empty(), "{}: {read:?}", file.display());
    }
}

#[test]
fn a_word_in_a_template_would_be_noticed() {
    let (outside, attributes) = visible("<p class=\"a\" aria-label=\"Say\">{{ x }}Hello</p>");
    assert!(outside.contains("Hello"));
    assert_eq!(attributes, ["Say"]);
}
