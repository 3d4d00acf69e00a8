//! Monitors a live PC: samples, groups processes into programs, keeps the history, diagnoses, plans remedies. Used by
//! the check, the window's worker and the agent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::diagnose::{Finding, Grouper, ProgramFacts, ProgramTable, Subject, diagnose};
use crate::knowledge::{Knowledge, Mining, Steady};
use crate::model::{
    ActError, At, BrowserQuestion, BrowserState, Closable, Condition, Fraction, History, IdleBaseline, Machine, Member,
    MyFiles, OwnProcess, Owner, Pid, ProcFacts, ProcKey, ProcState, ProgramKind, ProgramSample, Reading, RecordedStops,
    Refusal, Sample, SavedPriority, Seconds, SelfUsage, Signatures, SuddenStop, SystemFacts, TREND_KEEP, Use,
    VolumePoint, Why, WrittenHour,
};
use crate::platform;
use crate::recorder::{Reader, RecorderError};
use crate::remedy::{self, ClosableParts, Plan, planned};
use crate::sampler::{Browsers, Depth, Pace, ResourceUsers, SampleSource, Sampler, SignatureChecks, Tick};

/// Age from which a connection counts as lasting: downloads are over by then.
const CONNECTED: Duration = Duration::from_mins(1);
/// Interval for reading connections, which costs more than reading all processes.
const CONNECTIONS_EVERY: Duration = Duration::from_secs(20);
/// Age limit of a sudden stop, in days: a PC may stay off for long after it.
const STOP_DAYS: f64 = 90.0;
/// Samples between two readings of the baseline: about an hour.
pub const LEARN_EVERY: u64 = 1800;

/// The wall clock. Modules below this one get time as an argument.
pub fn now() -> At {
    // A clock may be set to a time that jiff has no date for, where `Timestamp::now` panics.
    let milliseconds = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => At(milliseconds(since)),
        Err(before) => At(-milliseconds(before.duration())),
    }
}

/// Backward clock step up to which sampling continues from the last sample; see [`History::push`].
const MAX_STEP_BACK: Seconds = Seconds(60.0);
/// Minutes at rest needed to know a PC's usual temperature and fan speed.
const IDLE_MINUTES: u32 = 120;
/// CPU share below which a PC is at rest.
const IDLE_CPU: f64 = 0.10;

/// What the recording knows about this PC: recently first-seen programs, and usual temperature and fan speed at rest.
/// Both are empty until it was monitored for long enough: in the first days everything is new.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// Time monitored so far, while too short for `new` and `usual_idle`.
    pub learning: Option<Seconds>,
    /// Paths of recently first-seen programs.
    pub new: BTreeSet<String>,
    /// Usual temperature and fan speed at rest.
    pub usual_idle: IdleBaseline,
    /// Recently first-seen autostarts, by identity.
    pub autostarts: BTreeMap<String, At>,
    /// Free space of the volumes over the last days, oldest first.
    pub free_space: Vec<VolumePoint>,
    /// Bytes written by programs in that time, oldest first.
    pub written: Vec<WrittenHour>,
    /// The last sudden stop of this PC.
    pub sudden_stop: Option<SuddenStop>,
}

impl Baseline {
    /// Reads the recording.
    fn read(recording: Option<&Path>, limits: &Mining, at: At) -> Self {
        match recording.map(Reader::open) {
            Some(Ok(Some(reader))) => Self::from_reader(&reader, limits, at),
            // Nothing is recorded yet, or nothing can be.
            None | Some(Ok(None)) => Self::unmonitored(),
            Some(Err(_)) => Self::default(),
        }
    }

    /// The baseline of a PC that was never monitored.
    fn unmonitored() -> Self {
        Self { learning: Some(Seconds(0.0)), ..Self::default() }
    }

    fn from_reader(reader: &Reader, limits: &Mining, at: At) -> Self {
        let ago = |days: f64| at - Seconds::from_days(days);
        let first = match reader.span() {
            Ok(Some((first, _))) => first,
            Ok(None) => return Self::unmonitored(),
            Err(_) => return Self::default(),
        };
        // The autostart list is complete at its first reading, so it needs no learning time.
        let autostarts = reader.new_autostarts(ago(limits.new_days), at).unwrap_or_default();
        let free_space = reader.volume_points(at - TREND_KEEP).unwrap_or_default();
        let written = reader.written(at - TREND_KEEP, at).unwrap_or_default();
        let sudden_stop = reader.sudden_stop(ago(STOP_DAYS)).unwrap_or_default();
        // Age alone is not enough: a PC that was off since the first day has shown nothing.
        let watched = reader.watched().ok();
        let is_enough = |watched: Seconds| watched >= Seconds::from_hours(limits.learn_hours);
        if first > ago(limits.learn_days) || !watched.is_some_and(is_enough) {
            return Self { learning: watched, autostarts, free_space, written, sudden_stop, ..Self::default() };
        }
        let (from, idle) = (ago(limits.learn_days), Fraction::new(IDLE_CPU));
        let temperature = reader.idle_temperature(from, idle).ok().filter(|(minutes, _)| *minutes >= IDLE_MINUTES);
        let fan = reader.idle_fan(from, idle).ok().filter(|(minutes, _)| *minutes >= IDLE_MINUTES);
        Self {
            learning: None,
            new: reader.new_programs(ago(limits.new_days), at).unwrap_or_default(),
            usual_idle: IdleBaseline {
                temperature: temperature.and_then(|(_, celsius)| celsius),
                fan: fan.and_then(|(_, rpm)| rpm),
            },
            autostarts,
            sudden_stop,
            free_space,
            written,
        }
    }
}

