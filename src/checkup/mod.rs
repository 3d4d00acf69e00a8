//! The check-up: numbered questions about a PC, each answered with one sentence, its figures and one next step.
//!
//! Pure: a [`Check`] is a function of a history, the findings about it and the [`SystemFacts`]. Wherever a rule exists,
//! its finding decides: the check-up and screen Now never say different things.
//!
//! [`SystemFacts`]: crate::model::SystemFacts

mod check;
mod check_id;
mod checks;
mod decide;
mod privacy;
mod run;
mod words;

pub use check::{Arg, Check, CheckResult, Phrase, Place, Sentence};
pub use check_id::CheckId;
pub use decide::{Inputs, check, unanswered};
pub use privacy::without_private;
pub use run::{CheckState, CheckupRun, LONGEST_RUN};
pub use words::{CheckWords, check_words};
