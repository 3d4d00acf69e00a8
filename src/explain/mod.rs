//! Puts findings into words, in both languages. Pure: language and time zone are arguments.

mod event;
pub mod format;
mod helpdesk;
mod known;
mod note;
mod reason;
mod text;

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

pub use event::{event_finding, event_text};
pub use helpdesk::for_helpdesk;
pub use known::{advice, known_of};
pub use note::knowledge_note;
pub use reason::system_reason;
pub use text::{Lang, Texts};

use crate::diagnose::{
    Circumstance, Confidence, Evidence, EvidenceKind, Finding, Limitation, RuleId, Severity, Sign, SignKind, Subject,
    SubjectKind,
};
use crate::knowledge::{Knowledge, Label};
use crate::model::{At, DisplayName, Seconds, VolumeKind};

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// One sentence with the most important figure.
    pub headline: String,
    /// What the program is, if it is in the tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What was observed: short sentences, each with its figure.
    pub saw: Vec<String>,
    /// What it may mean, and what else it could be.
    pub meaning: String,
    /// Steps to take, most promising first.
    pub todo: Vec<String>,
    /// What is not known.
    pub limits: String,
}

impl Label {
    /// The label in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// Explains `finding` in the language of `texts`.
pub fn explain(finding: &Finding, knowledge: &Knowledge, texts: &Texts) -> Explanation {
    let rule = finding.rule.id();
    let mut args = arguments(finding, texts);
    if let Some(reason) = reason(finding, knowledge, texts) {
        args.set("reason", reason);
    }
    let known = known_of(finding, knowledge);
    if let Some(known) = known {
        args.set("advice", known::advice_for(finding, known, texts));
    }
    // A variant text (for the PC as a whole, for an estimate) takes precedence over the general one, where it exists.
    let variants = [known.map(|known| known::variants(finding, known)).unwrap_or_default(), variants(finding)].concat();
    let pick = |part: &str| {
        let ids = variants.iter().map(|variant| format!("{rule}-{part}-{variant}"));
        ids.into_iter().find(|id| texts.has(id)).unwrap_or_else(|| format!("{rule}-{part}"))
    };
    let todo_base = variants
        .iter()
        .map(|variant| format!("{rule}-todo-{variant}"))
        .find(|base| texts.has(&format!("{base}-1")))
        .unwrap_or_else(|| format!("{rule}-todo"));
    let todo = (1..).map(|n| format!("{todo_base}-{n}")).take_while(|id| texts.has(id));
    Explanation {
        headline: texts.with(&pick("headline"), &args),
        what: known.and_then(|known| known::what(finding, known, texts)),
        saw: saw_all(finding, texts),
        meaning: texts.with(&pick("meaning"), &args),
        todo: todo.map(|id| texts.with(&id, &args)).collect(),
        limits: limits(finding, texts.with(&pick("limits"), &args), texts),
    }
}

/// `since 10:36, for 6 min`, or `last seen running at 10:36, 6 min ago` for a past event.
pub fn since(finding: &Finding, texts: &Texts, zone: &TimeZone, now: At) -> String {
    let mut args = FluentArgs::new();
    let is_today = format::date(finding.since, zone) == format::date(now, zone);
    let clock = if is_today { format::clock } else { format::date_clock };
    args.set("time", clock(finding.since, zone));
    // A program that is quiet now has the time that its figures cover.
    let ended = finding.observed(EvidenceKind::QuietFor).and(finding.evidence.first());
    let seconds = ended.map_or(now.since(finding.since).0, |figure| figure.seconds);
    args.set("duration", format::duration(texts, seconds));
    texts.with(if finding.is_over() { "since-over" } else { "since" }, &args)
}

/// Text id of the word beside a finding. "Fine" only where nothing holds the PC back: what is merely not serious, such as a
/// PC that has been full for a moment, is a note.
pub fn severity_word(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Ok if matches!(finding.rule, RuleId::AllWell | RuleId::KnownBusy) => "severity-ok",
        Severity::Ok => "severity-note",
        Severity::Warning => "severity-look",
        Severity::Critical => "severity-act",
    }
}

