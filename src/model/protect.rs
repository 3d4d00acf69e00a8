//! Decides what may be closed. A [`Closable`] can only be obtained by passing every check, so code that acts cannot be
//! given anything else.

use strum::{IntoStaticStr, VariantArray};

use std::collections::BTreeSet;

use super::{Owner, Pid, ProcFacts, ProcKey};

/// Why a process cannot be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// Part of the operating system.
    System,
    /// A security product or a management agent of the company.
    Security,
    /// Another user's program, or one with an unknown owner.
    OtherUser,
    /// This program.
    Ourselves,
    /// An ancestor of this process (the desktop, a terminal).
    OurAncestor,
    /// Known only from a recording; not a process on this PC now.
    NotRunning,
}

impl Refusal {
    /// Every reason, for tests and texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// Our own process and its ancestors, which we must never close.
#[derive(Clone, Debug, Default)]
pub struct OwnProcess {
    /// Our process id.
    pub pid: Pid,
    /// The processes that started us, up to the first one of the system.
    pub ancestors: Vec<Pid>,
    /// Our program files: that of this process, and those beside it.
    pub files: Vec<String>,
}

/// Names protected whatever their owner, in lower case without `.exe`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProtectRules {
    /// Parts of the operating system and of the desktop.
    pub system: BTreeSet<String>,
    /// Security products and the company's management agents.
    pub security: BTreeSet<String>,
    /// Path fragments of such products, in lower case.
    pub security_folders: Vec<String>,
}

impl ProtectRules {
    /// The protection by name and folder. The file name counts where it is known, because a process chooses the name
    /// that the system reports.
    fn refusal(&self, facts: &ProcFacts) -> Option<Refusal> {
        let name = stem(facts.file_name());
        let path = facts.path.known().map(|path| path.to_lowercase()).unwrap_or_default();
        if self.security.contains(&name) || self.security_folders.iter().any(|folder| path.contains(folder)) {
            return Some(Refusal::Security);
        }
        self.system.contains(&name).then_some(Refusal::System)
    }
}

/// A process that may be asked to close: proof that every check was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closable {
    key: ProcKey,
    file: Option<String>,
}

impl Closable {
    /// Checks `facts` against all rules; the only way to obtain a [`Closable`]. `is_genuine` tells whether only an
    /// administrator can have put the program file where it is, or nothing is known about it. It is asked for protected
    /// names only: any program can take a name, and a name alone must not keep its owner from closing it.
    ///
    /// # Errors
    /// Why the process must be left alone.
    pub fn check(
        facts: &ProcFacts,
        rules: &ProtectRules,
        own_process: &OwnProcess,
        is_genuine: impl Fn(&ProcFacts) -> bool,
    ) -> Result<Self, Refusal> {
        let pid = facts.key.pid;
        if facts.given.is_some() || own_process.pid == 0 {
            return Err(Refusal::NotRunning);
        }
        if pid == own_process.pid {
            return Err(Refusal::Ourselves);
        }
        if facts.kernel || pid <= 1 {
            return Err(Refusal::System);
        }
        if let Some(refusal) = rules.refusal(facts).filter(|_| facts.owner != Owner::Me || is_genuine(facts)) {
            return Err(refusal);
        }
        if own_process.ancestors.contains(&pid) {
            return Err(Refusal::OurAncestor);
        }
        match facts.owner {
            Owner::Me => Ok(Self { key: facts.key, file: facts.path.known().cloned() }),
            Owner::System => Err(Refusal::System),
            Owner::Other | Owner::Unknown => Err(Refusal::OtherUser),
        }
    }

    /// The process.
    pub const fn key(&self) -> ProcKey {
        self.key
    }

    /// Its program file when it was checked, as the system names it. A process that runs another one since (exec) is
    /// another program under the same number.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }
}

/// Why an action on a process failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The process has ended, or its id now belongs to another one.
    #[error("the process has already ended")]
    Gone,
    /// The system denies it.
    #[error("the system does not allow it")]
    Refused,
    /// It has no window that could be asked to close.
    #[error("it has no window to close")]
    NoWindow,
    /// This platform does not support it.
    #[error("not possible on this system")]
    Unsupported,
}

