//! From recorded data to findings: pure functions of a [`History`] and the [`Knowledge`].
//!
//! One rule is one file in `rules/`. A rule says what it saw with its figures; the words are made in `explain`.

mod finding;
mod group;
mod load;
mod rules;

pub use finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject, SubjectKind};
pub use group::{Folded, Grouper};

use crate::knowledge::Knowledge;
use crate::model::History;

/// All findings, worst first. Never empty once there are figures: when nothing is wrong, that is said.
pub fn diagnose(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let loads = load::loads(history, knowledge);
    let mut findings = Vec::new();
    findings.extend(rules::cpu_hog::find(history, knowledge, &loads));
    findings.extend(rules::browser_load::find(history, &loads));
    findings.extend(rules::memory_pressure::find(history, knowledge));
    findings.extend(rules::disk_nearly_full::find(history, knowledge));
    findings.extend(rules::disk_shrinking::find(history, knowledge));
    // An estimate from the load says nothing new where the load itself is already told.
    let told = !loads.is_empty();
    findings.extend(rules::hot::find(history, knowledge).filter(|hot| !told || hot.confidence > Confidence::Low));
    findings.extend(rules::hot_but_idle::find(history, knowledge));
    findings.extend(rules::known_busy::find(history, &loads));
    findings.extend(rules::all_well::find(history, knowledge, &findings));
    // Stable: within one severity the order above, which is the order of what people can do something about.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}
