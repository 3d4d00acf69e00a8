//! Letting a program run in the background: every other program goes first until it is put back.
//!
//! It goes on with its work and loses nothing. Parts that begin later are included while the job lasts; it ends when the
//! user asks for it, or uses the program again.

use serde_json::json;

use super::close_job::{ClosableParts, Target};
use crate::diagnose::Subject;
use crate::model::{ActError, At, Closable, Event, EventKind, LoweredProcess, Pid, ProcKey, Refusal, Seconds};

/// Share of the former wait that must be gone for [`BackgroundVerdict::Worked`].
const GONE: f64 = 0.5;
/// Wait in seconds for a piece of work of a few milliseconds below which nobody was held up.
const NO_WAIT: f64 = 0.000_5;

/// Why a program was not put into the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLowered {
    /// It must be left alone.
    Refused(Refusal),
    /// The system does not let it.
    System(ActError),
    /// It would last until the program is started again, and nobody has agreed to that.
    Lasting,
}

/// Whether other programs wait less than before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BackgroundVerdict {
    /// They do.
    Worked {
        /// Wait for each piece of work before.
        before: Seconds,
        /// After it.
        after: Seconds,
    },
    /// They wait about as long as before.
    NoChange {
        /// Wait for each piece of work before.
        before: Seconds,
        /// After it.
        after: Seconds,
    },
    /// Nothing had to wait before either.
    NothingWaited,
}

impl BackgroundVerdict {
    /// Compares how long a piece of work had to wait before and after.
    pub fn of(before: Seconds, after: Seconds) -> Self {
        if before.0 < NO_WAIT {
            Self::NothingWaited
        } else if after.0 <= before.0 * (1.0 - GONE) {
            Self::Worked { before, after }
        } else {
            Self::NoChange { before, after }
        }
    }

    /// The event for the recording.
    pub fn event(self, at: At, program: &str) -> Event {
        let data = match self {
            Self::Worked { before, after } => json!({ "verdict": "worked", "waited_before": before, "waited": after }),
            Self::NoChange { before, after } => {
                json!({ "verdict": "no_change", "waited_before": before, "waited": after })
            }
            Self::NothingWaited => json!({ "verdict": "nothing_waited" }),
        };
        let mut data = data;
        data["remedy"] = json!("run_in_background");
        Event::new(at, EventKind::Verdict, program).with(data)
    }
}

/// Why a program is no longer in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BackgroundEnd {
    /// The user asked for it.
    Asked,
    /// The user works with the program again.
    Used,
    /// The tool ends.
    ToolEnds,
}

/// State of a program in the background as shown to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct BackgroundStatus {
    /// The program.
    pub subject: Subject,
    /// How far it is.
    pub phase: BackgroundPhase,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BackgroundPhase {
    /// The wait of other programs is measured, before and after.
    Measuring,
    /// It is in the background.
    Running {
        /// Whether that helped.
        verdict: BackgroundVerdict,
        /// It cannot be put back before it is started again.
        lasting: bool,
    },
    /// Nothing was changed.
    Failed(NotLowered),
    /// It takes its turn again, or could not be put back.
    Ended {
        /// Why.
        why: BackgroundEnd,
        /// Whether all of it could be put back.
        result: Result<(), ActError>,
    },
}

/// A program in the background.
#[derive(Debug)]
pub struct BackgroundJob<T> {
    subject: Subject,
    since: At,
    parts: Vec<(T, LoweredProcess)>,
}

impl<T: Target> BackgroundJob<T> {
    /// Lowers the priority of all parts of `subject` that may be closed. `family` are all its processes. With
    /// `accept_lasting` also where that cannot be undone. Returns the action for the recording.
    ///
    /// # Errors
    /// Why nothing was changed. Parts that could be lowered before another could not are put back.
    pub fn begin(
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        family: &[Pid],
        now: At,
        accept_lasting: bool,
        mut open: impl FnMut(&Closable) -> Result<T, ActError>,
    ) -> Result<(Self, Event), NotLowered> {
        let closable = closable.map_err(NotLowered::Refused)?;
        let mut targets = Vec::new();
        let mut error = ActError::Gone;
        for what in &closable.parts {
            match open(what) {
                // A different key means another process has the id now.
                Ok(target) if target.key() == what.key() => targets.push(target),
                Ok(_) => {}
                Err(found) => error = found,
            }
        }
        if targets.is_empty() {
            return Err(NotLowered::System(error));
        }
        if !accept_lasting && !targets.iter().all(|target| target.can_restore_priority(family)) {
            return Err(NotLowered::Lasting);
        }
        let mut job = Self { subject, since: now, parts: Vec::new() };
        for target in targets {
            if let Err(found) = job.lower(target, family) {
                error = found;
            }
        }
        if job.parts.is_empty() {
            return Err(NotLowered::System(error));
        }
        let data = json!({ "remedy": "run_in_background", "lasting": job.is_lasting() });
        let action = Event::new(now, EventKind::Action, &job.subject.group).with(data);
        Ok((job, action))
    }

