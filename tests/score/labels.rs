//! Compares flags with labels.

/// One row after its diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabeledSample {
    /// Time it covers.
    pub seconds: f64,
    /// Label in the recording; `None` if there is none.
    pub label: Option<bool>,
    /// Our flag.
    pub flagged: bool,
    /// True if it starts a new stretch.
    pub begins: bool,
}

/// Agreement of flags and labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Time covered.
    pub seconds: f64,
    /// Time with a label.
    pub labelled: f64,
    /// Time with label 1.
    pub bad: f64,
    /// Number of flagged stretches.
    pub windows: usize,
    /// Share of the time with label 1 that was flagged.
    pub recall: Option<f64>,
    /// Flags that began where the label is 0, per hour of label 0.
    pub false_per_hour: Option<f64>,
    /// Share of the time with label 0 that was flagged.
    pub false_share: Option<f64>,
    /// Stretches with label 1…
    pub episodes: usize,
    /// …and those with a flag.
    pub episodes_found: usize,
    /// Median of the seconds from the start of such a stretch to its first flag; a flag that was already set counts as
    /// found, but not here.
    pub first_flag: Option<f64>,
}

/// Compares all rows of a recording, in order.
pub fn score(samples: &[LabeledSample]) -> Score {
    let mut score = Score::default();
    let (mut caught, mut wrong, mut false_flags) = (0.0, 0.0, 0_usize);
    let mut firsts: Vec<f64> = Vec::new();
    // The current stretch with label 1: its length so far, and whether it was flagged.
    let mut episode: Option<(f64, bool)> = None;
    let mut flagged = false;
    for sample in samples {
        let seconds = if sample.seconds.is_finite() { sample.seconds.max(0.0) } else { 0.0 };
        if sample.begins {
            flagged = false;
            episode = None;
        }
        score.seconds += seconds;
        if sample.label.is_some() {
            score.labelled += seconds;
        }
        let rises = sample.flagged && !flagged;
        let is_ongoing = sample.flagged && flagged;
        flagged = sample.flagged;
        score.windows += usize::from(rises);
        if sample.label == Some(true) {
            score.bad += seconds;
            let (length, found) = episode.unwrap_or_else(|| {
                score.episodes += 1;
                (0.0, false)
            });
            if sample.flagged {
                caught += seconds;
                if !found {
                    score.episodes_found += 1;
                    if length > 0.0 || !is_ongoing {
                        firsts.push(length + seconds);
                    }
                }
            }
            episode = Some((length + seconds, found || sample.flagged));
        } else {
            episode = None;
        }
        if sample.label == Some(false) {
            false_flags += usize::from(rises);
            wrong += if sample.flagged { seconds } else { 0.0 };
        }
    }
    let good = score.labelled - score.bad;
    score.recall = (score.bad > 0.0).then(|| caught / score.bad);
    score.false_per_hour = (good > 0.0).then(|| false_flags as f64 / (good / 3600.0));
    score.false_share = (good > 0.0).then(|| wrong / good);
    firsts.sort_by(f64::total_cmp);
    score.first_flag = firsts.get(firsts.len() / 2).copied();
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(text: &str) -> Vec<LabeledSample> {
        // `0` and `1`: the label, not flagged; `a` and `b`: the same, flagged; `?`: no label; `|`: a new stretch.
        let mut begins = true;
        let mut samples = Vec::new();
        for c in text.chars() {
            let label = match c {
                '0' | 'a' => Some(false),
                '1' | 'b' => Some(true),
                '|' => {
                    begins = true;
                    continue;
                }
                _ => None,
            };
            samples.push(LabeledSample { seconds: 10.0, label, flagged: c.is_alphabetic(), begins });
            begins = false;
        }
        samples
    }

    #[test]
    fn recall_is_a_share_of_time_and_false_flags_are_counted_once() {
        let score = score(&samples("00aa0a001bb1b"));
        assert!((score.recall.expect("label 1") - 0.6).abs() < 1e-9);
        assert!((score.false_per_hour.expect("label 0") - 2.0 / (80.0 / 3600.0)).abs() < 1e-9);
        assert!((score.false_share.expect("label 0") - 3.0 / 8.0).abs() < 1e-9);
        assert_eq!((score.windows, score.episodes, score.episodes_found, score.first_flag), (4, 1, 1, Some(20.0)));
    }

    #[test]
    fn a_flag_that_outlasts_its_cause_is_not_a_new_one() {
        let score = score(&samples("11bbaa00"));
        assert_eq!((score.false_per_hour, score.windows), (Some(0.0), 1));
        assert!((score.false_share.expect("label 0") - 0.5).abs() < 1e-9);
        let before = super::score(&samples("0aab1"));
        assert_eq!((before.episodes_found, before.first_flag), (1, None));
    }

    #[test]
    fn stretches_stand_alone_and_what_has_no_label_counts_for_nothing() {
        let score = score(&samples("1b|1b|11|??"));
        assert_eq!((score.episodes, score.episodes_found, score.first_flag), (3, 2, Some(20.0)));
        assert_eq!((score.seconds, score.labelled, score.bad), (80.0, 60.0, 60.0));
        assert_eq!((score.false_per_hour, score.false_share), (None, None));
        assert_eq!(super::score(&[]), Score::default());
    }
}
