//! What `tidings doctor` looks at in a PostgreSQL. It changes nothing, and also looks at a standby.

use std::collections::BTreeSet;

use tidings_domain::clock::{Clock, Millis};
use tidings_store::StoreError;
use tidings_store::checkup::Finding;
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::connector::Connector;
use crate::failure::Result;
use crate::statements::statements;
use crate::{MIGRATIONS, Options, distribute, migration, partitions, server};

/// Clocks that differ by more than this make times in lists look odd.
const OFFSET_MS_WARN: Millis = 500;
/// And by this much, deliveries come visibly early or late.
const OFFSET_MS_MAX: Millis = 5_000;

statements! {
    LOOK = "-- look
        SELECT current_setting('server_version'), current_setting('server_version_num')::integer,
            current_setting('server_encoding'), pg_is_in_recovery(),
            current_setting('transaction_read_only') = 'on',
            (extract(epoch FROM statement_timestamp()) * 1000)::bigint,
            current_setting('max_connections')::bigint,
            current_setting('superuser_reserved_connections')::bigint
                + coalesce(current_setting('reserved_connections', true), '0')::bigint,
            (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
            (SELECT rolconnlimit::bigint FROM pg_roles WHERE rolname = current_user),
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
            pg_database_size(current_database()),
            (SELECT coalesce(version, 'none') FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
            inet_client_addr() IS NULL OR inet_client_addr() = inet_server_addr(),
            current_setting('synchronous_commit'), current_setting('synchronous_standby_names')";
    PARTITIONS = "-- partitions
        SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN (to_regclass('message'), to_regclass('attempt'))";
}

/// What the server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Writes,
    /// Reads only, because somebody has set it so.
    Reads,
    /// Reads only, since it follows another.
    ReadsAsStandby,
}

/// What was read of the server, in one go.
struct Look {
    version: String,
    number: i32,
    encoding: String,
    takes: Takes,
    now_ms: Millis,
    connections_max: i64,
    reserved: i64,
    in_use: i64,
    role_limit: i64,
    may_create: bool,
    bytes: i64,
    tls: String,
    is_near: bool,
    synchronous_commit: String,
    standbys: String,
}

impl Look {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            version: row.try_get(0)?,
            number: row.try_get(1)?,
            encoding: row.try_get(2)?,
            takes: match (row.try_get(3)?, row.try_get(4)?) {
                (true, _) => Takes::ReadsAsStandby,
                (false, true) => Takes::Reads,
                (false, false) => Takes::Writes,
            },
            now_ms: row.try_get(5)?,
            connections_max: row.try_get(6)?,
            reserved: row.try_get(7)?,
            in_use: row.try_get(8)?,
            role_limit: row.try_get::<_, Option<i64>>(9)?.unwrap_or(-1),
            may_create: row.try_get(10)?,
            bytes: row.try_get(11)?,
            tls: row.try_get(12)?,
            is_near: row.try_get(13)?,
            synchronous_commit: row.try_get(14)?,
            standbys: row.try_get(15)?,
        })
    }
}

/// Looks at everything. An error only where the address or a file in it cannot be read.
pub async fn examine(
    options: &Options,
    connections_max: usize,
    allowed: &[String],
    clock: &dyn Clock,
) -> std::result::Result<Vec<Finding>, StoreError> {
    let connector = Connector::new(options)?.for_any_server();
    let connection = match Connection::try_open(&connector).await {
        Ok(connection) => connection,
        Err(refusal) => {
            let why = refusal.to_string();
            return Ok(vec![Finding::failure("connection", why, "")]);
        }
    };
    Ok(findings(&connection, options, connections_max, allowed, clock).await?)
}

