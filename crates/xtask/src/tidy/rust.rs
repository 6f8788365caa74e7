//! Reads Rust just well enough for the checks: which text is code, comment or string, and which lines are
//! tests. It knows nothing of types or names, and it does not have to.

use super::{File, crate_of};

/// A Rust file under `crates/`.
pub(super) struct RustFile {
    pub(super) path: String,
    pub(super) krate: String,
    /// The lines as they are.
    pub(super) lines: Vec<String>,
    /// The lines with comments and the insides of strings and characters taken out.
    pub(super) code: Vec<String>,
    pub(super) strings: Vec<StringLiteral>,
    /// Whether the whole file is tests.
    pub(super) is_test: bool,
    /// For each line, whether it is in an item marked `#[cfg(test)]`.
    test_lines: Vec<bool>,
}

/// A string as written, escapes and all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StringLiteral {
    pub(super) line: usize,
    pub(super) text: String,
}

impl RustFile {
    pub(super) fn read(file: &File) -> Option<Self> {
        file.path.strip_suffix(".rs")?;
        let krate = crate_of(&file.path)?;
        let Split { code, strings } = split(&file.text);
        Some(Self {
            path: file.path.clone(),
            krate: krate.to_owned(),
            lines: file.text.lines().map(str::to_owned).collect(),
            test_lines: find_test_lines(&code),
            code: code.lines().map(str::to_owned).collect(),
            strings,
            is_test: file.path.split('/').nth(2) == Some("tests"),
        })
    }

    /// Lines count from 1.
    pub(super) fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.test_lines.get(line - 1) == Some(&true)
    }

    /// Modules of this file that are only there for tests and have files of their own: their paths without
    /// the ending.
    pub(super) fn test_modules(&self) -> Vec<String> {
        let folder = self.children_folder();
        let mut modules = vec![];
        for (index, line) in self.code.iter().enumerate() {
            let name = line.trim().strip_suffix(';').and_then(|line| {
                let (visibility, name) = line.split_once("mod ")?;
                let is_declaration = visibility.is_empty() || visibility.starts_with("pub");
                is_declaration.then_some(name)
            });
            if let Some(name) = name
                && self.is_test_line(index + 1)
            {
                modules.push(format!("{folder}/{name}"));
            }
        }
        modules
    }

    /// Whether this is the file of a module (given by its path without ending) or of one inside it.
    pub(super) fn is_module(&self, module: &str) -> bool {
        let rest = self.path.strip_prefix(module);
        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    fn children_folder(&self) -> &str {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        if matches!(name, "lib" | "main") {
            folder
        } else {
            stem
        }
    }
}

struct Split {
    code: String,
    strings: Vec<StringLiteral>,
}

/// Takes comments and the insides of literals out of Rust source, line by line.
fn split(source: &str) -> Split {
    let mut reader = Reader {
        rest: source,
        line: 1,
        out: Split {
            code: String::with_capacity(source.len()),
            strings: vec![],
        },
    };
    let mut previous = ' ';
    while let Some(next) = reader.rest.chars().next() {
        let is_in_word = previous.is_alphanumeric() || previous == '_';
        let raw_quotes = if is_in_word {
            None
        } else {
            raw_string_start(reader.rest)
        };
        if reader.rest.starts_with("//") {
            let length = reader.rest.find('\n').unwrap_or(reader.rest.len());
            reader.skip(length);
        } else if reader.rest.starts_with("/*") {
            reader.skip(block_comment_length(reader.rest));
        } else if let Some((start, hashes)) = raw_quotes {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = reader.rest[start..].find(&end);
            reader.string(
                start,
                length.unwrap_or(reader.rest.len() - start),
                end.len(),
            );
        } else if next == '"' {
            reader.string(1, quoted_length(&reader.rest[1..], '"'), 1);
        } else if let Some(length) = character_length(reader.rest) {
            reader.skip(length);
        } else {
            reader.keep(next);
        }
        previous = next;
    }
    reader.out
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    out: Split,
}

