//! JSON as people read it: indented, one line a line, with names, texts and numbers told apart.
//!
//! What is not JSON is shown as it came. It is hostile text, so everything is escaped here.

use std::fmt::Write as _;

use askama::filters::Safe;

/// More is shown as it came: nobody reads it, and every line costs.
const INDENTED_BYTES_MAX: usize = 256 * 1024;

/// The lines of a `<code>` element.
pub(crate) fn lines(text: &str) -> Safe<String> {
    let is_json = text.len() <= INDENTED_BYTES_MAX
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_json {
        let mut out = String::with_capacity(text.len() * 2);
        for line in indented(text).lines() {
            out.push_str("<span>");
            coloured(line, &mut out);
            out.push_str("</span>");
        }
        Safe(out)
    } else {
        plain(text)
    }
}

/// The lines of a `<code>` element, of a text that is taken as it is.
pub(crate) fn plain(text: &str) -> Safe<String> {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        out.push_str("<span>");
        escape(line, &mut out);
        out.push_str("</span>");
    }
    Safe(out)
}

/// The same JSON, token by token, with line breaks and spaces where people put them.
fn indented(text: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut rest) = (0_usize, text);
    let new_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => &rest[..string_end(rest)],
            _ => &rest[..first.len_utf8()],
        };
        rest = &rest[token.len()..];
        match first {
            '{' | '[' => {
                out.push(first);
                let closing = if first == '{' { '}' } else { ']' };
                if let Some(empty) = rest.trim_start().strip_prefix(closing) {
                    out.push(closing);
                    rest = empty;
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(first);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ if first.is_ascii_whitespace() => {}
            _ => out.push_str(token),
        }
    }
    out
}

/// Where the string that a text begins with ends.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn coloured(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
        let end = match first {
            '"' => string_end(rest),
            _ if is_word(first) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        let class = match first {
            '"' if after.starts_with(':') => Some('k'),
            '"' => Some('s'),
            '0'..='9' | '-' => Some('n'),
            'a'..='z' => Some('b'),
            _ => None,
        };
        match class {
            Some(class) => {
                let _ = write!(out, "<i class=\"{class}\">"); // a string takes all
                escape(token, out);
                out.push_str("</i>");
            }
            None => escape(token, out),
        }
        rest = after;
    }
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_its_numbers_stay_as_they_came() {
        let text = r#"{"a":1.10,"b":[],"c":{"d":["x",null]}}"#;
        let expected = "{\n  \"a\": 1.10,\n  \"b\": [],\n  \"c\": {\n    \"d\": [\n      \"x\",\n      null\n    ]\n  }\n}";
        assert_eq!(indented(text), expected);
    }

    #[test]
    fn names_texts_numbers_and_words_are_told_apart() {
        let mut out = String::new();
        coloured(r#"  "a": -1.5e+3, "x": true"#, &mut out);
        assert!(out.contains("<i class=\"k\">&quot;a&quot;</i>: <i class=\"n\">-1.5e+3</i>"));
        assert!(out.contains("<i class=\"b\">true</i>"));
    }

    #[test]
    fn hostile_text_is_text() {
        for text in [
            "<script>alert(1)</script>",
            r#"{"<b>":"</span><script>"}"#,
            "\"<\\\"'&",
        ] {
            let shown = lines(text).0;
            assert!(
                !shown.contains("<script") && !shown.contains("<b>"),
                "{shown}"
            );
        }
        assert_eq!(lines("a\n<b").0, "<span>a</span><span>&lt;b</span>");
    }
}