async fn findings(
    connection: &Connection,
    options: &Options,
    connections_max: usize,
    allowed: &[String],
    clock: &dyn Clock,
) -> Result<Vec<Finding>> {
    // The first one prepares the statement, so that the second takes one trip there and back.
    connection.query_one(LOOK, &[]).await?;
    let before = clock.now_ms();
    let row = connection.query_one(LOOK, &[]).await?;
    let after = clock.now_ms();
    let look = Look::read(&row)?;
    let mut findings = vec![
        encryption(&look),
        version(&look),
        primary(&look),
        offset(look.now_ms - i64::midpoint(before, after), after - before),
    ];
    findings.extend(durability(connection, &look, allowed).await?);
    findings.push(connections(&look, connections_max));
    findings.push(rights(&look));
    if look.number >= server::VERSION_MIN && look.takes == Takes::Writes {
        findings.push(schema(options).await);
    }
    findings.push(days(connection, clock.now_ms()).await?);
    findings.push(distribute::finding(connection).await?);
    let gib = size(look.bytes);
    findings.push(Finding::note(
        "disk",
        format!(
            "the database takes {gib}; the free space of its server cannot be seen from here, so watch \
             it there"
        ),
    ));
    Ok(findings)
}

fn size(bytes: i64) -> String {
    let mib = bytes / (1 << 20);
    format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024)
}

fn encryption(look: &Look) -> Finding {
    match (look.tls.as_str(), look.is_near) {
        ("none", true) => Finding::good("connection", "on this machine, without TLS"),
        ("none", false) => Finding::warning(
            "connection",
            "over the network without TLS",
            "set sslmode=verify-full in the address",
        ),
        (tls, _) => Finding::good("connection", format!("encrypted with {tls}")),
    }
}

fn version(look: &Look) -> Finding {
    match server::judge(look.number, &look.version, &look.encoding) {
        Ok(()) => Finding::good("version", format!("PostgreSQL {}", look.version)),
        Err(why) => Finding::failure("version", why, ""),
    }
}

fn primary(look: &Look) -> Finding {
    match look.takes {
        Takes::Writes => Finding::good("primary", "it takes writes"),
        Takes::Reads => {
            let advice = "switch default_transaction_read_only off";
            Finding::failure("primary", "this server takes no writes", advice)
        }
        Takes::ReadsAsStandby => {
            let advice = "name the primary in the address, or several hosts with commas";
            Finding::failure("primary", "this server is a standby", advice)
        }
    }
}

fn offset(offset_ms: Millis, trip_ms: Millis) -> Finding {
    let found = format!("{offset_ms} ms between here and there (to within {trip_ms} ms)");
    let distance = offset_ms.abs() - trip_ms;
    let advice = "let both machines follow a time server";
    if distance > OFFSET_MS_MAX {
        Finding::failure("clock", found, advice)
    } else if distance > OFFSET_MS_WARN {
        Finding::warning("clock", found, advice)
    } else {
        Finding::good("clock", found)
    }
}

async fn durability(
    connection: &Connection,
    look: &Look,
    allowed: &[String],
) -> Result<Vec<Finding>> {
    let risks = server::risks_of(connection).await?;
    let settings = server::risky_settings().map(|setting| {
        let Some(risk) = risks.iter().find(|risk| risk.setting == setting) else {
            return Finding::good(
                setting,
                if setting == "synchronous_commit" {
                    look.synchronous_commit.as_str()
                } else {
                    "on"
                },
            );
        };
        let found = format!("{}: {}", risk.value, risk.why);
        if allowed.iter().any(|name| name == setting) {
            Finding::warning(
                setting,
                found,
                "`store_allow_unsafe` names it, so servers start",
            )
        } else {
            Finding::failure(setting, found, "set it to on")
        }
    });
    let mut findings: Vec<_> = settings.collect();
    findings.push(
        match (look.standbys.as_str(), look.synchronous_commit.as_str()) {
            ("", _) => Finding::note(
                "standbys",
                "no commit waits for one: a failover may lose the latest messages",
            ),
            (names, "off" | "local") => Finding::warning(
                "standbys",
                format!("{names} are named, and commits do not wait for them"),
                "set synchronous_commit to on",
            ),
            (names, _) => Finding::good("standbys", format!("commits wait for {names}")),
        },
    );
    Ok(findings)
}

