//! Checks of start-up programs, restarts, updates, and sudden power-offs.

use std::sync::Arc;

use super::{Inputs, Own};
use crate::checkup::{Arg, CheckId, CheckResult, Phrase, Place};
use crate::model::{At, Autostart, Os, Reading, Sample, Seconds, Why};

/// Most new entries listed, newest first.
const MOST_NEW: usize = 5;
/// Time in which repeated ends without a shutdown point to one cause…
const STOPS_WITHIN: Seconds = Seconds::from_days(30.0);
/// …and their number: one may be a pulled plug.
const STOPS_LOOK: usize = 2;

pub(super) fn startup(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let list = match &latest.condition.autostarts {
        Reading::Known(list) => list,
        Reading::Missing(why) => return Own::not_known(CheckId::Startup, *why),
    };
    let limit = Seconds::from_days(inputs.knowledge.thresholds.mining.new_days);
    let mut new: Vec<(&Autostart, At)> = list
        .iter()
        .filter_map(|entry| Some((entry, entry.since?)))
        .filter(|(_, since)| latest.at.since(*since) <= limit)
        .collect();
    new.sort_by_key(|(_, since)| std::cmp::Reverse(*since));
    // Without a recording nothing is known to be old.
    let is_recorded = inputs.history.learning().is_none_or(|watched| watched.0 >= 1.0);
    let variant = match (new.is_empty(), is_recorded) {
        (false, _) => "ok-new",
        (true, true) => "ok",
        (true, false) => "ok-unwatched",
    };
    let lines = new.iter().take(MOST_NEW).map(|(entry, since)| {
        Phrase::new("checkup-saw-startup-new")
            .with("name", Arg::Name(entry.name.clone()))
            .with("date", Arg::Date(*since))
    });
    let own = Own::ok(CheckId::Startup, variant).arg("number", Arg::Count(list.len()));
    let own = if new.is_empty() { own } else { own.arg("new", Arg::Count(new.len())).next("checkup-startup-new-next") };
    own.saw(lines)
        .figure("startup_programs", Reading::Known(list.len() as f64))
        .figure("new_startup_programs", Reading::Known(new.len() as f64))
}

pub(super) fn restart(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let condition = &latest.condition;
    let fast = condition.fast_startup == Reading::Known(true);
    let pending = match condition.restart_pending {
        Reading::Known(true) => "checkup-saw-restart-pending",
        Reading::Known(false) => "checkup-saw-restart-not-pending",
        Reading::Missing(_) => "checkup-saw-restart-unknown",
    };
    let lines = [Some(pending), fast.then_some("checkup-saw-fast-startup")];
    let lines: Vec<Phrase> = lines.into_iter().flatten().map(Phrase::new).collect();
    let uptime = inputs.history.machine().booted_at.map(|booted| latest.at.since(booted));
    let own = match uptime {
        Reading::Known(uptime) => Own::ok(CheckId::Restart, "ok").arg("duration", Arg::Duration(uptime.0)),
        Reading::Missing(why) => Own::not_known(CheckId::Restart, why),
    };
    own.saw(lines).figure("uptime_days", uptime.map(Seconds::as_days))
}

pub(super) fn updates(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let age = |at: At| latest.at.since(at);
    let updated = latest.condition.updated_at.map(age);
    let packages = inputs
        .facts
        .packages_changed_at
        .get()
        .map(|at| Phrase::new("checkup-saw-packages").with("duration", Arg::Duration(age(at).0)));
    let browsers = latest.condition.browsers.known().map_or(&[][..], |browsers| &**browsers);
    let browsers = browsers.iter().filter_map(|browser| {
        let date = browser.dated_at.get()?;
        let name = Arg::Program(Arc::clone(&browser.name));
        Some(Phrase::new("checkup-saw-browser-age").with("name", name).with("duration", Arg::Duration(age(date).0)))
    });
    let variant = if inputs.history.machine().os == Os::Windows { "ok-windows" } else { "ok" };
    let own = match updated {
        Reading::Known(age) => Own::ok(CheckId::Updates, variant).arg("duration", Arg::Duration(age.0)),
        Reading::Missing(why) => Own::not_known(CheckId::Updates, why),
    };
    own.saw(packages.into_iter().chain(browsers)).figure("updated_days_ago", updated.map(Seconds::as_days))
}

pub(super) fn sudden_stops(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let recorded = match &inputs.facts.stops {
        Reading::Known(recorded) => recorded,
        Reading::Missing(why) => {
            let own = Own::not_known(CheckId::SuddenStops, *why).figure("sudden_stops", Reading::Missing(*why));
            return match why {
                Why::NotYet => Own { sentence: Phrase::new("checkup-sudden_stops-unwatched"), ..own },
                _ => own,
            };
        }
    };
    let lately = recorded.stops.iter().filter(|at| latest.at.since(**at) <= STOPS_WITHIN).count();
    let last = recorded.stops.last().map(|at| Phrase::new("checkup-saw-last-stop").with("date", Arg::Date(*at)));
    let watched = Arg::Duration(latest.at.since(recorded.from).0);
    let own = match lately {
        0 if recorded.stops.is_empty() => Own::ok(CheckId::SuddenStops, "ok").arg("duration", watched),
        number if number < STOPS_LOOK => Own::ok(CheckId::SuddenStops, "ok-past").arg("number", Arg::Count(number)),
        number => Own::new(CheckId::SuddenStops, CheckResult::Look, "look")
            .arg("number", Arg::Count(number))
            .next("checkup-sudden_stops-next"),
    };
    Own { place: (!recorded.stops.is_empty()).then_some(Place::History), ..own }
        .saw(last)
        .figure("sudden_stops", Reading::Known(lately as f64))
}
