//! What became of a remedy, as sentences: the window, the command line and later the tray say the same.

use fluent_bundle::FluentArgs;

use crate::explain::{Texts, format, name_of, program_name, system_reason};
use crate::knowledge::Knowledge;
use crate::model::{ActError, Antivirus, At, Fraction, ProcState, Refusal, Seconds};
use crate::remedy::{
    BackgroundEnd, BackgroundPhase, BackgroundStatus, BackgroundVerdict, CloseStatus, NoStart, NotLowered, NotScanned,
    Phase, ScanVerdict, Start, StartFailure, Verdict,
};

/// State of closing a program.
pub fn close_text(job: &CloseStatus, knowledge: &Knowledge, texts: &Texts, now: At) -> String {
    let name = name_of(&job.subject, texts);
    match job.reopening.as_ref().and_then(|reopening| Some((reopening.start, reopening.result.as_ref()?))) {
        Some((start, Ok(()))) => return start_text(&name, start, Started::Runs, texts),
        Some((start, Err(failure))) => return start_text(&name, start, Started::Failed(failure), texts),
        None => {}
    }
    let mut args = FluentArgs::new();
    args.set("name", name);
    let mut with_shares = |before: Fraction, after: Fraction| {
        args.set("before", format::percent(before.get()));
        args.set("after", format::percent(after.get()));
    };
    let id = match &job.phase {
        Ok(Phase::Asking { until }) => {
            args.set("seconds", format::count(until.since(now).0.ceil()));
            "job-asking"
        }
        Ok(Phase::StillOpen) => match job.state {
            ProcState::Blocked => "job-still-open-blocked",
            ProcState::Stopped => "job-still-open-stopped",
            _ => "job-still-open",
        },
        Ok(Phase::Forced { .. }) => "job-forced",
        Ok(Phase::Measuring { .. }) => "job-measuring",
        Ok(Phase::Done { verdict, .. }) => match verdict {
            Verdict::Worked { before, after } => {
                with_shares(*before, *after);
                "job-worked"
            }
            Verdict::NoChange { freed, by, before, after } => {
                with_shares(*before, *after);
                args.set("freed", format::percent(freed.get()));
                let by = by.as_deref().map(|by| program_name(by, knowledge, texts.lang()));
                let id = if by.is_some() { "job-no-change-by" } else { "job-no-change" };
                args.set("by", by.unwrap_or_default());
                id
            }
            Verdict::WasSmall { freed, before, after } => {
                with_shares(*before, *after);
                args.set("freed", format::percent(freed.get()));
                "job-was-small"
            }
            Verdict::CameBack { after, by } => {
                args.set("duration", format::duration(texts, after.0));
                args.set("by", by.clone().unwrap_or_default());
                if by.is_some() { "job-came-back-by" } else { "job-came-back" }
            }
            Verdict::Refused if job.state == ProcState::Blocked => "job-blocked",
            Verdict::Refused => "job-refused",
            Verdict::CannotTell => "job-cannot-tell",
        },
        Err(error) => {
            args.set("reason", act_error_text(*error, texts));
            "job-failed"
        }
    };
    let text = texts.with(id, &args);
    let is_over = matches!(job.phase, Ok(Phase::Measuring { .. } | Phase::Done { .. }));
    if !is_over || job.parts.all < 2 {
        return text;
    }
    args.set("text", text);
    args.set("ended", format::count(job.parts.ended as f64));
    args.set("all", format::count(job.parts.all as f64));
    texts.with("job-with-parts", &args)
}

/// Why the system did not do it.
pub fn act_error_text(error: ActError, texts: &Texts) -> String {
    texts.get(match error {
        ActError::Gone => "job-failed-gone",
        ActError::Refused => "job-failed-refused",
        ActError::NoWindow => "job-failed-no_window",
        ActError::Unsupported => "job-failed-unsupported",
    })
}

/// Why a program is left alone.
pub fn refusal_text(refusal: Refusal, texts: &Texts) -> String {
    texts.get(&format!("refusal-{}", refusal.id()))
}

/// Whether letting the program `name` run in the background helped.
pub fn background_text(name: &str, verdict: BackgroundVerdict, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    let mut with_waits = |before: Seconds, after: Seconds| {
        args.set("before", format::milliseconds(texts, before.0));
        args.set("after", format::milliseconds(texts, after.0));
    };
    let id = match verdict {
        BackgroundVerdict::Worked { before, after } => {
            with_waits(before, after);
            "background-worked"
        }
        BackgroundVerdict::NoChange { before, after } => {
            with_waits(before, after);
            "background-no-change"
        }
        BackgroundVerdict::NothingWaited => "background-nothing-waited",
    };
    texts.with(id, &args)
}

/// Why the program `name` was not put into the background.
pub fn not_lowered_text(name: &str, error: NotLowered, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    let id = match error {
        NotLowered::Refused(refusal) => {
            args.set("reason", refusal_text(refusal, texts));
            "background-refused"
        }
        NotLowered::System(error) => {
            args.set("reason", act_error_text(error, texts));
            "background-failed"
        }
        NotLowered::Lasting => "background-lasting",
    };
    texts.with(id, &args)
}

