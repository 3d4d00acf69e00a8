//! What a rule says: no words, only figures and what they are about.

mod evidence;
mod incident;
mod rule;
mod severity;
mod sign;
mod subject;

pub use evidence::{Evidence, EvidenceKind};
pub use incident::{IncidentKey, incident_key};
pub use rule::RuleId;
pub use severity::{Confidence, Severity};
pub use sign::{Sign, SignClass, SignKind};
pub use subject::{Subject, SubjectKind};

use serde::{Deserialize, Serialize};

use crate::knowledge::Busy;
use crate::model::At;

/// What one rule has found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// How much somebody has to care.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// Since when.
    pub since: At,
    /// The figures.
    pub evidence: Vec<Evidence>,
    /// Why a high load is normal, if it is.
    pub busy: Option<Busy>,
    /// The program that probably is the cause, where the subject is not a program.
    pub cause: Option<Subject>,
    /// What adds up to a suspicion, the strongest first; empty for rules that only measure.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// What started the program, where that matters.
    #[serde(default)]
    pub parent: Option<String>,
}

impl Finding {
    /// A finding without signs: what most rules say.
    pub fn new(
        rule: RuleId,
        severity: Severity,
        confidence: Confidence,
        subject: Subject,
        since: At,
        evidence: Vec<Evidence>,
    ) -> Self {
        let (busy, cause, signs, parent) = (None, None, Vec::new(), None);
        Self { rule, severity, confidence, subject, since, evidence, busy, cause, signs, parent }
    }

    /// The figure of one kind.
    pub fn observed(&self, kind: EvidenceKind) -> Option<f64> {
        self.evidence.iter().find(|evidence| evidence.kind == kind).map(|evidence| evidence.observed)
    }

    /// What makes it the same finding a moment later.
    pub fn identity(&self) -> (RuleId, &str) {
        (self.rule, &self.subject.group)
    }

    /// The incident that it belongs to, see [`incident_key`].
    pub fn incident_key(&self) -> IncidentKey {
        incident_key(self.rule, &self.subject.group)
    }

    /// Whether it tells of something that is wrong and goes on: a suspicion stays for a while after its program has come
    /// to rest, without its processes.
    pub fn goes_on(&self) -> bool {
        self.severity > Severity::Ok
            && !self.is_over()
            && (self.rule != RuleId::SecretMining || !self.subject.members.is_empty())
    }

    /// Whether it tells of something that is over: [`Self::since`] is when the PC was last seen running.
    pub fn is_over(&self) -> bool {
        self.rule == RuleId::SuddenStop
    }

    /// Whether it is about what came together over days, and not about what goes on now.
    pub fn is_over_days(&self) -> bool {
        self.rule == RuleId::DiskShrinking && self.observed(EvidenceKind::HoursToFull).is_none()
    }

    /// The program to do something about: the subject, or the cause where the subject is no program.
    pub fn program(&self) -> Option<&Subject> {
        match self.subject.kind {
            SubjectKind::Program | SubjectKind::Browser => Some(&self.subject),
            SubjectKind::Volume | SubjectKind::Machine => self.cause.as_ref(),
        }
    }
}
