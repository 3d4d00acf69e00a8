//! The sensors of a PC: a tree that stands for `/sys`, and how its values are judged. A line is a file and its text;
//! after a line of `---` come the values of the next look.

#![no_main]

use std::fs::{create_dir_all, write};
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use mimamori::model::{Fraction, Reading, Seconds};
use mimamori::platform::{SensorValues, sensors_below};
use mimamori::sampler::thermal::{SensorJudge, ThermalModel};

/// Most files of a look, and most looks.
const MOST: usize = 24;

fuzz_target!(|data: &[u8]| {
    let root = tempfile::tempdir_in(mimamori::memory_folder()).expect("a folder");
    let looks = data.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    let mut looks = looks.split(|line| *line == b"---").take(MOST);
    put(root.path(), looks.next().unwrap_or_default());
    let mut sensors = sensors_below(root.path());
    let (mut judge, mut backwards, mut model) =
        (SensorJudge::default(), SensorJudge::default(), ThermalModel::default());
    let first = sensors.read();
    for (number, look) in [&[][..]].into_iter().chain(looks).enumerate() {
        put(root.path(), look);
        let values = sensors.read();
        assert_eq!((values.temperatures.len(), values.fans.len(), values.gpus.len()), lengths(&first));
        assert!(values.frequency.get().is_none_or(|clock| clock.0 <= 20_000_000_000), "{:?}", values.frequency);
        let load = Fraction::new(if number % 2 == 0 { 0.1 } else { 0.9 });
        let effort = model.step(Some(load), values.frequency.get(), values.frequency.get(), Seconds(100.0));
        assert!(effort.is_some_and(|effort| (0.0..=1.0).contains(&effort.get())));
        let judged = judged(&mut judge, effort, &values);
        let reversed = SensorValues {
            temperatures: values.temperatures.iter().rev().copied().collect(),
            fans: values.fans.iter().rev().copied().collect(),
            gpus: values.gpus.iter().rev().copied().collect(),
            ..values
        };
        assert_eq!(self::judged(&mut backwards, effort, &reversed), judged, "the order decides");
    }
});

fn lengths(values: &SensorValues) -> (usize, usize, usize) {
    (values.temperatures.len(), values.fans.len(), values.gpus.len())
}

/// What is believed, in figures.
fn judged(judge: &mut SensorJudge, effort: Option<Fraction>, values: &SensorValues) -> [Option<f64>; 3] {
    judge.begin(effort, Seconds(100.0));
    let temperature = judge.temperature(&values.temperatures);
    let (fan, gpu) = (judge.fan(&values.fans), judge.gpu(&values.gpus));
    if let Reading::Known(celsius) = temperature {
        assert!((5.0..=115.0).contains(&celsius.0), "{celsius:?}");
    }
    if let Reading::Known(rpm) = fan {
        assert!(rpm.0 <= 10_000, "{rpm:?}");
    }
    [temperature.get().map(|celsius| celsius.0), fan.get().map(|rpm| f64::from(rpm.0)), gpu.get().map(Fraction::get)]
}

fn put(root: &Path, lines: &[&[u8]]) {
    for line in lines.iter().take(MOST) {
        let Some(space) = line.iter().position(|byte| *byte == b' ') else { continue };
        let Some(path) = path(&String::from_utf8_lossy(&line[..space])) else { continue };
        let path = root.join(path);
        // A file where a folder should be, or the other way round, is left as it is.
        if path.parent().is_some_and(|folder| create_dir_all(folder).is_ok()) {
            let _ = write(path, &line[space + 1..]);
        }
    }
}

/// A path that stays below its root.
fn path(text: &str) -> Option<PathBuf> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    let is_plain = parts.iter().all(|part| *part != "." && *part != ".." && !part.contains('\0') && part.len() < 60);
    (is_plain && (1..=8).contains(&parts.len())).then(|| parts.iter().collect())
}
