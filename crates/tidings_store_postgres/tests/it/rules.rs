//! The rules that let a statement run on one server and on a distributed database alike, checked by pattern.
//!
//! It reads SQL just well enough: words, a scope for each query, the tables that a scope names and the slots
//! that it gives them. It knows no types and no plans; those are the servers' business.

use std::collections::BTreeSet;

/// A rule that a statement breaks, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) rule: &'static str,
    pub(crate) what: String,
}

/// Every table with a slot is given it as a value, or as values.
pub(crate) const SLOT: &str = "slot";
/// No function whose answer differs from row to row.
pub(crate) const VOLATILE: &str = "volatile";
/// No row locks but on one slot.
pub(crate) const LOCK: &str = "lock";
/// Nothing that a distributed database refuses, or takes and does not keep.
pub(crate) const WORD: &str = "word";
/// An upsert writes what was brought, and asks no clock.
pub(crate) const UPSERT: &str = "upsert";

const VOLATILE_FUNCTIONS: [&str; 6] = [
    "clock_timestamp",
    "timeofday",
    "random",
    "nextval",
    "gen_random_uuid",
    "setval",
];
const FORBIDDEN_WORDS: [&str; 3] = ["MERGE", "SERIALIZABLE", "UNLOGGED"];

/// One query: a whole statement, or a part of it in parentheses.
#[derive(Default)]
struct Scope {
    /// Tables that are read or changed, with the name that they go by.
    tables: Vec<(String, String)>,
    /// What `slot = $n` is said of; empty if it says no table.
    slots: BTreeSet<String>,
    /// The same for `slot = $n` alone, without `ANY`.
    single_slots: BTreeSet<String>,
    is_locking: bool,
}

/// The tables of a schema whose primary key begins with the slot.
pub(crate) fn slot_tables(schema: &str) -> BTreeSet<String> {
    let code: Vec<_> = schema
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let tables = code.split(';').filter_map(|statement| {
        let table = statement.trim().strip_prefix("CREATE TABLE ")?;
        let is_keyed = table.contains("PRIMARY KEY (slot");
        table.split_whitespace().next().filter(|_| is_keyed)
    });
    tables.map(str::to_owned).collect()
}

/// Which rules a statement breaks.
pub(crate) fn breaches(sql: &str, slot_tables: &BTreeSet<String>) -> Vec<Breach> {
    let words = words(sql);
    let mut found = by_word(&words);
    let mut place = 0;
    let mut scopes = Vec::new();
    read_scope(&words, &mut place, &mut scopes);
    for scope in &scopes {
        let is_slotted = |table: &str| slot_tables.contains(table);
        let slotted: Vec<_> = scope
            .tables
            .iter()
            .filter(|(table, _)| is_slotted(table))
            .collect();
        for (table, name) in &slotted {
            let is_in = |slots: &BTreeSet<String>| {
                slots.contains(name) || slotted.len() == 1 && slots.contains("")
            };
            if !is_in(&scope.slots) {
                found.push(Breach {
                    rule: SLOT,
                    what: table.clone(),
                });
            }
            if scope.is_locking && !is_in(&scope.single_slots) {
                found.push(Breach {
                    rule: LOCK,
                    what: table.clone(),
                });
            }
        }
    }
    found.extend(inserts_without_slot(&words, slot_tables));
    found
}

/// Words, names with dots in them, parameters, and single signs; no comments and no strings.
fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in sql.lines() {
        let line = line.split("--").next().unwrap_or_default();
        for (number, part) in line.split('\'').enumerate() {
            if number % 2 == 1 {
                words.push("''".to_owned());
                continue;
            }
            let is_word = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '.' | '$');
            let mut rest = part.trim_start();
            while let Some(first) = rest.chars().next() {
                let length = if is_word(first) {
                    rest.find(|sign| !is_word(sign)).unwrap_or(rest.len())
                } else {
                    first.len_utf8()
                };
                words.push(rest[..length].to_owned());
                rest = rest[length..].trim_start();
            }
        }
    }
    words
}

