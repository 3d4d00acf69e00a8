//! Notifications of the agent. At most one is on screen, and a fault of the agent itself is reported once per run.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentArgs;
use serde_json::json;

use super::notification_policy::FindingKey;
use crate::diagnose::{Finding, Severity};
use crate::explain::{Texts, explain};
use crate::ipc::finding_id;
use crate::knowledge::Knowledge;
use crate::model::{At, Event, EventKind, Reading};
use crate::platform::{NoDesktop, Notifier};

/// Text id of the fault that notifications cannot be shown.
pub(super) const NO_NOTIFICATIONS: &str = "trouble-no-notifications";

/// Most notifications that are awaited: those that failed stay.
const MOST_AWAITED: usize = 32;

/// Shows notifications; tests use a fake.
pub(super) trait Notify {
    /// Shows a notification, replacing an earlier one with the same `tag`.
    fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop>;
    /// Withdraws the notification with this `tag`.
    fn withdraw(&mut self, tag: &str);
    /// Reports whether the user is presenting or has asked not to be disturbed. Blocks briefly.
    fn is_presenting(&mut self) -> Reading<bool>;
}

impl Notify for Notifier {
    fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.show(tag, title, body, urgent)
    }

    fn withdraw(&mut self, tag: &str) {
        self.withdraw(tag);
    }

    fn is_presenting(&mut self) -> Reading<bool> {
        self.is_presenting()
    }
}

/// Notifications and faults already reported.
pub(super) struct Notices {
    notifier: Box<dyn Notify>,
    /// Tag of the notification about findings on screen.
    notified: Option<String>,
    /// Findings of notifications that were asked for, by tag, until the system has shown them. One that fails stays:
    /// the system says that notifications fail, not which.
    awaited: BTreeMap<String, Vec<FindingKey>>,
    /// Text ids of faults that were reported and persist.
    reported: BTreeSet<&'static str>,
}

impl Notices {
    pub(super) const fn new(notifier: Box<dyn Notify>) -> Self {
        Self { notifier, notified: None, awaited: BTreeMap::new(), reported: BTreeSet::new() }
    }

    /// Returns `true` when a notification would disturb a presentation. Blocks briefly.
    pub(super) fn is_presenting(&mut self) -> bool {
        self.notifier.is_presenting().get() == Some(true)
    }

    /// Shows one notification about the findings `keys`, of which `worst` is named, replacing the previous one.
    pub(super) fn notify(
        &mut self,
        worst: &Finding,
        keys: &[FindingKey],
        knowledge: &Knowledge,
        texts: &Texts,
    ) -> Result<(), NoDesktop> {
        let words = explain(worst, knowledge, texts);
        let more = keys.len().saturating_sub(1);
        let title = if more == 0 {
            words.headline
        } else {
            let mut args = FluentArgs::new();
            args.set("headline", words.headline);
            args.set("number", more);
            texts.with("notice-more", &args)
        };
        let first = words.saw.into_iter().next().unwrap_or_default();
        let body = format!("{first}\n{}", texts.get("notice-hint"));
        let tag = finding_id(worst.rule.id(), &worst.subject.group);
        self.withdraw();
        if self.awaited.len() >= MOST_AWAITED {
            self.awaited.pop_first();
        }
        self.awaited.insert(tag.clone(), keys.to_vec());
        let shown = self.show(&tag, &title, &body, worst.severity == Severity::Critical);
        self.notified = Some(tag);
        shown
    }

    /// Takes the findings of a notification that the system has shown; none when it was not about findings.
    pub(super) fn take_shown(&mut self, tag: &str) -> Vec<FindingKey> {
        self.awaited.remove(tag).unwrap_or_default()
    }

    pub(super) fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.notifier.show(tag, title, body, urgent)
    }

    /// Withdraws the notification about findings.
    pub(super) fn withdraw(&mut self) {
        if let Some(tag) = self.notified.take() {
            self.notifier.withdraw(&tag);
        }
    }

    /// Returns the event for a fault of the agent itself; `None` when it was reported already and persists.
    pub(super) fn report_trouble(&mut self, at: At, id: &'static str, reason: &str) -> Option<Event> {
        let data = json!({ "text": id, "reason": reason });
        self.reported.insert(id).then(|| Event::new(at, EventKind::Trouble, "").with(data))
    }

    /// Marks these faults as over, so that they are reported again when they recur.
    pub(super) fn clear_troubles(&mut self, ids: &[&'static str]) {
        self.reported.retain(|id| !ids.contains(id));
    }
}