/// Reads what the check-up needs beyond the samples: from the system, and from the recording as of `at`. May block.
pub fn system_facts(recording: Option<&Path>, knowledge: &Knowledge, at: At) -> SystemFacts {
    let facts = platform::system_facts(&knowledge.security_services());
    SystemFacts { stops: recorded_stops(recording, at), ..facts }
}

/// Sudden stops of the last [`STOP_DAYS`]; [`Why::NotYet`] if nothing was recorded.
fn recorded_stops(recording: Option<&Path>, at: At) -> Reading<RecordedStops> {
    let read = || -> Result<Option<RecordedStops>, RecorderError> {
        let Some(reader) = recording.map(Reader::open).transpose()?.flatten() else { return Ok(None) };
        let first = [reader.span()?, reader.event_span()?].into_iter().flatten().map(|(first, _)| first).min();
        let Some(first) = first else { return Ok(None) };
        let from = first.max(at - Seconds::from_days(STOP_DAYS));
        let events = reader.events(from, at)?.into_iter();
        let stops = events.filter_map(|event| SuddenStop::of(&event, at)).map(|stop| stop.at).collect();
        Ok(Some(RecordedStops { from, stops }))
    };
    match read() {
        Ok(found) => Reading::from_option(found, Why::NotYet),
        Err(_) => Reading::Missing(Why::Stale),
    }
}

/// Result of one full sample.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The sample as it was taken.
    pub sample: Arc<Sample>,
    /// Every program with all its processes.
    pub program_table: Arc<ProgramTable>,
    /// Findings, worst first, with their remedies.
    pub findings: Vec<(Finding, Plan)>,
    /// Cost of this program itself.
    pub own: SelfUsage,
    /// Signers of the files checked so far.
    pub signatures: Arc<Signatures>,
}

/// Remedies act on processes of this PC.
impl remedy::Target for platform::Target {
    fn key(&self) -> ProcKey {
        self.key()
    }

    fn is_running(&self) -> bool {
        self.is_running()
    }

    fn state(&self) -> ProcState {
        self.state()
    }

    fn ask_to_close(&mut self) -> Result<(), ActError> {
        self.ask_to_close()
    }

    fn force_close(&mut self) -> Result<(), ActError> {
        self.force_close()
    }

    fn can_restore_priority(&self, family: &[Pid]) -> bool {
        self.can_restore_priority(family)
    }

    fn lower_priority(&mut self, family: &[Pid]) -> Result<SavedPriority, ActError> {
        self.lower_priority(family)
    }

    fn restore_priority(&mut self, saved: &SavedPriority) -> Result<(), ActError> {
        self.restore_priority(saved)
    }

    fn pause(&mut self) -> Result<(), ActError> {
        self.pause()
    }

    fn resume(&mut self) -> Result<(), ActError> {
        self.resume()
    }
}

/// Monitors this PC.
pub struct Monitor {
    source: Box<dyn SampleSource>,
    grouper: Grouper,
    history: History,
    knowledge: Arc<Knowledge>,
    own_process: OwnProcess,
    /// Programs closed by the user since the last sample.
    closed: Vec<Arc<str>>,
    signatures: SignatureChecks,
    browsers: Browsers,
    condition: ConditionCache,
    pools: Pools,
    users: ResourceUsers,
    /// Monotonic clocks at the last full sample.
    clocks: Option<platform::Clocks>,
}

/// Tracks programs connected to a port of mining pools. Uses [`Instant`], as the wall clock may be set meanwhile.
#[derive(Default)]
struct Pools {
    /// Their paths, and since when they have been connected.
    connected: HashMap<String, Instant>,
    /// When connections were last read.
    last_read: Option<Instant>,
}

impl Pools {
    /// Returns `true` when connections should be read again.
    fn is_due(&self, now: Instant) -> bool {
        self.last_read.is_none_or(|last_read| now.saturating_duration_since(last_read) >= CONNECTIONS_EVERY)
    }

