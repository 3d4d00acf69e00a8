//! What a restart has changed: what was noted before it is compared with what is measured after it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::diagnose::{Finding, RuleId};
use crate::model::{At, Celsius, Event, EventKind, Fraction, Reading, Seconds};

/// Time after the sign-in until the load is judged: until then everything that starts by itself is still starting.
pub const SETTLE: Seconds = Seconds(180.0);
/// Time after the sign-in within which a browser that starts was not opened by the user.
const BY_ITSELF: Seconds = Seconds(30.0);
/// Time after the request within which the restart may still come: a program may be asking to save.
const PENDING: Seconds = Seconds(600.0);
/// Age in days from which a note says nothing about this PC any longer.
const KEPT_DAYS: f64 = 30.0;
/// Most findings that are noted; there are rarely more than three.
const MOST: usize = 20;

/// What is noted before the restart, for the tool that runs after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestartNote {
    /// When the restart was requested.
    pub at: At,
    /// The boot it was requested in.
    pub boot_id: Option<String>,
    /// What was found then, worst first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Share of the PC in use then.
    #[serde(default)]
    pub cpu: Option<Fraction>,
    /// Temperature then.
    #[serde(default)]
    pub temperature: Option<Celsius>,
    /// Browsers that were running then, by English name.
    #[serde(default)]
    pub browsers: Vec<String>,
    /// Language of the window.
    #[serde(default)]
    pub lang: Option<String>,
}

/// What a note means to the tool that finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteState {
    /// The PC was restarted, or the user signed in again: its time has come.
    Due,
    /// The restart may still come.
    Pending,
    /// There was no restart, or long ago.
    Stale,
}

impl RestartNote {
    /// What it means at `now`, in this boot and session.
    pub fn state(&self, now: At, boot_id: &Reading<String>, signed_in: Reading<At>) -> NoteState {
        let is_other_boot = self.boot_id.as_ref().zip(boot_id.known()).is_some_and(|(before, now)| before != now);
        let is_other_session = signed_in.get().is_some_and(|signed_in| signed_in > self.at);
        let age = now.since(self.at);
        match is_other_boot || is_other_session {
            true if age <= Seconds::from_days(KEPT_DAYS) => NoteState::Due,
            false if age <= PENDING => NoteState::Pending,
            _ => NoteState::Stale,
        }
    }

    /// Keeps of `findings` what is wrong and a restart can end, and no more than a person reads.
    #[must_use]
    pub fn with_findings<'f>(mut self, findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let wrong = findings.into_iter().filter(|finding| finding.is_ongoing() && is_mended_by_restart(finding.rule));
        self.findings = wrong.take(MOST).cloned().collect();
        self
    }

    /// The event of the request.
    pub fn event(&self) -> Event {
        Event::new(self.at, EventKind::Action, "").with(json!({ "remedy": "restart" }))
    }
}

/// Returns `true` for what a restart can end. A full disk or an old browser is no reason to say that it did not help.
const fn is_mended_by_restart(rule: RuleId) -> bool {
    match rule {
        RuleId::CpuHog
        | RuleId::BrowserLoad
        | RuleId::MemoryPressure
        | RuleId::Hot
        | RuleId::HotButIdle
        | RuleId::SecretMining
        | RuleId::WebPageLoad
        | RuleId::CameBack
        | RuleId::ManySmall
        | RuleId::FullLoad
        | RuleId::UnattributedLoad
        | RuleId::DeviceLoad
        | RuleId::MemoryGrowth
        | RuleId::Paging
        | RuleId::DiskBusy
        | RuleId::SlowVolume
        | RuleId::NetworkBusy
        | RuleId::SlowedByHeat
        | RuleId::GpuBusy
        | RuleId::NotResponding
        | RuleId::LongUptime
        | RuleId::RestartPending
        | RuleId::BrowserUpdate => true,
        RuleId::DiskNearlyFull
        | RuleId::DiskShrinking
        | RuleId::KnownBusy
        | RuleId::HostBusy
        | RuleId::PowerLimited
        | RuleId::CatchingUp
        | RuleId::AntivirusOff
        | RuleId::UpdatesOld
        | RuleId::BrowserOld
        | RuleId::NoAdBlocking
        | RuleId::PageOpened
        | RuleId::NewAutostart
        | RuleId::SuddenStop
        | RuleId::AllWell => false,
    }
}

