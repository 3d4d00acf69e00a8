//! Free space and busy disks.

use super::{Inputs, Own, recent};
use crate::checkup::{Arg, CheckId, Phrase};
use crate::model::{Reading, Sample, Seconds, Volume, Why};

/// Most volumes listed, the fullest first.
const MOST_VOLUMES: usize = 4;
/// Change of free space, as a share of the volume, from which it is worth telling.
const TREND_SHARE: f64 = 0.005;
/// Shortest time over which a change says something.
const TREND_LEAST: Seconds = Seconds::from_hours(24.0);

pub(super) fn space(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let volumes = match &latest.volumes {
        Reading::Known(volumes) => volumes,
        Reading::Missing(why) => return Own::not_known(CheckId::DiskSpace, *why),
    };
    if volumes.is_empty() {
        return Own::not_known(CheckId::DiskSpace, Why::NoSensor);
    }
    let free_share = |volume: &Volume| volume.free.of(volume.total).get();
    let mut fullest: Vec<&Volume> = volumes.iter().collect();
    fullest.sort_by(|a, b| free_share(a).total_cmp(&free_share(b)));
    let lines = fullest.iter().take(MOST_VOLUMES).flat_map(|volume| {
        let free = Phrase::new("checkup-saw-volume")
            .with("name", Arg::Volume(volume.name.clone()))
            .with("free", Arg::Bytes(volume.free.0 as f64))
            .with("total", Arg::Bytes(volume.total.0 as f64));
        [Some(free), trend(volume, latest, inputs)].into_iter().flatten()
    });
    let least = fullest.first().map(|volume| free_share(volume));
    Own::ok(CheckId::DiskSpace, "ok").saw(lines).figure("least_free", Reading::from_option(least, Why::NoSensor))
}

/// How free space changed over the days that are known.
fn trend(volume: &Volume, latest: &Sample, inputs: &Inputs<'_>) -> Option<Phrase> {
    let first = inputs.history.trend(&volume.name).next()?;
    let time = latest.at.since(first.at);
    let change = volume.free.0 as f64 - first.free.0 as f64;
    if time < TREND_LEAST || change.abs() < volume.total.0 as f64 * TREND_SHARE {
        return None;
    }
    let id = if change < 0.0 { "checkup-saw-volume-lost" } else { "checkup-saw-volume-gained" };
    let phrase = Phrase::new(id).with("name", Arg::Volume(volume.name.clone()));
    Some(phrase.with("amount", Arg::Bytes(change.abs())).with("duration", Arg::Duration(time.0)))
}

pub(super) fn busy(latest: &Sample, inputs: &Inputs<'_>) -> Own {
    let rates = || {
        let (read, written) = (latest.disk_read.get()?, latest.disk_write.get()?);
        Some(Phrase::new("checkup-saw-disk").with("read", Arg::Rate(read.0)).with("written", Arg::Rate(written.0)))
    };
    let share = match recent(inputs, |sample| sample.disk_busy) {
        Reading::Known(share) => share,
        Reading::Missing(why) => {
            return Own::not_known(CheckId::DiskBusy, why).saw(rates()).figure("disk_busy", Reading::Missing(why));
        }
    };
    // So busy that a finding comes if it goes on.
    let own = if share >= inputs.knowledge.thresholds.wait.disk_busy {
        Own::ok(CheckId::DiskBusy, "moment").next("checkup-next-again")
    } else {
        Own::ok(CheckId::DiskBusy, "ok")
    };
    own.arg("value", Arg::Share(share)).saw(rates()).figure("disk_busy", Reading::Known(share))
}
