//! Derives findings from samples: pure functions of a [`History`] and the [`Knowledge`].
//!
//! Each rule is one file in `rules/`. Rules return figures; `explain` puts them into words.

mod finding;
mod group;
mod load;
#[cfg(test)]
mod odd_sample;
mod rules;
mod series;
mod signs;
mod users;

pub use finding::{
    Circumstance, Confidence, Evidence, EvidenceKind, Finding, IncidentKey, Limitation, RuleId, Severity, Sign,
    SignClass, SignKind, Subject, SubjectKind, incident_key,
};
pub use group::{Grouper, OWN_PROGRAM, ProgramFacts, ProgramTable, is_monitoring_tool};

use crate::knowledge::Knowledge;
use crate::model::{History, Reading, VolumeKind, Why};

/// Rules that depend on the baseline of this PC.
const LEARNED: [RuleId; 4] = [RuleId::SecretMining, RuleId::WebPageLoad, RuleId::HotButIdle, RuleId::UnattributedLoad];

/// Rules that look for the cause among all processes.
const OF_ALL_PROCESSES: [RuleId; 9] = [
    RuleId::FullLoad,
    RuleId::AllWell,
    RuleId::ManySmall,
    RuleId::UnattributedLoad,
    RuleId::MemoryPressure,
    RuleId::Paging,
    RuleId::DiskBusy,
    RuleId::GpuBusy,
    RuleId::NetworkBusy,
];

/// All findings, most severe first. Never empty once there are rates: that nothing is wrong is a finding, too.
pub fn diagnose(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let mut loads = load::loads(history, knowledge);
    loads.retain(|load| load.subject.group != group::OWN_PROGRAM);
    let mut findings = rules::secret_mining::find(history, knowledge);
    findings.extend(rules::web_page_load::find(history, knowledge));
    // A load that is already reported with more evidence is not reported again as a plain load.
    let reported_groups: Vec<String> = findings.iter().map(|finding| finding.subject.group.clone()).collect();
    let is_new = |finding: &Finding| !reported_groups.contains(&finding.subject.group);
    findings.extend(rules::came_back::find(history, knowledge));
    findings.extend(rules::cpu_hog::find(&loads).into_iter().filter(is_new));
    findings.extend(rules::browser_load::find(&loads).into_iter().filter(is_new));
    findings.extend(rules::not_responding::find(history, knowledge));
    findings.extend(rules::memory_pressure::find(history, knowledge));
    findings.extend(rules::paging::find(history, knowledge));
    findings.extend(rules::memory_growth::find(history, knowledge));
    findings.extend(rules::disk_busy::find(history, knowledge));
    findings.extend(rules::slow_volume::find(history, knowledge));
    findings.extend(rules::disk_nearly_full::find(history, knowledge));
    findings.extend(rules::disk_shrinking::find(history, knowledge));
    findings.extend(rules::device_load::find(history, knowledge));
    findings.extend(rules::host_busy::find(history, knowledge));
    let catching_up = rules::catching_up::find(history, knowledge, &loads);
    if catching_up.is_none() {
        findings.extend(rules::many_small::find(history, knowledge, &loads));
        findings.extend(rules::unattributed_load::find(history, knowledge));
    }
    findings.extend(rules::slowed_by_heat::find(history, knowledge));
    // An estimate of heat from the load adds nothing where the load itself is reported.
    let is_load_reported = !loads.is_empty();
    let hot = rules::hot::find(history, knowledge);
    findings.extend(hot.filter(|hot| !is_load_reported || hot.confidence > Confidence::Low));
    findings.extend(rules::hot_but_idle::find(history, knowledge));
    findings.extend(rules::power_limited::find(history, knowledge));
    findings.extend(rules::antivirus_off::find(history, knowledge));
    let is_warning = |finding: &Finding| finding.severity > Severity::Ok;
    let (suspicious, harmless): (Vec<_>, Vec<_>) =
        rules::new_autostart::find(history, knowledge).into_iter().partition(is_warning);
    findings.extend(suspicious);
    findings.extend(rules::sudden_stop::find(history, knowledge));
    findings.extend(rules::known_busy::find(&loads).into_iter().filter(is_new));
    findings.extend(catching_up);
    let (gpu, restart) = (rules::gpu_busy::find(history, knowledge), rules::restart_pending::find(history, knowledge));
    let (warnings, notes): (Vec<Finding>, Vec<Finding>) = gpu.into_iter().chain(restart).partition(is_warning);
    findings.extend(warnings);
    findings.extend(rules::full_load::find(history, knowledge, &findings));
    findings.extend(rules::all_well::find(history, knowledge, &findings));
    // Information only; it does not prevent "all well".
    findings.extend(notes);
    findings.extend(rules::network_busy::find(history, knowledge));
    findings.extend(rules::browser_update::find(history, knowledge));
    findings.extend(rules::browser_old::find(history, knowledge));
    findings.extend(rules::page_opened::find(history, knowledge));
    findings.extend(harmless);
    findings.extend(rules::no_ad_blocking::find(history, &findings));
    findings.extend(rules::updates_old::find(history, knowledge));
    findings.extend(rules::long_uptime::find(history, knowledge));
    // The footer and Settings show the cost of this program; it is never a finding.
    findings.retain(|finding| finding.subject.group != group::OWN_PROGRAM);
    for finding in &mut findings {
        finding.limitations = limitations(finding, history);
        let is_of_hardware = match finding.rule {
            RuleId::DeviceLoad => true,
            RuleId::SlowVolume => finding.subject.volume == VolumeKind::Disk,
            _ => false,
        };
        if is_of_hardware && history.machine().is_virtual == Reading::Known(true) {
            finding.circumstances.push(Circumstance::Virtual);
        }
    }
    // The sort is stable: within one severity the order above remains, which is that of what the user can act on.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn limitations(finding: &Finding, history: &History) -> Vec<Limitation> {
    let learning = history.learning().filter(|_| LEARNED.contains(&finding.rule));
    let learning = learning.map(|seconds| Limitation::Learning { seconds });
    let unseen = history.latest().is_some_and(|sample| sample.unattributed.why() == Some(Why::NoPermission));
    let unseen = (unseen && OF_ALL_PROCESSES.contains(&finding.rule)).then_some(Limitation::UnseenProcesses);
    learning.into_iter().chain(unseen).collect()
}
