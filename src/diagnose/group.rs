//! Groups processes into programs as users know them: a browser with all its processes, a helper as part of the program
//! that started it, the kernel as one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::knowledge::{Application, Knowledge, application};
use crate::model::{
    Bytes, BytesPerSec, DisplayName, Fraction, Member, MyFiles, Origin, OriginFlag, Os, Owner, Pid, ProcFacts, ProcKey,
    ProcSample, ProgramKind, ProgramSample, Reading, Sample, Signature, Signatures, Why,
};

/// English name of the entry that groups all kernel threads.
const KERNEL: &str = "Linux kernel";
/// English name of this program. No other can have it: it is in the tables without a file.
pub const OWN_PROGRAM: &str = "Mimamori";
/// Longest chain of parents followed. Helpers start helpers, but no real chain is longer.
const MAX_PARENTS: usize = 8;
/// Number of busiest programs kept in a history…
const KEEP_BY_CPU: usize = 12;
/// …number of largest programs…
const KEEP_BY_MEMORY: usize = 8;
/// …and share of the processors from which a program is kept in any case, with its processes.
const KEEP_SHARE: f64 = 0.05;
/// Disk rate from which a program is kept with its processes, too.
const KEEP_DISK: BytesPerSec = BytesPerSec(Bytes::MIB as f64);
/// Minimum number of single processes kept in a history.
const KEEP_PROCESSES: usize = 10;

/// Result of grouping the processes of one tick.
#[derive(Clone, Debug, Default)]
pub struct ProgramTable {
    /// Every program, busiest first, with all its processes.
    pub programs: Vec<ProgramSample>,
    /// Facts of every process, needed to act on it.
    pub facts: HashMap<ProcKey, Arc<ProcFacts>>,
}

impl ProgramTable {
    /// The program with this name.
    pub fn program(&self, name: &str) -> Option<&ProgramSample> {
        self.programs.iter().find(|program| *program.name == *name)
    }

    /// Ids of all processes of the program with this name.
    pub fn pids_of(&self, name: &str) -> Vec<Pid> {
        let members = self.program(name).map(|program| program.members.iter());
        members.into_iter().flatten().map(|member| member.key.pid).collect()
    }
}

#[derive(Clone)]
struct Identity {
    facts: Arc<ProcFacts>,
    name: Arc<str>,
    kind: ProgramKind,
    part_of_parent: bool,
    /// A script: the shell that started it runs other things, too, and is not its root.
    script: bool,
    origin: Arc<Origin>,
}

/// The processes of one tick, indexed by pid.
struct LiveProcesses<'a> {
    processes: &'a [ProcSample],
    by_pid: HashMap<Pid, usize>,
}

impl<'a> LiveProcesses<'a> {
    fn new(processes: &'a [ProcSample]) -> Self {
        let by_pid = processes.iter().enumerate().map(|(index, process)| (process.facts.key.pid, index)).collect();
        Self { processes, by_pid }
    }

    /// The parent if it still runs. A process that started later has only reused the pid.
    fn parent_of(&self, facts: &ProcFacts) -> Option<&'a ProcFacts> {
        let parent = &*self.processes[*self.by_pid.get(&facts.parent)?].facts;
        let older = parent.key.start_time <= facts.key.start_time && parent.key.pid != facts.key.pid;
        older.then_some(parent)
    }

    /// The parent, its parent and so on, as far as they still run.
    fn ancestors_of(&self, facts: &ProcFacts) -> impl Iterator<Item = &'a ProcFacts> {
        std::iter::successors(self.parent_of(facts), |facts| self.parent_of(facts)).take(MAX_PARENTS)
    }
}

/// What is known about the programs of this PC beyond the built-in tables. Keyed by path: any program can take any
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramFacts {
    /// Files the user marked as their own work.
    pub my_files: MyFiles,
    /// Files first seen a few days ago; empty while the baseline is still being learned.
    pub new: BTreeSet<String>,
    /// Signatures by path.
    pub signatures: Arc<Signatures>,
    /// Files that have been connected to a mining pool's port for a while.
    pub pools: BTreeSet<String>,
    /// Our own program files.
    pub own_files: BTreeSet<String>,
}

impl ProgramFacts {
    /// True if this is one of our own program files, also one that was replaced by an update while it runs.
    fn is_ours(&self, facts: &ProcFacts) -> bool {
        let path = facts.path.known().map(|path| path.strip_suffix(" (deleted)").unwrap_or(path));
        path.is_some_and(|path| self.own_files.contains(path))
    }

    /// True if this is still the file the user marked as their own work. If it had a signer then, a valid check must
    /// show the same one now; an unsigned or unchecked file is known by its path only.
    fn is_own_file(&self, path: &str) -> bool {
        self.my_files.get(path).is_some_and(|then| match (then, self.signatures.get(path)) {
            (Some(then), Some(now)) => now.signer() == Some(then),
            (None, _) | (_, None) => true,
        })
    }
}

/// Groups the processes of each tick; caches the identity of each process.
pub struct Grouper {
    os: Os,
    known: HashMap<ProcKey, Identity>,
    facts: ProgramFacts,
}

impl Grouper {
    /// Replaces what is known about the programs of this PC.
    pub fn set_baseline(&mut self, facts: ProgramFacts) {
        if self.facts != facts {
            self.facts = facts;
            self.known.clear();
        }
    }