/// A program name in comparable form: lower case, without `.exe`.
fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Reading, Why};

    fn facts(pid: Pid, name: &str, owner: Owner) -> ProcFacts {
        ProcFacts {
            parent: 1,
            name: name.to_owned(),
            path: Reading::Missing(Why::NoPermission),
            args: Reading::Missing(Why::NoPermission),
            owner,
            ..ProcFacts::new(ProcKey { pid, start_time: 7 })
        }
    }

    fn rules() -> ProtectRules {
        ProtectRules {
            system: BTreeSet::from(["csrss".to_owned(), "systemd".to_owned()]),
            security: BTreeSet::from(["msmpeng".to_owned()]),
            security_folders: vec!["\\motex\\".to_owned()],
        }
    }

    #[test]
    fn only_our_own_ordinary_programs_can_be_closed() {
        let own_process = OwnProcess { pid: 100, ancestors: vec![90], files: Vec::new() };
        let check = |pid, name, owner| Closable::check(&facts(pid, name, owner), &rules(), &own_process, |_| true);
        assert!(check(200, "burner", Owner::Me).is_ok());
        assert_eq!(check(200, "burner", Owner::Other), Err(Refusal::OtherUser));
        assert_eq!(check(200, "burner", Owner::Unknown), Err(Refusal::OtherUser));
        assert_eq!(check(200, "burner", Owner::System), Err(Refusal::System));
        assert_eq!(check(100, "mimamori", Owner::Me), Err(Refusal::Ourselves));
        assert_eq!(check(90, "bash", Owner::Me), Err(Refusal::OurAncestor));
        assert_eq!(check(1, "init", Owner::Me), Err(Refusal::System));
        assert_eq!(check(200, "CSRSS.EXE", Owner::Me), Err(Refusal::System));
        assert_eq!(check(200, "MsMpEng.exe", Owner::Me), Err(Refusal::Security));
    }

    /// Regression: a program called Xorg, systemd or clamd could not be closed by the user who started it.
    #[test]
    fn a_name_alone_protects_nothing() {
        let own_process = OwnProcess { pid: 100, ancestors: Vec::new(), files: Vec::new() };
        let check = |path: Option<&str>, name: &str, owner, is_genuine: bool| {
            let path = path.map_or(Reading::Missing(Why::NoPermission), |path| Reading::Known(path.to_owned()));
            let facts = ProcFacts { path, ..facts(200, name, owner) };
            Closable::check(&facts, &rules(), &own_process, |_| is_genuine).err()
        };
        let (real, own) = ("/usr/lib/systemd/systemd", "/home/a/systemd");
        assert_eq!(check(Some(real), "systemd", Owner::Me, true), Some(Refusal::System));
        assert_eq!(
            check(Some("/usr/lib/systemd/systemd (deleted)"), "systemd", Owner::Me, true),
            Some(Refusal::System)
        );
        assert_eq!(check(Some(own), "systemd", Owner::Me, false), None);
        assert_eq!(check(Some(own), "systemd", Owner::Other, false), Some(Refusal::System), "not ours in any case");
        assert_eq!(check(Some("C:\\Users\\a\\motex\\msmpeng.exe"), "msmpeng.exe", Owner::Me, false), None);
        // The name that a process gave itself, with a file that is something else.
        assert_eq!(check(Some("/usr/bin/python3"), "systemd", Owner::Me, true), None);
        assert_eq!(check(None, "systemd", Owner::Me, true), Some(Refusal::System), "nothing says that it is not");
        // Outside the first PID namespace 2 is an ordinary number.
        let second = facts(2, "burner", Owner::Me);
        assert!(Closable::check(&second, &rules(), &own_process, |_| true).is_ok());
        let kernel = ProcFacts { kernel: true, ..second };
        assert_eq!(Closable::check(&kernel, &rules(), &own_process, |_| false), Err(Refusal::System));
    }

    #[test]
    fn a_process_from_a_recording_cannot_be_closed() {
        let own_process = OwnProcess { pid: 100, ancestors: Vec::new(), files: Vec::new() };
        let mut recorded = facts(200, "burner", Owner::Me);
        recorded.given = Some(Box::default());
        assert_eq!(Closable::check(&recorded, &rules(), &own_process, |_| true), Err(Refusal::NotRunning));
    }
}
