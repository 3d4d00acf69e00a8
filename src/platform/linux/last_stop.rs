//! Why the PC went off last time, from the journal or else the login records.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::model::{At, Reading, Why};
use crate::platform::files::read_end;
use crate::platform::types::StopCause;

/// Absolute paths, so that nothing else can be run instead.
const JOURNALCTL: [&str; 2] = ["/usr/bin/journalctl", "/bin/journalctl"];
const SIGN_INS: &str = "/var/log/wtmp";
/// Time limit for journalctl.
const PATIENCE: Duration = Duration::from_secs(3);
/// Limit on its output, and on the login records that are read, in bytes.
const LONGEST: u64 = 4 << 20;
/// Longest distance, in ms, between the last entry and when this program was last seen for both to belong to the same
/// end.
const NEAR: i64 = 10 * 60 * 1000;
/// Message ids (systemd's sd-messages.h): logind shuts down; the journal itself stops.
const SHUTDOWN: &str = "98268866d1d54a499c4e98921d93bc40";
const JOURNAL_STOPS: &str = "d93fb3c9c24d451a97cea615ce59c00b";
/// Message id: a unit was started or, for a target, reached.
const REACHED: &str = "39f53479d3a045ac8e11786248231fbb";
const LAST_TARGETS: [&str; 6] =
    ["shutdown.target", "reboot.target", "poweroff.target", "halt.target", "kexec.target", "final.target"];

/// Why the PC went off at the end of the boot `previous_boot_id`, in which this program was last seen at `last_seen`.
pub fn sudden_stop_cause(previous_boot_id: Option<&str>, last_seen: At) -> Reading<StopCause> {
    let journal = match previous_boot_id.and_then(plain_id) {
        Some(boot) => journal_of(&boot).map_or(Reading::Missing(Why::Unsupported), |text| by_journal(&text, last_seen)),
        None => Reading::Missing(Why::NotYet),
    };
    if journal.known().is_some() {
        return journal;
    }
    match read_end(Path::new(SIGN_INS), LONGEST, RECORD as u64) {
        Ok(bytes) => Reading::from_option(by_sign_ins(&bytes, last_seen), journal.why().unwrap_or(Why::Unsupported)),
        Err(_) => journal,
    }
}

/// Accepts 32 hexadecimal digits only, whatever was stored: it becomes a command-line argument.
fn plain_id(boot_id: &str) -> Option<String> {
    let digits: String = boot_id.trim().chars().filter(|character| *character != '-').collect();
    (digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// Last messages of a boot, one JSON object per line.
fn journal_of(boot: &str) -> Option<String> {
    let program = JOURNALCTL.into_iter().find(|path| Path::new(path).exists())?;
    let mut command = Command::new(program);
    command.args(["-b", boot, "-n", "50", "-o", "json", "--no-pager", "-q"]).env_clear();
    output(&mut command, PATIENCE)
}

/// Output of a program that ends within `patience`; it is killed otherwise.
fn output(command: &mut Command, patience: Duration) -> Option<String> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    let read = move || {
        let mut bytes = Vec::new();
        let read = stdout.take(LONGEST).read_to_end(&mut bytes);
        // Nobody waits any more if it took too long.
        let _ = sender.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned()));
    };
    let started = thread::Builder::new().name("journal".into()).spawn(read);
    let answer = receiver.recv_timeout(if started.is_ok() { patience } else { Duration::ZERO });
    // Normally it has ended already.
    let _ = child.kill();
    let _ = child.wait();
    answer.ok()?.ok()
}

