//! Processor, memory, swap, network, graphics.

use std::cmp::Reverse;

use super::{Inputs, MOST_PROGRAMS, Own, recent, recent_cpu};
use crate::checkup::{Arg, CheckId, Phrase};
use crate::model::{Fraction, Os, ProgramSample, Reading, Sample, Use};

/// Share of the processor from which a program is worth naming.
const NAMED_CPU: f64 = 0.01;

pub(super) fn cpu(inputs: &Inputs<'_>) -> Own {
    let share = match recent(inputs, |sample| sample.cpu) {
        Reading::Known(share) => share,
        Reading::Missing(why) => return Own::not_known(CheckId::Cpu, why).figure("cpu", Reading::Missing(why)),
    };
    let mut named: Vec<(&ProgramSample, f64)> =
        inputs.programs.iter().map(|program| (program, recent_cpu(inputs, program))).collect();
    named.retain(|(_, cpu)| *cpu >= NAMED_CPU);
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    let line = |(program, cpu): &(&ProgramSample, f64)| {
        let name = Arg::Program(program.name.clone());
        Phrase::new("checkup-saw-cpu").with("name", name).with("value", Arg::Share(*cpu))
    };
    Own::ok(CheckId::Cpu, "ok")
        .arg("value", Arg::Share(share))
        .saw(named.iter().take(MOST_PROGRAMS).map(line))
        .figure("cpu", Reading::Known(share))
}

pub(super) fn memory(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let memory = match latest.memory {
        Reading::Known(memory) => memory,
        Reading::Missing(why) => {
            return Own::not_known(CheckId::Memory, why).figure("memory_used_bytes", Reading::Missing(why));
        }
    };
    let mut programs: Vec<&ProgramSample> = inputs.programs.iter().filter(|program| program.memory.0 > 0).collect();
    programs.sort_by_key(|program| Reverse(program.memory.0));
    let line = |program: &&ProgramSample| {
        let name = Arg::Program(program.name.clone());
        Phrase::new("checkup-saw-memory").with("name", name).with("value", Arg::Bytes(program.memory.0 as f64))
    };
    Own::ok(CheckId::Memory, "ok")
        .arg("value", Arg::Share(memory.used.of(memory.total).get()))
        .arg("used", Arg::Bytes(memory.used.0 as f64))
        .arg("total", Arg::Bytes(memory.total.0 as f64))
        .saw(programs.iter().take(MOST_PROGRAMS).map(line))
        .figure("memory_used_bytes", Reading::Known(memory.used.0 as f64))
        .figure("memory_total_bytes", Reading::Known(memory.total.0 as f64))
}

/// Swap on Linux, commit on Windows.
pub(super) fn commit(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let swap = match latest.swap {
        Reading::Known(swap) => swap,
        Reading::Missing(why) => {
            return Own::not_known(CheckId::Commit, why).figure("swap_used_bytes", Reading::Missing(why));
        }
    };
    let variant = match inputs.history.machine().os {
        _ if swap.total.0 == 0 => "none",
        Os::Windows => "ok-windows",
        Os::Linux | Os::Unknown => "ok",
    };
    let own = Own::ok(CheckId::Commit, variant);
    let own = if swap.total.0 == 0 {
        own
    } else {
        own.arg("used", Arg::Bytes(swap.used.0 as f64)).arg("total", Arg::Bytes(swap.total.0 as f64))
    };
    own.figure("swap_used_bytes", Reading::Known(swap.used.0 as f64))
        .figure("swap_total_bytes", Reading::Known(swap.total.0 as f64))
}

pub(super) fn network(latest: &Sample) -> Own {
    let (received, sent) = match (latest.net_rx, latest.net_tx) {
        (Reading::Known(received), Reading::Known(sent)) => (received.0, sent.0),
        (Reading::Missing(why), _) | (_, Reading::Missing(why)) => {
            return Own::not_known(CheckId::Network, why).figure("received_bps", Reading::Missing(why));
        }
    };
    let users = latest.net_users.known().map_or(&[][..], Vec::as_slice);
    let line = |user: &Use<crate::model::Traffic>| {
        let name = Arg::Program(user.program.clone());
        Phrase::new("checkup-saw-network").with("name", name).with("value", Arg::Rate(user.part.total()))
    };
    Own::ok(CheckId::Network, "ok")
        .arg("received", Arg::Rate(received))
        .arg("sent", Arg::Rate(sent))
        .saw(users.iter().take(MOST_PROGRAMS).map(line))
        .figure("received_bps", Reading::Known(received))
        .figure("sent_bps", Reading::Known(sent))
}

pub(super) fn graphics(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let share = match recent(inputs, |sample| sample.gpu) {
        Reading::Known(share) => share,
        Reading::Missing(why) => return Own::not_known(CheckId::Graphics, why).figure("gpu", Reading::Missing(why)),
    };
    let users = latest.gpu_users.known().map_or(&[][..], Vec::as_slice);
    let line = |user: &Use<Fraction>| {
        let name = Arg::Program(user.program.clone());
        Phrase::new("checkup-saw-graphics").with("name", name).with("value", Arg::Share(user.part.get()))
    };
    Own::ok(CheckId::Graphics, "ok")
        .arg("value", Arg::Share(share))
        .saw(users.iter().take(MOST_PROGRAMS).map(line))
        .figure("gpu", Reading::Known(share))
}
