//! Properties that hold for every history.

use std::sync::Arc;

use mimamori::diagnose::{Finding, Grouper, RuleId, Severity, diagnose};
use mimamori::knowledge::Knowledge;
use mimamori::model::{
    At, Bytes, BytesPerSec, Celsius, Condition, Fraction, Given, History, Machine, Memory, Origin, OriginFlag, Os,
    Owner, Power, Pressure, ProcFacts, ProcKey, ProcSample, ProcState, Reading, Sample, Seconds, Swap, Volume, Why,
};
use proptest::prelude::*;

/// A process, reduced to a few numbers.
#[derive(Clone, Debug)]
struct Work {
    name: usize,
    cpu: f64,
    memory: u64,
    disk: f64,
    start: u64,
    marks: Vec<OriginFlag>,
    window: Option<bool>,
    hung: bool,
}

/// A sample, reduced to a few numbers.
#[derive(Clone, Debug)]
struct SampleSpec {
    step: i64,
    total: Option<f64>,
    rest: f64,
    celsius: Option<f64>,
    free: u64,
    swap: u64,
    idle: f64,
    watched: Option<bool>,
    work: Vec<Work>,
}

const NAMES: [&str; 6] = [
    "/home/a/sums",
    "/usr/lib/chromium/chromium",
    "/tmp/.x/kworker",
    "/usr/bin/gcc",
    "/opt/planner/planner",
    "/usr/bin/apt",
];

fn work() -> impl Strategy<Value = Work> {
    let marks = proptest::collection::vec(proptest::sample::select(OriginFlag::ALL.to_vec()), 0..3);
    let load = prop_oneof![Just(0.0), 0.0..1.0_f64, Just(0.35), Just(1.0)];
    let program = (0..NAMES.len(), load, 0_u64..20_000, 0.0..1e9_f64, 0_u64..4);
    (program, marks, proptest::option::of(any::<bool>()), any::<bool>()).prop_map(
        |((name, cpu, memory, disk, start), marks, window, hung)| Work {
            name,
            cpu,
            memory,
            disk,
            start,
            marks,
            window,
            hung,
        },
    )
}

fn sample_spec() -> impl Strategy<Value = SampleSpec> {
    let step = prop_oneof![9 => Just(2000_i64), 1 => 1_i64..200_000];
    let total = proptest::option::weighted(0.95, 0.0..1.0_f64);
    let celsius = proptest::option::of(5.0..115.0_f64);
    let figures = (0_u64..500_000, 0_u64..20_000, 0.0..4000.0_f64, proptest::option::of(any::<bool>()));
    let programs = proptest::collection::vec(work(), 0..6);
    (step, total, 0.0..1.0_f64, celsius, figures, programs).prop_map(
        |(step, total, rest, celsius, (free, swap, idle, watched), work)| SampleSpec {
            step,
            total,
            rest,
            celsius,
            free,
            swap,
            idle,
            watched,
            work,
        },
    )
}

/// Samples in stretches: repeating one of them makes loads that last.
fn samples() -> impl Strategy<Value = Vec<SampleSpec>> {
    let stretch = (sample_spec(), 1_usize..90).prop_map(|(spec, times)| vec![spec; times]);
    proptest::collection::vec(stretch, 1..5).prop_map(|stretches| stretches.concat())
}

fn process(number: usize, work: &Work) -> ProcSample {
    let path = NAMES[work.name];
    let origin = Origin { marks: work.marks.clone(), parent: Some("sh".into()), argument: None };
    ProcSample {
        facts: Arc::new(ProcFacts {
            parent: 1,
            name: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: Reading::Known(path.to_owned()),
            owner: Owner::Me,
            given: Some(Box::new(Given { group: None, origin })),
            ..ProcFacts::new(ProcKey { pid: 100 + number as u32 + 10 * work.start as u32, start_time: work.start })
        }),
        cpu: Reading::Known(Fraction::new(work.cpu)),
        memory: Reading::Known(Bytes(work.memory << 20)),
        disk_read: Reading::Known(BytesPerSec(work.disk)),
        disk_write: Reading::Known(BytesPerSec(0.0)),
        window: Reading::from_option(work.window, Why::Unsupported),
        hung: work.hung,
        threads: 1,
        state: ProcState::Unknown,
        lowest_priority: Reading::Known(work.hung),
    }
}