    /// A grouper for processes of this system.
    pub fn new(os: Os) -> Self {
        Self { os, known: HashMap::new(), facts: ProgramFacts::default() }
    }

    /// What is known about the programs of this PC.
    pub const fn facts(&self) -> &ProgramFacts {
        &self.facts
    }

    /// Groups `processes` and puts what a history keeps into `sample`.
    pub fn group(
        &mut self,
        sample: &mut Sample,
        mut processes: Vec<ProcSample>,
        knowledge: &Knowledge,
    ) -> ProgramTable {
        // Systems list processes in any order, which would change the last digit of a floating-point sum.
        processes.sort_by_key(|process| process.facts.key);
        let living = LiveProcesses::new(&processes);
        self.update_identities(&living, knowledge);
        let mut programs: HashMap<Arc<str>, Draft> = HashMap::new();
        for process in &processes {
            let Some(owner) = self.owner_of(process, &living) else { continue };
            let root = self.root_of(process, &owner.name, &living);
            programs.entry(Arc::clone(&owner.name)).or_insert_with(|| Draft::new(owner)).add(process, root);
        }
        let origin = |key: &ProcKey| self.known.get(key).map(|identity| &identity.origin);
        let mut programs: Vec<ProgramSample> =
            programs.into_iter().map(|(name, draft)| draft.finish(name, origin)).collect();
        if processes.iter().any(|process| is_monitoring_tool(&process.facts, knowledge)) {
            sample.watched = Reading::Known(true);
        } else if sample.watched.why().is_some() && processes.iter().any(|process| process.facts.given.is_none()) {
            sample.watched = Reading::Known(false);
        }
        programs.sort_by(|a, b| {
            b.cpu.get().total_cmp(&a.cpu.get()).then(b.memory.cmp(&a.memory)).then(a.name.cmp(&b.name))
        });
        let facts = processes.iter().map(|process| (process.facts.key, Arc::clone(&process.facts))).collect();
        fill(sample, &programs, processes);
        ProgramTable { programs, facts }
    }

    fn update_identities(&mut self, living: &LiveProcesses<'_>, knowledge: &Knowledge) {
        let mut known = HashMap::with_capacity(living.processes.len());
        for process in living.processes {
            let key = process.facts.key;
            let identity = match self.known.remove(&key) {
                Some(identity) if Arc::ptr_eq(&identity.facts, &process.facts) => identity,
                before => {
                    let mut identity = self.identify(&process.facts, living, knowledge);
                    // Its parent may have ended since it was first seen.
                    if let Some(before) = before.filter(|_| identity.origin.parent.is_none()) {
                        // After an exec the process runs another file: flags of the previous one do not carry over.
                        let is_same = before.facts.path == identity.facts.path;
                        let kept =
                            if is_same { Arc::clone(&before.origin) } else { Arc::new(before.origin.of_parent()) };
                        identity.origin = Arc::new(identity.origin.and(&kept));
                    }
                    identity
                }
            };
            known.insert(key, identity);
        }
        self.known = known;
    }

    fn identify(&self, facts: &Arc<ProcFacts>, living: &LiveProcesses<'_>, knowledge: &Knowledge) -> Identity {
        let is_ours = self.facts.is_ours(facts);
        let file = if is_ours { knowledge.named(OWN_PROGRAM) } else { knowledge.identify(facts, self.os) };
        let given = facts.given_group();
        let misplaced = knowledge.is_misplaced(facts, self.os);
        let found = match given {
            _ if facts.kernel => knowledge.named(KERNEL),
            // A recorded group is trusted unless the file is where that program cannot be.
            Some(group) => knowledge.named(group).filter(|_| !misplaced).or(file),
            None => file,
        };
        let plain = || match given {
            Some(group) if !misplaced => DisplayName::new(group),
            _ => DisplayName::new(&unknown_program_name(facts, knowledge)),
        };
        // One runtime runs many applications, and closing one must not close the others.
        let is_plain = given.is_none() && found.is_none_or(|program| program.kind == ProgramKind::Program);
        let application = is_plain.then(|| application(facts, living.parent_of(facts))).flatten();
        let name = match &application {
            Some(Application::Named(name)) => DisplayName::new(name).as_str().into(),
            Some(Application::Part) | None => {
                found.map_or_else(|| plain().as_str().into(), |program| program.name.en.as_str().into())
            }
        };
        let kind = found.map_or(ProgramKind::Program, |program| program.kind);
        let part_of_parent = application == Some(Application::Part)
            || found.is_some_and(|program| program.part_of_parent) && given.is_none();
        let script = found.is_none() && Knowledge::is_interpreted(facts);
        let origin = Arc::new(self.origin(facts, kind, living, knowledge));
        Identity { facts: Arc::clone(facts), name, kind, part_of_parent, script, origin }
    }

