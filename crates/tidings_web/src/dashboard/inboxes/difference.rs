//! How two requests differ: headers by name, JSON by key, anything else by line.

use std::collections::BTreeMap;

use serde_json::Value;

/// Most lines (in the one times in the other) that are compared one by one; what is longer is shown as all gone and all
/// new, since the work grows with the product.
const CELLS_MAX: usize = 4_000_000;
/// Most keys of a document that are compared.
const KEYS_MAX: usize = 5_000;

/// Something with a name that both may have: a header, or a key of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) name: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Difference {
    pub(super) fn is_same(&self) -> bool {
        self.before == self.after
    }

    /// The name of the text that says what became of it.
    pub(super) fn key(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "compare-new",
            (_, None) => "compare-gone",
            _ if self.is_same() => "compare-same",
            _ => "compare-changed",
        }
    }

    /// Its look.
    pub(super) fn tone(&self) -> &'static str {
        match self.key() {
            "compare-new" => "ok",
            "compare-gone" => "bad",
            "compare-changed" => "warn",
            _ => "idle",
        }
    }
}

/// A line of either text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Same(String),
    Gone(String),
    New(String),
}

impl Line {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Same(text) | Self::Gone(text) | Self::New(text) => text,
        }
    }

    /// What stands before it, so that it is told apart without its colour.
    pub(super) fn sign(&self) -> &'static str {
        match self {
            Self::Same(_) => " ",
            Self::Gone(_) => "−",
            Self::New(_) => "+",
        }
    }

    /// The name of the text that says what became of it.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Same(_) => "compare-same",
            Self::Gone(_) => "compare-gone",
            Self::New(_) => "compare-new",
        }
    }

    /// Its look.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Same(_) => "same",
            Self::Gone(_) => "gone",
            Self::New(_) => "new",
        }
    }
}

/// Headers by name; those that came several times as one.
pub(super) fn headers(
    before: &[(String, Vec<u8>)],
    after: &[(String, Vec<u8>)],
) -> Vec<Difference> {
    let by_name = |headers: &[(String, Vec<u8>)]| {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value);
            all.entry(name.clone())
                .and_modify(|own| {
                    own.push_str(", ");
                    own.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        all
    };
    joined(by_name(before), by_name(after))
}

/// The keys of two documents. None if they have too many.
pub(super) fn documents(before: &Value, after: &Value) -> Option<Vec<Difference>> {
    let keys = |document: &Value| {
        let mut all = BTreeMap::new();
        flatten(document, String::new(), &mut all);
        (all.len() <= KEYS_MAX).then_some(all)
    };
    Some(joined(keys(before)?, keys(after)?))
}

fn joined(
    mut before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
) -> Vec<Difference> {
    let mut all: BTreeMap<String, Difference> = BTreeMap::new();
    for (name, value) in after {
        let one = Difference {
            name: name.clone(),
            before: before.remove(&name),
            after: Some(value),
        };
        all.insert(name, one);
    }
    for (name, value) in before {
        let one = Difference {
            name: name.clone(),
            before: Some(value),
            after: None,
        };
        all.insert(name, one);
    }
    all.into_values().collect()
}

/// Every value that has no values in it, by the way that leads to it.
fn flatten(value: &Value, way: String, all: &mut BTreeMap<String, String>) {
    if all.len() > KEYS_MAX {
        return;
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let dot = if way.is_empty() { "" } else { "." };
                flatten(field, format!("{way}{dot}{name}"), all);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                flatten(item, format!("{way}[{place}]"), all);
            }
        }
        one => {
            all.insert(way, one.to_string());
        }
    }
}

/// The lines of two texts, with as many as possible that are the same.
pub(super) fn lines(before: &str, after: &str) -> Vec<Line> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let pairs = old.iter().zip(&new);
    let start = pairs.take_while(|(one, other)| one == other).count();
    let pairs = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = pairs.take_while(|(one, other)| one == other).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let same = |text: &&str| Line::Same((*text).to_owned());
    let mut all: Vec<Line> = old[..start].iter().map(same).collect();
    between(&old[start..old_end], &new[start..new_end], &mut all);
    all.extend(old[old_end..].iter().map(same));
    all
}

