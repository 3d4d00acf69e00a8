//! The answer to one question, without words.

use std::sync::Arc;

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::CheckId;
use crate::diagnose::Finding;
use crate::model::{At, Reading};
use crate::remedy::Plan;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CheckResult {
    /// Nothing to do.
    Ok,
    /// It cannot be known here.
    NotKnown,
    /// Worth attention.
    Look,
    /// Needs action.
    Act,
}

impl CheckResult {
    /// Every result.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// A value in a sentence; what it looks like is decided with the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A share.
    Share(f64),
    /// Bytes.
    Bytes(f64),
    /// Bytes per second.
    Rate(f64),
    /// Degrees Celsius.
    Celsius(f64),
    /// Seconds.
    Duration(f64),
    /// A day.
    Date(At),
    /// A number.
    Count(usize),
    /// A program, by English name.
    Program(Arc<str>),
    /// Several programs.
    Programs(Vec<Arc<str>>),
    /// A name that others chose.
    Name(String),
    /// A mount point or drive letter, which may contain the user's name.
    Volume(String),
    /// The text with this id.
    Text(&'static str),
}

/// A sentence: a text id and its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// Text id.
    pub id: String,
    /// Its arguments.
    pub args: Vec<(&'static str, Arg)>,
}

impl Phrase {
    /// A sentence without arguments.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), args: Vec::new() }
    }

    /// The same with one argument more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Arg) -> Self {
        self.args.push((name, value));
        self
    }
}

/// The sentence of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// Of the check itself.
    Own(Phrase),
    /// The headline of the finding that decided.
    Finding(Box<(Finding, Plan)>),
    /// The headline of a finding that decides another check.
    See(CheckId, Box<Finding>),
}

/// Where the next step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The card of the finding on screen Now.
    Finding,
    /// Screen Restart.
    Restart,
    /// Screen History.
    History,
    /// Another check.
    Check(CheckId),
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The question.
    pub id: CheckId,
    /// How it ended.
    pub result: CheckResult,
    /// The answer.
    pub sentence: Sentence,
    /// Further findings that decide the same question.
    pub also: Vec<Finding>,
    /// Observations that the finding itself does not contain.
    pub saw: Vec<Phrase>,
    /// The figures, for scripts.
    pub figures: Vec<(&'static str, Reading<f64>)>,
    /// The next step; that of the finding if it decided.
    pub next: Phrase,
    /// The screen or check on which the next step is taken; `None` if it is outside this program.
    pub place: Option<Place>,
}

impl Check {
    /// The finding that decided, with its remedies.
    pub fn finding(&self) -> Option<(&Finding, &Plan)> {
        match &self.sentence {
            Sentence::Finding(decided) => Some((&decided.0, &decided.1)),
            Sentence::Own(_) | Sentence::See(..) => None,
        }
    }
}
