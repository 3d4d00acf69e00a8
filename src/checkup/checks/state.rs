//! Heat, power, windows.

use super::{Inputs, Own};
use crate::checkup::{Arg, CheckId, CheckResult, Phrase};
use crate::model::{Reading, Sample, Why};

pub(super) fn heat(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let fan = latest.fan.get().filter(|fan| fan.0 > 0);
    let fan = fan.map(|fan| Phrase::new("checkup-saw-fan").with("value", Arg::Count(fan.0 as usize)));
    let temperature = latest.temperature.map(|celsius| celsius.0);
    let own = match (latest.temperature, latest.fan_effort) {
        (Reading::Known(celsius), _) => Own::ok(CheckId::Heat, "ok").arg("value", Arg::Celsius(celsius.0)),
        (Reading::Missing(_), _) if inputs.history.machine().is_virtual == Reading::Known(true) => {
            Own::new(CheckId::Heat, CheckResult::NotKnown, "virtual").next("checkup-heat-virtual-next")
        }
        (Reading::Missing(_), Reading::Known(effort)) => {
            Own::ok(CheckId::Heat, "ok-estimate").arg("value", Arg::Share(effort.get()))
        }
        (Reading::Missing(why), Reading::Missing(_)) => Own::not_known(CheckId::Heat, why),
    };
    own.saw(fan).figure("temperature_c", temperature)
}

pub(super) fn power(latest: &Sample) -> Own {
    let flag = |on: bool| Reading::Known(f64::from(u8::from(on)));
    match latest.power {
        Reading::Known(power) => {
            let variant = match (power.saver, power.on_battery) {
                (true, _) => "ok-saver",
                (false, true) => "ok-battery",
                (false, false) => "ok",
            };
            Own::ok(CheckId::Power, variant)
                .figure("power_saver", flag(power.saver))
                .figure("on_battery", flag(power.on_battery))
        }
        Reading::Missing(Why::NoSensor) => {
            Own::ok(CheckId::Power, "ok-none").figure("power_saver", Reading::Missing(Why::NoSensor))
        }
        Reading::Missing(why) => Own::not_known(CheckId::Power, why).figure("power_saver", Reading::Missing(why)),
    }
}

pub(super) fn windows(inputs: &Inputs<'_>) -> Own {
    let with_window = inputs.programs.iter().filter(|program| program.window == Reading::Known(true)).count();
    let hung = inputs.programs.iter().filter(|program| program.hung).count();
    if with_window == 0 {
        let why = inputs.programs.iter().find_map(|program| program.window.why()).unwrap_or(Why::NoSensor);
        return Own::not_known(CheckId::Windows, why).figure("not_responding", Reading::Missing(why));
    }
    let own = Own::ok(CheckId::Windows, if hung == 0 { "ok" } else { "moment" });
    own.arg("number", Arg::Count(with_window)).figure("not_responding", Reading::Known(hung as f64))
}
