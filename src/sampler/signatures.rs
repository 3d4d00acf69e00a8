//! Verifies signatures of program files on another thread and caches them. Callers never block: not even the date of a
//! file is read on their thread, because its disk may belong to a server that is gone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::threads;
use crate::model::{Reading, Signature, Signatures, Why};
use crate::platform;

/// Most files remembered; the one that was busy longest ago gives way to a new one.
const MAX_FILES: usize = 500;
/// Interval for checking whether a file with a known signature has changed.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// Interval for retrying a file that could not be checked: it may have been locked, or the PC offline.
const TRY_AGAIN: Duration = Duration::from_mins(10);

/// Verifies a file; tests supply their own.
type Check = Box<dyn Fn(&Path) -> Reading<Signature> + Send>;
/// Answers of the thread; the channel closes when all requests are answered.
type Answers = Receiver<(PathBuf, SignatureReply)>;

/// Answer of the thread about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum SignatureReply {
    /// Unchanged.
    Unchanged,
    /// Changed; its new state follows.
    Changed,
    /// Verified, with this result.
    Verified(Signature),
    /// It could not be checked this time.
    Unknown,
    /// This system has no signatures.
    Unsupported,
}

/// A request to the thread.
struct SignatureRequest {
    at: Instant,
    /// Outcome; `None` while pending.
    is_known: Option<bool>,
}

impl SignatureRequest {
    fn is_due(&self, now: Instant) -> bool {
        let every = match self.is_known {
            None => return false,
            Some(true) => LOOK_AGAIN,
            Some(false) => TRY_AGAIN,
        };
        now.saturating_duration_since(self.at) >= every
    }
}

/// Cache of verified signatures. A thread exists only while requests are pending, and never more than one.
pub struct SignatureChecks {
    requests: HashMap<PathBuf, SignatureRequest>,
    answers: HashMap<PathBuf, Signature>,
    /// Locked only by the thread.
    checker: Arc<Mutex<Checker>>,
    inbox: Option<Answers>,
    /// Requests for the next thread.
    queue: Vec<PathBuf>,
    /// Files that the checker no longer has to remember.
    evicted: Vec<PathBuf>,
    /// The cache changed since it was last returned.
    is_changed: bool,
    /// This system has no signatures.
    unsupported: bool,
}

impl Default for SignatureChecks {
    fn default() -> Self {
        Self::with(Checker::of_system())
    }
}

impl SignatureChecks {
    fn with(checker: Checker) -> Self {
        let (requests, answers) = (HashMap::new(), HashMap::new());
        let checker = Arc::new(Mutex::new(checker));
        let (queue, evicted) = (Vec::new(), Vec::new());
        Self { requests, answers, checker, inbox: None, queue, evicted, is_changed: false, unsupported: false }
    }

    /// Requests these files: each once, then again at intervals to detect changes, and at longer ones if it could not
    /// be checked.
    pub fn request<'a>(&mut self, now: Instant, paths: impl Iterator<Item = &'a str>) {
        self.receive();
        if self.unsupported {
            return;
        }
        for path in paths.map(Path::new) {
            let is_due = match self.requests.get(path) {
                Some(request) => request.is_due(now),
                None => self.requests.len() < MAX_FILES || self.evict(),
            };
            if is_due {
                self.requests.insert(path.to_owned(), SignatureRequest { at: now, is_known: None });
                self.queue.push(path.to_owned());
            }
        }
        self.receive();
    }

    /// Forgets the file that was requested longest ago; `false` while every request is pending.
    fn evict(&mut self) -> bool {
        let answered = self.requests.iter().filter(|(_, request)| request.is_known.is_some());
        let Some(path) = answered.min_by_key(|(_, request)| request.at).map(|(path, _)| path.clone()) else {
            return false;
        };
        self.requests.remove(&path);
        self.is_changed |= self.answers.remove(&path).is_some();
        self.evicted.push(path);
        true
    }

    /// All known signatures; `None` if unchanged since the last call.
    pub fn take_changed(&mut self) -> Option<Signatures> {
        self.receive();
        if !std::mem::take(&mut self.is_changed) {
            return None;
        }
        let known = self.answers.iter();
        Some(known.map(|(path, signature)| (path.to_string_lossy().into_owned(), signature.clone())).collect())
    }

    /// Processes pending answers, then starts the requests that waited for them.
    fn receive(&mut self) {
        while let Some(answers) = &self.inbox {
            let (path, reply) = match answers.try_recv() {
                Ok(answer) => answer,
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.inbox = None;
                    self.fail_unanswered();
                    break;
                }
            };
            if reply != SignatureReply::Changed
                && let Some(request) = self.requests.get_mut(&path)
            {
                request.is_known = Some(matches!(reply, SignatureReply::Unchanged | SignatureReply::Verified(_)));
            }
            match reply {
                SignatureReply::Unchanged => {}
                // A stale signature is dropped even if the new file cannot be checked.
                SignatureReply::Changed | SignatureReply::Unknown => {
                    self.is_changed |= self.answers.remove(&path).is_some();
                }
                SignatureReply::Verified(signature) => {
                    self.answers.insert(path, signature);
                    self.is_changed = true;
                }
                SignatureReply::Unsupported => self.unsupported = true,
            }
        }
        if !self.queue.is_empty() {
            let evicted = std::mem::take(&mut self.evicted);
            self.inbox = start(Arc::clone(&self.checker), std::mem::take(&mut self.queue), evicted);
            if self.inbox.is_none() {
                self.fail_unanswered();
            }
        }
    }

    /// The thread has ended: requests it did not answer, and that are not about to be sent again, are retried later.
    fn fail_unanswered(&mut self) {
        let waits = |path: &Path| self.queue.iter().any(|queued| queued == path);
        for (path, request) in &mut self.requests {
            if request.is_known.is_none() && !waits(path) {
                request.is_known = Some(false);
            }
        }
    }
}

