//! The line in front of a notification server, the same on every system: one thread speaks to the server, which may
//! be slow or missing, and whoever wants to show something never waits.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use super::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// So many notifications may wait for a server that does not answer.
const WAITING: usize = 8;
/// So long a notification that is due waits to learn whether it would disturb.
const PRESENTING_PATIENCE: Duration = Duration::from_millis(500);

/// A notification server. Every call may take seconds.
pub(super) trait Server {
    /// Shows a notification in place of an earlier one with the same tag.
    fn show(&mut self, message: &Message) -> Result<(), String>;
    /// Takes a notification back, if it is still there.
    fn withdraw(&mut self, tag: &str);
    /// Whether the person should not be disturbed: a presentation, a full screen, or as they chose. `None` when the
    /// system does not tell.
    fn is_presenting(&mut self) -> Option<bool>;
}

/// What is shown; all texts are free of control characters.
pub(super) struct Message {
    /// Which one this is.
    pub(super) tag: String,
    /// One line.
    pub(super) title: String,
    /// A few lines.
    pub(super) body: String,
    /// Stays until somebody has seen it.
    pub(super) urgent: bool,
}

enum Job {
    Show(Message),
    Withdraw(String),
    IsPresenting(Sender<Option<bool>>),
}

/// The line, and the thread behind it, which ends when this is dropped.
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
        // When even this cannot wait in the line the server hangs, and its notifications with it.
        let _ = self.send(Job::Withdraw(tag.into()));
    }

    /// Whether the person should not be disturbed. Waits a moment for the answer; a server that hangs tells nothing.
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
    // The last one failed, and that was said.
    let mut failed = false;
    for job in jobs {
        match job {
            Job::Show(message) => match server.show(&message) {
                Ok(()) => failed = false,
                Err(error) if !failed => {
                    failed = true;
                    events.send(DesktopEvent::NotificationsFailed(error));
                }
                Err(_) => {}
            },
            Job::Withdraw(tag) => server.withdraw(&tag),
            Job::IsPresenting(answer) => {
                // Who asked may have stopped waiting.
                let _ = answer.send(server.is_presenting());
            }
        }
    }
}

/// Text without what a notification does not draw and D-Bus or XML does not carry.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

/// Text for a place where `<b>` would be markup.
pub(super) fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    /// Answers what it was told to, and waits before it does.
    struct Told(Vec<Result<(), String>>, Duration);

    impl Server for Told {
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
    fn a_failure_is_said_once_and_again_after_a_success() {
        let (events, received) = mpsc::channel();
        let failed = || Err("no server".to_owned());
        let queue = Queue::new(Told(vec![failed(), failed(), Ok(()), failed()], Duration::ZERO), events.into());
        for _ in 0..4 {
            queue.show("a", "b", "c", false).expect("room");
        }
        drop(queue);
        let said = received.iter().filter(|event| matches!(event, DesktopEvent::NotificationsFailed(_))).count();
        assert_eq!(said, 2);
    }

    #[test]
    fn a_server_that_hangs_is_said_at_once() {
        let queue = Queue::new(Told(Vec::new(), Duration::from_secs(2)), DesktopEvents::new(drop));
        let begin = Instant::now();
        let full = (0..=WAITING + 1).any(|_| queue.show("a", "b", "c", false).is_err());
        queue.withdraw("a");
        assert_eq!(queue.is_presenting(), None);
        assert!(full && begin.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn whether_it_would_disturb_is_asked_on_the_thread_of_the_server() {
        let queue = Queue::new(Told(Vec::new(), Duration::ZERO), DesktopEvents::new(drop));
        assert_eq!(queue.is_presenting(), Some(true));
    }

    #[test]
    fn hostile_names_are_only_names() {
        assert_eq!(escaped("<a href=\"x\">&amp;</a>"), "&lt;a href=\"x\"&gt;&amp;amp;&lt;/a&gt;");
        assert_eq!(clean("a\0b\x1b[2J\nc"), "a\u{FFFD}b\u{FFFD}[2J\nc");
    }
}
