//! Lifetime of findings: when each began, whether it continues, and when it ended. Pure; notifications and the
//! recording share these rules.

use std::collections::BTreeMap;

use crate::diagnose::{Finding, IncidentKey, RuleId, incident_key};
use crate::model::{At, Seconds};

/// Longest absence after which a finding still counts as the same one.
const MAX_ABSENCE: Seconds = Seconds(30.0);

/// A finding under way.
#[derive(Clone, Debug)]
pub(super) struct Active<T> {
    /// Earliest beginning reported by any sample.
    pub(super) since: At,
    /// When it was last seen.
    pub(super) seen: At,
    /// Caller data: the recording keeps the finding, notifications nothing.
    pub(super) detail: T,
}

/// Findings under way, by rule and the group of their incident. A key that is itself an [`IncidentKey`] stands for all
/// rules of that incident.
#[derive(Clone, Debug)]
pub(super) struct ActiveFindings<T>(BTreeMap<(RuleId, String), Active<T>>);

impl<T> Default for ActiveFindings<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> ActiveFindings<T> {
    /// Notes that a finding is present; `begin` creates the detail of a new one.
    pub(super) fn see(
        &mut self,
        key: (RuleId, String),
        since: At,
        now: At,
        begin: impl FnOnce() -> T,
    ) -> &mut Active<T> {
        let active = self.0.entry(key).or_insert_with(|| Active { since, seen: now, detail: begin() });
        active.since = active.since.min(since);
        active.seen = now;
        active
    }

    /// Extends findings whose incident continues under another rule that now knows more, then removes and returns the
    /// ended ones. Call once per moment, after [`Self::see`] for all its findings.
    pub(super) fn end_absent<'f>(&mut self, now: At, findings: impl Iterator<Item = &'f Finding>) -> Vec<Active<T>> {
        let ongoing: Vec<IncidentKey> =
            findings.filter(|finding| finding.is_ongoing()).map(Finding::incident_key).collect();
        for ((rule, group), active) in &mut self.0 {
            if ongoing.contains(&incident_key(*rule, group)) {
                active.seen = now;
            }
        }
        self.0.extract_if(.., |_, active| now.since(active.seen) > MAX_ABSENCE).map(|(_, active)| active).collect()
    }

    /// Removes and returns everything under way.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Active<T>> {
        std::mem::take(&mut self.0).into_values()
    }

    pub(super) fn get(&self, key: &(RuleId, String)) -> Option<&Active<T>> {
        self.0.get(key)
    }

    /// Shifts all times by `milliseconds`, after the clock was corrected by as much.
    pub(super) fn shift(&mut self, milliseconds: i64) {
        for at in self.0.values_mut().flat_map(|active| [&mut active.since, &mut active.seen]) {
            at.0 = at.0.saturating_add(milliseconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Severity, Subject};

    #[test]
    fn a_life_lasts_while_its_incident_goes_on_and_half_a_minute_longer() {
        let mut active = ActiveFindings::default();
        let subject = Subject { group: "Browser".to_owned(), ..Subject::machine() };
        let (rule, severity) = (RuleId::WebPageLoad, Severity::Warning);
        let page = Finding::new(rule, severity, Confidence::High, subject, At(0), Vec::new());
        let load = (RuleId::CpuHog, "Browser".to_owned());
        active.see(load.clone(), At(5_000), At(10_000), || "begun");
        active.see(load.clone(), At(4_000), At(12_000), || "begun again");
        assert!(
            active.end_absent(At(60_000), [&page].into_iter()).is_empty(),
            "another rule tells of the same incident"
        );
        assert!(active.end_absent(At(90_000), std::iter::empty()).is_empty());
        active.shift(1_000);
        let ended = active.end_absent(At(91_001), std::iter::empty());
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].since, ended[0].seen, ended[0].detail), (At(5_000), At(61_000), "begun"));
        assert!(active.get(&load).is_none() && active.take().next().is_none());
    }
}