    fn lower(&mut self, mut target: T, family: &[Pid]) -> Result<(), ActError> {
        let before = target.lower_priority(family)?;
        let key = target.key();
        self.parts.push((target, LoweredProcess { key, before }));
        Ok(())
    }

    /// The program.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When it began.
    pub const fn since(&self) -> At {
        self.since
    }

    /// Returns `true` when [`Self::end`] cannot put everything back.
    pub fn is_lasting(&self) -> bool {
        self.parts.iter().any(|(_, part)| part.before.is_lasting())
    }

    /// Returns `true` while one of its processes runs.
    pub fn is_running(&self) -> bool {
        self.parts.iter().any(|(target, _)| target.is_running())
    }

    /// Its processes with what they had before.
    pub fn lowered(&self) -> impl Iterator<Item = &LoweredProcess> {
        self.parts.iter().map(|(_, part)| part)
    }

    /// Returns `true` when `process` is one of it.
    pub fn contains(&self, process: Pid) -> bool {
        self.parts.iter().any(|(target, _)| target.key().pid == process)
    }

    /// Lowers parts of the program that began since; what the system refuses stays as it is. Returns `true` when there
    /// were some.
    pub fn include(
        &mut self,
        closable: &ClosableParts,
        family: &[Pid],
        mut open: impl FnMut(&Closable) -> Result<T, ActError>,
    ) -> bool {
        self.parts.retain(|(target, _)| target.is_running());
        let known: Vec<ProcKey> = self.parts.iter().map(|(target, _)| target.key()).collect();
        let lasts = self.is_lasting();
        let count = self.parts.len();
        for what in closable.parts.iter().filter(|what| !known.contains(&what.key())) {
            let Ok(target) = open(what) else { continue };
            if target.key() == what.key() && (lasts || target.can_restore_priority(family)) {
                // Refused for one part: the others are in the background all the same.
                let _ = self.lower(target, family);
            }
        }
        self.parts.len() > count
    }

