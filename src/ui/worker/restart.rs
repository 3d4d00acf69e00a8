//! Restarting the PC: the facts for the checklist.

use super::{Host, Thread};
use crate::diagnose::{OWN_PROGRAM, ProgramTable};
use crate::model::{Pid, ProgramKind, ProgramSample, Reading, Why};
use crate::monitor::Observation;
use crate::remedy::restart::RestartFacts;

/// Readings of the facts between two of what starts by itself, which is a few dozen files: about a minute.
const STARTING_EVERY: u64 = 10;

impl<H: Host> Thread<H> {
    /// The facts for the checklist.
    pub(super) fn restart_facts(&mut self, observation: &Observation) -> RestartFacts {
        let table = &observation.program_table;
        let own = std::process::id();
        let owners = self.host.window_owners().map(|owners| {
            let others = owners.into_iter().filter(|owner| owner.pid != own);
            let named = others.filter_map(|owner| Some((owner, program_of(table, owner.pid)?)));
            named.filter(|(_, program)| *program.name != *OWN_PROGRAM).collect::<Vec<_>>()
        });
        // A page that counts its news in front of its title is nothing to save.
        let unsaved = owners.known().into_iter().flatten();
        let unsaved = unsaved.filter(|(owner, program)| owner.seems_unsaved && program.kind != ProgramKind::Browser);
        let unsaved = names(unsaved.map(|(_, program)| *program));
        let with_windows = owners.map(|owners| names(owners.into_iter().map(|(_, program)| program)));
        if self.restart_readings.is_multiple_of(STARTING_EVERY) {
            self.starting = self.host.starting();
        }
        self.restart_readings += 1;
        let browsers = table.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
        let booted_at = self.monitor.machine().booted_at.get();
        RestartFacts {
            uptime: Reading::from_option(booted_at.map(|at| self.host.now().since(at)), Why::Unsupported),
            boot_id: self.monitor.machine().boot_id.clone(),
            browsers: browsers.map(|program| program.name.to_string()).collect(),
            with_windows,
            unsaved,
            restoring: Reading::Missing(Why::Unsupported),
            others: self.host.has_other_users(),
            pending: self.host.pending_restart(),
            starting: self.starting.clone(),
            after: None,
        }
    }
}

fn program_of(table: &ProgramTable, pid: Pid) -> Option<&ProgramSample> {
    table.programs.iter().find(|program| program.members.iter().any(|member| member.key.pid == pid))
}

/// Each name once, in order.
fn names<'p>(programs: impl Iterator<Item = &'p ProgramSample>) -> Vec<String> {
    let mut names: Vec<String> = programs.map(|program| program.name.to_string()).collect();
    names.sort();
    names.dedup();
    names
}
