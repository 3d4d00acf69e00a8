//! One odd sample in sixty, missing, zero or doubled, changes no finding.

use super::rules::fixture::{Scene, process};
use super::{RuleId, Severity};
use crate::model::{Bytes, BytesPerSec, Fraction, Memory, OriginFlag, Pressure, ProcSample, Reading, Sample, Why};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Odd {
    Missing,
    Zero,
    Doubled,
}

/// A steady situation: its processes, and what else each of its samples shows.
struct Situation {
    rule: RuleId,
    processes: Vec<ProcSample>,
    change: fn(&mut Sample, f64),
}

/// Samples of two seconds in a situation.
const SAMPLES: usize = 150;
/// Number of samples of which one is odd.
const EVERY: usize = 60;

fn situations() -> Vec<Situation> {
    let none = |_: &mut Sample, _: f64| ();
    let hidden = process(700, "/tmp/.x/kworker", 0.5).marked(&[OriginFlag::KernelName, OriginFlag::HiddenFile]);
    vec![
        Situation { rule: RuleId::CpuHog, processes: vec![process(10, "/opt/sums/sums", 0.96)], change: none },
        Situation { rule: RuleId::SecretMining, processes: vec![hidden], change: none },
        Situation {
            rule: RuleId::ManySmall,
            processes: (0..20).map(|n| process(200 + n, &format!("/opt/small{n}"), 0.045)).collect(),
            change: none,
        },
        Situation {
            rule: RuleId::UnattributedLoad,
            processes: vec![process(10, "/usr/bin/bash", 0.02)],
            change: |sample, factor| {
                sample.cpu = Reading::Known(Fraction::new(0.45 * factor));
                sample.program_total = sample.cpu;
            },
        },
        Situation {
            rule: RuleId::MemoryPressure,
            processes: vec![process(10, "/usr/bin/bash", 0.02)],
            change: |sample, factor| {
                let used = if factor == 0.0 { 0.0 } else { 0.97 };
                sample.memory =
                    Reading::Known(Memory { used: Bytes((used * 1e10) as u64), total: Bytes(10_000_000_000) });
            },
        },
        Situation {
            rule: RuleId::DiskBusy,
            processes: vec![process(10, "/usr/bin/bash", 0.02)],
            change: |sample, factor| {
                sample.disk_busy = Reading::Known(Fraction::new(0.98 * factor));
                sample.disk_read = Reading::Known(BytesPerSec(3e7 * factor));
                sample.disk_write = Reading::Known(BytesPerSec(0.0));
                let none = Fraction::ZERO;
                sample.pressure = Reading::Known(Pressure { cpu: none, memory: none, io: Fraction::new(0.6 * factor) });
            },
        },
        Situation {
            rule: RuleId::NetworkBusy,
            processes: vec![process(10, "/usr/bin/bash", 0.02)],
            change: |sample, factor| {
                sample.net_rx = Reading::Known(BytesPerSec(2e7 * factor));
                sample.net_tx = Reading::Known(BytesPerSec(0.0));
            },
        },
    ]
}

fn found(situation: &Situation, odd: Option<(Odd, usize)>) -> Vec<(RuleId, String, Severity)> {
    let mut scene = Scene::linux();
    for index in 0..SAMPLES {
        let is_odd = odd.filter(|(_, offset)| index % EVERY == *offset % EVERY && index >= 20);
        let factor = match is_odd {
            Some((Odd::Zero | Odd::Missing, _)) => 0.0,
            Some((Odd::Doubled, _)) => 2.0,
            None => 1.0,
        };
        let scaled = |process: &ProcSample| {
            let cpu = process.cpu.map(|cpu| Fraction::new((cpu.get() * factor).min(1.0)));
            ProcSample { cpu, ..process.clone() }
        };
        let processes: Vec<ProcSample> = situation.processes.iter().map(scaled).collect();
        scene.run_with(&processes, 2.0, |sample| {
            (situation.change)(sample, factor);
            if is_odd.is_some_and(|(odd, _)| odd == Odd::Missing) {
                let missing = Reading::Missing(Why::Stale);
                (sample.cpu, sample.program_total, sample.memory) = (missing, missing, Reading::Missing(Why::Stale));
                (sample.disk_busy, sample.pressure) = (missing, Reading::Missing(Why::Stale));
                (sample.net_rx, sample.net_tx) = (Reading::Missing(Why::Stale), Reading::Missing(Why::Stale));
            }
        });
    }
    let found = scene.diagnose();
    let mut found: Vec<_> = found.into_iter().map(|found| (found.rule, found.subject.group, found.severity)).collect();
    found.sort();
    found
}

#[test]
fn one_odd_sample_in_sixty_changes_no_finding() {
    for situation in situations() {
        let usual = found(&situation, None);
        assert!(usual.iter().any(|(rule, ..)| *rule == situation.rule), "{:?}: {usual:?}", situation.rule);
        for odd in [Odd::Missing, Odd::Zero, Odd::Doubled] {
            // The last offset makes the newest sample odd.
            for offset in [5, 23, 28, SAMPLES - 1] {
                assert_eq!(found(&situation, Some((odd, offset))), usual, "{:?}, {odd:?} at {offset}", situation.rule);
            }
        }
    }
}