    fn origin(
        &self,
        facts: &ProcFacts,
        kind: ProgramKind,
        living: &LiveProcesses<'_>,
        knowledge: &Knowledge,
    ) -> Origin {
        let parent = living.parent_of(facts);
        let mut marks = knowledge.marks(facts, parent, self.os);
        let args = facts.args.known().map_or(&[][..], Vec::as_slice);
        let is_unprompted = || parent.is_some_and(|parent| knowledge.is_unprompted_opener(parent, self.os));
        let is_address = |arg: &String| arg.starts_with("http://") || arg.starts_with("https://");
        if kind == ProgramKind::Browser && args.iter().any(is_address) && is_unprompted() {
            marks.push(OriginFlag::OpenedByStranger);
        }
        let is_terminal = |facts: &ProcFacts| knowledge.is_terminal(facts, living.parent_of(facts));
        marks.extend(living.ancestors_of(facts).any(is_terminal).then_some(OriginFlag::FromTerminal));
        let replaced = facts.path.known().is_some_and(|path| path.ends_with(" (deleted)"));
        if kind == ProgramKind::Browser && replaced && !marks.contains(&OriginFlag::DeletedFile) {
            marks.push(OriginFlag::UpdateWaiting);
        }
        if let Reading::Known(path) = &facts.path {
            marks.extend(self.facts.new.contains(path).then_some(OriginFlag::New));
            // The file of an interpreter says nothing about the script it runs; miner arguments are never the user's
            // own work.
            let runs_a_miner = Knowledge::is_interpreted(facts) && marks.contains(&OriginFlag::MinerArguments);
            marks.extend((self.facts.is_own_file(path) && !runs_a_miner).then_some(OriginFlag::MyWork));
            marks.extend(self.facts.pools.contains(path).then_some(OriginFlag::PoolPort));
            marks.extend(self.facts.signatures.get(path).map(|signature| match signature {
                Signature::Absent => OriginFlag::Unsigned,
                Signature::Valid { .. } => OriginFlag::Signed,
            }));
        }
        let is_miner = marks.contains(&OriginFlag::MinerArguments);
        let argument = is_miner.then(|| knowledge.miner_argument(facts, self.os)).flatten();
        let parent = parent.map(|parent| DisplayName::new(parent.file_name()).as_str().into());
        let seen = Origin { marks, parent, argument };
        match &facts.given {
            Some(given) => given.origin.and(&seen),
            None => seen,
        }
    }

    /// The program a process is counted under: its own, or for a helper that of the nearest ancestor that is not one.
    fn owner_of(&self, process: &ProcSample, living: &LiveProcesses<'_>) -> Option<&Identity> {
        let own = self.known.get(&process.facts.key)?;
        let mut current = own;
        for _ in 0..MAX_PARENTS {
            if !current.part_of_parent {
                // A helper started by the system itself keeps its own name.
                return Some(if current.kind == ProgramKind::System { own } else { current });
            }
            match self.parent_of(current, living) {
                Some(parent) => current = parent,
                None => break,
            }
        }
        Some(own)
    }

    fn parent_of(&self, identity: &Identity, living: &LiveProcesses<'_>) -> Option<&Identity> {
        self.known.get(&living.parent_of(&identity.facts)?.key)
    }

    fn root_of(&self, process: &ProcSample, name: &Arc<str>, living: &LiveProcesses<'_>) -> ProcKey {
        let Some(mut current) = self.known.get(&process.facts.key) else { return process.facts.key };
        for _ in 0..if current.script { 0 } else { MAX_PARENTS } {
            match self.parent_of(current, living) {
                Some(parent) if parent.name == *name || parent.part_of_parent => current = parent,
                _ => break,
            }
        }
        current.facts.key
    }
}

struct Draft {
    kind: ProgramKind,
    cpu: f64,
    memory: u64,
    disk: Reading<BytesPerSec>,
    disk_write: Reading<BytesPerSec>,
    window: Reading<bool>,
    hung: bool,
    /// Of the busiest process, with its share.
    lowest_priority: (f64, bool),
    members: Vec<(Member, Option<String>)>,
}

impl Draft {
    fn new(owner: &Identity) -> Self {
        Self {
            kind: owner.kind,
            cpu: 0.0,
            memory: 0,
            disk: Reading::Missing(Why::NoPermission),
            disk_write: Reading::Missing(Why::NoPermission),
            window: Reading::default(),
            hung: false,
            lowest_priority: (-1.0, false),
            members: Vec::new(),
        }
    }

    fn add(&mut self, process: &ProcSample, root: ProcKey) {
        let cpu = process.cpu.get().unwrap_or_default();
        let memory = process.memory.get().unwrap_or_default();
        self.cpu += cpu.get();
        self.memory = self.memory.saturating_add(memory.0);
        if let (Some(read), Some(written)) = (process.disk_read.get(), process.disk_write.get()) {
            let before = self.disk.get().map_or(0.0, |rate| rate.0);
            self.disk = Reading::Known(BytesPerSec(before + read.0 + written.0));
        }
        if let Some(written) = process.disk_write.get() {
            let before = self.disk_write.get().map_or(0.0, |rate| rate.0);
            self.disk_write = Reading::Known(BytesPerSec(before + written.0));
        }
        // A window of one process is a window of the program; if it is unknown for one process, it is unknown for the
        // program.
        let shows = Reading::Known(true);
        if self.members.is_empty() || process.window == shows || self.window == Reading::Known(false) {
            self.window = process.window;
        }
        self.hung |= process.hung;
        if cpu.get() > self.lowest_priority.0 {
            self.lowest_priority = (cpu.get(), process.lowest_priority == Reading::Known(true));
        }
        let member = Member { key: process.facts.key, root, cpu, memory };
        self.members.push((member, process.facts.path.known().cloned()));
    }

