//! Web browsers: load, windows, what they open again, advertisements, https.

use std::sync::Arc;

use super::{Inputs, Own, recent_cpu};
use crate::checkup::{Arg, CheckId, CheckResult, Phrase};
use crate::model::{BrowserState, ProgramKind, ProgramSample, Reading, Sample};

fn running_browsers<'a>(inputs: &Inputs<'a>) -> Vec<&'a ProgramSample> {
    inputs.programs.iter().filter(|program| program.kind == ProgramKind::Browser).collect()
}

fn names(programs: &[&ProgramSample]) -> Arg {
    Arg::Programs(programs.iter().map(|program| Arc::clone(&program.name)).collect())
}

pub(super) fn running(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    if let Reading::Missing(why) = latest.cpu {
        return Own::not_known(CheckId::Browser, why).figure("browser_cpu", Reading::Missing(why));
    }
    let browsers = running_browsers(inputs);
    if browsers.is_empty() {
        return Own::ok(CheckId::Browser, "ok-none").figure("browser_cpu", Reading::Known(0.0));
    }
    let cpu: f64 = browsers.iter().map(|program| recent_cpu(inputs, program)).sum();
    // Its pages may go on without a window: nobody sees them.
    let windowless = browsers.iter().filter(|program| program.window == Reading::Known(false));
    let windowless = windowless.map(|program| {
        Phrase::new("checkup-saw-browser-windowless").with("name", Arg::Program(Arc::clone(&program.name)))
    });
    let since = browsers.iter().filter_map(|program| {
        let started = program.members.iter().filter_map(|member| (inputs.started)(member.root)).min()?;
        let name = Arg::Program(Arc::clone(&program.name));
        let duration = Arg::Duration(latest.at.since(started).0);
        Some(Phrase::new("checkup-saw-browser-since").with("name", name).with("duration", duration))
    });
    let restores = browsers.iter().filter_map(|program| {
        let restores = latest.condition.browser(&program.name)?.restores_session.get()?;
        let id = if restores { "checkup-saw-browser-restores" } else { "checkup-saw-browser-starts-empty" };
        Some(Phrase::new(id).with("name", Arg::Program(Arc::clone(&program.name))))
    });
    Own::ok(CheckId::Browser, "ok")
        .arg("names", names(&browsers))
        .arg("value", Arg::Share(cpu))
        .saw(windowless.chain(since).chain(restores))
        .figure("browser_cpu", Reading::Known(cpu))
}

/// Information, not a fault: whether pages and pop-ups of advertisers can run at all.
pub(super) fn blocking(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let browsers = running_browsers(inputs);
    if browsers.is_empty() {
        // No list of programs is not the same as a list without a browser.
        return match latest.cpu {
            Reading::Missing(why) => Own::not_known(CheckId::AdBlocking, why),
            Reading::Known(_) => Own::new(CheckId::AdBlocking, CheckResult::NotKnown, "none"),
        };
    }
    let state = |program: &&ProgramSample| latest.condition.browser(&program.name);
    let blocks = |program: &&ProgramSample| state(program).and_then(|browser| browser.ad_blocking.get());
    let of = |wanted: bool| -> Vec<&ProgramSample> {
        browsers.iter().copied().filter(|program| blocks(program) == Some(wanted)).collect()
    };
    let (with, without) = (of(true), of(false));
    let https = browsers.iter().filter_map(|program| https_line(program, state(program)?));
    let own = if !without.is_empty() {
        Own::ok(CheckId::AdBlocking, "ok-without").arg("names", names(&without)).next("checkup-ad_blocking-advice")
    } else if !with.is_empty() {
        Own::ok(CheckId::AdBlocking, "ok").arg("names", names(&with))
    } else {
        Own::new(CheckId::AdBlocking, CheckResult::NotKnown, "unread").arg("names", names(&browsers))
    };
    own.saw(https)
        .figure("browsers_with_blocking", Reading::Known(with.len() as f64))
        .figure("browsers_without_blocking", Reading::Known(without.len() as f64))
}

fn https_line(program: &ProgramSample, state: &BrowserState) -> Option<Phrase> {
    let id = if state.https_only.get()? { "checkup-saw-https-only" } else { "checkup-saw-https-not-only" };
    Some(Phrase::new(id).with("name", Arg::Program(Arc::clone(&program.name))))
}