/// Version of a file, by its modification time.
type Version = Option<SystemTime>;

/// Verifies files, on the thread.
struct Checker {
    is_remote: Box<dyn Fn(&Path) -> bool + Send>,
    check: Check,
    /// Versions of the files whose signature was reported.
    known: HashMap<PathBuf, Version>,
}

impl Checker {
    fn of_system() -> Self {
        Self {
            is_remote: Box::new(platform::is_network_folder),
            check: Box::new(platform::signature),
            known: HashMap::new(),
        }
    }

    /// Sends one answer about the file, or two: that it changed, then its new state. Files on a network share are never
    /// read: each check would go over the network, and block for long if the server is gone.
    fn verify(&mut self, path: &Path, mut send: impl FnMut(SignatureReply)) {
        if (self.is_remote)(path) {
            return send(SignatureReply::Unknown);
        }
        let version = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        match self.known.get(path) {
            Some(known) if *known == version => return send(SignatureReply::Unchanged),
            Some(_) => send(SignatureReply::Changed),
            None => {}
        }
        self.known.remove(path);
        send(match (self.check)(path) {
            Reading::Known(signature) => {
                self.known.insert(path.to_owned(), version);
                SignatureReply::Verified(signature)
            }
            Reading::Missing(Why::Unsupported) => SignatureReply::Unsupported,
            Reading::Missing(_) => SignatureReply::Unknown,
        });
    }
}