impl Reader<'_> {
    fn keep(&mut self, character: char) {
        self.line += usize::from(character == '\n');
        self.out.code.push(character);
        self.rest = &self.rest[character.len_utf8()..];
    }

    /// Leaves only the line breaks of what is skipped.
    fn skip(&mut self, length: usize) {
        let length = length.min(self.rest.len());
        let breaks = self.rest[..length].matches('\n').count();
        self.out.code.extend(std::iter::repeat_n('\n', breaks));
        self.line += breaks;
        self.rest = &self.rest[length..];
    }

    fn string(&mut self, start: usize, length: usize, end: usize) {
        let text = self.rest[start..start + length].to_owned();
        let line = self.line;
        self.out.strings.push(StringLiteral { line, text });
        self.out.code.push('"');
        self.skip(start + length + end);
        self.out.code.push('"');
    }
}

/// `r"`, `r#"`, `br##"` and so on: the length of the opening, and how many hashes close it.
fn raw_string_start(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"];
    let prefix = prefix.iter().find(|prefix| text.starts_with(**prefix))?;
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let is_string = rest[hashes..].starts_with('"');
    is_string.then_some((prefix.len() + hashes + 1, hashes))
}

/// The length up to the closing quote; a backslash hides what follows it.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == quote => return index,
            _ => {}
        }
    }
    text.len()
}

/// A character literal's length; `None` for a lifetime and for anything else.
fn character_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let length = if first == '\\' {
        quoted_length(inside, '\'')
    } else {
        first.len_utf8()
    };
    inside[length..].starts_with('\'').then_some(length + 2)
}

fn block_comment_length(text: &str) -> usize {
    let (mut depth, mut position) = (0, 0);
    while let Some(offset) = text[position..].find(['/', '*']) {
        position += offset;
        if text[position..].starts_with("/*") {
            depth += 1;
            position += 2;
        } else if text[position..].starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return position;
            }
        } else {
            position += 1;
        }
    }
    text.len()
}

/// Marks the lines of each item behind `#[cfg(test)]`, up to its closing brace or its semicolon.
fn find_test_lines(code: &str) -> Vec<bool> {
    let mut marks = vec![false; code.lines().count()];
    for mark in ["#[cfg(test)]", "#[cfg(all(test", "#[cfg(any(test"] {
        for (start, _) in code.match_indices(mark) {
            let end = start + item_length(&code[start..]);
            let first = code[..start].matches('\n').count();
            let last = code[..end].matches('\n').count();
            for line in first..=last.min(marks.len().saturating_sub(1)) {
                marks[line] = true;
            }
        }
    }
    marks
}

fn item_length(code: &str) -> usize {
    let mut depth = 0u32;
    for (index, character) in code.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return index,
            '}' => depth -= 1,
            ';' if depth == 0 => return index,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(source: &str) -> String {
        split(source).code
    }

    fn strings_of(source: &str) -> Vec<(usize, String)> {
        let strings = split(source).strings.into_iter();
        strings.map(|string| (string.line, string.text)).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        assert_eq!(code_of("a // b\nc /* d /* e */ \n f */ g"), "a \nc \n g");
        assert_eq!(
            code_of(r#"f("a // b", 'x', '"', '\'', b"c")"#),
            r#"f("", , , , b"")"#
        );
        assert_eq!(
            code_of("let a: &'static str = \"x\";"),
            "let a: &'static str = \"\";"
        );
    }

    #[test]
    fn strings_are_found_with_their_lines() {
        let source = "f(\"one\\\"\");\nlet r#type = r##\"two\n\"# still\"##;\ng(br\"three\")";
        let expected = [(1, "one\\\""), (2, "two\n\"# still"), (4, "three")];
        let expected = expected.map(|(line, text)| (line, text.to_owned()));
        assert_eq!(strings_of(source), expected);
    }

    #[test]
    fn line_breaks_stay() {
        let source = "a\n\"x\ny\"\n/* \n\n */ b\n";
        assert_eq!(code_of(source).lines().count(), source.lines().count());
    }

    #[test]
    fn test_items_end_at_their_brace() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { \"}\" }\n}\nfn c() {}\n";
        let marks = find_test_lines(&code_of(source));
        assert_eq!(marks, [false, true, true, true, true, false]);
    }

    #[test]
    fn unfinished_source_is_read_to_its_end() {
        for source in [
            "\"open",
            "/* open",
            "'",
            "r#\"open",
            "'\\",
            "#[cfg(test)]\nmod a {",
        ] {
            find_test_lines(&code_of(source));
        }
    }
}
