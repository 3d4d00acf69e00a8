//! The ids of enums appear in recordings, JSON, settings and text files: none may change.

use mimamori::checkup::{CheckId, CheckResult};
use mimamori::diagnose::{EvidenceKind, RuleId, SignKind};
use mimamori::knowledge::{Advice, Busy};
use mimamori::model::{EventKind, OriginFlag, Refusal, Why};
use mimamori::remedy::RemedyId;
use mimamori::remedy::restart::Step;
use serde::Serialize;

fn serialized(id: impl Serialize) -> String {
    serde_json::to_value(id).expect("json").as_str().expect("a word").to_owned()
}

#[test]
fn ids_stay_as_they_are() {
    let mut ids = String::new();
    let mut add = |name: &str, list: Vec<String>| ids += &format!("{name}: {}\n", list.join(" "));
    add("rule", RuleId::ALL.iter().map(|rule| rule.id().to_owned()).collect());
    add("evidence", EvidenceKind::ALL.iter().map(|kind| kind.id().to_owned()).collect());
    add("sign", SignKind::ALL.iter().map(|kind| kind.id().to_owned()).collect());
    add("event", EventKind::ALL.iter().map(|kind| kind.id().to_owned()).collect());
    add("origin", OriginFlag::ALL.iter().map(serialized).collect());
    add("busy", Busy::ALL.iter().map(|busy| busy.id().to_owned()).collect());
    add("advice", Advice::ALL.iter().map(|advice| advice.id().to_owned()).collect());
    add("step", Step::ALL.iter().map(|step| step.id().to_owned()).collect());
    add("missing", Why::ALL.iter().map(|why| why.id().to_owned()).collect());
    add("check", CheckId::ALL.iter().map(|check| format!("{}={}", check.code(), check.id())).collect());
    add("result", CheckResult::ALL.iter().map(|result| result.id().to_owned()).collect());
    add("refusal", Refusal::ALL.iter().map(|why| format!("{why:?}")).collect());
    let remedies = [RemedyId::TellHelpdesk, RemedyId::CloseProgram, RemedyId::CloseBrowser, RemedyId::Restart];
    add("remedy", remedies.iter().map(serialized).collect());
    insta::assert_snapshot!(ids);
}

/// The serde name and the hand-written id are the same.
#[test]
fn ids_are_those_of_json() {
    fn assert_same<T: Serialize + Copy>(all: &[T], id: impl Fn(T) -> &'static str) {
        for one in all {
            assert_eq!(id(*one), serialized(one));
        }
    }
    assert_same(RuleId::ALL, RuleId::id);
    assert_same(EvidenceKind::ALL, EvidenceKind::id);
    assert_same(SignKind::ALL, SignKind::id);
    assert_same(EventKind::ALL, EventKind::id);
    assert_same(Busy::ALL, Busy::id);
    assert_same(Advice::ALL, Advice::id);
    assert_same(Step::ALL, Step::id);
    assert_same(Why::ALL, Why::id);
    assert_same(CheckResult::ALL, CheckResult::id);
}