fn by_word(words: &[String]) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut breach = |rule, what: &str| {
        found.push(Breach {
            rule,
            what: what.to_owned(),
        });
    };
    let mut is_upsert = false;
    for (place, word) in words.iter().enumerate() {
        let is_called = words.get(place + 1).is_some_and(|next| next == "(");
        if is_called && VOLATILE_FUNCTIONS.contains(&word.as_str()) {
            breach(VOLATILE, word);
        }
        if FORBIDDEN_WORDS.contains(&word.as_str()) || word.starts_with("pg_advisory") {
            breach(WORD, word);
        }
        is_upsert |= word == "DO" && words.get(place + 1).is_some_and(|next| next == "UPDATE");
        is_upsert &= word != "RETURNING";
        if is_upsert && (word == "now" || word.starts_with("current_")) {
            breach(UPSERT, word);
        }
    }
    found
}

/// Reads up to the parenthesis that ends this scope, and the scopes in it.
fn read_scope(words: &[String], place: &mut usize, scopes: &mut Vec<Scope>) {
    let mut scope = Scope::default();
    let mut depth = 0;
    while let Some(word) = words.get(*place) {
        let word_at = |ahead: usize| words.get(*place + ahead).map_or("", String::as_str);
        match word.as_str() {
            "(" if matches!(
                word_at(1),
                "SELECT" | "WITH" | "UPDATE" | "DELETE" | "INSERT" | "("
            ) =>
            {
                *place += 1;
                read_scope(words, place, scopes);
            }
            "UNION" if depth == 0 => scopes.push(std::mem::take(&mut scope)),
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "FROM" | "JOIN" | "USING" if is_name(word_at(1)) && word_at(2) != "(" => {
                scope.tables.push((word_at(1).to_owned(), alias(&word_at)));
            }
            // Not `DO UPDATE` and not `FOR UPDATE`.
            "UPDATE" if word_at(2) == "SET" => {
                scope
                    .tables
                    .push((word_at(1).to_owned(), word_at(1).to_owned()));
            }
            "FOR" if matches!(word_at(1), "UPDATE" | "SHARE" | "NO" | "KEY") => {
                scope.is_locking = true;
            }
            _ => read_slot(word, &word_at, &mut scope),
        }
        *place += 1;
    }
    scopes.push(scope);
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
}

/// The name that the table behind this word goes by.
fn alias<'a>(word_at: &impl Fn(usize) -> &'a str) -> String {
    let name = match (word_at(2), word_at(3)) {
        ("AS", name) => name,
        (name, _) if is_name(name) => name,
        _ => word_at(1),
    };
    name.to_owned()
}

/// Notes `slot = $n` and `slot = ANY($n)`.
fn read_slot<'a>(word: &str, word_at: &impl Fn(usize) -> &'a str, scope: &mut Scope) {
    let of = match word.strip_suffix("slot") {
        Some("") => "",
        Some(of) if of.ends_with('.') => of.trim_end_matches('.'),
        _ => return,
    };
    if word_at(1) != "=" {
        return;
    }
    if word_at(2).starts_with('$') {
        scope.single_slots.insert(of.to_owned());
        scope.slots.insert(of.to_owned());
    } else if word_at(2) == "ANY" && word_at(4).starts_with('$') {
        scope.slots.insert(of.to_owned());
    }
}