/// A browser that is running after the restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedBrowser {
    /// Its English name.
    pub name: String,
    /// When it was started, if known.
    pub started: Option<At>,
    /// What started it, if known.
    pub by: Option<String>,
}

/// What is measured after the restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AfterFacts {
    /// The time.
    pub now: At,
    /// The boot.
    pub boot_id: Reading<String>,
    /// When the user signed in.
    pub signed_in: Reading<At>,
    /// When the tool began to measure.
    pub begun: At,
    /// Browsers that are running.
    pub browsers: Vec<StartedBrowser>,
    /// What is found.
    pub findings: Vec<Finding>,
    /// Share of the PC in use over the last minute.
    pub cpu: Option<Fraction>,
    /// Temperature.
    pub temperature: Option<Celsius>,
}

/// Whether the PC did restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarted {
    /// It did.
    Yes,
    /// The system is the same as before: it was signed out of, or shut down and kept asleep by fast start-up.
    No,
    /// The system does not tell one boot from another.
    CannotTell,
}

/// A browser that came back by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnedBrowser {
    /// Its English name.
    pub name: String,
    /// Time from the sign-in to its start.
    pub after: Seconds,
    /// What started it, if known.
    pub by: Option<String>,
}

/// Whether a browser came back by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum BrowserReturn {
    /// None is running.
    StayedAway,
    /// These were opened some time after the sign-in.
    OpenedLater(Vec<String>),
    /// These started with the sign-in.
    CameBack(Vec<ReturnedBrowser>),
    /// These are running, and when they or the session began is not known.
    CannotTell(Vec<String>),
}

/// Whether the restart helped.
#[derive(Clone, Debug, PartialEq)]
pub enum AfterVerdict {
    /// Programs are still starting.
    Measuring {
        /// When it is judged.
        until: At,
    },
    /// What was found before is gone.
    Fixed,
    /// These are still there, as they are now.
    NotFixed(Vec<Finding>),
    /// Nothing was found before.
    NothingBefore,
    /// There was no restart.
    NotRestarted,
    /// Whether there was one is not known.
    CannotTell,
}

/// What the restart has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct AfterRestart {
    /// When it was requested.
    pub at: At,
    /// Whether the PC did restart.
    pub restarted: Restarted,
    /// Whether a browser came back by itself.
    pub browser: BrowserReturn,
    /// Share of the PC in use before and after.
    pub load: Option<(Fraction, Fraction)>,
    /// Temperature before and after.
    pub heat: Option<(Celsius, Celsius)>,
    /// What was found before.
    pub before: Vec<Finding>,
    /// Whether it helped.
    pub verdict: AfterVerdict,
}

impl AfterRestart {
    /// Compares what was noted with what is measured.
    pub fn of(note: &RestartNote, facts: &AfterFacts) -> Self {
        let restarted = match (&note.boot_id, &facts.boot_id) {
            (Some(before), Reading::Known(now)) if before == now => Restarted::No,
            (Some(_), Reading::Known(_)) => Restarted::Yes,
            _ => Restarted::CannotTell,
        };
        Self {
            at: note.at,
            restarted,
            browser: browser_return(facts),
            load: note.cpu.zip(facts.cpu),
            heat: note.temperature.zip(facts.temperature),
            before: note.findings.clone(),
            verdict: verdict(note, facts, restarted),
        }
    }