/// Replays the samples; `order` changes the order in which processes are listed.
fn play(samples: &[SampleSpec], order: impl Fn(&mut Vec<ProcSample>)) -> Vec<Finding> {
    let knowledge = Knowledge::builtin().expect("tables");
    let memory = Reading::Known(Bytes(16 << 30));
    let machine = Machine { os: Os::Linux, cpus: 4, memory, booted_at: Reading::Known(At(0)), ..Machine::default() };
    let (mut history, mut grouper, mut at) = (History::new(machine), Grouper::new(Os::Linux), 1_000_000);
    let mut findings = Vec::new();
    for spec in samples {
        at += spec.step;
        let share = |value: f64| Reading::Known(Fraction::new(value));
        let total = Reading::from_option(spec.total.map(Fraction::new), Why::NotYet);
        let mut sample = Sample {
            at: At(at),
            span: Seconds((spec.step as f64 / 1000.0).min(30.0)),
            cpu: total,
            program_span: Seconds(2.0),
            program_total: total,
            memory: Reading::Known(Memory { used: Bytes(spec.free << 14), total: Bytes(16 << 30) }),
            swap: Reading::Known(Swap { used: Bytes(spec.swap << 20), total: Bytes(8 << 30) }),
            volumes: Reading::Known(vec![Volume {
                name: "/".into(),
                total: Bytes(1 << 39),
                free: Bytes(spec.free << 20),
                ..Volume::default()
            }]),
            temperature: Reading::from_option(spec.celsius.map(Celsius), Why::NoSensor),
            fan_effort: share(spec.rest),
            gpu: share(spec.rest),
            interrupts: share(spec.rest / 3.0),
            disk_busy: share(spec.rest),
            pressure: Reading::Known(Pressure {
                cpu: Fraction::new(spec.rest),
                memory: Fraction::new(spec.rest),
                io: Fraction::new(spec.rest),
            }),
            power: Reading::Known(Power { on_battery: spec.idle > 100.0, saver: spec.idle > 1000.0 }),
            net_rx: Reading::Known(BytesPerSec(spec.rest * 2e7)),
            unattributed: share(spec.rest),
            user_idle: Reading::Known(Seconds(spec.idle)),
            watched: Reading::from_option(spec.watched, Why::Unsupported),
            ..Sample::default()
        };
        let mut processes: Vec<ProcSample> =
            spec.work.iter().enumerate().map(|(number, work)| process(number, work)).collect();
        order(&mut processes);
        grouper.group(&mut sample, processes, &knowledge);
        history.push(Arc::new(sample));
        findings = diagnose(&history, &knowledge);
    }
    findings
}

/// A quantity of a PC, from none (0) to all (1), and the rule about it.
type Figure = (RuleId, fn(&mut Sample, Fraction));

/// Quantities that make a PC only worse as they grow.
const FIGURES: [Figure; 12] = [
    (RuleId::MemoryPressure, |sample, share| {
        sample.memory = Reading::Known(Memory { used: part_of(16 << 30, share), total: Bytes(16 << 30) });
    }),
    (RuleId::Paging, |sample, share| {
        sample.swap = Reading::Known(Swap { used: part_of(24 << 30, share), total: Bytes(24 << 30) });
    }),
    (RuleId::DiskNearlyFull, |sample, share| {
        let (total, used) = (Bytes(240 << 30), part_of(240 << 30, share));
        let volume = Volume { name: "C:".to_owned(), total, free: Bytes(total.0 - used.0), ..Volume::default() };
        sample.volumes = Reading::Known(vec![volume]);
    }),
    (RuleId::Hot, |sample, share| {
        sample.cpu = Reading::Known(Fraction::new(0.6));
        sample.temperature = Reading::Known(Celsius(20.0 + 90.0 * share.get()));
    }),
    (RuleId::HotButIdle, |sample, share| sample.temperature = Reading::Known(Celsius(20.0 + 90.0 * share.get()))),
    (RuleId::DiskBusy, |sample, share| {
        sample.disk_busy = Reading::Known(share);
        (sample.disk_read, sample.disk_write) = (Reading::Known(BytesPerSec(5e6)), Reading::Known(BytesPerSec(0.0)));
    }),
    (RuleId::HostBusy, |sample, share| sample.stolen = Reading::Known(share)),
    (RuleId::DeviceLoad, |sample, share| sample.interrupts = Reading::Known(share)),
    (RuleId::NetworkBusy, |sample, share| sample.net_rx = Reading::Known(BytesPerSec(2e7 * share.get()))),
    // Always full from the first sample on would be a counter that does not move.
    (RuleId::GpuBusy, |sample, share| sample.gpu = Reading::Known(Fraction::new(share.get() * 0.99))),
    (RuleId::UnattributedLoad, |sample, share| {
        (sample.cpu, sample.unattributed) = (Reading::Known(share), Reading::Known(share));
    }),
    (RuleId::UpdatesOld, |sample, share| {
        let updated_at = Reading::Known(sample.at - Seconds(90.0 * 86_400.0 * share.get()));
        sample.condition = Arc::new(Condition { updated_at, ..Condition::default() });
    }),
];

