//! Result of a rule: figures and their subject, no words.

mod circumstance;
mod evidence;
mod incident;
mod limitation;
mod rule;
mod severity;
mod sign;
mod subject;

pub use circumstance::Circumstance;
pub use evidence::{Evidence, EvidenceKind};
pub use incident::{IncidentKey, incident_key};
pub use limitation::Limitation;
pub use rule::RuleId;
pub use severity::{Confidence, Severity};
pub use sign::{Sign, SignClass, SignKind};
pub use subject::{Subject, SubjectKind};

use serde::{Deserialize, Serialize};

use crate::knowledge::Busy;
use crate::model::At;

/// Result of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How urgent it is.
    pub severity: Severity,
    /// How certain the rule is.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// Start of what was found.
    pub since: At,
    /// The figures it rests on.
    pub evidence: Vec<Evidence>,
    /// Why high load is normal for this program, if it is.
    pub busy: Option<Busy>,
    /// The probable cause, where the subject is not a program.
    pub cause: Option<Subject>,
    /// Signs that add up to a suspicion, strongest first; empty for rules that only measure.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// Name of the parent process, where it matters.
    #[serde(default)]
    pub parent: Option<String>,
    /// What it does not take into account on this PC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limitations: Vec<Limitation>,
    /// What decides which steps can be followed. Not recorded: it holds for the moment only.
    #[serde(skip)]
    pub circumstances: Vec<Circumstance>,
}

impl Finding {
    /// A finding without signs, as most rules return.
    pub fn new(
        rule: RuleId,
        severity: Severity,
        confidence: Confidence,
        subject: Subject,
        since: At,
        evidence: Vec<Evidence>,
    ) -> Self {
        Self {
            rule,
            severity,
            confidence,
            subject,
            since,
            evidence,
            busy: None,
            cause: None,
            signs: Vec::new(),
            parent: None,
            limitations: Vec::new(),
            circumstances: Vec::new(),
        }
    }

    /// Value of the evidence of this kind.
    pub fn observed(&self, kind: EvidenceKind) -> Option<f64> {
        self.evidence.iter().find(|evidence| evidence.kind == kind).map(|evidence| evidence.observed)
    }

    /// Identity of the finding across samples.
    pub fn identity(&self) -> (RuleId, &str) {
        (self.rule, &self.subject.group)
    }

    /// Key of its incident, see [`incident_key`].
    pub fn incident_key(&self) -> IncidentKey {
        incident_key(self.rule, &self.subject.group)
    }

    /// True while something is wrong. A suspicion of mining is kept for a while after the program went quiet; it then
    /// has no processes and does not count.
    pub fn is_ongoing(&self) -> bool {
        self.severity > Severity::Ok
            && !self.is_over()
            && (self.rule != RuleId::SecretMining || !self.subject.members.is_empty())
    }

    /// True if the event is over; [`Self::since`] is then when the PC was last seen running.
    pub fn is_over(&self) -> bool {
        self.rule == RuleId::SuddenStop
    }

    /// True if it is about a change over days rather than the present.
    pub fn is_long_term(&self) -> bool {
        self.rule == RuleId::DiskShrinking && self.observed(EvidenceKind::HoursToFull).is_none()
    }

    /// The program to act on: the subject, or the cause where the subject is not a program.
    pub fn program(&self) -> Option<&Subject> {
        match self.subject.kind {
            SubjectKind::Program | SubjectKind::Browser => Some(&self.subject),
            SubjectKind::Volume | SubjectKind::Machine => self.cause.as_ref(),
        }
    }
}