    /// Keeps what was seen before: a verdict is final, and a browser that came back did so although it was closed since.
    #[must_use]
    pub fn following(self, before: Option<Self>) -> Self {
        match before {
            Some(before) if !matches!(before.verdict, AfterVerdict::Measuring { .. }) => before,
            Some(Self { browser: browser @ BrowserReturn::CameBack(_), .. }) => Self { browser, ..self },
            _ => self,
        }
    }

    /// The event of the verdict; `None` before there is one.
    pub fn event(&self, at: At) -> Option<Event> {
        let verdict = match &self.verdict {
            AfterVerdict::Measuring { .. } => return None,
            AfterVerdict::Fixed => "worked",
            AfterVerdict::NotFixed(_) => "no_change",
            AfterVerdict::NothingBefore => "nothing_before",
            AfterVerdict::NotRestarted => "not_restarted",
            AfterVerdict::CannotTell => "cannot_tell",
        };
        let mut data = json!({ "remedy": "restart", "verdict": verdict });
        if let Some((before, after)) = self.load {
            (data["before"], data["after"]) = (json!(before), json!(after));
        }
        Some(Event::new(at, EventKind::Verdict, "").with(data))
    }
}

fn browser_return(facts: &AfterFacts) -> BrowserReturn {
    if facts.browsers.is_empty() {
        return BrowserReturn::StayedAway;
    }
    let names = || facts.browsers.iter().map(|browser| browser.name.clone()).collect();
    let Some(signed_in) = facts.signed_in.get() else { return BrowserReturn::CannotTell(names()) };
    let returned = facts.browsers.iter().filter_map(|browser| {
        let after = browser.started?.since(signed_in);
        (after <= BY_ITSELF).then(|| ReturnedBrowser { name: browser.name.clone(), after, by: browser.by.clone() })
    });
    let returned: Vec<ReturnedBrowser> = returned.collect();
    if !returned.is_empty() {
        return BrowserReturn::CameBack(returned);
    }
    let unknown = facts.browsers.iter().any(|browser| browser.started.is_none());
    if unknown { BrowserReturn::CannotTell(names()) } else { BrowserReturn::OpenedLater(names()) }
}