/// The part in which the texts differ.
fn between(old: &[&str], new: &[&str], all: &mut Vec<Line>) {
    let gone = |text: &&str| Line::Gone((*text).to_owned());
    let added = |text: &&str| Line::New((*text).to_owned());
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > CELLS_MAX {
        all.extend(old.iter().map(gone));
        all.extend(new.iter().map(added));
        return;
    }
    // How many lines are the same from here on, at most.
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            longest[row * width + column] = if old[row] == new[column] {
                longest[(row + 1) * width + column + 1] + 1
            } else {
                longest[(row + 1) * width + column].max(longest[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < old.len() && column < new.len() {
        if old[row] == new[column] {
            all.push(Line::Same(old[row].to_owned()));
            (row, column) = (row + 1, column + 1);
        } else if longest[(row + 1) * width + column] >= longest[row * width + column + 1] {
            all.push(gone(&old[row]));
            row += 1;
        } else {
            all.push(added(&new[column]));
            column += 1;
        }
    }
    all.extend(old[row..].iter().map(gone));
    all.extend(new[column..].iter().map(added));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_differ_by_what_is_at_each_key() {
        let before = json!({"a": {"b": [1, {"c": "x"}]}, "gone": true, "e": {}});
        let after = json!({"a": {"b": [1, {"c": "y"}]}, "new": null, "e": {}});
        let found = documents(&before, &after).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.key()))
            .collect();
        assert_eq!(
            told,
            [
                ("a.b[0]", "compare-same"),
                ("a.b[1].c", "compare-changed"),
                ("e", "compare-same"),
                ("gone", "compare-gone"),
                ("new", "compare-new"),
            ]
        );
        let wide = json!(vec![0; KEYS_MAX + 1]);
        assert_eq!(documents(&wide, &wide), None);
        assert!(documents(&json!(vec![0; KEYS_MAX]), &json!([])).is_some());
    }

    #[test]
    fn headers_that_came_twice_are_compared_as_one() {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let before = [header("a", "1"), header("a", "2"), header("b", "x")];
        let found = headers(&before, &[header("a", "1, 2"), header("c", "y")]);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.key()))
            .collect();
        assert_eq!(
            told,
            [
                ("a", "compare-same"),
                ("b", "compare-gone"),
                ("c", "compare-new")
            ]
        );
    }

    #[test]
    fn lines_that_both_have_stay_and_the_texts_can_be_read_back() {
        for (before, after, same) in [
            ("a\nb\nc", "a\nx\nc", 2),
            ("", "a", 0),
            ("a", "", 0),
            ("a\nb\nc\nd", "b\nd\ne", 2),
            ("same\ntext", "same\ntext", 2),
        ] {
            let found = lines(before, after);
            let kept = |wanted: fn(&Line) -> bool| {
                let kept = found.iter().filter(|line| wanted(line)).map(Line::text);
                kept.collect::<Vec<_>>().join("\n")
            };
            assert_eq!(kept(|line| !matches!(line, Line::New(_))), before);
            assert_eq!(kept(|line| !matches!(line, Line::Gone(_))), after);
            let count = found.iter().filter(|line| matches!(line, Line::Same(_)));
            assert_eq!(count.count(), same, "{before:?} {after:?}");
        }
    }

    #[test]
    fn texts_that_are_too_long_to_compare_are_shown_whole() {
        let long = |word: &str| format!("{word}\n").repeat(2_001);
        let found = lines(&long("a"), &long("b"));
        assert_eq!(found.len(), 4_002);
        assert!(
            found[..2_001]
                .iter()
                .all(|line| matches!(line, Line::Gone(_)))
        );
    }
}
