//! The form `mimamori.checkup/1`: every check with its answer in both languages. A figure that is not known is `null`, with
//! its reason in `…_missing` beside it.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::check::put;
use super::history::AtForm;
use crate::checkup::{Check, check_words};
use crate::explain::Texts;
use crate::knowledge::Knowledge;
use crate::model::At;

/// Name and version of the form.
pub const CHECKUP_SCHEMA: &str = "mimamori.checkup/1";

/// Input of the report.
pub struct CheckupReport<'a> {
    /// When the answers were given.
    pub at: At,
    /// The answers, in order.
    pub checks: &'a [Check],
    /// For display names.
    pub knowledge: &'a Knowledge,
    /// The texts of both languages.
    pub texts: [&'a Texts; 2],
    /// Time zone of days in the texts.
    pub zone: &'a TimeZone,
}

impl CheckupReport<'_> {
    /// Converts the report to JSON.
    pub fn to_json(&self) -> Value {
        let checks: Vec<Value> = self.checks.iter().map(|check| self.check_json(check)).collect();
        json!({ "schema": CHECKUP_SCHEMA, "at": AtForm::Text.write(self.at), "checks": checks })
    }

    fn check_json(&self, check: &Check) -> Value {
        let words = |texts: &&Texts| {
            let words = check_words(check, self.knowledge, texts, self.zone, false);
            (texts.lang().code().to_owned(), json!(words))
        };
        let mut figures = Map::new();
        for (name, value) in &check.figures {
            put(&mut figures, name, value);
        }
        json!({
            "id": check.id,
            "result": check.result,
            "text": self.texts.iter().map(words).collect::<Map<_, _>>(),
            "figures": figures,
            "remedies": check.finding().map_or(&[][..], |(_, plan)| &plan.remedies),
        })
    }
}
