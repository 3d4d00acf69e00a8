//! The tables, and the migrations from older versions.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::RecorderError;
use super::row::COLUMNS;
use super::types::Tier;

/// "Mima" in ASCII: the `PRAGMA application_id` that marks our SQLite files.
pub const APPLICATION_ID: i64 = 0x4d69_6d61;

/// Size of a page in bytes. A batch of a minute has about 1 KB and touches some 11 pages, so small pages write less: on a
/// calm day 16.3 MB reach the disk with pages of 512 bytes, 18.6 MB with 1024 (measured with logs of 4 MB).
const PAGE_SIZE: u32 = 512;
/// Pages in the log at which it is checkpointed (4 MB): a page that changes often is moved once.
const CHECKPOINT_PAGES: u32 = 8000;

/// Migrations from one version of the schema to the next; version n is reached after the n-th step. A released step never
/// changes.
pub const STEPS: [&str; 5] = [V1, V2, V3, V4, V5];

/// Adds disk writes of programs. Older rows have only the sum of reads and writes.
const V5: &str = "
ALTER TABLE raw_usage ADD COLUMN disk_write INTEGER;
ALTER TABLE minute_usage ADD COLUMN disk_write INTEGER;
ALTER TABLE hour_usage ADD COLUMN disk_write INTEGER;
";

/// Adds use of the graphics processor and the network by programs. Older rows lack it.
const V4: &str = "
ALTER TABLE raw_usage ADD COLUMN gpu INTEGER;
ALTER TABLE raw_usage ADD COLUMN net_rx INTEGER;
ALTER TABLE raw_usage ADD COLUMN net_tx INTEGER;
ALTER TABLE minute_usage ADD COLUMN gpu INTEGER;
ALTER TABLE minute_usage ADD COLUMN net_rx INTEGER;
ALTER TABLE minute_usage ADD COLUMN net_tx INTEGER;
ALTER TABLE hour_usage ADD COLUMN gpu INTEGER;
ALTER TABLE hour_usage ADD COLUMN net_rx INTEGER;
ALTER TABLE hour_usage ADD COLUMN net_tx INTEGER;
";

/// Adds the programs that start automatically, and when they were first seen.
const V3: &str = "
CREATE TABLE autostart (identity TEXT PRIMARY KEY, first_seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// Adds origins of programs, when they were first seen, and whether a monitoring tool was open. Existing programs count
/// as always known.
const V2: &str = "
ALTER TABLE program ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE program ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE raw ADD COLUMN watched INTEGER;
ALTER TABLE minute ADD COLUMN watched INTEGER;
ALTER TABLE hour ADD COLUMN watched INTEGER;
";

/// Version 1 of a tier's table of samples.
macro_rules! samples_v1 {
    ($table:literal) => {
        concat!(
            "CREATE TABLE ",
            $table,
            " (
    at INTEGER PRIMARY KEY, span INTEGER, cpu INTEGER, cpu_peak INTEGER, frequency INTEGER, memory_used INTEGER,
    memory_total INTEGER, swap_used INTEGER, swap_total INTEGER, disk_read INTEGER, disk_write INTEGER,
    net_rx INTEGER, net_tx INTEGER, temperature INTEGER, fan INTEGER, fan_effort INTEGER, throttle_events INTEGER,
    pressure_cpu INTEGER, pressure_memory INTEGER, pressure_io INTEGER, gpu INTEGER, power INTEGER,
    user_idle INTEGER, foreground INTEGER, program_span INTEGER, program_total INTEGER, everything_else INTEGER,
    process_count INTEGER
) STRICT;
"
        )
    };
}

/// Version 1 of a tier's table of usages.
macro_rules! usages_v1 {
    ($table:literal) => {
        concat!(
            "CREATE TABLE ",
            $table,
            " (
    id INTEGER PRIMARY KEY, program INTEGER NOT NULL, cpu INTEGER NOT NULL, cpu_peak INTEGER,
    busiest_part INTEGER NOT NULL, memory INTEGER NOT NULL, disk INTEGER, parts INTEGER NOT NULL,
    pid INTEGER, start INTEGER
) STRICT;
"
        )
    };
}