/// State of a program in the background.
pub fn background_status_text(status: &BackgroundStatus, texts: &Texts) -> String {
    let name = name_of(&status.subject, texts);
    match status.phase {
        BackgroundPhase::Measuring => texts.with_one("background-measuring", "name", name),
        BackgroundPhase::Running { verdict, .. } => background_text(&name, verdict, texts),
        BackgroundPhase::Failed(error) => not_lowered_text(&name, error, texts),
        BackgroundPhase::Ended { why, result: Ok(()) } => {
            let id = if why == BackgroundEnd::Used { "background-ended-used" } else { "background-ended" };
            texts.with_one(id, "name", name)
        }
        BackgroundPhase::Ended { result: Err(error), .. } => background_not_ended_text(&name, error, texts),
    }
}

/// Why the program `name` could not be put back.
pub fn background_not_ended_text(name: &str, error: ActError, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("reason", act_error_text(error, texts));
    texts.with("background-not-ended", &args)
}

/// What became of a program that was started.
#[derive(Clone, Copy, Debug)]
pub enum Started<'a> {
    /// It runs.
    Runs,
    /// It ended again at once.
    Ended,
    /// The system started something that cannot be seen running.
    NotSeen,
    /// The system did not start it.
    Failed(&'a StartFailure),
}

/// What became of starting the program `name`.
pub fn start_text(name: &str, start: Start, started: Started<'_>, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    let id = match started {
        Started::Runs => format!("started-{}", start.id()),
        Started::Ended => "start-ended".to_owned(),
        Started::NotSeen => "start-not-seen".to_owned(),
        Started::Failed(error) => {
            args.set(
                "reason",
                match error {
                    StartFailure::FileGone => texts.get("start-file-gone"),
                    StartFailure::NotAllowed => texts.get("start-not-allowed"),
                    StartFailure::Other(reason) => system_reason(reason, texts),
                },
            );
            "start-failed".to_owned()
        }
    };
    texts.with(&id, &args)
}

/// Why the program `name` cannot be started from here.
pub fn no_start_text(name: &str, why: NoStart, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("reason", texts.get(&format!("no-start-{}", why.id())));
    texts.with("start-failed", &args)
}

/// What the antivirus said about the file of the program `name`.
pub fn scan_text(name: &str, antivirus: Antivirus, verdict: &ScanVerdict, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("antivirus", antivirus.name());
    let id = match verdict {
        ScanVerdict::NothingFound => "scan-nothing",
        ScanVerdict::Found(threat) => {
            args.set("threat", threat.clone());
            "scan-found"
        }
        ScanVerdict::NotScanned(why) => {
            let reason = match why {
                NotScanned::Other(reason) => system_reason(reason, texts),
                _ => texts.get(&format!("scan-why-{}", why.id())),
            };
            args.set("reason", reason);
            "scan-not-scanned"
        }
    };
    texts.with(id, &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Lang;

    #[test]
    fn each_result_has_a_whole_sentence_in_both_languages() {
        let (before, after) = (Seconds(0.012), Seconds(0.0004));
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let verdicts = [
                BackgroundVerdict::Worked { before, after },
                BackgroundVerdict::NoChange { before, after },
                BackgroundVerdict::NothingWaited,
            ];
            let errors =
                [NotLowered::Refused(Refusal::System), NotLowered::System(ActError::Refused), NotLowered::Lasting];
            let words = verdicts.map(|verdict| background_text("Render", verdict, &texts));
            for text in words.into_iter().chain(errors.map(|error| not_lowered_text("Render", error, &texts))) {
                assert!(text.contains("Render") && !text.contains(['{', '$']), "{text}");
            }
        }
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let failures = [StartFailure::FileGone, StartFailure::NotAllowed, StartFailure::Other("busy".to_owned())];
            let starts = [Start::Again, Start::WithoutJavascript, Start::WithJavascript];
            let mut words: Vec<String> =
                starts.iter().map(|start| start_text("Render", *start, Started::Runs, &texts)).collect();
            words.extend(failures.iter().map(|why| start_text("Render", Start::Again, Started::Failed(why), &texts)));
            let others = [Started::Ended, Started::NotSeen];
            words.extend(others.map(|what| start_text("Render", Start::Again, what, &texts)));
            let not_scanned = [
                NotScanned::Gone,
                NotScanned::NotAllowed,
                NotScanned::TooLarge,
                NotScanned::NotReady,
                NotScanned::TooLong,
                NotScanned::Cancelled,
                NotScanned::Other("odd".to_owned()),
            ];
            let mut verdicts = vec![ScanVerdict::NothingFound, ScanVerdict::Found("Test.Name".to_owned())];
            verdicts.extend(not_scanned.map(ScanVerdict::NotScanned));
            for verdict in verdicts {
                let text = scan_text("Render", Antivirus::ClamAv, &verdict, &texts);
                assert!(text.contains("ClamAV"), "it is told as theirs: {text}");
                words.push(text);
            }
            words.extend(NoStart::ALL.iter().map(|why| no_start_text("Render", *why, &texts)));
            for text in words {
                assert!(text.contains("Render") && !text.contains(['{', '$']), "{text}");
            }
        }
        let worked = BackgroundVerdict::Worked { before, after };
        assert!(background_text("Render", worked, &Texts::new(Lang::En)).contains("12 ms"));
    }
}
