//! Who signed program files, asked on a thread of its own and remembered.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::SystemTime;

use crate::model::{Reading, Signature, Signatures, Why};
use crate::platform;

/// So many files are remembered; a PC does not have so many busy ones.
const MOST: usize = 500;

/// A file and its signature.
type Answer = (PathBuf, Reading<Signature>);
/// What makes a file the same one a while later.
type Version = Option<SystemTime>;

/// Answers of the past. The thread begins with the first question and ends with this value.
#[derive(Default)]
pub struct SignatureChecks {
    asked: HashMap<PathBuf, Version>,
    answers: HashMap<PathBuf, Signature>,
    thread: Option<(Sender<PathBuf>, Receiver<Answer>)>,
    /// Answers came since they were told.
    news: bool,
    /// This system has no signatures.
    pointless: bool,
}

impl SignatureChecks {
    /// Wants to know about these files; asks each once, and again when it was changed.
    pub fn ask<'a>(&mut self, paths: impl Iterator<Item = &'a str>) {
        self.listen();
        for path in paths {
            if self.pointless || self.asked.len() >= MOST {
                return;
            }
            let path = Path::new(path);
            let version = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
            if self.asked.get(path) == Some(&version) {
                continue;
            }
            self.asked.insert(path.to_owned(), version);
            self.answers.remove(path);
            let (questions, _) = self.thread.get_or_insert_with(start);
            // Without the thread nothing is ever answered: not known.
            let _ = questions.send(path.to_owned());
        }
    }

    /// What is known; `None` when it is the same as before.
    pub fn news(&mut self) -> Option<Signatures> {
        self.listen();
        if !std::mem::take(&mut self.news) {
            return None;
        }
        let known = self.answers.iter();
        Some(known.map(|(path, signature)| (path.to_string_lossy().into_owned(), signature.clone())).collect())
    }

    fn listen(&mut self) {
        let Some((_, answers)) = &self.thread else { return };
        for (path, answer) in answers.try_iter() {
            match answer {
                Reading::Known(signature) => {
                    self.answers.insert(path, signature);
                    self.news = true;
                }
                Reading::Missing(why) => self.pointless |= why == Why::Unsupported,
            }
        }
    }
}

fn start() -> (Sender<PathBuf>, Receiver<Answer>) {
    let (questions, inbox) = channel::<PathBuf>();
    let (outbox, answers) = channel();
    let work = move || {
        for path in inbox {
            let answer = platform::signature(&path);
            if outbox.send((path, answer)).is_err() {
                return;
            }
        }
    };
    let _ = std::thread::Builder::new().name("signatures".to_owned()).spawn(work);
    (questions, answers)
}
