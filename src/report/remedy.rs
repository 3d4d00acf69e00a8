//! What became of a remedy, as sentences: the window, the command line and later the tray say the same.

use fluent_bundle::FluentArgs;

use crate::explain::{Texts, format, name_of, program_name};
use crate::knowledge::Knowledge;
use crate::model::{ActError, At, Fraction, ProcState, Refusal, Seconds};
use crate::remedy::{
    BackgroundEnd, BackgroundPhase, BackgroundStatus, BackgroundVerdict, CloseStatus, NotLowered, Phase, Verdict,
};

/// State of closing a program.
pub fn close_text(job: &CloseStatus, knowledge: &Knowledge, texts: &Texts, now: At) -> String {
    let mut args = FluentArgs::new();
    args.set("name", name_of(&job.subject, texts));
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
    texts.with(id, &args)
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
        let worked = BackgroundVerdict::Worked { before, after };
        assert!(background_text("Render", worked, &Texts::new(Lang::En)).contains("12 ms"));
    }
}