fn variants(finding: &Finding) -> Vec<&'static str> {
    let mut variants = Vec::new();
    if finding.circumstances.contains(&Circumstance::OutOfReach) && !finding.is_long_term() {
        variants.extend((finding.severity == Severity::Critical).then_some("alarm-others"));
        variants.push("others");
    }
    if finding.subject.kind == SubjectKind::Volume && ["/boot", "/boot/efi", "/efi"].contains(&&*finding.subject.group)
    {
        variants.push("boot");
    }
    if finding.rule == RuleId::SecretMining {
        let is_alarm = finding.severity == Severity::Critical;
        // Its CPU use alone would not explain the finding.
        let by_gpu = finding.observed(EvidenceKind::ProgramGpu).is_some();
        if finding.observed(EvidenceKind::QuietFor).is_some() {
            variants.push(match (is_alarm, by_gpu) {
                (true, true) => "alarm-gpu-quiet",
                (true, false) => "alarm-quiet",
                (false, true) => "gpu-quiet",
                (false, false) => "quiet",
            });
        }
        if by_gpu {
            variants.push(if is_alarm { "alarm-gpu" } else { "gpu" });
        }
    }
    if finding.severity == Severity::Critical {
        variants.push("alarm");
    }
    if finding.signs.iter().any(|sign| sign.kind == SignKind::NoWindow) && finding.rule == RuleId::WebPageLoad {
        variants.push("window");
    }
    if finding.rule == RuleId::NewAutostart && finding.severity > Severity::Ok {
        if finding.signs.iter().all(|sign| sign.kind == SignKind::MinerName) {
            variants.push("named");
        }
        variants.push("look");
    }
    match finding.subject.volume {
        VolumeKind::Disk => {}
        VolumeKind::Removable => variants.push("removable"),
        VolumeKind::Network => variants.push("network"),
        VolumeKind::Account => variants.push("account"),
        VolumeKind::Provided => variants.push("provided"),
    }
    variants.extend(finding.circumstances.contains(&Circumstance::Virtual).then_some("virtual"));
    if finding.rule == RuleId::SuddenStop {
        if finding.observed(EvidenceKind::PowerButton).is_some() {
            variants.push("button");
        }
        if finding.observed(EvidenceKind::SystemError).is_some() {
            variants.push("error");
        }
    }
    if finding.rule == RuleId::LongUptime && finding.confidence == Confidence::High {
        variants.push("kept");
    }
    if finding.observed(EvidenceKind::OnBattery).is_some() {
        variants.push("battery");
    }
    if finding.rule == RuleId::CameBack && finding.observed(EvidenceKind::Returns).is_some() {
        variants.push("each");
    }
    if finding.rule == RuleId::CatchingUp && finding.observed(EvidenceKind::SleptFor).is_some() {
        variants.push("woken");
    }
    if finding.rule == RuleId::Paging {
        if finding.observed(EvidenceKind::CompressedSwap).is_some() {
            variants.push("compressed");
        }
        if finding.observed(EvidenceKind::CommitUsed).is_some() {
            variants.push("commit");
        }
        if finding.observed(EvidenceKind::SwapGrown).is_some() {
            variants.push("moved");
        }
    }
    if finding.rule == RuleId::UpdatesOld && finding.observed(EvidenceKind::UpdateInstallAge).is_some() {
        variants.push("installed");
    }
    if finding.rule == RuleId::UnattributedLoad && finding.observed(EvidenceKind::Variation).is_some() {
        variants.push("steady");
    }
    if finding.parent.is_some() {
        variants.push("parent");
    }
    if finding.program().is_none() && finding.observed(EvidenceKind::ReservedMemory).is_some() {
        variants.push("reserved");
    }
    if finding.subject.kind == SubjectKind::Machine {
        variants.push("machine");
    }
    if finding.observed(EvidenceKind::FanEffort).is_some() && finding.observed(EvidenceKind::Temperature).is_none() {
        variants.push("estimate");
    }
    // The first evidence is the main one: here the fan, not the temperature.
    if finding.rule == RuleId::HotButIdle && finding.evidence.first().is_some_and(|e| e.kind == EvidenceKind::FanSpeed)
    {
        if finding.observed(EvidenceKind::UsualFanSpeed) == Some(0.0) {
            variants.push("still");
        }
        variants.push("fan");
    }
    if finding.is_long_term() {
        variants.push(if finding.cause.is_some() { "days-wrote" } else { "days" });
        variants.push("days");
    }
    if finding.cause.is_some() {
        if finding.observed(EvidenceKind::ProgramSent).is_some() {
            variants.push("sends");
        }
        if finding.observed(EvidenceKind::DiskWritten).is_some() {
            variants.push("writes");
        }
        variants.push("program");
    }
    variants
}

