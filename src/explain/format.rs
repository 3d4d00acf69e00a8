//! Formats values; the only place where units become text. The whole PC is 100 %, with one decimal at most.

use fluent_bundle::FluentArgs;
use jiff::{Timestamp, tz::TimeZone};

use super::Texts;
use crate::model::{At, Seconds};

/// A share as a percentage: whole from 10 % on, one decimal below.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 9.95 || percent == 0.0 { format!("{percent:.0}%") } else { format!("{percent:.1}%") }
}

/// An amount in the largest fitting unit; 1 KB = 1,024 bytes, as in Windows.
pub fn bytes(amount: f64) -> String {
    let mut value = amount.max(0.0);
    let mut unit = "B";
    for larger in ["KB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    if value < 9.95 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// A rate in bytes per second, in the largest fitting unit.
pub fn rate(bytes_per_second: f64) -> String {
    format!("{}/s", bytes(bytes_per_second))
}

/// A temperature in whole degrees.
pub fn celsius(value: f64) -> String {
    format!("{value:.0} °C")
}

/// A fan speed in revolutions per minute, rounded to tens: no fan holds its speed more precisely.
pub fn fan_speed(texts: &Texts, rpm: f64) -> String {
    let tens = (rpm.max(0.0) / 10.0).round() as u64 * 10;
    let number = if tens < 1000 { tens.to_string() } else { format!("{},{:03}", tens / 1000, tens % 1000) };
    texts.with_one("fan-speed", "number", number)
}

/// A short time in milliseconds: whole from 10 on, one decimal below.
pub fn milliseconds(texts: &Texts, seconds: f64) -> String {
    let value = seconds.max(0.0) * 1000.0;
    let number = if value >= 9.95 { format!("{value:.0}") } else { format!("{value:.1}") };
    texts.with_one("milliseconds", "number", number)
}

/// An error code as Windows writes it.
pub fn error_code(code: u64) -> String {
    format!("0x{code:02X}")
}

/// A whole number.
pub fn count(value: f64) -> String {
    format!("{value:.0}")
}

/// A duration in words, in at most two units.
pub fn duration(texts: &Texts, seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let mut args = FluentArgs::new();
    let id = match whole {
        0..=89 => {
            args.set("seconds", whole.to_string());
            "duration-seconds"
        }
        90..=5_399 => {
            args.set("minutes", ((whole + 30) / 60).to_string());
            "duration-minutes"
        }
        5_400..=172_799 => {
            let minutes = (whole + 30) / 60;
            args.set("hours", (minutes / 60).to_string());
            args.set("minutes", (minutes % 60).to_string());
            if minutes.is_multiple_of(60) || minutes >= 600 { "duration-hours" } else { "duration-hours-minutes" }
        }
        _ => {
            args.set("days", (whole / Seconds::from_days(1.0).0 as u64) as f64);
            "duration-days"
        }
    };
    texts.with(id, &args)
}

/// A time of day, `10:42`.
pub fn clock(at: At, zone: &TimeZone) -> String {
    strftime(at, zone, "%H:%M")
}

/// A time of day with seconds, `10:42:05`.
pub fn clock_seconds(at: At, zone: &TimeZone) -> String {
    strftime(at, zone, "%H:%M:%S")
}

/// A day, `11-23`.
pub fn day(at: At, zone: &TimeZone) -> String {
    strftime(at, zone, "%m-%d")
}

/// A date, `2026-11-23`.
pub fn date(at: At, zone: &TimeZone) -> String {
    strftime(at, zone, "%Y-%m-%d")
}

/// A date and time of day, `2026-11-23 10:42`.
pub fn date_clock(at: At, zone: &TimeZone) -> String {
    strftime(at, zone, "%Y-%m-%d %H:%M")
}

fn strftime(at: At, zone: &TimeZone, form: &str) -> String {
    let Ok(timestamp) = Timestamp::from_millisecond(at.0) else { return String::new() };
    timestamp.to_zoned_datetime(zone.clone()).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Lang;

    #[test]
    fn figures_are_short_and_true() {
        assert_eq!(
            [percent(0.823), percent(0.0412), percent(0.0), percent(1.0), percent(0.0996)],
            ["82%", "4.1%", "0%", "100%", "10%"]
        );
        assert_eq!(
            [bytes(0.0), bytes(1536.0), bytes(1e6), bytes(18.0 * 1024f64.powi(3))],
            ["0 B", "1.5 KB", "977 KB", "18 GB"]
        );
        assert_eq!(rate(4.4 * 1024.0 * 1024.0), "4.4 MB/s");
        assert_eq!(celsius(80.6), "81 °C");
    }

    #[test]
    fn durations_have_words_in_both_languages() {
        let en = Texts::new(Lang::En);
        let ja = Texts::new(Lang::Ja);
        let texts = |seconds| (duration(&en, seconds), duration(&ja, seconds));
        assert_eq!(texts(8.2), ("8 s".into(), "8秒".into()));
        assert_eq!(texts(360.0), ("6 min".into(), "6分".into()));
        assert_eq!(texts(7_500.0), ("2 h 5 min".into(), "2時間5分".into()));
        assert_eq!(texts(Seconds::from_days(3.0).0), ("3 days".into(), "3日".into()));
    }

    #[test]
    fn a_time_of_day_follows_the_zone() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(clock(At(0), &tokyo), "09:00");
        assert_eq!(clock(At(0), &TimeZone::UTC), "00:00");
    }
}
