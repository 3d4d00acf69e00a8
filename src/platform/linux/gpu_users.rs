//! GPU usage by process, from the counters that kernel drivers write into `/proc/PID/fdinfo` (kernel documentation,
//! gpu/drm-usage-stats). Readable for processes of the same user. Out-of-tree drivers (NVIDIA's own) lack them.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use super::open_files::visit_own;
use crate::model::{Fraction, Pid, Reading, Why};

/// Folder of GPU device files.
const FILES: &str = "/dev/dri/";

/// Device and engine (drawing, copying, decoding).
type Engine = (String, String);

/// Busy time of a client's engines since it was opened.
#[derive(Debug, Default, PartialEq, Eq)]
struct Client {
    /// Address of the device; empty when the driver does not report it.
    device: String,
    /// Client id, unique per device: duplicates of a file descriptor are counted once.
    number: u64,
    engines: Vec<(String, Busy)>,
}

/// Busy time of one engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Busy {
    nanoseconds: u64,
    /// Number of engines of this kind that are counted together; 1 by default.
    capacity: u64,
}

/// All clients at one moment, each with the process that holds it.
struct ClientSnapshot {
    at: Instant,
    clients: Vec<(Pid, Client)>,
}

/// Computes usage from two consecutive readings.
#[derive(Default)]
pub struct GpuUsers {
    last: Option<ClientSnapshot>,
}

impl GpuUsers {
    /// Creates the reader; nothing is read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Share of its busiest engine that each process used since the previous call, without those that used none. The
    /// first call only starts the count. Takes some 10 ms: every open file of this user's processes is visited.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Fraction)>> {
        let mut clients: Vec<(Pid, Client)> = Vec::new();
        let mut any = false;
        let listed = visit_own(|pid, number, link| {
            if !link.starts_with(FILES) {
                return;
            }
            any = true;
            let client = fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).ok().and_then(|text| parse(&text));
            let known = |client: &Client| {
                clients.iter().any(|(_, known)| known.number == client.number && known.device == client.device)
            };
            if let Some(client) = client.filter(|client| !known(client)) {
                clients.push((pid, client));
            }
        });
        if listed.is_err() || (any && clients.is_empty()) {
            return Reading::Missing(Why::Unsupported);
        }
        let snapshot = ClientSnapshot { at: Instant::now(), clients };
        let parts = self.last.as_ref().map(|last| compare(&last.clients, &snapshot.clients, snapshot.at - last.at));
        self.last = Some(snapshot);
        Reading::from_option(parts, Why::NotYet)
    }
}

/// Parses `key:\tvalue` lines: `drm-client-id:\t42`, `drm-engine-gfx:\t120 ns`, `drm-engine-capacity-video:\t2`.
fn parse(fdinfo: &str) -> Option<Client> {
    let mut client = Client::default();
    let mut number = None;
    let mut capacities: Vec<(&str, u64)> = Vec::new();
    for line in fdinfo.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match key {
            "drm-pdev" => value.clone_into(&mut client.device),
            "drm-client-id" => number = value.parse().ok(),
            _ => {
                if let Some(engine) = key.strip_prefix("drm-engine-capacity-") {
                    capacities.extend(value.parse().ok().filter(|count| *count > 0).map(|count| (engine, count)));
                } else if let Some(engine) = key.strip_prefix("drm-engine-")
                    && let Some(nanoseconds) = value.strip_suffix("ns").and_then(|time| time.trim().parse().ok())
                {
                    client.engines.push((engine.to_owned(), Busy { nanoseconds, capacity: 1 }));
                }
            }
        }
    }
    client.number = number?;
    for (engine, busy) in &mut client.engines {
        busy.capacity = capacities.iter().find(|(name, _)| name == engine).map_or(1, |(_, count)| *count);
    }
    (!client.engines.is_empty()).then_some(client)
}