/// Interprets the last messages of a boot. Silence proves nothing when no message of the system itself is readable for
/// the user.
pub(super) fn by_journal(text: &str, last_seen: At) -> Reading<StopCause> {
    let entries: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let Some(last) = entries.last() else { return Reading::Missing(Why::NoSensor) };
    if entries.iter().any(is_shutdown) || field(last, "MESSAGE_ID") == JOURNAL_STOPS {
        return Reading::Known(StopCause::Orderly);
    }
    if !entries.iter().any(|entry| field(entry, "_UID") == "0" || field(entry, "_TRANSPORT") == "kernel") {
        return Reading::Missing(Why::NoPermission);
    }
    let ended = field(last, "__REALTIME_TIMESTAMP").parse::<i64>().map(|microseconds| microseconds / 1000);
    match ended {
        Ok(ended) if ended.abs_diff(last_seen.0) <= NEAR.unsigned_abs() => Reading::Known(StopCause::PowerLost),
        // The PC ran on without this program, or its last messages were never written.
        Ok(_) => Reading::Missing(Why::Stale),
        Err(_) => Reading::Missing(Why::OutOfRange),
    }
}

fn field<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Returns `true` for messages that only a system shutdown writes. (`UNIT` is set for system units only: user units
/// stop at every sign-out.)
fn is_shutdown(entry: &Value) -> bool {
    match field(entry, "MESSAGE_ID") {
        SHUTDOWN => field(entry, "SYSLOG_IDENTIFIER") == "systemd-logind",
        REACHED => LAST_TARGETS.contains(&field(entry, "UNIT")),
        _ => field(entry, "SYSLOG_IDENTIFIER") == "systemd-shutdown",
    }
}

/// Layout of a `utmp(5)` record, the same on every 64-bit Linux.
const RECORD: usize = 384;
const USER: std::ops::Range<usize> = 44..76;
const SECONDS: std::ops::Range<usize> = 340..344;
const RUN_LEVEL: u16 = 1;
const BOOT: u16 = 2;

/// Interprets the login records: a boot with or without a shutdown before it.
pub(super) fn by_sign_ins(bytes: &[u8], last_seen: At) -> Option<StopCause> {
    let mut before: Option<(bool, At)> = None;
    for record in bytes.chunks_exact(RECORD) {
        let kind = u16::from_ne_bytes([record[0], record[1]]);
        let user = record[USER].split(|byte| *byte == 0).next().unwrap_or_default();
        let is_shutdown = kind == RUN_LEVEL && user == b"shutdown";
        if !is_shutdown && kind != BOOT {
            continue;
        }
        let seconds = u32::from_ne_bytes(record[SECONDS].try_into().ok()?);
        let at = At(i64::from(seconds) * 1000);
        if kind == BOOT && at > last_seen {
            return match before? {
                (true, shutdown) if shutdown.0 >= last_seen.0.saturating_sub(NEAR) => Some(StopCause::Orderly),
                (true, _) => None,
                (false, _) => Some(StopCause::PowerLost),
            };
        }
        before = Some((is_shutdown, at));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const SEEN: At = At(1_763_900_000_000);

    /// A message of the system, `seconds` after this program was last seen.
    fn message(seconds: i64, more: &str) -> String {
        let at = (SEEN.0 + seconds * 1000) * 1000;
        format!("{{\"__REALTIME_TIMESTAMP\":\"{at}\",\"_UID\":\"0\",\"MESSAGE\":\"見 \",{more}}}\n")
    }

    #[test]
    fn a_shutdown_is_seen_in_the_journal() {
        let cron = message(10, r#""SYSLOG_IDENTIFIER":"cron""#);
        let power_key =
            message(11, r#""MESSAGE_ID":"b72ea4a2881545a0b50e200e55b9b06f","SYSLOG_IDENTIFIER":"systemd-logind""#);
        for mark in [
            r#""MESSAGE_ID":"98268866d1d54a499c4e98921d93bc40","SYSLOG_IDENTIFIER":"systemd-logind""#,
            r#""MESSAGE_ID":"39f53479d3a045ac8e11786248231fbb","UNIT":"reboot.target","SYSLOG_IDENTIFIER":"systemd""#,
            r#""SYSLOG_IDENTIFIER":"systemd-shutdown""#,
            r#""MESSAGE_ID":"d93fb3c9c24d451a97cea615ce59c00b","SYSLOG_IDENTIFIER":"systemd-journald""#,
        ] {
            let text = format!("{cron}{power_key}{}", message(12, mark));
            assert_eq!(by_journal(&text, SEEN), Reading::Known(StopCause::Orderly), "{mark}");
        }
    }

    #[test]
    fn a_journal_that_breaks_off_is_lost_power() {
        let cron = message(240, r#""SYSLOG_IDENTIFIER":"cron","MESSAGE_ID":[1,2]"#);
        let journal = message(1, r#""MESSAGE_ID":"d93fb3c9c24d451a97cea615ce59c00b""#);
        assert_eq!(by_journal(&format!("{journal}{cron}"), SEEN), Reading::Known(StopCause::PowerLost));
        assert_eq!(by_journal(&format!("not json\n{cron}"), SEEN), Reading::Known(StopCause::PowerLost));
        assert_eq!(by_journal(&message(3600, r#""A":"b""#), SEEN), Reading::Missing(Why::Stale), "it ran on");
        assert_eq!(by_journal(&message(-3600, r#""A":"b""#), SEEN), Reading::Missing(Why::Stale), "not written");
    }

    #[test]
    fn silence_means_nothing_to_somebody_who_hears_only_themselves() {
        let own = message(1, r#""USER_UNIT":"shutdown.target","MESSAGE_ID":"39f53479d3a045ac8e11786248231fbb""#);
        let own = own.replace("\"_UID\":\"0\"", "\"_UID\":\"1000\"");
        assert_eq!(by_journal(&own, SEEN), Reading::Missing(Why::NoPermission));
        assert_eq!(by_journal("", SEEN), Reading::Missing(Why::NoSensor));
    }

    fn record(kind: u16, user: &str, seconds: i64) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        record[..2].copy_from_slice(&kind.to_ne_bytes());
        record[USER][..user.len()].copy_from_slice(user.as_bytes());
        record[SECONDS].copy_from_slice(&((SEEN.0 / 1000 + seconds) as u32).to_ne_bytes());
        record
    }

    #[test]
    fn the_log_of_sign_ins_tells_of_shutdowns() {
        let first = record(BOOT, "reboot", -9000);
        let level = record(RUN_LEVEL, "runlevel", -8000);
        let shutdown = record(RUN_LEVEL, "shutdown", 60);
        let next = record(BOOT, "reboot", 300);
        let cause = |records: &[&[u8]]| by_sign_ins(&records.concat(), SEEN);
        assert_eq!(cause(&[&first, &level, &shutdown, &next]), Some(StopCause::Orderly));
        assert_eq!(cause(&[&first, &level, &next]), Some(StopCause::PowerLost));
        assert_eq!(cause(&[&next]), None, "the log begins later");
        assert_eq!(cause(&[&first, &record(RUN_LEVEL, "shutdown", -7000), &next]), None);
        assert_eq!(cause(&[&first, &level]), None, "no start since");
        assert_eq!(cause(&[&first[..100]]), None);
        // A damaged recording may say any time.
        assert_eq!(by_sign_ins(&[&shutdown[..], &next].concat(), At(i64::MIN)), Some(StopCause::Orderly));
    }

    #[test]
    fn only_a_boot_id_becomes_an_argument() {
        assert_eq!(
            plain_id("0ff3dc4b-0000-4000-8000-00000000000a\n").as_deref(),
            Some("0ff3dc4b00004000800000000000000a")
        );
        for id in ["", "--help", "0ff3dc4b", "boot-1763900000", "0ff3dc4b00004000800000000000000g"] {
            assert_eq!(plain_id(id), None, "{id}");
        }
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let begin = Instant::now();
        assert_eq!(output(Command::new("/bin/sleep").arg("30"), Duration::from_millis(200)), None);
        assert!(begin.elapsed() < Duration::from_secs(5));
        assert_eq!(output(Command::new("/bin/echo").arg("a"), PATIENCE).as_deref(), Some("a\n"));
        assert_eq!(output(&mut Command::new("/no/such/program"), PATIENCE), None);
    }

    #[test]
    fn this_pc_answers_without_a_previous_boot() {
        let cause = sudden_stop_cause(Some("00000000-0000-0000-0000-000000000000"), At(1));
        assert!(cause.known().is_none(), "{cause:?}");
    }
}