/// `None` if no thread could be started.
fn start(checker: Arc<Mutex<Checker>>, queue: Vec<PathBuf>, evicted: Vec<PathBuf>) -> Option<Answers> {
    let (outbox, answers) = channel();
    let work = move || {
        let mut checker = checker.lock().unwrap_or_else(PoisonError::into_inner);
        for path in evicted {
            checker.known.remove(&path);
        }
        for path in queue {
            let mut is_heard = true;
            checker.verify(&path, |reply| is_heard &= outbox.send((path.clone(), reply)).is_ok());
            if !is_heard {
                return;
            }
        }
    };
    threads::start("signatures", work).then_some(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;

    use super::*;

    fn valid() -> Signature {
        Signature::Valid { signer: Some("Sample".into()) }
    }

    /// A cache whose checks return what is sent, in order; paths that contain "server" are on another PC.
    fn checks() -> (SignatureChecks, Sender<Reading<Signature>>) {
        let (answers, inbox) = channel();
        let checker = Checker {
            is_remote: Box::new(|path| path.to_string_lossy().contains("server")),
            check: Box::new(move |_| inbox.recv().unwrap_or(Reading::Missing(Why::Stale))),
            known: HashMap::new(),
        };
        (SignatureChecks::with(checker), answers)
    }

    /// Waits for the last answer, then returns the changed.
    fn wait_for(checks: &mut SignatureChecks, path: &str) -> Option<Vec<Signature>> {
        let end = Instant::now() + Duration::from_secs(20);
        while checks.requests[Path::new(path)].is_known.is_none() {
            assert!(Instant::now() < end, "no answer");
            std::thread::sleep(Duration::from_millis(5));
            checks.receive();
        }
        Some(checks.take_changed()?.into_values().collect())
    }

    #[test]
    fn a_file_that_could_not_be_checked_is_asked_about_again_and_the_others_go_on() {
        let (mut checks, answers) = checks();
        let start = Instant::now();
        let ask = |checks: &mut SignatureChecks, path: &str, seconds: u64| {
            checks.request(start + Duration::from_secs(seconds), std::iter::once(path));
        };
        ask(&mut checks, "/no/locked", 0);
        answers.send(Reading::Missing(Why::Stale)).expect("listens");
        assert_eq!(wait_for(&mut checks, "/no/locked"), None);
        ask(&mut checks, "/no/other", 1);
        answers.send(Reading::Known(valid())).expect("listens");
        assert_eq!(wait_for(&mut checks, "/no/other"), Some(vec![valid()]));
        ask(&mut checks, "/no/locked", 599);
        assert_eq!(checks.requests[Path::new("/no/locked")].is_known, Some(false), "not requested yet");
        ask(&mut checks, "/no/locked", 600);
        answers.send(Reading::Known(Signature::Absent)).expect("listens");
        assert_eq!(wait_for(&mut checks, "/no/locked").map(|all| all.len()), Some(2));
    }

    #[test]
    fn a_changed_file_is_not_called_valid_any_more_before_it_is_checked_again() {
        let (mut checks, answers) = checks();
        let file = tempfile::NamedTempFile::new().expect("file");
        let path = file.path().to_str().expect("text").to_owned();
        let start = Instant::now();
        checks.request(start, std::iter::once(path.as_str()));
        answers.send(Reading::Known(valid())).expect("listens");
        assert_eq!(wait_for(&mut checks, &path), Some(vec![valid()]));
        checks.request(start + LOOK_AGAIN, std::iter::once(path.as_str()));
        assert_eq!(wait_for(&mut checks, &path), None, "as it was");
        file.as_file().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).expect("dated");
        checks.request(start + 2 * LOOK_AGAIN, std::iter::once(path.as_str()));
        let end = Instant::now() + Duration::from_secs(20);
        let changed = loop {
            assert!(Instant::now() < end, "no changed");
            if let Some(changed) = checks.take_changed() {
                break changed;
            }
        };
        assert!(changed.is_empty(), "while it is checked");
        answers.send(Reading::Missing(Why::NoPermission)).expect("listens");
        assert_eq!(wait_for(&mut checks, &path), None);
        assert!(checks.answers.is_empty());
    }

    /// The checker of this test never returns; callers do not wait for it.
    #[test]
    fn a_file_of_another_pc_is_not_read_and_nobody_waits() {
        let (mut checks, answers) = checks();
        let now = Instant::now();
        checks.request(now, std::iter::once(r"\\server\share\tool.exe"));
        assert_eq!(wait_for(&mut checks, r"\\server\share\tool.exe"), None);
        checks.request(now, ["/no/slow", "/no/slow", "/no/behind"].into_iter());
        assert!(checks.take_changed().is_none());
        drop(answers);
    }

    #[test]
    fn the_file_that_was_busy_longest_ago_gives_way_to_a_new_one() {
        let (mut checks, answers) = checks();
        let start = Instant::now();
        let path = |number: usize| format!("/no/{number}");
        for number in 0..=MAX_FILES {
            answers.send(Reading::Known(valid())).expect("listens");
            checks.request(start + Duration::from_millis(number as u64), std::iter::once(path(number).as_str()));
            wait_for(&mut checks, &path(number));
        }
        assert_eq!((checks.requests.len(), checks.answers.len()), (MAX_FILES, MAX_FILES));
        assert!(!checks.answers.contains_key(Path::new(&path(0))));
        answers.send(Reading::Known(Signature::Absent)).expect("listens");
        checks.request(start + LOOK_AGAIN, std::iter::once(path(0).as_str()));
        wait_for(&mut checks, &path(0));
        assert_eq!(checks.answers[Path::new(&path(0))], Signature::Absent, "verified anew, not called unchanged");
        assert_eq!(checks.answers.len(), MAX_FILES);
    }

    #[test]
    fn a_system_without_signatures_is_asked_once() {
        let (mut checks, answers) = checks();
        let now = Instant::now();
        checks.request(now, std::iter::once("/no/one"));
        answers.send(Reading::Missing(Why::Unsupported)).expect("listens");
        assert_eq!(wait_for(&mut checks, "/no/one"), None);
        checks.request(now + TRY_AGAIN, ["/no/one", "/no/two"].into_iter());
        assert_eq!((checks.unsupported, checks.requests.len()), (true, 1));
    }
}