/// Samples and usages are ordinary tables keyed by time: new rows then only fill the last page of each, which SQLite
/// packs full; tables without rowid split pages in the middle. The id of a usage is `at * 64 + n`, so it needs no index
/// and no second key.
const V1: &str = concat!(
    "
CREATE TABLE run (
    id INTEGER PRIMARY KEY, boot_id TEXT, version TEXT NOT NULL,
    started INTEGER NOT NULL, last_seen INTEGER NOT NULL, clean INTEGER NOT NULL
) STRICT;
CREATE TABLE program (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, path TEXT NOT NULL,
    UNIQUE (name, kind, path)
) STRICT;
",
    samples_v1!("raw"),
    samples_v1!("minute"),
    samples_v1!("hour"),
    usages_v1!("raw_usage"),
    usages_v1!("minute_usage"),
    usages_v1!("hour_usage"),
    "CREATE TABLE volume (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE space (
    at INTEGER NOT NULL, volume INTEGER NOT NULL, total INTEGER NOT NULL, free INTEGER NOT NULL,
    PRIMARY KEY (at, volume)
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, run INTEGER NOT NULL, lasting INTEGER NOT NULL,
    kind TEXT NOT NULL, subject TEXT NOT NULL, data TEXT
) STRICT;
CREATE INDEX event_at ON event (at);
"
);

/// Sample table of a tier.
pub const fn table(tier: Tier) -> &'static str {
    match tier {
        Tier::Raw => "raw",
        Tier::Minute => "minute",
        Tier::Hour => "hour",
    }
}

/// The columns of a sample table besides `at`, comma-separated.
pub fn columns() -> String {
    COLUMNS.map(|(name, _)| name).join(", ")
}

/// Settings that a writer needs before the first table exists, and those of every connection.
///
/// No `auto_vacuum`: free pages stay in the file and are reused, because the page map for returning them one by one
/// costs 3.5 MB of writes a day. A file created with it keeps it until it is compacted.
///
/// The cache is small because the agent has a budget of a few MB; WAL lets readers read while it writes.
pub fn prepare_writer(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "page_size", PAGE_SIZE)?;
    db.pragma_update(None, "auto_vacuum", "NONE")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "journal_size_limit", PAGE_SIZE * CHECKPOINT_PAGES)?;
    prepare(db)
}

/// Settings of every connection.
pub fn prepare(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "cache_size", -256)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(())
}

/// Version of the schema in the file; 0 if there is none.
///
/// # Errors
/// `Damaged` if it is an SQLite file of another program.
pub fn version(db: &Connection) -> Result<u32, RecorderError> {
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let id: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID || tables == 0 && version == 0 {
        Ok(version)
    } else {
        Err(RecorderError::Damaged(format!("application_id is {id}")))
    }
}

/// Migrates the file to the newest version in one transaction: a concurrent reader, or the next start after a kill,
/// finds the previous version, and a new file is never mistaken for an old one.
pub fn migrate(db: &mut Connection, steps: &[&str]) -> Result<(), RecorderError> {
    let from = version(db)? as usize;
    if from > steps.len() {
        return Err(RecorderError::NewerSchema(from as u32));
    }
    if from == steps.len() {
        return Ok(());
    }
    let change = db.transaction()?;
    for step in &steps[from..] {
        for statement in step.split_inclusive(';').filter(|statement| !statement.trim().is_empty()) {
            change.execute(statement, [])?;
        }
    }
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.pragma_update(None, "user_version", steps.len() as u32)?;
    Ok(change.commit()?)
}

/// Tables beside those of the samples.
const OTHERS: [&str; 6] = ["space", "volume", "event", "program", "autostart", "run"];

/// Every table.
pub fn tables() -> Vec<String> {
    let samples = Tier::ALL.iter().flat_map(|tier| [table(*tier).to_owned(), format!("{}_usage", table(*tier))]);
    samples.chain(OTHERS.map(str::to_owned)).collect()
}

/// Tables with their columns and the other objects of a database, as `table.column` and `index.`.
fn objects(db: &Connection) -> Result<BTreeSet<String>, RecorderError> {
    let mut select = db.prepare(
        "SELECT m.name || '.' || coalesce(c.name, '') FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c \
         WHERE m.name NOT LIKE 'sqlite_%'",
    )?;
    let objects = select.query_map([], |row| row.get(0))?;
    Ok(objects.collect::<Result<_, _>>()?)
}