    /// Origin of the program: that of its busiest process and of the root of its tree, plus flags that only another of
    /// its processes can show.
    fn origin<'a>(&self, origin_of: impl Fn(&ProcKey) -> Option<&'a Arc<Origin>>) -> Arc<Origin> {
        let busiest = self.members.first().map(|(member, _)| member);
        let own = busiest.and_then(|member| origin_of(&member.key)).cloned().unwrap_or_default();
        let root = busiest.filter(|member| member.root != member.key).and_then(|member| origin_of(&member.root));
        let mut origin = root.map_or_else(|| Arc::clone(&own), |root| Arc::new(root.and(&own)));
        let mut parts = self.members.iter().filter_map(|(member, _)| origin_of(&member.key));
        // Own work needs the busiest process to be own work, and no other process with the arguments of a miner.
        let is_other = |part: &Origin| part.has(OriginFlag::MinerArguments) && !part.has(OriginFlag::MyWork);
        if origin.has(OriginFlag::MyWork) && (!own.has(OriginFlag::MyWork) || parts.clone().any(|part| is_other(part)))
        {
            Arc::make_mut(&mut origin).marks.retain(|mark| *mark != OriginFlag::MyWork);
        }
        // The process that passes an address to a running browser is not the busiest one, and its parent is gone a
        // moment later.
        let is_opened_by_stranger = |origin: &Origin| origin.has(OriginFlag::OpenedByStranger);
        if self.kind == ProgramKind::Browser
            && !is_opened_by_stranger(&origin)
            && let Some(opened) = parts.find(|part| is_opened_by_stranger(part))
        {
            let origin = Arc::make_mut(&mut origin);
            origin.marks.push(OriginFlag::OpenedByStranger);
            origin.parent.clone_from(&opened.parent);
        }
        if self.lowest_priority.1 && !origin.has(OriginFlag::LowestPriority) {
            let marks = &mut Arc::make_mut(&mut origin).marks;
            marks.push(OriginFlag::LowestPriority);
            marks.sort_unstable();
        }
        origin
    }

    fn finish<'a>(mut self, name: Arc<str>, origin_of: impl Fn(&ProcKey) -> Option<&'a Arc<Origin>>) -> ProgramSample {
        self.members.sort_by(|(a, _), (b, _)| b.cpu.get().total_cmp(&a.cpu.get()).then(a.key.cmp(&b.key)));
        let origin = self.origin(origin_of);
        ProgramSample {
            name,
            kind: self.kind,
            cpu: Fraction::new(self.cpu),
            busiest_part: self.members.first().map(|(member, _)| member.cpu).unwrap_or_default(),
            memory: Bytes(self.memory),
            disk: self.disk,
            disk_write: self.disk_write,
            parts: self.members.len() as u32,
            path: self.members.iter().find_map(|(_, path)| path.as_deref()).map(Arc::from),
            largest: self.members.iter().map(|(member, _)| member).max_by_key(|member| member.memory).map(|m| m.key),
            origin,
            window: self.window,
            hung: self.hung,
            members: self.members.into_iter().map(|(member, _)| member).collect(),
        }
    }
}

/// Display name of a process that is not a known program. The tables look programs up by name, so it must not be that
/// of another program: then the file name with its extension is used, or the whole path.
fn unknown_program_name(facts: &ProcFacts, knowledge: &Knowledge) -> String {
    let plain = Knowledge::plain_name(facts);
    let path = facts.path.known().map_or("", String::as_str);
    let names = [plain.as_str(), facts.file_name(), path];
    let free = names.into_iter().find(|name| !name.is_empty() && knowledge.named(name).is_none());
    free.map_or_else(|| format!("{plain} (?)"), str::to_owned)
}

/// True for a program that shows what the PC does. Our agent, the same executable as our window, does not count: it
/// runs all day, also for other users, whose arguments cannot be read.
pub fn is_monitoring_tool(facts: &ProcFacts, knowledge: &Knowledge) -> bool {
    let is_ours = facts.file_name().to_lowercase().trim_end_matches(".exe") == "mimamori";
    let is_window = || match &facts.args {
        Reading::Known(args) => args.get(1).is_none_or(|argument| argument != "agent"),
        Reading::Missing(_) => facts.given.is_some() || facts.owner == Owner::Me,
    };
    knowledge.is_monitoring_tool(facts.file_name()) && (!is_ours || is_window())
}