    /// Takes the paths of the programs that are `connected` now; returns those connected at every reading for
    /// [`CONNECTED`].
    fn lasting<'a>(&mut self, now: Instant, connected: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        self.last_read = Some(now);
        let since = |path: &str| self.connected.get(path).copied().unwrap_or(now);
        self.connected = connected.map(|path| (path.to_owned(), since(path))).collect();
        let lasting = self.connected.iter().filter(|(_, since)| now.saturating_duration_since(**since) >= CONNECTED);
        lasting.map(|(path, _)| path.clone()).collect()
    }
}

/// Joins the PC's condition with the state of running browsers and the first-seen dates of autostarts. All samples
/// share the result, which is rebuilt only when a part of it changes.
#[derive(Default)]
struct ConditionCache {
    of_pc: Arc<Condition>,
    of_browsers: Option<Arc<[BrowserState]>>,
    /// Recently first-seen autostarts, by identity.
    new_autostarts: BTreeMap<String, At>,
    sudden_stop: Option<SuddenStop>,
    is_stale: bool,
    joined: Arc<Condition>,
}

impl ConditionCache {
    fn set_recorded(&mut self, new_autostarts: BTreeMap<String, At>, sudden_stop: Option<SuddenStop>) {
        self.is_stale |= self.new_autostarts != new_autostarts || self.sudden_stop != sudden_stop;
        (self.new_autostarts, self.sudden_stop) = (new_autostarts, sudden_stop);
    }

    fn join(&mut self, of_pc: &Arc<Condition>, of_browsers: Option<&Arc<[BrowserState]>>) -> Arc<Condition> {
        let same = match (&self.of_browsers, of_browsers) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (None, None) => true,
            _ => false,
        };
        if !same || self.is_stale || !Arc::ptr_eq(&self.of_pc, of_pc) {
            let mut condition = (**of_pc).clone();
            if let Some(browsers) = of_browsers {
                condition.browsers = Reading::Known(Arc::clone(browsers));
            }
            condition.sudden_stop = self.sudden_stop;
            if let Reading::Known(list) = &mut condition.autostarts {
                for entry in list {
                    entry.since = self.new_autostarts.get(&entry.identity()).copied();
                }
            }
            self.of_pc = Arc::clone(of_pc);
            self.of_browsers = of_browsers.cloned();
            self.is_stale = false;
            self.joined = Arc::new(condition);
        }
        Arc::clone(&self.joined)
    }
}

/// Result of [`Monitor::sample_paced`].
pub enum PacedSample {
    /// Only the totals were sampled.
    Totals(Box<Sample>),
    /// Everything was sampled.
    Everything(Box<Observation>),
}

impl Monitor {
    /// Starts monitoring this PC. The first [`Self::sample`] lacks what needs two readings.
    pub fn new(knowledge: Arc<Knowledge>) -> Self {
        Self::with_source(Box::new(Sampler::new()), knowledge, History::new)
    }

    /// Starts monitoring `source`; `history` may create a shorter history.
    pub fn with_source(
        source: Box<dyn SampleSource>,
        knowledge: Arc<Knowledge>,
        history: impl FnOnce(Machine) -> History,
    ) -> Self {
        let machine = source.machine().clone();
        let own_process = source.own_process();
        let mut grouper = Grouper::new(machine.os);
        let own_files = own_process.files.iter().cloned().collect();
        grouper.set_baseline(ProgramFacts { own_files, ..ProgramFacts::default() });
        Self {
            grouper,
            history: history(machine),
            own_process,
            source,
            knowledge,
            closed: Vec::new(),
            signatures: SignatureChecks::default(),
            browsers: Browsers::default(),
            condition: ConditionCache::default(),
            pools: Pools::default(),
            users: ResourceUsers::default(),
            clocks: None,
        }
    }

    /// Calls `ended` when the desktop session ends; never where the platform cannot detect that.
    pub fn when_session_ends(&self, ended: impl FnOnce() + Send + 'static) {
        self.source.when_session_ends(Box::new(ended));
    }

    /// The PC.
    pub const fn machine(&self) -> &Machine {
        self.history.machine()
    }