fn verdict(note: &RestartNote, facts: &AfterFacts, restarted: Restarted) -> AfterVerdict {
    match restarted {
        Restarted::No => return AfterVerdict::NotRestarted,
        Restarted::CannotTell => return AfterVerdict::CannotTell,
        Restarted::Yes => {}
    }
    // A tool that was opened long after the sign-in has not seen enough either.
    let until = facts.begun + SETTLE;
    if facts.now < until {
        return AfterVerdict::Measuring { until };
    }
    if note.findings.is_empty() {
        return AfterVerdict::NothingBefore;
    }
    let is_back = |now: &&Finding| {
        now.is_ongoing() && note.findings.iter().any(|before| before.incident_key() == now.incident_key())
    };
    let back: Vec<Finding> = facts.findings.iter().filter(is_back).cloned().collect();
    if back.is_empty() { AfterVerdict::Fixed } else { AfterVerdict::NotFixed(back) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Severity, Subject};
    use crate::model::{Bytes, Member, ProcKey};

    fn finding(rule: RuleId, group: &str) -> Finding {
        let subject = Subject { group: group.to_owned(), parts: 1, ..Subject::machine() };
        Finding::new(rule, Severity::Warning, Confidence::High, subject, At(0), Vec::new())
    }

    fn note() -> RestartNote {
        RestartNote {
            at: At(1_000_000),
            boot_id: Some("a".to_owned()),
            findings: vec![finding(RuleId::BrowserLoad, "Chromium")],
            cpu: Some(Fraction::new(0.93)),
            temperature: Some(Celsius(84.0)),
            browsers: vec!["Chromium".to_owned()],
            lang: Some("ja".to_owned()),
        }
    }

    /// Four minutes after the sign-in.
    fn facts(boot_id: &str) -> AfterFacts {
        AfterFacts {
            now: At(2_240_000),
            boot_id: Reading::Known(boot_id.to_owned()),
            signed_in: Reading::Known(At(2_000_000)),
            begun: At(2_005_000),
            cpu: Some(Fraction::new(0.06)),
            temperature: Some(Celsius(51.0)),
            ..AfterFacts::default()
        }
    }

    #[test]
    fn a_restart_is_told_by_the_boot_and_by_nothing_else() {
        let of = |before: Option<&str>, now: Reading<String>| {
            let note = RestartNote { boot_id: before.map(str::to_owned), ..note() };
            let after = AfterRestart::of(&note, &AfterFacts { boot_id: now, ..facts("") });
            (after.restarted, after.verdict)
        };
        let known = |id: &str| Reading::Known(id.to_owned());
        assert_eq!(of(Some("a"), known("b")), (Restarted::Yes, AfterVerdict::Fixed));
        // Signed out, or shut down with fast start-up.
        assert_eq!(of(Some("a"), known("a")), (Restarted::No, AfterVerdict::NotRestarted));
        for (before, now) in [(None, known("b")), (Some("a"), Reading::default()), (None, Reading::default())] {
            assert_eq!(of(before, now), (Restarted::CannotTell, AfterVerdict::CannotTell));
        }
    }

    #[test]
    fn a_note_waits_for_another_boot_or_session_and_not_for_ever() {
        let at = |seconds: i64| At(1_000_000 + seconds * 1000);
        let (same, other) = (Reading::Known("a".to_owned()), Reading::Known("b".to_owned()));
        let (before, after) = (Reading::Known(at(-900)), Reading::Known(at(60)));
        for (now, boot, signed_in, expected) in [
            (at(90), &other, after, NoteState::Due),
            (at(90), &other, Reading::default(), NoteState::Due),
            // Shut down with fast start-up, or signed out.
            (at(90), &same, after, NoteState::Due),
            (at(90), &Reading::default(), after, NoteState::Due),
            (at(90), &same, before, NoteState::Pending),
            (at(-90), &same, before, NoteState::Pending),
            (at(700), &same, before, NoteState::Stale),
            (at(700), &Reading::default(), Reading::default(), NoteState::Stale),
            (at(40 * 86_400), &other, after, NoteState::Stale),
        ] {
            assert_eq!(note().state(now, boot, signed_in), expected, "{now:?} {boot:?} {signed_in:?}");
        }
    }

    #[test]
    fn it_is_judged_once_everything_has_started() {
        let early = AfterFacts { now: At(2_100_000), ..facts("b") };
        let until = At(2_005_000) + SETTLE;
        let after = AfterRestart::of(&note(), &early);
        assert_eq!((after.event(early.now), after.verdict), (None, AfterVerdict::Measuring { until }));
        let after = AfterRestart::of(&note(), &facts("b"));
        assert_eq!(after.load, Some((Fraction::new(0.93), Fraction::new(0.06))));
        assert_eq!(after.heat, Some((Celsius(84.0), Celsius(51.0))));
        let event = after.event(At(2_240_000)).expect("judged");
        assert_eq!(
            (event.kind, &event.data["verdict"], &event.data["after"]),
            (EventKind::Verdict, &"worked".into(), &0.06.into())
        );
        assert!(!event.is_close() && !note().event().is_close());
    }

    #[test]
    fn what_is_there_again_is_the_same_incident_by_whichever_rule() {
        // More is known of it by now.
        let mut mining = finding(RuleId::SecretMining, "Chromium");
        mining.subject.members = vec![Member {
            key: ProcKey { pid: 7, start_time: 7 },
            root: ProcKey { pid: 7, start_time: 7 },
            cpu: Fraction::ONE,
            memory: Bytes(0),
        }];
        let other = finding(RuleId::CpuHog, "another");
        let found = AfterFacts { findings: vec![other.clone(), mining.clone()], ..facts("b") };
        assert_eq!(AfterRestart::of(&note(), &found).verdict, AfterVerdict::NotFixed(vec![mining]));
        let found = AfterFacts { findings: vec![other], ..facts("b") };
        assert_eq!(AfterRestart::of(&note(), &found).verdict, AfterVerdict::Fixed, "what was found before is gone");
        let calm = RestartNote { findings: Vec::new(), ..note() };
        assert_eq!(AfterRestart::of(&calm, &facts("b")).verdict, AfterVerdict::NothingBefore);
        let early = AfterFacts { now: At(2_100_000), ..facts("b") };
        let early = AfterRestart::of(&calm, &early).verdict;
        assert!(matches!(early, AfterVerdict::Measuring { .. }), "the load is compared in any case");
    }

    #[test]
    fn a_browser_came_back_if_it_began_with_the_session() {
        let browser = |started: Option<i64>| StartedBrowser {
            name: "Chromium".to_owned(),
            started: started.map(|seconds| At(2_000_000 + seconds * 1000)),
            by: Some("explorer".to_owned()),
        };
        let of = |browsers: Vec<StartedBrowser>, signed_in| {
            AfterRestart::of(&note(), &AfterFacts { signed_in, browsers, ..facts("b") }).browser
        };
        let signed_in = Reading::Known(At(2_000_000));
        let names = || vec!["Chromium".to_owned()];
        assert_eq!(of(Vec::new(), signed_in), BrowserReturn::StayedAway);
        assert_eq!(of(vec![browser(Some(200))], signed_in), BrowserReturn::OpenedLater(names()));
        let came_back = of(vec![browser(Some(200)), browser(Some(8))], signed_in);
        let BrowserReturn::CameBack(back) = came_back else { panic!("{came_back:?}") };
        assert_eq!((back.len(), back[0].after, back[0].by.as_deref()), (1, Seconds(8.0), Some("explorer")));
        // Started before the session is known to have begun: the clock was set, or it is a service.
        assert!(matches!(of(vec![browser(Some(-3))], signed_in), BrowserReturn::CameBack(_)));
        assert_eq!(of(vec![browser(None)], signed_in), BrowserReturn::CannotTell(names()));
        assert_eq!(of(vec![browser(Some(8))], Reading::default()), BrowserReturn::CannotTell(names()));
    }

    #[test]
    fn what_was_seen_stays() {
        let early = |browsers| AfterRestart::of(&note(), &AfterFacts { now: At(2_100_000), browsers, ..facts("b") });
        let browser = StartedBrowser { name: "Chromium".to_owned(), started: Some(At(2_003_000)), by: None };
        let first = early(vec![browser]).following(None);
        let second = early(Vec::new()).following(Some(first));
        assert!(matches!(second.browser, BrowserReturn::CameBack(_)), "closed by the user since");
        let judged = AfterRestart::of(&note(), &facts("b")).following(Some(second));
        assert_eq!(judged.verdict, AfterVerdict::Fixed);
        let found = AfterFacts { findings: vec![finding(RuleId::BrowserLoad, "Chromium")], ..facts("b") };
        assert_eq!(AfterRestart::of(&note(), &found).following(Some(judged.clone())), judged, "hours later");
    }

    #[test]
    fn only_what_a_restart_can_end_is_noted() {
        let findings = [
            finding(RuleId::CpuHog, "burner"),
            finding(RuleId::NewAutostart, "tool"),
            finding(RuleId::BrowserOld, "x"),
        ];
        let noted = note().with_findings(&findings).findings;
        assert_eq!(noted.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [RuleId::CpuHog]);
        let text = serde_json::to_string(&note()).expect("json");
        assert_eq!(serde_json::from_str::<RestartNote>(&text).expect("the same"), note());
        let oldest: RestartNote = serde_json::from_str(r#"{"at":5,"boot_id":null}"#).expect("no field but these");
        assert_eq!((oldest.at, oldest.findings.len()), (At(5), 0));
    }
}