fn part_of(total: u64, share: Fraction) -> Bytes {
    Bytes((total as f64 * share.get()) as u64)
}

/// True if the rule reports something after `times` samples of a Windows PC with this quantity.
fn is_rule_reported((rule, figure): Figure, share: f64, times: usize, knowledge: &Knowledge) -> bool {
    let memory = Reading::Known(Bytes(16 << 30));
    let mut history = History::new(Machine { os: Os::Windows, cpus: 4, memory, ..Machine::default() });
    for number in (0..).take(times) {
        let mut sample = Sample {
            at: At(1_795_395_600_000 + 2000 * number),
            span: Seconds(2.0),
            cpu: Reading::Known(Fraction::new(0.05)),
            ..Sample::default()
        };
        figure(&mut sample, Fraction::new(share));
        history.push(Arc::new(sample));
    }
    diagnose(&history, knowledge).iter().any(|finding| finding.rule == rule)
}

#[test]
fn each_figure_that_can_grow_is_reported_at_last() {
    let knowledge = Knowledge::builtin().expect("tables");
    for figure in FIGURES {
        assert!(!is_rule_reported(figure, 0.01, 120, &knowledge), "{:?} of nothing", figure.0);
        assert!(is_rule_reported(figure, 1.0, 120, &knowledge), "{:?} of all", figure.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Every figure is finite, every duration ends, nothing is reported twice, the most severe comes first, and an
    /// alarm rests on a strong sign.
    #[test]
    fn whatever_is_seen_is_reported_in_order_and_in_figures(samples in samples()) {
        let findings = play(&samples, |_| ());
        prop_assert!(findings.is_sorted_by_key(|finding| std::cmp::Reverse(finding.severity)));
        let mut reported: Vec<_> = findings.iter().map(|finding| (finding.rule, &finding.subject.group)).collect();
        reported.sort();
        let all = reported.len();
        reported.dedup();
        prop_assert_eq!(reported.len(), all, "told twice");
        for finding in &findings {
            for evidence in &finding.evidence {
                let figures = [evidence.observed, evidence.seconds, evidence.threshold.unwrap_or(0.0)];
                prop_assert!(figures.iter().all(|figure| figure.is_finite()), "{finding:?}");
                prop_assert!(evidence.seconds >= 0.0, "{finding:?}");
            }
            if finding.rule == RuleId::SecretMining && finding.severity == Severity::Critical {
                prop_assert!(finding.signs.iter().any(|sign| sign.kind.is_strong()), "{finding:?}");
            }
        }
    }

    /// Systems list processes in any order.
    #[test]
    fn the_order_of_processes_changes_nothing(samples in samples()) {
        let plain = play(&samples, |_| ());
        let turned = play(&samples, |processes| processes.reverse());
        prop_assert_eq!(format!("{plain:?}"), format!("{turned:?}"));
    }

    /// Monotonic: a load that is reported is also reported when it is greater.
    #[test]
    fn a_greater_load_is_reported_no_less(load in 0.05..0.9_f64, more in 0.0..0.1_f64, times in 1_usize..80) {
        let is_reported = |cpu: f64| {
            let work = Work { name: 0, cpu, memory: 100, disk: 0.0, start: 1, marks: Vec::new(), window: None, hung: false };
            let spec = SampleSpec {
                step: 2000, total: Some(cpu), rest: 0.0, celsius: None, free: 400_000, swap: 0, idle: 0.0, watched: None,
                work: vec![work],
            };
            play(&vec![spec; times], |_| ()).iter().any(|finding| finding.rule == RuleId::CpuHog)
        };
        prop_assert!(!is_reported(load) || is_reported(load + more), "{load} is told, {} is not", load + more);
    }

    /// Monotonic: what is reported is also reported when the quantity is worse, and after more samples.
    #[test]
    fn a_worse_figure_is_reported_no_less(
        figure in proptest::sample::select(FIGURES.to_vec()),
        share in 0.0..1.0_f64, more in 0.0..0.2_f64, times in 1_usize..100, later in 0_usize..40,
    ) {
        let knowledge = Knowledge::builtin().expect("tables");
        let is_reported = |share: f64, times: usize| is_rule_reported(figure, share.min(1.0), times, &knowledge);
        if is_reported(share, times) {
            prop_assert!(is_reported(share + more, times), "{:?}: {share} is told, {} is not", figure.0, share + more);
            prop_assert!(is_reported(share, times + later), "{:?}: told after {times}, not after {later} more", figure.0);
        }
    }
}
