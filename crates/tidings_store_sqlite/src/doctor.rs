//! What `tidings doctor` looks at in a data folder. It changes nothing, and works beside a running server.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use rustix::fs::statvfs;
use tidings_store::checkup::Finding;
use tidings_store::{Room, StoreError};

use crate::convert::failed;
use crate::room::judge;
use crate::{FILE, Options, Synchronous, schema};

/// How many defects of a file are named.
const DEFECTS_COUNT_MAX: usize = 3;

/// Looks at everything.
pub fn examine(options: &Options) -> Result<Vec<Finding>, StoreError> {
    let file = options.folder.join(FILE);
    if !file.try_exists().unwrap_or(false) {
        let found = format!("there is no {FILE} in {}", options.folder.display());
        let advice = "start a server, or name the folder with --data";
        return Ok(vec![Finding::failure("database", found, advice)]);
    }
    let mut findings = vec![schema(&file)];
    let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let read = connection.and_then(|connection| {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok([journal_mode(&connection)?, integrity(&connection)?])
    });
    match read {
        Ok(more) => findings.extend(more),
        Err(error) => findings.push(damaged(failed(error).to_string())),
    }
    findings.push(synchronous(options.synchronous));
    findings.push(disk(&options.folder));
    Ok(findings)
}

fn damaged(found: impl Into<String>) -> Finding {
    let advice = "stop the server, keep a copy of the files, and restore a backup";
    Finding::failure("integrity", found, advice)
}

fn schema(file: &Path) -> Finding {
    match schema::versions(file) {
        Err(error) => Finding::failure("schema", error.to_string(), ""),
        Ok((version, wanted)) if version == wanted => {
            Finding::good("schema", format!("version {version}"))
        }
        Ok((version, wanted)) => Finding::warning(
            "schema",
            format!("version {version}, and this program needs {wanted}"),
            "run `tidings migrate`, or start a server",
        ),
    }
}

fn journal_mode(connection: &Connection) -> rusqlite::Result<Finding> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    Ok(if mode == "wal" {
        Finding::good("journal mode", "wal")
    } else {
        let advice = "something else has changed it; a server sets it to wal when it starts";
        Finding::failure("journal mode", mode, advice)
    })
}

fn integrity(connection: &Connection) -> rusqlite::Result<Finding> {
    let mut check = connection.prepare("PRAGMA quick_check")?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?;
    let said: Vec<String> = said.take(DEFECTS_COUNT_MAX).collect::<Result<_, _>>()?;
    Ok(if said == ["ok"] {
        Finding::good("integrity", "quick_check finds nothing")
    } else {
        damaged(said.join("; "))
    })
}

fn synchronous(synchronous: Synchronous) -> Finding {
    match synchronous {
        Synchronous::Full => Finding::good("synchronous", "full: each commit is synced"),
        Synchronous::Normal => Finding::failure(
            "synchronous",
            "normal: a power cut loses the latest messages although they were acknowledged",
            "set `sqlite_synchronous` to full",
        ),
    }
}

fn disk(folder: &Path) -> Finding {
    let Ok(disk) = statvfs(folder) else {
        return Finding::note("disk", "its free space cannot be seen");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let total = disk.f_blocks.saturating_mul(disk.f_frsize);
    let found = format!("{} MiB free of {} MiB", free >> 20, total >> 20);
    match judge(free, total) {
        Room::Enough => Finding::good("disk", found),
        Room::Low => Finding::failure("disk", found, "make room: new messages are refused"),
        Room::None => Finding::failure("disk", found, "make room: nothing is sent any more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidings_store::checkup::Verdict;

    fn verdicts(findings: &[Finding]) -> Vec<(&'static str, Verdict)> {
        let each = findings.iter();
        each.map(|finding| (finding.check, finding.verdict))
            .collect()
    }

    #[test]
    fn a_folder_is_judged_by_its_file_and_how_it_is_written() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut options = Options::command(folder.path());
        let nothing = examine(&options).unwrap();
        assert_eq!(verdicts(&nothing), [("database", Verdict::Failure)]);

        let file = folder.path().join(FILE);
        let mut connection = crate::connect(&file, Synchronous::Full).unwrap();
        schema::migrate(&mut connection).unwrap();
        let good = examine(&options).unwrap();
        let bad = |findings: &[Finding]| {
            let each = verdicts(findings).into_iter();
            each.filter(|(_, verdict)| *verdict == Verdict::Failure)
                .map(|(check, _)| check)
                .collect::<Vec<_>>()
        };
        assert_eq!(good.len(), 5, "{good:?}");
        assert_eq!(bad(&good), [""; 0], "{good:?}");
        options.synchronous = Synchronous::Normal;
        assert_eq!(bad(&examine(&options).unwrap()), ["synchronous"]);
        options.synchronous = Synchronous::Full;
        let mode = "PRAGMA journal_mode = DELETE";
        connection.query_row(mode, [], |_| Ok(())).unwrap();
        drop(connection);
        assert_eq!(bad(&examine(&options).unwrap()), ["journal mode"]);
        // A page in the middle is overwritten.
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
        let damaged = examine(&options).unwrap();
        assert!(bad(&damaged).contains(&"integrity"), "{damaged:?}");
    }
}
