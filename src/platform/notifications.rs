//! Queue in front of a notification server, shared by all platforms. One thread talks to the server, which may be slow
//! or missing, so that callers never block on it.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use super::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// Notifications that may queue up for a server that does not answer.
const WAITING: usize = 8;
/// Longest wait for the answer of [`Queue::is_presenting`].
const PRESENTING_PATIENCE: Duration = Duration::from_millis(500);

/// A notification server. Every call may take seconds.
pub(super) trait Server {
    /// Shows a notification, replacing an earlier one with the same tag. Succeeds only when the user can see it.
    fn show(&mut self, message: &Message) -> Result<(), String>;
    /// Withdraws a notification, if it is still there.
    fn withdraw(&mut self, tag: &str);
    /// Reports whether the user should not be disturbed: a presentation, a full-screen program, or a do-not-disturb
    /// setting. `None` when the system cannot tell.
    fn is_presenting(&mut self) -> Option<bool>;
}

/// A notification; all texts are free of control characters.
pub(super) struct Message {
    /// Identity, for replacing and withdrawing it.
    pub(super) tag: String,
    /// One line.
    pub(super) title: String,
    /// A few lines.
    pub(super) body: String,
    /// Stays on screen until dismissed.
    pub(super) urgent: bool,
}

enum Job {
    Show(Message),
    Withdraw(String),
    IsPresenting(Sender<Option<bool>>),
}

/// Sender side of the queue. Its thread ends when this is dropped.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: Option<SyncSender<Job>>,
}

impl Queue {
    pub(super) fn new(server: impl Server + Send + 'static, events: DesktopEvents) -> Self {
        let (jobs, incoming) = mpsc::sync_channel(WAITING);
        let work = move || run(server, &incoming, &events);
        let started = thread::Builder::new().name("notifier".into()).spawn(work);
        Self { jobs: started.is_ok().then_some(jobs) }
    }

    pub(super) fn show(&self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.send(Job::Show(Message { tag: tag.into(), title: clean(title), body: clean(body), urgent }))
    }

    pub(super) fn withdraw(&self, tag: &str) {
        // Fails only when the queue is full: the server hangs, and with it its notifications.
        let _ = self.send(Job::Withdraw(tag.into()));
    }

    /// Reports whether the user should not be disturbed, waiting up to [`PRESENTING_PATIENCE`]; `None` from a server
    /// that hangs.
    pub(super) fn is_presenting(&self) -> Option<bool> {
        let (answer, answers) = mpsc::channel();
        self.send(Job::IsPresenting(answer)).ok()?;
        answers.recv_timeout(PRESENTING_PATIENCE).ok()?
    }

    fn send(&self, job: Job) -> Result<(), NoDesktop> {
        let jobs = self.jobs.as_ref().ok_or_else(|| NoDesktop("no thread for notifications".into()))?;
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => NoDesktop("the notification server does not answer".into()),
            TrySendError::Disconnected(_) => NoDesktop("the thread for notifications ended".into()),
        })
    }
}

fn run(mut server: impl Server, jobs: &Receiver<Job>, events: &DesktopEvents) {
    // The last attempt failed and was reported.
    let mut failed = false;
    for job in jobs {
        match job {
            Job::Show(message) => match server.show(&message) {
                Ok(()) => {
                    failed = false;
                    events.send(DesktopEvent::NotificationShown(message.tag));
                }
                Err(error) if !failed => {
                    failed = true;
                    events.send(DesktopEvent::NotificationsFailed(error));
                }
                Err(_) => {}
            },
            Job::Withdraw(tag) => server.withdraw(&tag),
            Job::IsPresenting(answer) => {
                // The caller may have stopped waiting.
                let _ = answer.send(server.is_presenting());
            }
        }
    }
}

/// Replaces control characters, which notifications do not draw and D-Bus or XML cannot carry.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

/// Escapes text for servers that interpret markup such as `<b>`.
pub(super) fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    /// Returns the given results in order, each after a delay.
    struct ScriptedServer(Vec<Result<(), String>>, Duration);

    impl Server for ScriptedServer {
        fn show(&mut self, _message: &Message) -> Result<(), String> {
            thread::sleep(self.1);
            if self.0.is_empty() { Ok(()) } else { self.0.remove(0) }
        }
        fn withdraw(&mut self, _tag: &str) {}
        fn is_presenting(&mut self) -> Option<bool> {
            Some(true)
        }
    }

    #[test]
    fn what_is_shown_is_reported_and_a_failure_once_until_a_success() {
        let (events, received) = mpsc::channel();
        let failed = || Err("no server".to_owned());
        let queue =
            Queue::new(ScriptedServer(vec![failed(), failed(), Ok(()), failed()], Duration::ZERO), events.into());
        for _ in 0..4 {
            queue.show("a", "b", "c", false).expect("room");
        }
        drop(queue);
        let events: Vec<DesktopEvent> = received.iter().collect();
        assert!(
            matches!(
                events.as_slice(),
                [
                    DesktopEvent::NotificationsFailed(_),
                    DesktopEvent::NotificationShown(tag),
                    DesktopEvent::NotificationsFailed(_)
                ] if tag == "a"
            ),
            "{events:?}"
        );
    }

    #[test]
    fn a_server_that_hangs_is_reported_at_once() {
        let queue = Queue::new(ScriptedServer(Vec::new(), Duration::from_secs(2)), DesktopEvents::new(drop));
        let begin = Instant::now();
        let full = (0..=WAITING + 1).any(|_| queue.show("a", "b", "c", false).is_err());
        queue.withdraw("a");
        assert_eq!(queue.is_presenting(), None);
        assert!(full && begin.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn presenting_is_read_on_the_thread_of_the_server() {
        let queue = Queue::new(ScriptedServer(Vec::new(), Duration::ZERO), DesktopEvents::new(drop));
        assert_eq!(queue.is_presenting(), Some(true));
    }

    #[test]
    fn hostile_names_are_only_names() {
        assert_eq!(escaped("<a href=\"x\">&amp;</a>"), "&lt;a href=\"x\"&gt;&amp;amp;&lt;/a&gt;");
        assert_eq!(clean("a\0b\x1b[2J\nc"), "a\u{FFFD}b\u{FFFD}[2J\nc");
    }
}