/// A number that changes with the tables.
pub fn changes(db: &Connection) -> Result<i64, RecorderError> {
    Ok(db.pragma_query_value(None, "schema_version", |row| row.get(0))?)
}

/// Verifies that the tables are those of the version that the file claims to have: a table that is missing, a column
/// with another name or a wrong version would make every later statement fail.
///
/// # Errors
/// `NewerSchema` for a file of a newer version, which has tables or columns that this one does not know; `Damaged`.
pub fn verify(db: &Connection) -> Result<(), RecorderError> {
    // A migration that another process commits in between must not look like damage.
    let _consistent = db.unchecked_transaction()?;
    let version = version(db)? as usize;
    let mut own = Connection::open_in_memory()?;
    migrate(&mut own, &STEPS[..version.min(STEPS.len())])?;
    let (expected, found) = (objects(&own)?, objects(db)?);
    if version > STEPS.len() && found.difference(&expected).next().is_some() {
        return Err(RecorderError::NewerSchema(version as u32));
    }
    if version > STEPS.len() || found != expected {
        return Err(RecorderError::Damaged(format!("not the tables of version {version}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::OptionalExtension;

    use super::*;

    fn names(db: &Connection, table: &str) -> Vec<String> {
        let mut query = db.prepare("SELECT name FROM pragma_table_info(?1)").expect("query");
        let names = query.query_map([table], |row| row.get(0)).expect("names");
        names.map(|name| name.expect("a name")).collect()
    }

    #[test]
    fn an_empty_file_gets_the_tables_that_the_code_writes() {
        let mut db = Connection::open_in_memory().expect("memory");
        assert_eq!(version(&db).expect("version"), 0);
        migrate(&mut db, &STEPS).expect("migrated");
        assert_eq!(version(&db).expect("version") as usize, STEPS.len());
        for &tier in Tier::ALL {
            assert_eq!(names(&db, table(tier)).join(", "), format!("at, {}", columns()));
        }
    }

    #[test]
    fn every_old_version_becomes_the_newest_and_keeps_its_rows() {
        let later = [STEPS[0], STEPS[1], STEPS[2], STEPS[3], STEPS[4], "ALTER TABLE run ADD COLUMN note TEXT;"];
        for from in 0..later.len() {
            let mut db = Connection::open_in_memory().expect("memory");
            migrate(&mut db, &later[..from]).expect("old");
            if from > 0 {
                let run = "INSERT INTO run (version, started, last_seen, clean) VALUES ('1', 1, 2, 0)";
                db.execute(run, []).expect("a run");
                for &tier in Tier::ALL {
                    let usage = "(id, program, cpu, busiest_part, memory, parts) VALUES (64, 1, 2, 3, 4, 5)";
                    db.execute(&format!("INSERT INTO {}_usage {usage}", table(tier)), []).expect("a usage");
                }
            }
            migrate(&mut db, &later).expect("migrated");
            assert_eq!(version(&db).expect("version") as usize, later.len());
            assert!(names(&db, "run").contains(&"note".to_owned()));
            let runs: u32 = db.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).expect("runs");
            assert_eq!(runs, u32::from(from > 0));
            for &tier in Tier::ALL {
                let select = format!("SELECT cpu, gpu, net_rx, net_tx, disk_write FROM {}_usage", table(tier));
                let read = |row: &rusqlite::Row<'_>| {
                    let values: [Option<i64>; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
                    Ok(values)
                };
                let kept = db.query_row(&select, [], read).optional().expect("usages");
                assert_eq!(kept, (from > 0).then_some([Some(2), None, None, None, None]), "{tier:?} of version {from}");
            }
        }
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut db = Connection::open_in_memory().expect("memory");
        let broken = [STEPS[0], "CREATE TABLE more (id INTEGER); CREATE TABLE run (id INTEGER);"];
        assert!(migrate(&mut db, &broken).is_err());
        assert_eq!(version(&db).expect("version"), 0, "not the first step either");
        assert!(names(&db, "more").is_empty() && names(&db, "event").is_empty());
        migrate(&mut db, &STEPS[..1]).expect("migrated");
        assert!(matches!(migrate(&mut db, &[]), Err(RecorderError::NewerSchema(1))));
    }
}