    /// The tables.
    pub const fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }

    /// The history so far.
    pub const fn history_mut(&mut self) -> &mut History {
        &mut self.history
    }

    /// Adds recorded samples, oldest first. Call it before the first sample.
    pub fn preload(&mut self, recorded: &[Arc<Sample>]) {
        for sample in recorded {
            self.history.push(Arc::clone(sample));
        }
    }

    /// The monotonic clocks.
    pub fn clocks(&self) -> Reading<platform::Clocks> {
        self.source.clocks()
    }

    /// Updates the baseline from the recording as of `at`; `my_files` are the user's own work.
    pub fn learn(&mut self, recording: Option<&Path>, at: At, my_files: MyFiles) {
        let learned = Baseline::read(recording, &self.knowledge.thresholds.mining, at);
        self.history.set_usual_idle(learned.usual_idle);
        self.history.set_learning(learned.learning);
        self.history.prepend_trend(learned.free_space);
        self.history.set_written(learned.written);
        self.condition.set_recorded(learned.autostarts, learned.sudden_stop);
        self.grouper.set_baseline(ProgramFacts { my_files, new: learned.new, ..self.grouper.facts().clone() });
    }

    /// Call now and then while no samples are taken.
    pub fn rest(&mut self) {
        self.source.rest();
    }

    /// Sets the files that are the user's own work.
    pub fn set_my_files(&mut self, my_files: MyFiles) {
        self.grouper.set_baseline(ProgramFacts { my_files, ..self.grouper.facts().clone() });
    }

    /// Requests the signer of this file; the answer comes with a later [`Observation`].
    pub fn request_signature(&mut self, path: &str) {
        self.signatures.request(Instant::now(), std::iter::once(path));
    }

    /// Notes that the user closed this program, so that the rules can detect its return.
    pub fn note_closed(&mut self, group: &str) {
        self.closed.push(group.into());
    }

    /// Notes that the user started this program again, so that its return is none.
    pub fn note_started(&mut self, group: &str) {
        self.closed.retain(|closed| &**closed != group);
        self.history.note_started(group);
    }

    /// Discards the time since the last sample, so that the next one starts here.
    pub fn restart_interval(&mut self, at: At) {
        self.source.tick(at, &mut |_| Depth::Everything);
        self.take_suspended_time();
    }

    /// Time suspended since the last call.
    fn take_suspended_time(&mut self) -> Reading<Seconds> {
        let clocks = self.source.clocks();
        let before = std::mem::replace(&mut self.clocks, clocks.get());
        match (clocks, before) {
            (Reading::Known(now), Some(before)) => Reading::Known(now.slept_since(before)),
            (Reading::Known(_), None) => Reading::Missing(Why::NotYet),
            (Reading::Missing(why), _) => Reading::Missing(why),
        }
    }

    /// Takes a full sample at `now`.
    pub fn sample(&mut self, now: At) -> Observation {
        let at = after(self.history.latest().map(|sample| sample.at), now);
        let tick = self.source.tick(at, &mut |_| Depth::Everything);
        self.ingest(tick)
    }

    /// Takes a sample as deep as `pace` decides; a full one when `needs_full`.
    pub fn sample_paced(&mut self, at: At, pace: &mut Pace, needs_full: bool) -> PacedSample {
        let mut depth = Depth::Everything;
        let tick = self.source.tick(at, &mut |totals| {
            depth = pace.depth(totals, needs_full);
            depth
        });
        match depth {
            Depth::Totals => PacedSample::Totals(Box::new(tick.sample)),
            Depth::Everything => PacedSample::Everything(Box::new(self.ingest(tick))),
        }
    }

    /// Updates the busy programs with a lasting connection to a port of mining pools. Only busy programs are checked,
    /// and nothing but the remote port number is read.
    fn update_pool_connections(&mut self, sample: &Sample) {
        let now = Instant::now();
        if !self.pools.is_due(now) {
            return;
        }
        let steady = &self.knowledge.thresholds.steady;
        let busy = sample.programs.iter().filter(|program| is_busy(program, sample, steady));
        let connected = busy.filter_map(|program| {
            let (path, member) = program.path.as_deref().zip(program.members.first())?;
            let ports = platform::remote_ports(member.key.pid);
            let is_pool = ports.known()?.iter().any(|port| self.knowledge.is_pool_port(*port));
            is_pool.then_some(path)
        });
        let pools = self.pools.lasting(now, connected);
        if pools != self.grouper.facts().pools {
            self.grouper.set_baseline(ProgramFacts { pools, ..self.grouper.facts().clone() });
        }
    }

    /// Determines which programs use the GPU and the network, only while a rule may need it.
    fn read_resource_users(&mut self, sample: &mut Sample, program_table: &ProgramTable) {
        let (wait, now) = (&self.knowledge.thresholds.wait, Instant::now());
        let is_gpu_busy =
            sample.gpu.get().is_some_and(|share| share.get() >= wait.gpu.min(self.knowledge.thresholds.steady.gpu));
        let rates = [sample.net_rx, sample.net_tx].map(|rate| rate.get().unwrap_or_default().0);
        // With a busy browser, the owner of even little traffic tells a film from a page that only computes.
        let steady = &self.knowledge.thresholds.steady;
        let is_at_work = |p: &ProgramSample| p.kind == ProgramKind::Browser && p.cpu.get() >= steady.browser;
        let least = if sample.programs.iter().any(is_at_work) { steady.network_quiet } else { wait.network };
        let gpu = self.users.gpu(now, is_gpu_busy);
        let network = self.users.network(now, rates.iter().sum::<f64>() >= least);
        program_table.attribute_usage(sample, &gpu, &network);
    }

    /// Requests the signatures of busy programs, the only ones they matter for.
    fn check_signatures(&mut self, sample: &Sample) {
        let steady = &self.knowledge.thresholds.steady;
        let busy = sample.programs.iter().filter(|program| is_busy(program, sample, steady));
        self.signatures.request(Instant::now(), busy.filter_map(|program| program.path.as_deref()));
        if let Some(signatures) = self.signatures.take_changed() {
            let signatures = Arc::new(signatures);
            self.grouper.set_baseline(ProgramFacts { signatures, ..self.grouper.facts().clone() });
        }
    }

    /// Requests the state of running browsers with known locations.
    fn query_browsers(&mut self, program_table: &ProgramTable) {
        let browsers = program_table.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
        let mut questions: Vec<BrowserQuestion> =
            browsers.filter_map(|program| browser_question(program, program_table, &self.knowledge)).collect();
        // By name: sorted by load, the order would change every time.
        questions.sort_by(|a, b| a.name.cmp(&b.name));
        self.browsers.request(Instant::now(), questions);
    }

    fn ingest(&mut self, tick: Tick) -> Observation {
        let mut sample = tick.sample;
        sample.closed = std::mem::take(&mut self.closed);
        sample.slept = self.take_suspended_time();
        let program_table = self.grouper.group(&mut sample, tick.processes, &self.knowledge);
        self.query_browsers(&program_table);
        sample.condition = self.condition.join(&sample.condition, self.browsers.latest());
        self.read_resource_users(&mut sample, &program_table);
        let sample = Arc::new(sample);
        let whole = if sample.program_span == sample.span { None } else { sample.over_programs() };
        self.history.push(whole.map_or_else(|| Arc::clone(&sample), Arc::new));
        self.check_signatures(&sample);
        self.update_pool_connections(&sample);
        let findings = diagnose(&self.history, &self.knowledge)
            .into_iter()
            .map(|finding| {
                let refusal = finding.program().and_then(|program| self.refusal(program, &program_table));
                planned(finding, refusal)
            })
            .collect();
        let signatures = Arc::clone(&self.grouper.facts().signatures);
        Observation { sample, program_table: Arc::new(program_table), findings, own: tick.own, signatures }
    }

    /// Returns the processes of `members` that may be closed.
    ///
    /// # Errors
    /// The reason of the first one that must not be: a program is closed as a whole or not at all.
    pub fn closable(&self, members: &[Member], program_table: &ProgramTable) -> Result<ClosableParts, Refusal> {
        let os = self.machine().os;
        let is_genuine =
            |facts: &ProcFacts| self.knowledge.may_be_installed(facts, os) && platform::may_be_of_system(facts.key.pid);
        let checked = members
            .iter()
            .filter_map(|member| program_table.facts.get(&member.key))
            .map(|facts| Closable::check(facts, &self.knowledge.protect, &self.own_process, is_genuine));
        own_parts(checked)
    }

    /// Returns a process that an earlier remedy acted on, to undo it. Its name or file may be protected since; another
    /// user's, and ourselves, are left alone all the same.
    ///
    /// # Errors
    /// [`ActError::Gone`] when it has ended, [`ActError::Refused`] when it must be left alone.
    pub fn acted_on_before(&self, key: ProcKey, program_table: &ProgramTable) -> Result<Closable, ActError> {
        let facts = program_table.facts.get(&key).ok_or(ActError::Gone)?;
        let own = OwnProcess { pid: self.own_process.pid, ..OwnProcess::default() };
        Closable::check(facts, &self.knowledge.protect, &own, |_| false).map_err(|_| ActError::Refused)
    }

    fn refusal(&self, program: &Subject, program_table: &ProgramTable) -> Option<Refusal> {
        self.closable(&program.members, program_table).err()
    }
}

