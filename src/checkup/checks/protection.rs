//! Signs of mining, and antivirus.

use std::sync::Arc;

use super::{Inputs, Own};
use crate::checkup::{Arg, CheckId, CheckResult, Phrase};
use crate::knowledge::SecurityKind;
use crate::model::{Protection, Reading, Sample, Seconds, Why};

/// Age from which a list of known viruses is old: ClamAV publishes one each day.
const OLD_VIRUS_LIST: Seconds = Seconds::from_days(7.0);

pub(super) fn mining(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    if let Reading::Missing(why) = latest.cpu {
        return Own::not_known(CheckId::Mining, why);
    }
    let looked = Phrase::new("checkup-saw-programs").with("number", Arg::Count(inputs.programs.len()));
    let learning = inputs.history.learning().map(|watched| match watched {
        watched if watched.0 < 1.0 => Phrase::new("checkup-saw-unwatched"),
        watched => Phrase::new("checkup-saw-learning").with("duration", Arg::Duration(watched.0)),
    });
    let unseen = latest.unattributed.why() == Some(Why::NoPermission);
    let unseen = unseen.then(|| Phrase::new("checkup-saw-unseen"));
    Own::ok(CheckId::Mining, "ok")
        .saw([Some(looked), learning, unseen].into_iter().flatten())
        .figure("programs", Reading::Known(inputs.programs.len() as f64))
}

pub(super) fn antivirus(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let running = |kind| -> Vec<Arc<str>> {
        let of_kind = inputs.programs.iter().filter(|p| inputs.knowledge.security_kind(&p.name) == Some(kind));
        of_kind.map(|program| Arc::clone(&program.name)).collect()
    };
    let (antivirus, edr) = (running(SecurityKind::Antivirus), running(SecurityKind::Edr));
    let is_running = |name: &str| antivirus.iter().chain(&edr).any(|running| &**running == name);
    let installed = inputs.facts.installed_services.known().map_or(&[][..], Vec::as_slice);
    let mut idle: Vec<Arc<str>> =
        installed.iter().filter_map(|service| inputs.knowledge.security_product(service)).map(Into::into).collect();
    idle.dedup();
    idle.retain(|name| !is_running(name));
    let line = |id: &str, names: &[Arc<str>]| {
        (!names.is_empty()).then(|| Phrase::new(id).with("names", Arg::Programs(names.to_vec())))
    };
    let list_at = inputs.facts.virus_list_at.get();
    let list_age = list_at.map(|at| latest.at.since(at));
    let list = list_age.map(|age| Phrase::new("checkup-saw-virus-list").with("duration", Arg::Duration(age.0)));
    let lines = [
        line("checkup-saw-edr", &edr),
        line("checkup-saw-antivirus", &antivirus),
        line("checkup-saw-protection-idle", &idle),
        list,
    ];
    let lines = lines.into_iter().flatten();
    let protected = [edr.as_slice(), antivirus.as_slice()].concat();
    let own = match (latest.condition.antivirus, list_age) {
        // A finding reports every fault, so without one there is none.
        (Reading::Known(Protection::Good | Protection::Poor | Protection::Paused | Protection::Off), _) => {
            Own::ok(CheckId::Antivirus, "ok")
        }
        (Reading::Missing(_), Some(age)) if age >= OLD_VIRUS_LIST => {
            Own::new(CheckId::Antivirus, CheckResult::Look, "look-list")
                .arg("duration", Arg::Duration(age.0))
                .next("checkup-antivirus-update-list")
        }
        (Reading::Missing(_), _) if !protected.is_empty() => {
            Own::ok(CheckId::Antivirus, "ok-running").arg("names", Arg::Programs(protected))
        }
        (Reading::Missing(_), _) => Own::new(CheckId::Antivirus, CheckResult::NotKnown, "none"),
    };
    own.saw(lines).figure("virus_list_age_days", Reading::from_option(list_age.map(Seconds::as_days), Why::NoSensor))
}