/// Display name of a program: that of the tables, otherwise its own.
pub fn program_name(name: &str, knowledge: &Knowledge, lang: Lang) -> String {
    knowledge
        .named(name)
        .map_or_else(|| DisplayName::new(name).as_str().to_owned(), |known| known.name.get(lang).to_owned())
}

/// Display name of a subject.
pub fn name_of(subject: &Subject, texts: &Texts) -> String {
    // A recorded one may come from anywhere.
    DisplayName::new(subject.name.get(texts.lang())).as_str().to_owned()
}

fn arguments(finding: &Finding, texts: &Texts) -> FluentArgs<'static> {
    let mut args = FluentArgs::new();
    args.set("name", name_of(&finding.subject, texts));
    if let Some(cause) = &finding.cause {
        args.set("program", name_of(cause, texts));
    }
    if let Some(parent) = &finding.parent {
        args.set("parent", DisplayName::new(parent).as_str().to_owned());
    }
    for evidence in &finding.evidence {
        let name = match evidence.kind {
            EvidenceKind::ProgramCpu | EvidenceKind::Unattributed => "cpu",
            EvidenceKind::TotalCpu
                if finding
                    .observed(EvidenceKind::ProgramCpu)
                    .or(finding.observed(EvidenceKind::Unattributed))
                    .is_none() =>
            {
                "cpu"
            }
            EvidenceKind::MemoryUsed => "memory",
            EvidenceKind::ProgramMemory => "program_memory",
            EvidenceKind::ReservedMemory => "reserved",
            EvidenceKind::FreeBytes => "free",
            EvidenceKind::LostBytes => "lost",
            EvidenceKind::Temperature => "temperature",
            EvidenceKind::FanEffort => "fan_effort",
            EvidenceKind::FanSpeed => "fan_speed",
            EvidenceKind::UsualFanSpeed => "usual_fan_speed",
            EvidenceKind::Interrupts => "interrupts",
            EvidenceKind::Stolen => "stolen",
            EvidenceKind::LargestPart => "part",
            EvidenceKind::GrownBytes => "grown",
            EvidenceKind::SwapUsed => "swap",
            EvidenceKind::CommitUsed => "commit",
            EvidenceKind::SwapGrown => "moved",
            EvidenceKind::DiskBusy => "disk_busy",
            EvidenceKind::NetworkRate => "network",
            EvidenceKind::GpuUsed => "gpu",
            EvidenceKind::ProgramGpu => "program_gpu",
            EvidenceKind::ProgramReceived | EvidenceKind::ProgramSent => "program_network",
            EvidenceKind::Uptime
            | EvidenceKind::UpdateAge
            | EvidenceKind::UpdateInstallAge
            | EvidenceKind::BrowserAge => {
                args.set("days", format::count(evidence.observed.floor()));
                continue;
            }
            _ => continue,
        };
        args.set(name, value(evidence, texts));
    }
    let seconds = finding.evidence.first().map_or(0.0, |evidence| evidence.seconds);
    args.set("duration", format::duration(texts, seconds));
    args
}

/// Why high load is normal for a busy program.
fn reason(finding: &Finding, knowledge: &Knowledge, texts: &Texts) -> Option<String> {
    let busy = finding.busy?;
    let minutes = knowledge.named(&finding.subject.group).and_then(|known| known.usual_minutes).unwrap_or_default();
    let mut args = FluentArgs::new();
    args.set("minutes", minutes.to_string());
    Some(texts.with(&format!("known_busy-reason-{}", busy.id()), &args))
}

/// What the rule can never know, and what is not known on this PC.
fn limits(finding: &Finding, of_rule: String, texts: &Texts) -> String {
    finding.limitations.iter().fold(of_rule, |limits, limitation| {
        let mut args = FluentArgs::new();
        args.set("limits", limits);
        let id = match limitation {
            // Nothing was ever recorded: it does not learn by itself.
            Limitation::Learning { seconds } if seconds.0 < 1.0 => "limits-not-recorded",
            Limitation::Learning { seconds } => {
                args.set("watched", format::duration(texts, seconds.0));
                "limits-learning"
            }
            Limitation::UnseenProcesses => "limits-unseen-processes",
        };
        texts.with(id, &args)
    })
}

