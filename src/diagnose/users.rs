//! Attributes the graphics processor and the network to programs: from processes to programs, and over time.

use std::sync::Arc;

use super::group::ProgramTable;
use crate::model::{Fraction, Held, Pid, ProgramKind, ProgramSample, Reading, Sample, Seconds, Traffic, Use};

/// Most programs listed for each resource.
const MAX_USERS: usize = 3;

impl ProgramTable {
    /// Puts the programs that use the graphics processor and the network into `sample`, from the use of their
    /// processes. These programs are then in the sample with all their processes, however little CPU they use.
    pub fn attribute_usage(
        &self,
        sample: &mut Sample,
        gpu: &Reading<Vec<(Pid, Fraction)>>,
        network: &Reading<Vec<(Pid, Traffic)>>,
    ) {
        // Processes of one program can use different engines: the sum is capped at the whole.
        let gpu_sum = |a: Fraction, b: Fraction| Fraction::new(a.get() + b.get());
        let gpu = match gpu {
            Reading::Known(list) => Reading::Known(self.by_program(list, gpu_sum, Fraction::get)),
            Reading::Missing(why) => Reading::Missing(*why),
        };
        let network = match network {
            Reading::Known(list) => Reading::Known(self.by_program(list, |a, b| a + b, Traffic::total)),
            Reading::Missing(why) => Reading::Missing(*why),
        };
        let of_gpu = gpu.known().into_iter().flatten().map(|user| &user.program);
        let of_network = network.known().into_iter().flatten().map(|user| &user.program);
        for name in of_gpu.chain(of_network) {
            self.keep_program(sample, name);
        }
        (sample.gpu_users, sample.net_users) = (gpu, network);
    }

    fn by_program<T: Copy>(&self, list: &[(Pid, T)], add: fn(T, T) -> T, weight: fn(T) -> f64) -> Vec<Use<T>> {
        let mut users: Vec<Use<T>> = Vec::new();
        for (pid, part) in list {
            let mut programs = self.programs.iter();
            let owner = programs.find(|program| program.members.iter().any(|member| member.key.pid == *pid));
            let Some(owner) = owner else { continue };
            match users.iter_mut().find(|user| user.program == owner.name) {
                Some(user) => user.part = add(user.part, *part),
                None => users.push(Use { program: Arc::clone(&owner.name), part: *part }),
            }
        }
        users.sort_by(|a, b| weight(b.part).total_cmp(&weight(a.part)).then(a.program.cmp(&b.program)));
        users.truncate(MAX_USERS);
        users
    }

    fn keep_program(&self, sample: &mut Sample, name: &Arc<str>) {
        let Some(whole) = self.programs.iter().find(|program| program.name == *name) else { return };
        if let Some(kept) = sample.programs.iter_mut().find(|program| program.name == *name) {
            kept.members = Arc::clone(&whole.members);
            return;
        }
        // A program that is now listed is no longer part of the rest.
        sample.everything_else = sample.everything_else.map(|rest| Fraction::new(rest.get() - whole.cpu.get()));
        let place = sample.programs.partition_point(|program| program.cpu >= whole.cpu);
        sample.programs.insert(place, whole.clone());
    }
}

/// The program that used most of a resource over a stretch, and how much.
pub(super) struct Heaviest<'a> {
    /// The program in the newest sample.
    pub(super) program: &'a ProgramSample,
    /// Its mean use over `seconds`.
    pub(super) part: f64,
    /// Time for which users are known: less than the stretch, because they are read only while the resource is busy.
    pub(super) seconds: Seconds,
}

/// The program with the largest mean use, at least `least`, over the samples of `held` in which users are known. Parts
/// of the system are excluded: they draw and fetch for others.
pub(super) fn heaviest<'a, T: Copy>(
    held: &Held,
    latest: &'a Sample,
    users: impl Fn(&Sample) -> &Reading<Vec<Use<T>>>,
    part: impl Fn(T) -> f64,
    least: f64,
) -> Option<Heaviest<'a>> {
    let known = |sample: &Sample| users(sample).known().is_some();
    let seconds: f64 = held.samples.iter().filter(|sample| known(sample)).map(|sample| sample.span.0).sum();
    let mean = |program: &ProgramSample| {
        held.mean(|sample| {
            let mut list = users(sample).known()?.iter();
            Some(list.find(|user| user.program == program.name).map_or(0.0, |user| part(user.part)))
        })
    };
    let programs = latest.programs.iter().filter(|program| program.kind != ProgramKind::System);
    let parts = programs.filter_map(|program| Some((program, mean(program)?)));
    let (program, part) = parts.max_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|(_, part)| *part >= least)?;
    Some(Heaviest { program, part, seconds: Seconds(seconds) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BytesPerSec, Member, ProcKey, Why};

    fn program(name: &str, cpu: f64, pids: &[Pid]) -> ProgramSample {
        let member = |pid: &Pid| {
            let key = ProcKey { pid: *pid, start_time: 1 };
            Member { key, root: key, cpu: Fraction::ZERO, memory: crate::model::Bytes(1) }
        };
        ProgramSample {
            name: name.into(),
            cpu: Fraction::new(cpu),
            members: pids.iter().map(member).collect(),
            ..ProgramSample::default()
        }
    }

    fn traffic(rx: f64, tx: f64) -> Traffic {
        Traffic { rx: BytesPerSec(rx), tx: BytesPerSec(tx) }
    }

    #[test]
    fn parts_of_a_program_count_together_and_a_calm_one_is_kept_with_its_processes() {
        let table = ProgramTable {
            programs: vec![program("busy", 0.5, &[1]), program("film", 0.02, &[2, 3]), program("calm", 0.01, &[4])],
            ..ProgramTable::default()
        };
        let mut sample = Sample {
            everything_else: Reading::Known(Fraction::new(0.10)),
            programs: vec![ProgramSample { members: Arc::default(), ..program("busy", 0.5, &[]) }],
            ..Sample::default()
        };
        let gpu = vec![(1, Fraction::new(0.1)), (2, Fraction::new(0.6)), (3, Fraction::new(0.5)), (9, Fraction::ONE)];
        let network = Reading::Known(vec![(1, traffic(5.0, 0.0)), (2, traffic(1.0, 1.0)), (3, traffic(1.0, 4.0))]);
        table.attribute_usage(&mut sample, &Reading::Known(gpu), &network);
        let users = sample.gpu_users.known().expect("known");
        let names: Vec<(&str, f64)> = users.iter().map(|user| (&*user.program, user.part.get())).collect();
        assert_eq!(
            names,
            [("film", 1.0), ("busy", 0.1)],
            "never more than there is, and nobody for a number without one"
        );
        assert_eq!(
            sample.net_users.known().expect("known")[0],
            Use { program: "film".into(), part: traffic(2.0, 5.0) }
        );
        let kept: Vec<(&str, usize)> = sample.programs.iter().map(|p| (&*p.name, p.members.len())).collect();
        assert_eq!(kept, [("busy", 1), ("film", 2)]);
        assert!(sample.everything_else.get().is_some_and(|rest| (rest.get() - 0.08).abs() < 1e-9));
        let calm = Sample { ..Sample::default() };
        let mut same = calm.clone();
        table.attribute_usage(&mut same, &Reading::default(), &Reading::Missing(Why::NoPermission));
        assert_eq!((same.programs, same.net_users), (calm.programs, Reading::Missing(Why::NoPermission)));
    }
}
