//! Which processes use a graphics processor: the counters that the kernel's drivers write into `/proc/PID/fdinfo`
//! (kernel documentation, gpu/drm-usage-stats). Readable for processes of the same user. Drivers from outside of the
//! kernel (NVIDIA's own) have none of them.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use super::open_files::visit_own;
use crate::model::{Fraction, Pid, Reading, Why};

/// Where the files of graphics processors are.
const FILES: &str = "/dev/dri/";

/// An engine (drawing, copying, decoding) of a device.
type Engine = (String, String);

/// How long a client kept each engine busy since it was opened.
#[derive(Debug, Default, PartialEq, Eq)]
struct Client {
    /// Address of the device; empty where the driver does not tell.
    device: String,
    /// Number of the client, unique on its device: a file that is open twice is counted once.
    number: u64,
    engines: Vec<(String, Busy)>,
}

/// Time of one engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Busy {
    nanoseconds: u64,
    /// So many of its kind are counted together; 1 where nothing else is said.
    capacity: u64,
}

/// All clients at one moment, with the process that holds each.
struct ClientSnapshot {
    at: Instant,
    clients: Vec<(Pid, Client)>,
}

/// Looks, and compares with the look before.
#[derive(Default)]
pub struct GpuUsers {
    last: Option<ClientSnapshot>,
}

impl GpuUsers {
    /// Has not looked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The share of its busiest engine that each process used since the call before, without those that used none. The
    /// first call only begins to count. Takes some 10 ms: every open file of this user's processes is looked at.
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
        let look = ClientSnapshot { at: Instant::now(), clients };
        let parts = self.last.as_ref().map(|last| compare(&last.clients, &look.clients, look.at - last.at));
        self.last = Some(look);
        Reading::from_option(parts, Why::NotYet)
    }
}

/// `key:\tvalue`, one a line: `drm-client-id:\t42`, `drm-engine-gfx:\t120 ns`, `drm-engine-capacity-video:\t2`.
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

/// What each process used between two looks. A client that is new has used all it has since then.
fn compare(before: &[(Pid, Client)], now: &[(Pid, Client)], elapsed: Duration) -> Vec<(Pid, Fraction)> {
    let mut engines: HashMap<(Pid, Engine), f64> = HashMap::new();
    let nanoseconds = elapsed.as_nanos() as f64;
    let share = |used: u64, capacity: u64| used as f64 / nanoseconds / capacity as f64;
    for (pid, client) in now {
        let mut old = before.iter().map(|(_, old)| old);
        let old = old.find(|old| old.number == client.number && old.device == client.device);
        // A client with more than it can have used since then is not new: it was only not seen before.
        let is_late = |(_, busy): &(String, Busy)| share(busy.nanoseconds, busy.capacity) > 1.05;
        if old.is_none() && client.engines.iter().any(is_late) {
            continue;
        }
        for (engine, busy) in &client.engines {
            let known = old.and_then(|old| old.engines.iter().find(|(name, _)| name == engine));
            // A counter may go back a little, as the documentation says.
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
        // 7 draws for 1.5 s of 2 s, 9 is new and of the same process, 8 has done nothing and its counter fell.
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
    fn the_first_look_only_begins_to_count() {
        let mut users = GpuUsers::new();
        let first = users.read();
        assert!(matches!(first.why(), Some(Why::NotYet | Why::Unsupported)), "{first:?}");
        if first.why() == Some(Why::NotYet) {
            assert!(users.read().known().is_some());
        }
    }
}