/// Figures, then signs, then the sum of the signs.
fn saw_all(finding: &Finding, texts: &Texts) -> Vec<String> {
    let is_sum = |evidence: &&Evidence| evidence.kind == EvidenceKind::Score;
    let figures = finding.evidence.iter().filter(|evidence| !is_sum(evidence));
    let sums = finding.evidence.iter().filter(is_sum);
    let signs = finding.signs.iter().map(|sign| sign_text(sign, texts));
    let all = figures.map(|evidence| saw(evidence, finding, texts)).chain(signs);
    all.chain(sums.map(|evidence| saw(evidence, finding, texts))).collect()
}

fn saw(evidence: &Evidence, finding: &Finding, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name_of(&finding.subject, texts));
    args.set("value", value(evidence, texts));
    args.set("number", evidence.observed.round());
    args.set("limit", format::count(evidence.threshold.unwrap_or_default()));
    args.set("duration", format::duration(texts, evidence.seconds));
    let id = format!("saw-{}", evidence.kind.id());
    let of_cause = format!("{id}-cause");
    match &finding.cause {
        Some(cause) if texts.has(&of_cause) => {
            args.set("program", name_of(cause, texts));
            texts.with(&of_cause, &args)
        }
        _ => texts.with(&id, &args),
    }
}

/// A sign as a sentence.
fn sign_text(sign: &Sign, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("text", DisplayName::new(sign.text.as_deref().unwrap_or("?")).as_str().to_owned());
    args.set("value", format::percent(sign.figure.unwrap_or_default()));
    args.set("number", sign.figure.unwrap_or_default().round());
    let id = format!("sign-{}", sign.kind.id());
    let unnamed = format!("{id}-unnamed");
    // A parent that has ended has left no name.
    let is_unnamed = sign.text.as_deref().is_none_or(|text| matches!(text.trim(), "" | "?")) && texts.has(&unnamed);
    texts.with(if is_unnamed { &unnamed } else { &id }, &args)
}

