//! What was measured with a million messages, as tables and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{grouped, number, to_float};
use crate::bench::large::Large;
use crate::bench::live::{Live, WATCHERS_COUNT};
use crate::bench::pages::Page;

/// The tables of what was measured with a million messages.
pub(super) fn tables(large: &Large) -> String {
    let mut text = format!(
        "\nWith {} messages: {} deliveries/s over the first tenth, {} afterwards.",
        grouped(to_float(large.messages_count)),
        grouped(large.first_per_s),
        grouped(large.last_per_s),
    );
    if let Some(of_database) = &large.of_database {
        let _ = writeln!(
            text,
            " One node on one core: {}/s; two on a core each: {}/s.\n",
            grouped(of_database.one_node_per_s),
            grouped(of_database.two_nodes_per_s),
        );
        text += "| Table | Rows | Dead rows | Bytes per message | Bytes of indexes per message |\n|---|---:|---:|---:|---:|\n";
        for space in &of_database.space {
            let (rows, dead) = (grouped(space.rows), grouped(space.dead));
            let (table, index) = (number(space.table_bytes), number(space.index_bytes));
            let _ = writeln!(
                text,
                "| `{}` | {rows} | {dead} | {table} | {index} |",
                space.table
            );
        }
    } else {
        text += "\n";
    }
    for (head, pages) in [
        ("Page of the API, 100 rows", &large.pages),
        ("Page for people", &large.html_pages),
    ] {
        let _ = writeln!(text, "\n| {head} | p50 ms | p99 ms |\n|---|---:|---:|");
        for page in pages {
            let (p50, p99) = (number(page.p50_ms), number(page.p99_ms));
            let _ = writeln!(text, "| {} | {p50} | {p99} |", page.title);
        }
    }
    if let Some(live) = &large.live {
        let _ = writeln!(
            text,
            "\nWhile {WATCHERS_COUNT} watch live pages: {} deliveries/s, {} while nobody does.",
            grouped(live.with_per_s),
            grouped(live.without_per_s),
        );
    }
    text
}

pub(super) fn to_json(large: &Large) -> Value {
    let pages = |pages: &[Page]| -> Vec<Value> {
        let page = |page: &Page| json!({ "page": page.title, "p50_ms": page.p50_ms, "p99_ms": page.p99_ms });
        pages.iter().map(page).collect()
    };
    let of_database = large.of_database.as_ref().map(|of_database| {
        let space = of_database.space.iter().map(|space| {
            json!({
                "table": space.table,
                "rows": space.rows,
                "dead": space.dead,
                "table_bytes": space.table_bytes,
                "index_bytes": space.index_bytes,
            })
        });
        json!({
            "one_node_per_s": of_database.one_node_per_s,
            "two_nodes_per_s": of_database.two_nodes_per_s,
            "space": space.collect::<Vec<_>>(),
        })
    });
    json!({
        "messages": large.messages_count,
        "first_per_s": large.first_per_s,
        "last_per_s": large.last_per_s,
        "pages": pages(&large.pages),
        "html_pages": pages(&large.html_pages),
        "live": large.live.as_ref().map(Live::to_json),
        "of_database": of_database,
    })
}