/// Returns the parts that may be closed. A part of another user, or an elevated one, whose owner cannot be read, is left
/// out; any other refusal applies to the whole program.
fn own_parts(checked: impl Iterator<Item = Result<Closable, Refusal>>) -> Result<ClosableParts, Refusal> {
    let (mut parts, mut is_partial) = (Vec::new(), false);
    for part in checked {
        match part {
            Ok(part) => parts.push(part),
            Err(Refusal::OtherUser) => is_partial = true,
            Err(refusal) => return Err(refusal),
        }
    }
    match (parts.is_empty(), is_partial) {
        (false, _) => Ok(ClosableParts { parts, is_partial }),
        (true, true) => Err(Refusal::OtherUser),
        (true, false) => Err(Refusal::NotRunning),
    }
}

/// Time of the sample after the one at `last`. While a clock that was set back by less than [`MAX_STEP_BACK`] catches
/// up, times advance by 1 ms, as older ones would be dropped; a larger step starts a new history.
fn after(last: Option<At>, now: At) -> At {
    last.filter(|last| now <= *last && last.since(now).0 < MAX_STEP_BACK.0).map_or(now, |last| At(last.0 + 1))
}

/// Returns `true` when a program uses so much CPU or GPU that its identity matters.
fn is_busy(program: &ProgramSample, sample: &Sample, steady: &Steady) -> bool {
    let is_user = |user: &Use<Fraction>| user.program == program.name && user.part.get() >= steady.gpu;
    program.cpu.get() >= steady.program || sample.gpu_users.known().is_some_and(|users| users.iter().any(is_user))
}

