//! What a migration would do, for people.

use super::{Migration, Progress, Step};

/// How far a database is, and what is left to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version of the database.
    pub version: usize,
    /// The version that this program needs.
    pub wanted: usize,
    /// What is left to do, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step that is left to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The version that it leads to.
    pub version: usize,
    /// What that version is for.
    pub migration: &'static str,
    /// What it does to those who work meanwhile.
    pub effect: &'static str,
    /// What is run.
    pub sql: String,
}

impl Plan {
    pub(super) fn new(at: Progress, migrations: &[Migration]) -> Self {
        let left = migrations.iter().enumerate().skip(at.version);
        let steps = left.flat_map(|(version, migration)| {
            let done = if version == at.version { at.steps } else { 0 };
            let steps = migration.steps.iter().skip(done);
            steps.map(move |step| PlannedStep {
                version: version + 1,
                migration: migration.name,
                effect: step.effect(),
                sql: step.sql(),
            })
        });
        Self {
            version: at.version,
            wanted: migrations.len(),
            steps: steps.collect(),
        }
    }
}

impl Step {
    fn effect(&self) -> &'static str {
        match self {
            Self::Create(_) => "makes tables; nobody waits",
            Self::Statement(_) => "one statement; writers wait less than 200 ms",
            Self::Index { .. } => "an index, built beside the writers; may take long",
            Self::Rows(_) => "changes rows, a few at a time; may take long",
        }
    }

    fn sql(&self) -> String {
        match self {
            Self::Create(sql) | Self::Statement(sql) | Self::Rows(sql) => (*sql).to_owned(),
            Self::Index { name, table, on } => {
                format!("CREATE INDEX CONCURRENTLY {name} ON {table} {on}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIGRATIONS: &[Migration] = &[
        Migration {
            name: "one",
            steps: &[Step::Create("a"), Step::Statement("b")],
        },
        Migration {
            name: "two",
            steps: &[Step::Rows("c")],
        },
    ];

    #[test]
    fn a_plan_goes_on_after_the_last_step_that_was_done() {
        let at = |version, steps| {
            let plan = Plan::new(Progress { version, steps }, MIGRATIONS);
            let left = plan.steps.into_iter();
            left.map(|step| (step.version, step.sql))
                .collect::<Vec<_>>()
        };
        let step = |version, sql: &str| (version, sql.to_owned());
        assert_eq!(at(0, 0), [step(1, "a"), step(1, "b"), step(2, "c")]);
        assert_eq!(at(0, 1), [step(1, "b"), step(2, "c")]);
        assert_eq!(at(1, 0), [step(2, "c")]);
        assert_eq!(at(2, 0), []);
    }
}
