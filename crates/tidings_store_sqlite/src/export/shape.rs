//! How a row of a statement becomes a row of the shared form: some columns renamed, some made of others.

use rusqlite::{Error, Row};
use tidings_domain::ids::IdParts;
use tidings_domain::slot;
use tidings_store::copy::Value;

use super::rows::plain;

/// A column that no statement gives.
#[derive(Clone, Copy)]
pub(super) enum Made {
    /// The slot of the application whose number stands there.
    SlotOf(&'static str),
    /// The id of these columns: time, journal, number, chance.
    Id([&'static str; 4]),
    /// Something else.
    By(fn(&Row<'_>) -> rusqlite::Result<Value>),
}

/// Where the value of a column comes from, by place.
enum Source {
    Column(usize),
    SlotOf(usize),
    Id([usize; 4]),
    By(fn(&Row<'_>) -> rusqlite::Result<Value>),
}

/// The columns of the shared form, by name.
pub(super) struct Shape(Vec<(String, Source)>);

impl Shape {
    /// For a statement that gives columns of these names. Those that begin with `its_` are of another
    /// table and only go into what is made.
    pub(super) fn new(
        names: &[String],
        renamed: &[(&str, &str)],
        made: &[(&str, Made)],
    ) -> rusqlite::Result<Self> {
        let place = |wanted: &str| {
            let found = names.iter().position(|name| name == wanted);
            found.ok_or_else(|| Error::InvalidColumnName(wanted.to_owned()))
        };
        let mut columns = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let other = renamed.iter().find(|(from, _)| from == name);
            let name = other.map_or(name.as_str(), |(_, to)| to);
            if !name.is_empty() && !name.starts_with("its_") {
                columns.push((name.to_owned(), Source::Column(at)));
            }
        }
        for (name, made) in made {
            let source = match made {
                Made::SlotOf(column) => Source::SlotOf(place(column)?),
                Made::Id([at, journal, seq, tail]) => {
                    Source::Id([place(at)?, place(journal)?, place(seq)?, place(tail)?])
                }
                Made::By(by) => Source::By(*by),
            };
            columns.push(((*name).to_owned(), source));
        }
        columns.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Self(columns))
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn apply(&self, row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
        let values = self.0.iter().map(|(_, source)| match source {
            Source::Column(place) => plain(row.get_ref(*place)?),
            Source::SlotOf(place) => Ok(Value::Number(slot::of(row.get(*place)?).into())),
            Source::Id(places) => read_id(row, places),
            Source::By(by) => by(row),
        });
        values.collect()
    }
}

fn read_id(row: &Row<'_>, [at, journal, seq, tail]: &[usize; 4]) -> rusqlite::Result<Value> {
    let id = IdParts {
        at_ms: row.get(*at)?,
        journal: row.get(*journal)?,
        seq: row.get(*seq)?,
        tail: row.get(*tail)?,
    };
    Ok(Value::Bytes(id.to_bytes().to_vec()))
}