    /// Puts the priority of every part back. Returns the action for the recording.
    ///
    /// # Errors
    /// Why a part that runs could not be put back.
    pub fn end(mut self, now: At, why: BackgroundEnd) -> (Result<(), ActError>, Event) {
        let mut result = Ok(());
        for (target, part) in &mut self.parts {
            match target.restore_priority(&part.before) {
                Err(ActError::Gone) | Ok(()) => {}
                Err(error) => result = Err(error),
            }
        }
        let data = json!({ "remedy": "run_in_background", "undone": why, "complete": result.is_ok() });
        (result, Event::new(now, EventKind::Action, &self.subject.group).with(data))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::model::{OwnProcess, Owner, ProcFacts, ProcState, ProtectRules, SavedPriority, ThreadPriority};

    /// Nice values by process, and whether they can be put back.
    #[derive(Default)]
    struct Pc {
        nice: BTreeMap<Pid, i32>,
        is_ordinary: bool,
        refuses: Option<Pid>,
    }

    #[derive(Clone)]
    struct Held(ProcKey, Rc<RefCell<Pc>>);

    impl Target for Held {
        fn key(&self) -> ProcKey {
            self.0
        }

        fn is_running(&self) -> bool {
            self.1.borrow().nice.contains_key(&self.0.pid)
        }

        fn state(&self) -> ProcState {
            ProcState::Running
        }

        fn ask_to_close(&mut self) -> Result<(), ActError> {
            Err(ActError::Unsupported)
        }

        fn force_close(&mut self) -> Result<(), ActError> {
            Err(ActError::Unsupported)
        }

        fn can_restore_priority(&self, _family: &[Pid]) -> bool {
            !self.1.borrow().is_ordinary
        }

        fn lower_priority(&mut self, _family: &[Pid]) -> Result<SavedPriority, ActError> {
            let mut pc = self.1.borrow_mut();
            if pc.refuses == Some(self.0.pid) {
                return Err(ActError::Refused);
            }
            let lasting = pc.is_ordinary;
            let nice = std::mem::replace(pc.nice.get_mut(&self.0.pid).ok_or(ActError::Gone)?, 19);
            let threads = vec![ThreadPriority { tid: self.0.pid, nice, io: 0 }];
            Ok(SavedPriority::Linux { threads, group: None, autogroup: None, lasting })
        }

        fn restore_priority(&mut self, saved: &SavedPriority) -> Result<(), ActError> {
            let SavedPriority::Linux { threads, .. } = saved else { return Err(ActError::Unsupported) };
            *self.1.borrow_mut().nice.get_mut(&self.0.pid).ok_or(ActError::Gone)? = threads[0].nice;
            Ok(())
        }
    }

    const fn key(pid: Pid) -> ProcKey {
        ProcKey { pid, start_time: 7 }
    }

    fn parts(pids: &[Pid]) -> ClosableParts {
        let own = OwnProcess { pid: 1000, ancestors: Vec::new(), files: Vec::new() };
        let part = |pid: &Pid| {
            let facts = ProcFacts { parent: 1, owner: Owner::Me, name: "render".into(), ..ProcFacts::new(key(*pid)) };
            Closable::check(&facts, &ProtectRules::default(), &own, |_| true).expect("an ordinary program")
        };
        ClosableParts { parts: pids.iter().map(part).collect(), is_partial: false }
    }

    fn subject() -> Subject {
        Subject { group: "render".to_owned(), ..Subject::machine() }
    }

    fn begin(pc: &Rc<RefCell<Pc>>, pids: &[Pid], lasting: bool) -> Result<(BackgroundJob<Held>, Event), NotLowered> {
        let open = |what: &Closable| Ok(Held(what.key(), Rc::clone(pc)));
        BackgroundJob::begin(subject(), Ok(parts(pids)), pids, At(0), lasting, open)
    }

    fn pc(nice: &[(Pid, i32)]) -> Rc<RefCell<Pc>> {
        Rc::new(RefCell::new(Pc { nice: nice.iter().copied().collect(), ..Pc::default() }))
    }

    fn values(pc: &Rc<RefCell<Pc>>) -> Vec<i32> {
        pc.borrow().nice.values().copied().collect()
    }

    #[test]
    fn all_parts_go_behind_the_others_and_back_to_where_each_was() {
        let pc = pc(&[(7, 0), (8, 5)]);
        let (mut job, action) = begin(&pc, &[7, 8], false).expect("begun");
        assert_eq!((values(&pc), &action.data["remedy"]), (vec![19, 19], &"run_in_background".into()));
        pc.borrow_mut().nice.insert(9, 0);
        let open = |what: &Closable| Ok(Held(what.key(), Rc::clone(&pc)));
        assert!(job.include(&parts(&[7, 8, 9]), &[7, 8, 9], open), "a part that began since");
        assert_eq!(values(&pc), [19, 19, 19]);
        assert!(!job.include(&parts(&[7, 8, 9]), &[7, 8, 9], open));
        assert!(job.contains(9) && !job.contains(10));
        pc.borrow_mut().nice.remove(&8);
        let (result, event) = job.end(At(5000), BackgroundEnd::Used);
        assert_eq!((result, values(&pc)), (Ok(()), vec![0, 0]));
        assert_eq!((&event.data["undone"], &event.data["complete"]), (&"used".into(), &true.into()));
    }

    #[test]
    fn what_cannot_be_put_back_needs_an_agreement() {
        let pc = pc(&[(7, 0)]);
        pc.borrow_mut().is_ordinary = true;
        assert_eq!(begin(&pc, &[7], false).err(), Some(NotLowered::Lasting));
        assert_eq!(values(&pc), [0], "nothing was changed");
        let (job, action) = begin(&pc, &[7], true).expect("begun");
        assert!(job.is_lasting() && action.data["lasting"] == true);
    }

    #[test]
    fn one_part_that_is_refused_does_not_keep_the_others_back() {
        let pc = pc(&[(7, 0), (8, 0)]);
        pc.borrow_mut().refuses = Some(8);
        let (job, _) = begin(&pc, &[7, 8], false).expect("begun");
        assert_eq!((values(&pc), job.lowered().count()), (vec![19, 0], 1));
        assert_eq!(begin(&pc, &[8], false).err(), Some(NotLowered::System(ActError::Refused)));
        let refused =
            BackgroundJob::<Held>::begin(subject(), Err(Refusal::Security), &[], At(0), true, |_| Err(ActError::Gone));
        assert_eq!(refused.err(), Some(NotLowered::Refused(Refusal::Security)));
    }

    #[test]
    fn another_process_with_the_same_number_is_left_alone() {
        let pc = pc(&[(7, 0)]);
        let later = |what: &Closable| Ok(Held(ProcKey { start_time: 8, ..what.key() }, Rc::clone(&pc)));
        let begun = BackgroundJob::begin(subject(), Ok(parts(&[7])), &[7], At(0), true, later);
        assert_eq!((begun.err(), values(&pc)), (Some(NotLowered::System(ActError::Gone)), vec![0]));
    }

    #[test]
    fn whether_it_helped_is_what_the_others_wait() {
        let of = |before, after| BackgroundVerdict::of(Seconds(before), Seconds(after));
        assert!(matches!(of(0.012, 0.001), BackgroundVerdict::Worked { .. }));
        assert!(matches!(of(0.012, 0.011), BackgroundVerdict::NoChange { .. }));
        assert_eq!(of(0.0001, 0.012), BackgroundVerdict::NothingWaited);
    }
}