/// The value of an evidence with its unit.
fn value(evidence: &Evidence, texts: &Texts) -> String {
    let observed = evidence.observed;
    match evidence.kind {
        EvidenceKind::ProgramCpu
        | EvidenceKind::TotalCpu
        | EvidenceKind::BusiestPartCpu
        | EvidenceKind::MemoryUsed
        | EvidenceKind::ProgramMemory
        | EvidenceKind::SwapUsed
        | EvidenceKind::CommitUsed
        | EvidenceKind::MemoryStall
        | EvidenceKind::FreeShare
        | EvidenceKind::FanEffort
        | EvidenceKind::Variation
        | EvidenceKind::DiskBusy
        | EvidenceKind::DiskStall
        | EvidenceKind::Interrupts
        | EvidenceKind::Stolen
        | EvidenceKind::LargestPart
        | EvidenceKind::Unattributed
        | EvidenceKind::GpuUsed
        | EvidenceKind::ProgramGpu
        | EvidenceKind::ClockShare => format::percent(observed),
        EvidenceKind::NetworkRate
        | EvidenceKind::DiskRate
        | EvidenceKind::ProgramReceived
        | EvidenceKind::ProgramSent => format::rate(observed),
        EvidenceKind::GrownBytes
        | EvidenceKind::ProgramBytes
        | EvidenceKind::ReservedMemory
        | EvidenceKind::SwapGrown
        | EvidenceKind::FreeBytes
        | EvidenceKind::DiskWritten
        | EvidenceKind::LostBytes => format::bytes(observed),
        EvidenceKind::Uptime | EvidenceKind::UpdateAge | EvidenceKind::UpdateInstallAge | EvidenceKind::BrowserAge => {
            format::duration(texts, Seconds::from_days(observed).0)
        }
        EvidenceKind::BackAfter
        | EvidenceKind::HungSeconds
        | EvidenceKind::QuietFor
        | EvidenceKind::KnownFor
        | EvidenceKind::SleptFor
        | EvidenceKind::PowerLost
        | EvidenceKind::PowerButton
        | EvidenceKind::SystemError
        | EvidenceKind::OnBattery => format::duration(texts, observed),
        EvidenceKind::ErrorCode => format::error_code(observed as u64),
        EvidenceKind::HoursToFull => format::duration(texts, Seconds::from_hours(observed).0),
        EvidenceKind::Temperature | EvidenceKind::ExpectedTemperature | EvidenceKind::UsualTemperature => {
            format::celsius(observed)
        }
        EvidenceKind::FanSpeed | EvidenceKind::UsualFanSpeed => format::fan_speed(texts, observed),
        EvidenceKind::Parts
        | EvidenceKind::ThrottleEvents
        | EvidenceKind::Score
        | EvidenceKind::Returns
        | EvidenceKind::CompressedSwap => format::count(observed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Busy;
    use crate::model::Seconds;

    /// Every rule with every kind of subject and evidence yields complete sentences in both languages.
    #[test]
    fn every_finding_has_complete_words_in_both_languages() {
        let knowledge = Knowledge::builtin().expect("tables");
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for &rule in RuleId::ALL {
                for finding in examples(rule) {
                    let words = explain(&finding, &knowledge, &texts);
                    let all = [vec![words.headline, words.meaning, words.limits], words.saw, words.todo.clone()];
                    assert!(!words.todo.is_empty(), "{rule:?}");
                    for text in all.concat() {
                        assert!(!text.is_empty() && !text.contains(['{', '}', '$']), "{lang:?} {rule:?}: {text}");
                        let foreign = text.contains(char::is_whitespace) && !text.chars().any(|c| c > '\u{3000}');
                        assert!(lang == Lang::En || !foreign || text.len() < 40, "not Japanese: {text}");
                        for word in ["infected", "感染", "virus found", "!"] {
                            assert!(!text.contains(word), "{text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_time_of_a_finding_is_reported_in_any_length() {
        let mut finding = Finding { since: At(0), ..examples(RuleId::AllWell).remove(0) };
        let quiet = finding.clone();
        finding.evidence.retain(|evidence| evidence.kind != EvidenceKind::QuietFor);
        let over = Finding { rule: RuleId::SuddenStop, ..finding.clone() };
        let since_text = |finding: &Finding, lang: Lang, seconds: i64| {
            since(finding, &Texts::new(lang), &TimeZone::UTC, At(seconds * 1000))
        };
        assert_eq!(since_text(&quiet, Lang::En, 7_500), "since 00:00, for 6 min", "the time that its figures cover");
        assert_eq!(since_text(&finding, Lang::En, 90_000), "since 1970-01-01 00:00, for 25 h", "of another day");
        for (seconds, en, ja) in
            [(20, "20 s", "20秒"), (360, "6 min", "6分"), (46_800, "13 h", "13時間"), (7_500, "2 h 5 min", "2時間5分")]
        {
            assert_eq!(since_text(&finding, Lang::En, seconds), format!("since 00:00, for {en}"));
            assert_eq!(since_text(&finding, Lang::Ja, seconds), format!("00:00 から（{ja}）"));
            assert_eq!(since_text(&over, Lang::En, seconds), format!("last seen running at 00:00, {en} ago"));
            assert_eq!(since_text(&over, Lang::Ja, seconds), format!("最後に動作を確認：00:00（{ja}前）"));
        }
    }

    /// Regression: "A schedule started it: ?".
    #[test]
    fn a_parent_without_a_name_is_not_asked_for() {
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for kind in [SignKind::SchedulerParent, SignKind::ScriptHostParent, SignKind::WrongParent] {
                let text = |text: Option<&str>| {
                    sign_text(&Sign { kind, points: 5, text: text.map(str::to_owned), figure: None }, &texts)
                };
                assert!(!text(None).contains('?') && !text(Some("?")).contains('?'), "{}", text(Some("?")));
                assert!(text(Some("cron")).contains("cron"));
            }
        }
    }

    /// Regressions: old kernels are in no recycle bin, and a virtual PC has no plugs.
    #[test]
    fn steps_can_be_followed_where_they_are_shown() {
        let knowledge = Knowledge::builtin().expect("tables");
        let disk = |rule, name| {
            let subject = Subject::volume(name, VolumeKind::Disk);
            Finding::new(rule, Severity::Warning, Confidence::High, subject, At(0), Vec::new())
        };
        let virtual_pc = |finding: Finding| Finding { circumstances: vec![Circumstance::Virtual], ..finding };
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let first = |finding: &Finding| explain(finding, &knowledge, &texts).todo.remove(0);
            assert!(first(&disk(RuleId::DiskNearlyFull, "/boot")).contains("autoremove"));
            assert!(!first(&disk(RuleId::DiskNearlyFull, "/")).contains("autoremove"));
            for rule in [RuleId::SlowVolume, RuleId::DeviceLoad] {
                assert!(first(&disk(rule, "/srv")).contains("USB"));
                assert!(!first(&virtual_pc(disk(rule, "/srv"))).contains("USB"), "{rule:?}");
            }
            let network =
                Finding { subject: Subject::volume("/net", VolumeKind::Network), ..disk(RuleId::SlowVolume, "") };
            assert_eq!(first(&virtual_pc(network.clone())), first(&network), "the network is the same");
        }
    }

    fn examples(rule: RuleId) -> Vec<Finding> {
        use VolumeKind::{Account, Disk, Network, Provided, Removable};
        let evidence: Vec<Evidence> = EvidenceKind::ALL
            .iter()
            .copied()
            .map(|kind| Evidence::new(kind, if kind == EvidenceKind::LostBytes { 3e9 } else { 0.82 }, Seconds(360.0)))
            .collect();
        let of = |subject: Subject, busy| Finding {
            busy,
            signs: SignKind::ALL
                .iter()
                .map(|&kind| Sign { kind, points: 5, text: Some("/tmp".to_owned()), figure: Some(2.0) })
                .collect(),
            parent: Some("cron".to_owned()),
            limitations: vec![Limitation::Learning { seconds: Seconds(360.0) }, Limitation::UnseenProcesses],
            ..Finding::new(rule, Severity::Warning, Confidence::High, subject, At(0), evidence.clone())
        };
        let program = Subject {
            group: "Google Chrome".into(),
            name: Label::same("Google Chrome"),
            parts: 3,
            ..Subject::machine()
        };
        let program = Subject { kind: SubjectKind::Program, ..program };
        match rule {
            RuleId::CpuHog | RuleId::MemoryPressure => vec![of(program, None), of(Subject::machine(), None)],
            RuleId::KnownBusy => {
                let known = Subject { group: "Windows Update".into(), ..program };
                Busy::ALL.iter().copied().map(|busy| of(known.clone(), Some(busy))).collect()
            }
            RuleId::DiskShrinking => {
                let fast = of(Subject::volume("C:", Disk), None);
                let mut slow = fast.clone();
                slow.evidence.retain(|evidence| evidence.kind != EvidenceKind::HoursToFull);
                let writes = Finding { cause: Some(program), ..fast.clone() };
                let mut moves = writes.clone();
                moves.evidence.retain(|evidence| evidence.kind != EvidenceKind::DiskWritten);
                vec![writes, moves, fast, slow]
            }
            RuleId::DiskNearlyFull | RuleId::SlowVolume => {
                let kinds = [Disk, Removable, Network, Account, Provided];
                let named = kinds.into_iter().map(|kind| of(Subject::volume("C:", kind), None));
                named.chain([of(Subject::machine(), None)]).collect()
            }
            RuleId::Hot | RuleId::HotButIdle => {
                let measured = of(Subject::machine(), None);
                let mut estimate = measured.clone();
                estimate.evidence.retain(|evidence| evidence.kind != EvidenceKind::Temperature);
                // The fan is evidence only on an idle PC.
                let by_fan = |usual| {
                    let speeds = [(EvidenceKind::FanSpeed, 4100.0), (EvidenceKind::UsualFanSpeed, usual)];
                    let evidence = speeds.map(|(kind, rpm)| Evidence::new(kind, rpm, Seconds(130.0))).to_vec();
                    Finding { evidence, ..measured.clone() }
                };
                let fans = if rule == RuleId::HotButIdle { vec![by_fan(1900.0), by_fan(0.0)] } else { Vec::new() };
                [fans, vec![measured, estimate]].concat()
            }
            RuleId::CameBack => {
                let each = of(program, None);
                let mut once = Finding { parent: None, ..each.clone() };
                once.evidence.retain(|evidence| evidence.kind != EvidenceKind::Returns);
                vec![each, once]
            }
            RuleId::BrowserLoad
            | RuleId::WebPageLoad
            | RuleId::MemoryGrowth
            | RuleId::NotResponding
            | RuleId::BrowserUpdate
            | RuleId::BrowserOld
            | RuleId::NoAdBlocking
            | RuleId::PageOpened => vec![of(program.clone(), None), Finding { parent: None, ..of(program, None) }],
            RuleId::SecretMining => {
                let gpu = of(program, None);
                let mut warning = gpu.clone();
                warning.evidence.retain(|evidence| evidence.kind != EvidenceKind::ProgramGpu);
                let alarm = |warning: &Finding| Finding { severity: Severity::Critical, ..warning.clone() };
                vec![alarm(&gpu), gpu, alarm(&warning), warning]
            }
            RuleId::NewAutostart => {
                let warning =
                    of(Subject { group: "Helper".into(), name: Label::same("Helper"), ..Subject::machine() }, None);
                let sign = |kind| Sign { kind, points: 0, text: Some("x".to_owned()), figure: None };
                let named = Finding { signs: vec![sign(SignKind::MinerName)], ..warning.clone() };
                let odd = Finding { signs: vec![sign(SignKind::OddFolder)], ..warning.clone() };
                vec![Finding { severity: Severity::Ok, ..warning }, named, odd]
            }
            RuleId::NetworkBusy => {
                let nobody = of(Subject::machine(), None);
                let sends = Finding { cause: Some(program), ..nobody.clone() };
                let mut receives = sends.clone();
                receives.evidence.retain(|evidence| evidence.kind != EvidenceKind::ProgramSent);
                vec![sends, receives, nobody]
            }
            RuleId::DiskBusy | RuleId::GpuBusy => {
                let nobody = of(Subject::machine(), None);
                vec![Finding { cause: Some(program), ..nobody.clone() }, nobody]
            }
            RuleId::UpdatesOld => {
                let installed = of(Subject::machine(), None);
                let mut looked = installed.clone();
                looked.evidence.retain(|evidence| evidence.kind != EvidenceKind::UpdateInstallAge);
                vec![installed, looked]
            }
            RuleId::PowerLimited => {
                let battery = of(Subject::machine(), None);
                let mut mains = battery.clone();
                mains.evidence.retain(|evidence| evidence.kind != EvidenceKind::OnBattery);
                vec![battery, mains]
            }
            RuleId::CatchingUp => {
                let woken = of(Subject::machine(), None);
                let mut started = woken.clone();
                started.evidence.retain(|evidence| evidence.kind != EvidenceKind::SleptFor);
                vec![woken, started]
            }
            RuleId::UnattributedLoad | RuleId::LongUptime => {
                let mut plain = of(Subject::machine(), None);
                let variant = plain.clone();
                plain.confidence = Confidence::Medium;
                plain.evidence.retain(|evidence| evidence.kind != EvidenceKind::Variation);
                vec![variant, plain]
            }
            RuleId::SuddenStop => {
                let of_kinds = |kinds: &[EvidenceKind]| {
                    let mut finding = of(Subject::machine(), None);
                    finding.evidence.retain(|evidence| kinds.contains(&evidence.kind));
                    finding
                };
                let error = [EvidenceKind::SystemError, EvidenceKind::ErrorCode];
                vec![of_kinds(&[EvidenceKind::PowerLost]), of_kinds(&[EvidenceKind::PowerButton]), of_kinds(&error)]
            }
            RuleId::Paging => {
                let of_kinds = |kinds: &[EvidenceKind]| {
                    let mut finding = of(Subject::machine(), None);
                    finding.evidence.retain(|evidence| kinds.contains(&evidence.kind));
                    finding
                };
                let (full, moved) = (EvidenceKind::SwapUsed, EvidenceKind::SwapGrown);
                let compressed = of_kinds(&[moved, EvidenceKind::CompressedSwap]);
                vec![of_kinds(&[full]), of_kinds(&[full, moved]), compressed, of_kinds(&[EvidenceKind::CommitUsed])]
            }
            RuleId::FullLoad => {
                let of_program = Finding { cause: Some(program), ..of(Subject::machine(), None) };
                vec![of_program, of(Subject::machine(), None)]
            }
            RuleId::ManySmall
            | RuleId::DeviceLoad
            | RuleId::HostBusy
            | RuleId::SlowedByHeat
            | RuleId::RestartPending
            | RuleId::AntivirusOff
            | RuleId::AllWell => vec![of(Subject::machine(), None)],
        }
    }
}