/// A row that goes in names its slot first, as its key does.
fn inserts_without_slot(words: &[String], slot_tables: &BTreeSet<String>) -> Vec<Breach> {
    let inserts = words
        .windows(5)
        .filter(|words| words[0] == "INSERT" && words[1] == "INTO");
    let wrong = inserts
        .filter(|words| slot_tables.contains(&words[2]) && (words[3] != "(" || words[4] != "slot"));
    wrong
        .map(|words| Breach {
            rule: SLOT,
            what: words[2].clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(sql: &str) -> Vec<&'static str> {
        let tables = slot_tables(
            "CREATE TABLE m (slot smallint, id bytea, PRIMARY KEY (slot, id));
             CREATE TABLE a (slot smallint, id bytea, PRIMARY KEY (slot, id));
             CREATE TABLE free (id bytea PRIMARY KEY);",
        );
        breaches(sql, &tables)
            .iter()
            .map(|breach| breach.rule)
            .collect()
    }

    #[test]
    fn what_keeps_the_rules_is_let_through() {
        for sql in [
            "-- one\n SELECT id FROM m WHERE slot = $1 AND id = $2",
            "SELECT id FROM free WHERE id = 'FROM m'",
            "SELECT m.id FROM m JOIN a ON a.slot = $1 AND a.id = m.id WHERE m.slot = $1",
            "SELECT x.id FROM m AS x WHERE x.slot = ANY($1::smallint[])",
            "SELECT id FROM m WHERE slot = $1 FOR UPDATE",
            "UPDATE m SET id = $3 WHERE slot = $1 AND id = \
             (SELECT id FROM m WHERE slot = $1 AND id = $2 FOR UPDATE SKIP LOCKED)",
            "DELETE FROM m USING unnest($1::smallint[]) AS d (slot) WHERE m.slot = d.slot AND m.slot = ANY($1)",
            "UPDATE m SET id = $2 FROM (SELECT id FROM a WHERE slot = $1) AS d WHERE m.slot = $1",
            "INSERT INTO m (slot, id) SELECT slot, id FROM unnest($1::smallint[]) AS new (slot) \
             ON CONFLICT (slot, id) DO UPDATE SET id = excluded.id RETURNING now()",
            "SELECT id FROM m WHERE slot = $1 UNION ALL SELECT id FROM a WHERE slot = $1",
            "WITH d AS (DELETE FROM m WHERE slot = $1 RETURNING id) INSERT INTO a (slot, id) SELECT $1, id FROM d",
        ] {
            assert_eq!(rules(sql), [""; 0], "{sql}");
        }
    }

    #[test]
    fn each_rule_is_noticed_when_it_is_broken() {
        for (sql, expected) in [
            ("SELECT id FROM m WHERE id = $1", vec![SLOT]),
            (
                "SELECT id FROM m WHERE slot = (SELECT slot FROM free)",
                vec![SLOT],
            ),
            (
                "SELECT m.id FROM m JOIN a ON a.slot = m.slot WHERE m.slot = $1",
                vec![SLOT],
            ),
            (
                "SELECT m.id FROM m JOIN a ON a.id = m.id WHERE slot = $1",
                vec![SLOT, SLOT],
            ),
            (
                "SELECT id FROM m WHERE slot = $1 UNION SELECT id FROM a",
                vec![SLOT],
            ),
            (
                "SELECT 1 FROM free WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.slot = free.slot)",
                vec![SLOT],
            ),
            ("SELECT id FROM m AS x WHERE m.slot = $1", vec![SLOT]),
            ("UPDATE m SET id = $1 WHERE id = $2", vec![SLOT]),
            ("DELETE FROM m USING a WHERE m.slot = $1", vec![SLOT]),
            ("INSERT INTO m (id, slot) VALUES ($1, $2)", vec![SLOT]),
            (
                "SELECT id FROM m WHERE slot = ANY($1) FOR UPDATE",
                vec![LOCK],
            ),
            (
                "SELECT id FROM m WHERE slot = ANY($1) FOR UPDATE SKIP LOCKED",
                vec![LOCK],
            ),
            ("UPDATE m SET id = random() WHERE slot = $1", vec![VOLATILE]),
            (
                "DELETE FROM free WHERE at < clock_timestamp()",
                vec![VOLATILE],
            ),
            ("SELECT pg_advisory_lock(1)", vec![WORD]),
            (
                "MERGE INTO free USING unnest($1) AS d (id) ON true",
                vec![WORD],
            ),
            (
                "INSERT INTO m (slot) VALUES ($1) ON CONFLICT (slot) DO UPDATE SET id = now()",
                vec![UPSERT],
            ),
        ] {
            assert_eq!(rules(sql), expected, "{sql}");
        }
    }
}