fn connections(look: &Look, wanted: usize) -> Finding {
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let mut usable = look.connections_max - look.reserved;
    if look.role_limit >= 0 {
        usable = usable.min(look.role_limit);
    }
    // One of those in use is ours.
    let (in_use, advice) = (
        look.in_use - 1,
        "lower `store_connections_max`, raise max_connections, or put a pooler between",
    );
    let found = format!(
        "each node takes up to {wanted}; there are {usable} for such roles, {in_use} in use now"
    );
    if wanted > usable {
        Finding::failure("connections", found, advice)
    } else if wanted + in_use > usable {
        Finding::warning("connections", found, advice)
    } else {
        Finding::good("connections", found)
    }
}

fn rights(look: &Look) -> Finding {
    if look.may_create {
        return Finding::good("rights", "it may make tables and partitions");
    }
    let advice = "grant the role CREATE on the schema";
    Finding::failure("rights", "it may not make tables and partitions", advice)
}

async fn schema(options: &Options) -> Finding {
    match migration::plan(options, MIGRATIONS).await {
        Err(error) => Finding::failure("schema", error.to_string(), ""),
        Ok(plan) if plan.version == plan.wanted => {
            Finding::good("schema", format!("version {}", plan.version))
        }
        Ok(plan) => Finding::warning(
            "schema",
            format!(
                "version {}, and this program needs {}",
                plan.version, plan.wanted
            ),
            "run `tidings migrate`, or start a server",
        ),
    }
}

async fn days(connection: &Connection, now: Millis) -> Result<Finding> {
    let rows = connection.query(PARTITIONS, &[]).await?;
    let there: std::result::Result<BTreeSet<String>, _> =
        rows.iter().map(|row| row.try_get(0)).collect();
    let there = there?;
    let missing: Vec<_> = partitions::ahead(now)
        .filter(|name| !there.contains(name))
        .collect();
    Ok(if missing.is_empty() {
        Finding::good("partitions", "made for today and a week ahead")
    } else {
        Finding::warning(
            "partitions",
            format!("{} are missing: {}", missing.len(), missing.join(", ")),
            "a running server makes them; if one runs, its log says why it cannot",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidings_store::checkup::Verdict;

    fn look() -> Look {
        Look {
            version: "15.0".into(),
            number: 150_000,
            encoding: "UTF8".into(),
            takes: Takes::Writes,
            now_ms: 0,
            connections_max: 100,
            reserved: 3,
            in_use: 11,
            role_limit: -1,
            may_create: true,
            bytes: 3 << 29,
            tls: "none".into(),
            is_near: false,
            synchronous_commit: "on".into(),
            standbys: String::new(),
        }
    }

    #[test]
    fn a_clock_is_judged_by_what_the_trip_leaves_certain() {
        for (offset_ms, trip_ms, verdict) in [
            (500, 0, Verdict::Good),
            (-501, 0, Verdict::Warning),
            (501, 1, Verdict::Good),
            (5_000, 0, Verdict::Warning),
            (-5_001, 0, Verdict::Failure),
        ] {
            assert_eq!(offset(offset_ms, trip_ms).verdict, verdict, "{offset_ms}");
        }
    }

    #[test]
    fn connections_are_judged_by_what_is_left_of_them() {
        for (wanted, role_limit, verdict) in [
            (87, -1, Verdict::Good),
            (88, -1, Verdict::Warning),
            (97, -1, Verdict::Warning),
            (98, -1, Verdict::Failure),
            (20, 20, Verdict::Warning),
            (21, 20, Verdict::Failure),
        ] {
            let look = Look {
                role_limit,
                ..look()
            };
            assert_eq!(connections(&look, wanted).verdict, verdict, "{wanted}");
        }
    }

    #[test]
    fn a_connection_over_the_network_should_be_encrypted() {
        assert_eq!(encryption(&look()).verdict, Verdict::Warning);
        let near = Look {
            is_near: true,
            ..look()
        };
        assert_eq!(encryption(&near).verdict, Verdict::Good);
        let tls = Look {
            tls: "TLSv1.3".into(),
            ..look()
        };
        assert_eq!(encryption(&tls).found, "encrypted with TLSv1.3");
        assert_eq!(size(look().bytes), "1.5 GiB");
    }
}