/// Builds the question about a browser, based on its oldest process of this user, whose command line names the profile
/// folder. `None` where its locations are not known.
fn browser_question(
    program: &ProgramSample,
    program_table: &ProgramTable,
    knowledge: &Knowledge,
) -> Option<BrowserQuestion> {
    let places = Arc::clone(knowledge.browser_places(&program.name)?);
    let mut roots: Vec<ProcKey> = program.members.iter().map(|member| member.root).collect();
    roots.sort_by_key(|root| (root.start_time, root.pid));
    roots.dedup();
    let facts_of = |root: &ProcKey| program_table.facts.get(root).map(|facts| &**facts);
    let is_own = |root: &ProcKey| facts_of(root).is_some_and(|facts| facts.owner == Owner::Me);
    let args_of = |root: &ProcKey| facts_of(root).and_then(|facts| facts.args.known()).map_or(&[][..], Vec::as_slice);
    let root = *roots.iter().find(|root| is_own(root)).or(roots.first())?;
    let (facts, args) = (facts_of(&root), args_of(&root));
    let profiles = Knowledge::profiles_argument(args);
    let is_alike = |other: &ProcKey| is_own(other) && Knowledge::profiles_argument(args_of(other)) == profiles;
    Some(BrowserQuestion {
        name: Arc::clone(&program.name),
        pid: root.pid,
        path: facts.and_then(|facts| facts.path.known()).map(|path| path.as_str().into()).or(program.path.clone()),
        own_profiles: profiles.clone(),
        shared: !roots.iter().all(is_alike),
        unlisted_add_ons: Knowledge::has_unlisted_add_ons(args),
        places,
        blockers: Arc::clone(knowledge.ad_blockers()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Autostart, BrowserFamily, Event, EventKind, Os, ProcFacts, ProcSample, ProtectRules, StopReason,
    };

    /// A PC monitored from `begin` for `hours` with a program `old`, and now running one called `later`.
    fn watched(begin: At, hours: u32, now: At) -> (tempfile::TempDir, Baseline) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let run = crate::recorder::Run { boot_id: None, version: "0".to_owned(), started: begin };
        let (mut recorder, _) =
            crate::recorder::Recorder::open(&path, &run, crate::recorder::Limits::default()).expect("opened");
        let sample = |at: At, name: &str| {
            let program = ProgramSample {
                name: name.into(),
                cpu: Fraction::new(0.3),
                path: Some(format!("/opt/{name}").into()),
                ..ProgramSample::default()
            };
            let (cpu, span) = (Reading::Known(Fraction::new(0.05)), Seconds(60.0));
            let temperature = Reading::Known(crate::model::Celsius(41.0));
            Sample { at, span, program_span: span, cpu, temperature, programs: vec![program], ..Sample::default() }
        };
        for minute in 1..=hours * 60 {
            let at = begin + Seconds::from_minutes(minute.into());
            recorder.add(&sample(at, "old"));
            // A single flush rolls up at most 200 minutes.
            recorder.flush(at).expect("written");
        }
        recorder.add(&sample(now, "later"));
        let stop = Event::new(now - Seconds::from_hours(2.0), EventKind::SuddenStop, "");
        recorder.note(&stop.with(serde_json::json!({ "cause": "power_lost" })));
        recorder.flush(now).expect("written");
        let learned = Baseline::from_reader(&Reader::open(&path).expect("read").expect("there"), &mining(), now);
        (folder, learned)
    }

    fn mining() -> Mining {
        Knowledge::builtin().expect("tables").thresholds.mining.clone()
    }

    #[test]
    fn sudden_stops_are_those_with_a_reason_and_nothing_recorded_is_not_none() {
        let now = At(0) + Seconds::from_days(100.0);
        let begin = now - Seconds::from_days(2.0);
        let (folder, _) = watched(begin, 21, now);
        let path = folder.path().join("recording.db");
        let Reading::Known(recorded) = recorded_stops(Some(&path), now) else { panic!("recorded") };
        assert_eq!(recorded.stops, [now - Seconds::from_hours(2.0)]);
        assert!(recorded.from >= begin && recorded.from < begin + Seconds::from_minutes(2.0), "{recorded:?}");
        let nothing = folder.path().join("none.db");
        for path in [None, Some(&*nothing)] {
            assert_eq!(recorded_stops(path, now), Reading::Missing(Why::NotYet));
        }
        let knowledge = Knowledge::builtin().expect("tables");
        assert_eq!(system_facts(Some(&path), &knowledge, now).stops, Reading::Known(recorded));
    }

    #[test]
    fn in_the_first_week_nothing_is_called_new_and_no_rest_usual() {
        let (now, day) = (At(0) + Seconds::from_days(100.0), Seconds::from_days);
        let (_folder, early) = watched(now - day(mining().learn_days - 0.5), 21, now);
        assert_eq!((early.new, early.usual_idle), (BTreeSet::new(), IdleBaseline::default()));
        let stop = |now: At, back: At| {
            let at = now - Seconds::from_hours(2.0);
            Some(SuddenStop { at, back, reason: StopReason::PowerLost, code: None })
        };
        assert_eq!(early.sudden_stop, stop(now, now - day(mining().learn_days - 0.5)));
        assert!(early.learning.is_some_and(|watched| (watched.as_hours() - 21.0).abs() < 0.04), "{:?}", early.learning);
        // Off after the first afternoon: nothing was learned since.
        let (_folder, off) = watched(now - day(20.0), 5, now);
        assert_eq!((off.new, off.usual_idle), (BTreeSet::new(), IdleBaseline::default()));
        assert!(off.learning.is_some_and(|watched| watched < Seconds::from_hours(6.0)), "{:?}", off.learning);
        let (_folder, learned) = watched(now - day(mining().learn_days - 0.1), 21, now + day(0.15));
        assert_eq!(
            (learned.learning, learned.sudden_stop),
            (None, stop(now + day(0.15), now - day(mining().learn_days - 0.1)))
        );
        assert_eq!(learned.new, BTreeSet::from(["/opt/later".to_owned()]));
        assert_eq!(learned.usual_idle.temperature, Some(crate::model::Celsius(41.0)));
    }

    #[test]
    fn a_clock_that_is_set_back_a_little_does_not_stop_sampling() {
        let at = |seconds: i64| At(seconds * 1000);
        assert_eq!(after(None, at(5)), at(5));
        assert_eq!(after(Some(at(4)), at(5)), at(5));
        assert_eq!(after(Some(at(30)), at(5)), At(30_001));
        assert_eq!(after(Some(at(300)), at(5)), at(5), "the history begins anew");
    }

    #[test]
    fn what_uses_the_graphics_processor_alone_matters_too() {
        let steady = &Knowledge::builtin().expect("tables").thresholds.steady;
        let program = |cpu| ProgramSample { name: "gfx".into(), cpu: Fraction::new(cpu), ..ProgramSample::default() };
        let sample = |part| {
            let part = Fraction::new(part);
            Sample { gpu_users: Reading::Known(vec![Use { program: "gfx".into(), part }]), ..Sample::default() }
        };
        assert!(is_busy(&program(0.0), &sample(0.9), steady) && is_busy(&program(0.2), &Sample::default(), steady));
        assert!(!is_busy(&program(0.0), &sample(0.3), steady) && !is_busy(&program(0.01), &Sample::default(), steady));
    }

    fn process(pid: u32, parent: u32, args: &[&str]) -> ProcSample {
        let facts = ProcFacts {
            parent,
            name: "chrome".to_owned(),
            path: Reading::Known("/opt/google/chrome/chrome".to_owned()),
            args: Reading::Known(args.iter().map(|arg| (*arg).to_owned()).collect()),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid, start_time: u64::from(pid) })
        };
        ProcSample { cpu: Reading::Known(Fraction::new(0.01)), threads: 1, ..ProcSample::new(Arc::new(facts)) }
    }

    #[test]
    fn the_browser_question_names_the_process_that_began_it() {
        let knowledge = Knowledge::builtin().expect("tables");
        let processes = vec![
            process(11, 10, &["chrome", "--type=renderer"]),
            process(10, 1, &["chrome", "--user-data-dir=/srv/profiles"]),
        ];
        let program_table = Grouper::new(Os::Linux).group(&mut Sample::default(), processes, &knowledge);
        let question =
            browser_question(&program_table.programs[0], &program_table, &knowledge).expect("a known browser");
        assert_eq!((&*question.name, question.pid), ("Google Chrome", 10));
        assert_eq!(question.path.as_deref(), Some("/opt/google/chrome/chrome"));
        assert_eq!(question.own_profiles.as_deref(), Some("/srv/profiles"));
        assert_eq!(question.places.family, BrowserFamily::Chromium);
        assert!(question.blockers.len() >= 20);
    }

    #[test]
    fn a_browser_that_several_users_run_counts_as_shared() {
        let knowledge = Knowledge::builtin().expect("tables");
        let is_shared = |processes: Vec<ProcSample>| {
            let program_table = Grouper::new(Os::Linux).group(&mut Sample::default(), processes, &knowledge);
            let question =
                browser_question(&program_table.programs[0], &program_table, &knowledge).expect("a known browser");
            (question.pid, question.shared)
        };
        let of = |owner: Owner, mut sample: ProcSample| {
            sample.facts = Arc::new(ProcFacts { owner, ..(*sample.facts).clone() });
            sample
        };
        let own_process = || process(20, 1, &["chrome"]);
        assert_eq!(is_shared(vec![own_process(), process(21, 20, &["chrome", "--type=renderer"])]), (20, false));
        assert_eq!(is_shared(vec![of(Owner::Other, process(10, 1, &["chrome"])), own_process()]), (20, true));
        assert_eq!(
            is_shared(vec![process(10, 1, &["chrome", "--user-data-dir=/tmp/robot"]), own_process()]),
            (10, true)
        );
    }

    #[test]
    fn only_a_connection_that_lasts_counts() {
        let (mut pools, begin) = (Pools::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert!(pools.is_due(begin));
        assert!(pools.lasting(begin, ["/a", "/b"].into_iter()).is_empty());
        assert!(!pools.is_due(at(19)) && pools.is_due(at(20)));
        assert!(pools.lasting(at(20), ["/a"].into_iter()).is_empty());
        assert!(pools.lasting(at(40), ["/a", "/b"].into_iter()).is_empty());
        let lasting = pools.lasting(at(60), ["/a", "/b"].into_iter());
        assert_eq!(lasting.into_iter().collect::<Vec<_>>(), ["/a"], "the other one was away");
    }

    #[test]
    fn samples_share_a_condition_that_did_not_change() {
        let mut joined = ConditionCache::default();
        let of_pc = Arc::new(Condition::default());
        let alone = joined.join(&of_pc, None);
        assert!(alone == of_pc && Arc::ptr_eq(&joined.join(&of_pc, None), &alone));
        let browsers: Arc<[BrowserState]> =
            vec![BrowserState { name: "Firefox".into(), ..BrowserState::default() }].into();
        let first = joined.join(&of_pc, Some(&browsers));
        assert!(first.browser("Firefox").is_some() && first.browser("Chromium").is_none());
        assert!(Arc::ptr_eq(&joined.join(&of_pc, Some(&browsers)), &first));
        let later = Arc::new(Condition { restart_pending: Reading::Known(true), ..Condition::default() });
        let second = joined.join(&later, Some(&browsers));
        assert!(second.restart_pending == Reading::Known(true) && second.browser("Firefox").is_some());
        let helper = Autostart { name: "Helper".to_owned(), ..Autostart::default() };
        let stop = SuddenStop { at: At(3), back: At(4), reason: StopReason::PowerLost, code: None };
        joined.set_recorded(BTreeMap::from([(helper.identity(), At(5))]), Some(stop));
        let list = Condition { autostarts: Reading::Known(vec![helper]), ..Condition::default() }.into();
        let dated = joined.join(&list, None);
        assert_eq!(dated.autostarts.known().map(|list| list[0].since), Some(Some(At(5))));
        assert_eq!(dated.sudden_stop, Some(stop));
        joined.set_recorded(BTreeMap::new(), None);
        let unknown = joined.join(&list, None);
        assert_eq!(unknown.autostarts.known().map(|list| list[0].since), Some(None));
        assert_eq!(unknown.sudden_stop, None);
    }

    #[test]
    fn a_part_of_somebody_else_refuses_itself_and_a_protected_one_all() {
        let own = OwnProcess { pid: 1000, ancestors: Vec::new(), files: Vec::new() };
        let check = |pid, owner| {
            let facts = ProcFacts { parent: 1, owner, ..ProcFacts::new(ProcKey { pid, start_time: 1 }) };
            Closable::check(&facts, &ProtectRules::default(), &own, |_| true)
        };
        let parts = |owners: &[Owner]| {
            let checked = owners.iter().zip(2000..).map(|(owner, pid)| check(pid, *owner));
            own_parts(checked).map(|parts| (parts.parts.len(), parts.is_partial))
        };
        assert_eq!(parts(&[Owner::Me, Owner::Me]), Ok((2, false)));
        // The owner of an elevated process cannot be read.
        assert_eq!(parts(&[Owner::Me, Owner::Unknown, Owner::Other]), Ok((1, true)));
        assert_eq!(parts(&[Owner::Me, Owner::System]), Err(Refusal::System));
        assert_eq!(parts(&[Owner::Unknown]), Err(Refusal::OtherUser));
        assert_eq!(parts(&[]), Err(Refusal::NotRunning));
    }
}