/// Puts what a history keeps into `sample`.
fn fill(sample: &mut Sample, programs: &[ProgramSample], mut processes: Vec<ProcSample>) {
    let total_memory = sample.memory.get().map_or(0, |memory| memory.total.0);
    let mut by_memory: Vec<&ProgramSample> = programs.iter().collect();
    by_memory.sort_by_key(|program| std::cmp::Reverse(program.memory));
    by_memory.truncate(KEEP_BY_MEMORY);
    let is_moving_data = |program: &ProgramSample| program.disk.get().is_some_and(|rate| rate >= KEEP_DISK);
    // A disguised program is judged however little it does.
    let is_disguised = |program: &ProgramSample| program.cpu > Fraction::ZERO && program.origin.is_disguised();
    let is_kept = |program: &ProgramSample| {
        program.cpu.get() >= KEEP_SHARE || is_moving_data(program) || program.hung || is_disguised(program)
    };
    let is_large = |program: &ProgramSample| by_memory.iter().any(|large| large.name == program.name);
    sample.programs = programs
        .iter()
        .enumerate()
        .filter(|(index, program)| *index < KEEP_BY_CPU || is_kept(program) || is_large(program))
        .map(|(_, program)| {
            let matters = is_kept(program) || program.memory.0 >= total_memory / 8;
            let members = if matters { Arc::clone(&program.members) } else { Arc::default() };
            ProgramSample { members, ..program.clone() }
        })
        .collect();
    let kept: f64 = sample.programs.iter().map(|program| program.cpu.get()).sum();
    if !programs.is_empty() {
        sample.everything_else = sample.program_total.map(|total| Fraction::new(total.get() - kept));
    }
    let cpu_of = |process: &ProcSample| process.cpu.get().unwrap_or_default().get();
    // A recording lists only the processes that mattered, so its remainder would be wrong.
    let sees_all = sample.unattributed.why() != Some(Why::NoPermission);
    if sees_all && !processes.is_empty() && processes.iter().all(|process| process.facts.given.is_none()) {
        let all: f64 = processes.iter().map(cpu_of).sum();
        // Time taken by the host belongs to no process of this PC.
        let stolen = sample.stolen.get().unwrap_or_default().get();
        sample.unattributed = sample.program_total.map(|total| Fraction::new((total.get() - all - stolen).max(0.0)));
    }
    processes.sort_by(|a, b| cpu_of(b).total_cmp(&cpu_of(a)).then(b.memory.get().cmp(&a.memory.get())));
    let busy = processes.iter().filter(|process| cpu_of(process) >= KEEP_SHARE).count();
    processes.truncate(busy.max(KEEP_PROCESSES));
    // The sample is kept for hours, with whatever this list has room for.
    processes.shrink_to_fit();
    sample.top = processes;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Owner;

    fn process(pid: Pid, parent: Pid, path: &str, cpu: f64) -> ProcSample {
        ProcSample {
            cpu: Reading::Known(Fraction::new(cpu)),
            memory: Reading::Known(Bytes(100)),
            threads: 1,
            ..ProcSample::new(Arc::new(ProcFacts {
                parent,
                name: path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
                path: Reading::Known(path.to_owned()),
                args: Reading::Missing(Why::NoPermission),
                owner: Owner::Me,
                ..ProcFacts::new(ProcKey { pid, start_time: u64::from(pid) })
            }))
        }
    }

    fn group(os: Os, processes: Vec<ProcSample>) -> (Sample, ProgramTable) {
        let knowledge = Knowledge::builtin().expect("tables");
        let mut sample = Sample { program_total: Reading::Known(Fraction::new(0.9)), ..Sample::default() };
        let table = Grouper::new(os).group(&mut sample, processes, &knowledge);
        (sample, table)
    }

    #[test]
    fn a_browser_is_one_program_with_one_root() {
        let path = "/usr/lib/chromium/chromium";
        let (sample, table) =
            group(Os::Linux, vec![process(10, 1, path, 0.1), process(11, 10, path, 0.0), process(12, 11, path, 0.5)]);
        let browser = sample.program("Chromium").expect("one program");
        assert_eq!((browser.kind, browser.parts), (ProgramKind::Browser, 3));
        assert!((browser.cpu.get() - 0.6).abs() < 1e-9 && (browser.busiest_part.get() - 0.5).abs() < 1e-9);
        assert!(table.programs[0].members.iter().all(|member| member.root.pid == 10));
        assert!((sample.everything_else.get().expect("known").get() - 0.3).abs() < 1e-9);
    }

    #[test]
    fn a_sample_has_no_room_for_what_it_does_not_keep() {
        let processes: Vec<ProcSample> = (10..4_010).map(|pid| process(pid, 1, "/usr/bin/sleep", 0.0)).collect();
        let (sample, _) = group(Os::Linux, processes);
        assert_eq!(sample.top.len(), KEEP_PROCESSES);
        assert!(sample.top.capacity() <= 2 * KEEP_PROCESSES, "{}", sample.top.capacity());
    }

    /// `(a + b) + c` and `(c + b) + a` differ here in the last digit.
    #[test]
    fn the_order_in_which_a_system_lists_changes_no_digit() {
        let path = "/usr/bin/apt";
        let listed = || [0.1, 0.2, 0.3].map(Fraction::new);
        let [a, b, c] = listed().map(Fraction::get);
        assert_ne!(((a + b) + c).to_bits(), ((c + b) + a).to_bits(), "these figures prove nothing");
        let processes = || (10..).zip(listed()).map(|(pid, cpu)| process(pid, 1, path, cpu.get())).collect::<Vec<_>>();
        let (forwards, _) = group(Os::Linux, processes());
        let (backwards, _) = group(Os::Linux, processes().into_iter().rev().collect());
        assert_eq!(forwards.programs[0].cpu.get().to_bits(), backwards.programs[0].cpu.get().to_bits());
        assert_eq!(forwards, backwards);
    }

    fn with(mut process: ProcSample, change: impl FnOnce(&mut ProcFacts)) -> ProcSample {
        change(Arc::make_mut(&mut process.facts));
        process
    }

    fn args(args: &[&str]) -> Reading<Vec<String>> {
        Reading::Known(args.iter().map(|arg| (*arg).to_owned()).collect())
    }

    #[test]
    fn an_agent_of_somebody_else_is_no_monitor_and_our_window_is_one() {
        let watched = |change: &dyn Fn(&mut ProcFacts)| {
            let path = r"C:\Program Files\Mimamori\mimamori.exe";
            group(Os::Windows, vec![with(process(10, 1, path, 0.0), change)]).0.watched == Reading::Known(true)
        };
        assert!(watched(&|facts| facts.args = args(&["mimamori.exe"])));
        assert!(watched(&|facts| facts.owner = Owner::Me), "ours, and the system does not tell what it is");
        assert!(!watched(&|facts| facts.args = args(&["mimamori.exe", "agent", "--quiet"])));
        assert!(!watched(&|facts| facts.owner = Owner::Other));
        let other = with(process(10, 1, r"C:\Windows\System32\Taskmgr.exe", 0.0), |facts| facts.owner = Owner::Other);
        assert_eq!(group(Os::Windows, vec![other]).0.watched, Reading::Known(true));
    }

    #[test]
    fn another_program_in_the_same_process_has_an_origin_of_its_own() {
        let knowledge = Knowledge::builtin().expect("tables");
        let mut grouper = Grouper::new(Os::Linux);
        let (work, thief) = ("/home/a/projects/tool", "/home/a/.cache/.x/tool");
        let my_files = [(work.to_owned(), None)].into_iter().collect();
        grouper.set_baseline(ProgramFacts { my_files, ..ProgramFacts::default() });
        let mut origin = |processes: Vec<ProcSample>| {
            let sample = &mut Sample::default();
            let table = grouper.group(sample, processes, &knowledge);
            let found = table.programs.into_iter().find(|program| &*program.name == "tool");
            found.map(|program| (program.origin.has(OriginFlag::MyWork), (*program.origin).clone()))
        };
        let script = with(process(5, 1, "/usr/bin/dash", 0.0), |facts| facts.args = args(&["sh", "start.sh"]));
        let (mine, first) = origin(vec![script, process(9, 5, work, 0.2)]).expect("the program");
        assert!(mine && first.has(OriginFlag::ScriptHostParent));
        // Its parent has ended, and it has executed another file of the same name.
        let (mine, then) = origin(vec![process(9, 5, thief, 0.2)]).expect("the program");
        assert!(!mine && then.has(OriginFlag::HiddenPlace), "{then:?}");
        assert_eq!(then.parent.as_deref(), Some("dash"), "who started the process is still true");
    }

    #[test]
    fn the_priority_of_a_program_is_that_of_its_busiest_process() {
        let lowest = |is_lowest: bool| {
            let quiet = ProcSample { lowest_priority: Reading::Known(!is_lowest), ..process(10, 1, "/opt/a/a", 0.01) };
            let busy = ProcSample { lowest_priority: Reading::Known(is_lowest), ..process(11, 10, "/opt/a/a", 0.3) };
            group(Os::Linux, vec![quiet, busy]).1.programs[0].origin.has(OriginFlag::LowestPriority)
        };
        assert!(lowest(true) && !lowest(false));
        let unknown = group(Os::Linux, vec![process(10, 1, "/opt/a/a", 0.3)]).1;
        assert!(!unknown.programs[0].origin.has(OriginFlag::LowestPriority));
    }

    #[test]
    fn a_page_handed_to_a_running_browser_is_seen_although_another_part_is_busier() {
        let chrome = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
        let script = process(5, 1, r"C:\Windows\System32\wscript.exe", 0.0);
        let passed_on =
            with(process(20, 5, chrome, 0.0), |facts| facts.args = args(&["chrome.exe", "https://a.example"]));
        let processes = vec![process(10, 1, chrome, 0.1), process(11, 10, chrome, 0.4), script, passed_on];
        let (sample, _) = group(Os::Windows, processes);
        let origin = &sample.program("Google Chrome").expect("the browser").origin;
        assert!(origin.marks.contains(&OriginFlag::OpenedByStranger), "{origin:?}");
        assert_eq!(origin.parent.as_deref(), Some("wscript.exe"));
    }

    #[test]
    fn own_work_of_an_interpreter_is_no_leave_for_a_miner_it_runs() {
        let path = "/usr/bin/python3.11";
        let marks = |arguments: &[&str]| {
            let mut grouper = Grouper::new(Os::Linux);
            grouper.set_baseline(ProgramFacts {
                my_files: MyFiles::from([(path.to_owned(), None)]),
                ..ProgramFacts::default()
            });
            let knowledge = Knowledge::builtin().expect("tables");
            let process = with(process(10, 1, path, 0.5), |facts| facts.args = args(arguments));
            let mut sample = Sample::default();
            grouper.group(&mut sample, vec![process], &knowledge);
            sample.programs[0].origin.marks.clone()
        };
        assert!(marks(&["python3", "sums.py"]).contains(&OriginFlag::MyWork));
        let pool = marks(&["python3", "a.py", &["stratum", "+tcp://pool.example:3333"].concat()]);
        assert!(pool.contains(&OriginFlag::MinerArguments) && !pool.contains(&OriginFlag::MyWork), "{pool:?}");
        // Started by a script, and beside a busier one.
        let mut grouper = Grouper::new(Os::Linux);
        grouper.set_baseline(ProgramFacts {
            my_files: MyFiles::from([(path.to_owned(), None)]),
            ..ProgramFacts::default()
        });
        let knowledge = Knowledge::builtin().expect("tables");
        let run = |pid, parent, cpu, arguments: &[&str]| {
            with(process(pid, parent, path, cpu), |facts| facts.args = args(arguments))
        };
        let pool = ["stratum", "+tcp://pool.example:3333"].concat();
        for (miner, sums) in [(0.5, 0.0), (0.2, 0.4)] {
            let processes =
                vec![run(10, 1, sums, &["python3", "run.py"]), run(11, 10, miner, &["python3", "a.py", &pool])];
            let mut sample = Sample::default();
            grouper.group(&mut sample, processes, &knowledge);
            // Two applications of one interpreter: the miner is not the user's own work, and the other still is.
            let is_mine = |name| sample.program(name).expect(name).origin.has(OriginFlag::MyWork);
            assert_eq!((is_mine("a.py (python)"), is_mine("run.py (python)")), (false, true), "{miner}");
        }
    }

    #[test]
    fn what_somebody_else_signed_is_not_the_users_own_work() {
        let path = r"C:\Tools\sums.exe";
        let is_mine = |then: Option<&str>, now: Option<Signature>| {
            let my_files = MyFiles::from([(path.to_owned(), then.map(str::to_owned))]);
            let signatures = Arc::new(now.map(|signature| (path.to_owned(), signature)).into_iter().collect());
            let mut grouper = Grouper::new(Os::Windows);
            grouper.set_baseline(ProgramFacts { my_files, signatures, ..ProgramFacts::default() });
            let mut sample = Sample::default();
            let knowledge = Knowledge::builtin().expect("tables");
            let table = grouper.group(&mut sample, vec![process(10, 1, path, 0.5)], &knowledge);
            table.programs[0].origin.marks.contains(&OriginFlag::MyWork)
        };
        let signed = |by: &str| Some(Signature::Valid { signer: Some(by.into()) });
        assert!(is_mine(Some("Example KK"), signed("Example KK")));
        assert!(is_mine(Some("Example KK"), None), "not checked yet");
        assert!(is_mine(None, Some(Signature::Absent)), "never was signed");
        assert!(!is_mine(Some("Example KK"), signed("Somebody Else")));
        assert!(!is_mine(Some("Example KK"), Some(Signature::Absent)));
        assert!(!is_mine(Some("Example KK"), Some(Signature::Valid { signer: None })));
    }

    #[test]
    fn our_own_programs_are_known_by_their_place_and_nothing_else() {
        let ours = "/opt/mimamori/mimamori";
        let knowledge = Knowledge::builtin().expect("tables");
        let mut grouper = Grouper::new(Os::Linux);
        grouper.set_baseline(ProgramFacts { own_files: BTreeSet::from([ours.to_owned()]), ..ProgramFacts::default() });
        let mut name = |path: &str| {
            let mut sample = Sample::default();
            grouper.group(&mut sample, vec![process(10, 1, path, 0.3)], &knowledge);
            sample.programs[0].name.to_string()
        };
        assert_eq!([name(ours), name("/opt/mimamori/mimamori (deleted)")], [OWN_PROGRAM; 2]);
        for other in ["/tmp/mimamori", "/tmp/Mimamori"] {
            assert_ne!(name(other), OWN_PROGRAM, "{other}");
        }
    }

    #[test]
    fn where_not_every_process_is_seen_no_load_is_called_nobodys() {
        let knowledge = Knowledge::builtin().expect("tables");
        let unattributed = |why| {
            let total = Reading::Known(Fraction::new(0.9));
            let mut sample = Sample { program_total: total, unattributed: Reading::Missing(why), ..Sample::default() };
            Grouper::new(Os::Linux).group(&mut sample, vec![process(10, 1, "/usr/bin/bash", 0.1)], &knowledge);
            sample.unattributed
        };
        assert!(unattributed(Why::NotYet).get().is_some_and(|share| (share.get() - 0.8).abs() < 1e-9));
        assert_eq!(unattributed(Why::NoPermission), Reading::Missing(Why::NoPermission));
    }

    #[test]
    fn each_application_of_a_runtime_is_a_program() {
        let names = |processes: Vec<ProcSample>| -> Vec<(String, u32)> {
            let (_, table) = group(Os::Linux, processes);
            let mut names: Vec<_> =
                table.programs.iter().map(|program| (program.name.to_string(), program.parts)).collect();
            names.sort();
            names
        };
        let java = |pid, app: &str| process(pid, 1, &format!("/opt/{app}/jre/bin/java"), 0.2);
        assert_eq!(
            names(vec![java(10, "ledger"), java(11, "orders")]),
            [("ledger (java)".into(), 1), ("orders (java)".into(), 1)]
        );
        let electron = "/usr/lib/electron31/electron";
        let parts = vec![process(10, 1, electron, 0.1), process(11, 10, electron, 0.2), process(20, 1, electron, 0.2)];
        assert_eq!(names(parts), [("electron (10)".into(), 2), ("electron (20)".into(), 1)]);
        let wine = |pid, name: &str| {
            with(process(pid, 1, "/opt/wine/bin/wine64-preloader", 0.2), |facts| name.clone_into(&mut facts.name))
        };
        assert_eq!(
            names(vec![wine(10, "EXCEL.EXE"), wine(11, "HIDEMARU.EXE")]),
            [("EXCEL".into(), 1), ("HIDEMARU".into(), 1)]
        );
    }

    #[test]
    fn a_web_view_counts_to_the_program_that_shows_it() {
        let view = r"C:\Program Files (x86)\Microsoft\EdgeWebView\Application\150\msedgewebview2.exe";
        let (_, table) = group(
            Os::Windows,
            vec![process(10, 1, r"C:\Tools\Planner.exe", 0.01), process(11, 10, view, 0.2), process(12, 11, view, 0.3)],
        );
        assert_eq!(&*table.programs[0].name, "Planner");
        assert_eq!((table.programs.len(), table.programs[0].parts), (1, 3));
        assert_eq!(table.programs[0].kind, ProgramKind::Program);
    }

    #[test]
    fn of_two_scripts_only_the_busy_one_is_meant() {
        let (_, table) = group(
            Os::Linux,
            vec![
                process(10, 1, "/home/a/calc", 0.5),
                process(11, 10, "/home/a/calc", 0.2),
                process(20, 1, "/home/a/calc", 0.0),
            ],
        );
        let heavy = table.programs[0].heavy_members(|member| member.cpu.get());
        assert_eq!(heavy.iter().map(|member| member.key.pid).collect::<Vec<_>>(), [10, 11]);
    }

    #[test]
    fn of_many_equal_ones_all_are_meant() {
        for count in [1, 4, 5, 8, 30] {
            let loops = (10..10 + count).map(|pid| process(pid, 1, "/usr/bin/dash", 0.9 / f64::from(count)));
            let idle = [process(90, 1, "/usr/bin/dash", 0.0)];
            let (_, table) = group(Os::Linux, loops.chain(idle).collect());
            let heavy = table.programs[0].heavy_members(|member| member.cpu.get());
            assert_eq!(heavy.len(), count as usize, "the busy ones, without the one that sleeps");
        }
    }

    #[test]
    fn a_stranger_is_not_taken_for_the_known_program_whose_name_its_file_has() {
        let name = |os, path: &str| {
            let (_, table) = group(os, vec![process(10, 1, path, 0.5)]);
            table.programs[0].name.to_string()
        };
        assert_eq!(name(Os::Windows, r"C:\Windows\System32\notepad.exe"), "Notepad");
        assert_eq!(name(Os::Windows, r"C:\Users\a\Notepad.exe"), "Notepad.exe");
        assert_eq!(name(Os::Linux, "/tmp/Flatpak"), "/tmp/Flatpak");
        assert_eq!(name(Os::Windows, r"C:\Users\a\Music Player.exe"), "Music Player");
    }

    #[test]
    fn the_order_of_the_parts_does_not_decide_about_the_window() {
        let (yes, no, unknown) = (Reading::Known(true), Reading::Known(false), Reading::default());
        for (one, other, expected) in [(no, unknown, unknown), (yes, unknown, yes), (yes, no, yes), (no, no, no)] {
            for windows in [[one, other], [other, one]] {
                let part = |pid, window| ProcSample { window, ..process(pid, 1, "/usr/bin/x", 0.1) };
                let (_, table) = group(Os::Linux, vec![part(10, windows[0]), part(11, windows[1])]);
                assert_eq!(table.programs[0].window, expected, "{windows:?}");
            }
        }
    }

    #[test]
    fn a_busy_script_is_not_closed_with_the_shell_it_was_started_from() {
        let (_, table) =
            group(Os::Linux, vec![process(10, 1, "/usr/bin/bash", 0.0), process(11, 10, "/usr/bin/bash", 0.5)]);
        let heavy = table.programs[0].heavy_members(|member| member.cpu.get());
        assert_eq!(heavy.iter().map(|member| (member.key.pid, member.root.pid)).collect::<Vec<_>>(), [(11, 11)]);
    }

    #[test]
    fn what_is_started_in_a_terminal_is_known_as_that_and_what_a_schedule_starts_is_not() {
        let from_terminal = |os, above: &[&str], path: &str| {
            let chain = (10..).zip(above).map(|(pid, path)| process(pid, pid - 1, path, 0.0));
            let own = process(90, 9 + above.len() as u32, path, 0.5);
            let (_, table) = group(os, chain.chain([own]).collect());
            table.programs[0].origin.has(OriginFlag::FromTerminal)
        };
        let bash = "/usr/bin/bash";
        assert!(from_terminal(Os::Linux, &["/usr/libexec/gnome-terminal-server", bash], "/home/a/solver"));
        assert!(!from_terminal(Os::Linux, &["/usr/lib/systemd/systemd", bash], "/home/a/solver"));
        let (explorer, cmd) = (r"C:\Windows\explorer.exe", r"C:\Windows\System32\cmd.exe");
        assert!(from_terminal(Os::Windows, &[explorer, cmd], r"C:\Users\a\solver.exe"));
        assert!(!from_terminal(Os::Windows, &[explorer], r"C:\Users\a\solver.exe"));
        assert!(!from_terminal(Os::Windows, &[r"C:\Windows\System32\svchost.exe", cmd], r"C:\Users\a\solver.exe"));
    }

    #[test]
    fn a_later_process_with_the_parents_number_is_not_the_parent() {
        let mut helper = process(11, 10, "/usr/lib/chromium/chrome_crashpad_handler", 0.1);
        let facts = ProcFacts { key: ProcKey { pid: 11, start_time: 3 }, ..(*helper.facts).clone() };
        helper.facts = Arc::new(facts);
        let (_, table) = group(Os::Linux, vec![process(10, 1, "/opt/other", 0.0), helper]);
        assert_eq!(table.programs.len(), 2);
    }
}
