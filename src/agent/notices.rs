//! What the agent says on the screen: one notification at a time, and each trouble of its own once.

use std::collections::BTreeSet;

use fluent_bundle::FluentArgs;
use serde_json::json;

use crate::diagnose::{Finding, Severity};
use crate::explain::{Texts, explain};
use crate::ipc::finding_id;
use crate::knowledge::Knowledge;
use crate::model::{At, Event, EventKind, Reading};
use crate::platform::{NoDesktop, Notifier};

/// The text for notifications that cannot be shown.
pub(super) const NO_NOTIFICATIONS: &str = "trouble-no-notifications";

/// Shows notifications.
pub(super) trait Notify {
    /// Shows one in place of an earlier one with the same `tag`.
    fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop>;
    /// Takes the one with this `tag` back.
    fn withdraw(&mut self, tag: &str);
    /// Whether the person should not be disturbed. Waits a moment for the answer.
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

/// What was said and still stands.
pub(super) struct Notices {
    notifier: Box<dyn Notify>,
    /// The tag of the notification about findings.
    notified: Option<String>,
    /// Troubles that were said and are not over.
    said: BTreeSet<&'static str>,
}

impl Notices {
    pub(super) const fn new(notifier: Box<dyn Notify>) -> Self {
        Self { notifier, notified: None, said: BTreeSet::new() }
    }

    /// Whether a notification would disturb a presentation. Waits a moment for the answer.
    pub(super) fn is_presenting(&mut self) -> bool {
        self.notifier.is_presenting().get() == Some(true)
    }

    /// One notification about `worst`, in place of the last one; `more` findings are told with it.
    pub(super) fn tell(
        &mut self,
        worst: &Finding,
        more: usize,
        knowledge: &Knowledge,
        texts: &Texts,
    ) -> Result<(), NoDesktop> {
        let words = explain(worst, knowledge, texts);
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
        let shown = self.show(&tag, &title, &body, worst.severity == Severity::Critical);
        self.notified = Some(tag);
        shown
    }

    pub(super) fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.notifier.show(tag, title, body, urgent)
    }

    /// Takes back the notification about findings.
    pub(super) fn withdraw(&mut self) {
        if let Some(tag) = self.notified.take() {
            self.notifier.withdraw(&tag);
        }
    }

    /// What does not work for the tool itself, for the history; `None` when it was said and is not over.
    pub(super) fn trouble(&mut self, at: At, id: &'static str, reason: &str) -> Option<Event> {
        let data = json!({ "text": id, "reason": reason });
        self.said.insert(id).then(|| Event::new(at, EventKind::Trouble, "").with(data))
    }

    /// These troubles are over: the next time they are said again.
    pub(super) fn is_over(&mut self, ids: &[&'static str]) {
        self.said.retain(|id| !ids.contains(id));
    }
}