/// Usage of each process between two readings. A new client used all of its time since the first one.
fn compare(before: &[(Pid, Client)], now: &[(Pid, Client)], elapsed: Duration) -> Vec<(Pid, Fraction)> {
    let mut engines: HashMap<(Pid, Engine), f64> = HashMap::new();
    let nanoseconds = elapsed.as_nanos() as f64;
    let share = |used: u64, capacity: u64| used as f64 / nanoseconds / capacity as f64;
    for (pid, client) in now {
        let mut old = before.iter().map(|(_, old)| old);
        let old = old.find(|old| old.number == client.number && old.device == client.device);
        // A client with more time than fits into `elapsed` is not new: it was only not visible before.
        let is_late = |(_, busy): &(String, Busy)| share(busy.nanoseconds, busy.capacity) > 1.05;
        if old.is_none() && client.engines.iter().any(is_late) {
            continue;
        }
        for (engine, busy) in &client.engines {
            let known = old.and_then(|old| old.engines.iter().find(|(name, _)| name == engine));
            // A counter may go back a little, as documented.
            let used = busy.nanoseconds.saturating_sub(known.map_or(0, |(_, old)| old.nanoseconds));
            let key = (*pid, (client.device.clone(), engine.clone()));
            *engines.entry(key).or_default() += share(used, busy.capacity);
        }
    }
    let mut parts: HashMap<Pid, f64> = HashMap::new();
    for ((pid, _), share) in engines {
        let part = parts.entry(pid).or_default();
        *part = part.max(share);
    }
    let mut parts: Vec<(Pid, Fraction)> = parts
        .into_iter()
        .filter(|(_, share)| share.is_finite() && *share > 0.0)
        .map(|(pid, share)| (pid, Fraction::new(share)))
        .collect();
    parts.sort_by(|a, b| b.1.get().total_cmp(&a.1.get()).then(a.0.cmp(&b.0)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMDGPU: &str = "pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t435\ndrm-driver:\tamdgpu\ndrm-client-id:\t7\n\
                          drm-pdev:\t0000:03:00.0\npasid:\t32783\ndrm-memory-vram:\t1452 KiB\n\
                          drm-engine-gfx:\t4000000000 ns\ndrm-engine-enc:\t0 ns\ndrm-engine-dec:\t2000000000 ns\n\
                          drm-engine-capacity-dec:\t2\n";

    fn later(text: &str, gfx: &str) -> Client {
        parse(&text.replace("4000000000", gfx)).expect("a client")
    }

    #[test]
    fn the_counters_of_a_driver_are_read() {
        let client = parse(AMDGPU).expect("a client");
        assert_eq!((client.number, client.device.as_str()), (7, "0000:03:00.0"));
        let busy = |nanoseconds, capacity| Busy { nanoseconds, capacity };
        let engines: Vec<(&str, Busy)> = client.engines.iter().map(|(name, busy)| (name.as_str(), *busy)).collect();
        assert_eq!(engines, [("gfx", busy(4_000_000_000, 1)), ("enc", busy(0, 1)), ("dec", busy(2_000_000_000, 2))]);
        for other in ["", "pos:\t0\n", "drm-client-id:\t7\n", "drm-engine-gfx:\t1 ns\n", "drm-client-id:\tx\n\0:\n::"] {
            assert_eq!(parse(other), None, "{other:?}");
        }
        let strange = "drm-client-id: 1\ndrm-engine-a: 9999999999999999999999 ns\ndrm-engine-b: 5 KiB\n\
                       drm-engine-capacity-c: 0\ndrm-engine-c: 18446744073709551615 ns\n";
        assert_eq!(parse(strange).expect("a client").engines, [("c".to_owned(), busy(u64::MAX, 1))]);
    }

    #[test]
    fn the_busiest_engine_of_a_process_counts() {
        let before = [(10, later(AMDGPU, "4000000000")), (11, later(&AMDGPU.replace("id:\t7", "id:\t8"), "500"))];
        // 7 draws for 1.5 s of 2 s, 9 is new in the same process, 8 is idle and its counter fell.
        let now = [
            (10, later(AMDGPU, "5500000000")),
            (10, later(&AMDGPU.replace("id:\t7", "id:\t9").replace("\t2000000000 ns", "\t0 ns"), "100000000")),
            (11, later(&AMDGPU.replace("id:\t7", "id:\t8"), "400")),
        ];
        let parts = compare(&before, &now, Duration::from_secs(2));
        assert_eq!(parts, [(10, Fraction::new(0.8))]);
        assert!(compare(&before, &before, Duration::ZERO).is_empty());
        assert!(compare(&[], &before[..1], Duration::from_secs(2)).is_empty(), "open for longer, seen only now");
    }

    #[test]
    fn the_first_reading_only_begins_to_count() {
        let mut users = GpuUsers::new();
        let first = users.read();
        assert!(matches!(first.why(), Some(Why::NotYet | Why::Unsupported)), "{first:?}");
        if first.why() == Some(Why::NotYet) {
            assert!(users.read().known().is_some());
        }
    }
}
