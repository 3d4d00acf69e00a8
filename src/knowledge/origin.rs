//! What is unusual about where a process comes from: its name, its place, its command line, who started it.
//!
//! A mark is something seen, not a judgement: an installer works in a temporary folder, too. What could not be read
//! is never held against a process.

use super::place::comparable;
use super::{Knowledge, stem};
use crate::model::{Mark, Os, ProcFacts};

/// What Linux adds to the path of a file that is gone.
const DELETED: &str = " (deleted)";

/// Where a program file is, as it is compared.
struct Place<'a> {
    path: &'a str,
    os: Os,
    deleted: bool,
}

impl Knowledge {
    /// Marks of a process; `parent` are the facts of the process that started it, if it still runs and is really the
    /// parent. Sorted, without doubles. An unknown path is never suspicious.
    pub fn marks(&self, facts: &ProcFacts, parent: Option<&ProcFacts>, os: Os) -> Vec<Mark> {
        if facts.kernel {
            return Vec::new();
        }
        let known = facts.path.known().map(String::as_str).and_then(|path| comparable(path, os));
        let deleted = os == Os::Linux && known.as_deref().is_some_and(|path| path.ends_with(DELETED));
        let place = known.as_deref().map(|path| {
            let path = if deleted { path.strip_suffix(DELETED).unwrap_or(path) } else { path };
            Place { path, os, deleted }
        });
        let mut marks = Vec::new();
        let mut mark = |mark, seen: bool| {
            if seen {
                marks.push(mark);
            }
        };
        mark(Mark::MinerName, self.miners.is_name(&facts.name) || self.miners.is_name(facts.file_name()));
        mark(Mark::MinerArguments, self.has_miner_arguments(facts));
        mark(Mark::WrongFolder, place.as_ref().is_some_and(|place| self.is_in_wrong_folder(facts, place)));
        mark(Mark::WrongParent, os == Os::Windows && parent.is_some_and(|parent| self.is_wrong_parent(facts, parent)));
        if let Some(place) = &place {
            // The name of a file that is known, never a name alone: another user's threads show none either.
            let named =
                [facts.name.as_str(), facts.file_name()].into_iter().any(|name| self.system.is_kernel_name(name));
            mark(Mark::KernelName, os == Os::Linux && named);
            mark(Mark::TemporaryFolder, self.is_temporary(place));
            mark(Mark::OddFolder, !self.is_temporary(place) && self.is_odd(place));
            mark(Mark::HiddenFile, self.is_hidden(place));
            mark(Mark::DeletedFile, self.is_deleted(place));
        }
        mark(Mark::ScriptHostParent, parent.is_some_and(|parent| self.runs_a_script(parent)));
        mark(Mark::SchedulerParent, parent.is_some_and(|parent| self.is_scheduler(parent, os)));
        marks
    }

    /// Whether a program shows what the PC does. Some miners stop while one is open.
    pub fn is_monitor(&self, file_name: &str) -> bool {
        self.monitors.contains(&stem(file_name))
    }

    fn has_miner_arguments(&self, facts: &ProcFacts) -> bool {
        // By its file: anybody can write what he likes into the first argument.
        let reads = facts.path.known().is_some() && self.miners.is_reader(facts.file_name());
        !reads && facts.args.known().is_some_and(|args| self.miners.argument(args).is_some())
    }

    fn is_in_wrong_folder(&self, facts: &ProcFacts, place: &Place) -> bool {
        let part = self.system.parts.get(&stem(facts.file_name())).filter(|_| place.os == Os::Windows);
        part.is_some_and(|part| !place.is_below(&part.folders) && !place.is_below(&self.system.containers))
    }

    fn is_wrong_parent(&self, facts: &ProcFacts, parent: &ProcFacts) -> bool {
        let parents = self.system.parts.get(&stem(facts.file_name())).map(|part| &part.parents);
        let name = stem(parent.file_name());
        !name.is_empty() && parents.is_some_and(|parents| !parents.is_empty() && !parents.contains(&name))
    }

    fn is_temporary(&self, place: &Place) -> bool {
        place.is_below(&self.system.temporary) && !place.is_below(&self.system.not_temporary)
    }

    fn is_odd(&self, place: &Place) -> bool {
        // "Program Files" somewhere below another folder wants to be taken for the real one.
        let imitated = || {
            let is_real = place.path.starts_with("\\program files");
            !is_real && !place.is_below(&self.system.containers) && place.path.contains("\\program files")
        };
        place.is_below(&self.system.odd) || (place.os == Os::Windows && imitated())
    }

    fn is_hidden(&self, place: &Place) -> bool {
        // The names are Linux's; on Windows a dot hides nothing.
        if place.os != Os::Linux
            || place.is_below(&self.system.dots_are_ordinary)
            || place.is_below(&self.system.not_temporary)
        {
            return false;
        }
        let file = place.path.rsplit('/').next().unwrap_or_default();
        let below_temporary = || {
            let mut folders = place.path.match_indices("/.").map(|(at, _)| &place.path[..=at]);
            folders.any(|folder| self.system.temporary.hold(folder, place.os) && self.is_top_of_temporary(folder))
        };
        file.starts_with('.') || below_temporary()
    }

    /// Whether `folder` is one of the temporary folders itself.
    fn is_top_of_temporary(&self, folder: &str) -> bool {
        let parent = folder.trim_end_matches('/').rfind('/').map_or("", |at| &folder[..=at]);
        !self.system.temporary.hold(parent, Os::Linux)
    }

    fn is_deleted(&self, place: &Place) -> bool {
        let built = || self.system.build.iter().any(|folder| place.path.contains(folder.as_str()));
        place.deleted && !place.is_below(&self.system.replaced) && !built()
    }

    fn runs_a_script(&self, parent: &ProcFacts) -> bool {
        let starters = &self.system.starters;
        let name = stem(parent.file_name());
        let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        if starters.always.contains(&name) {
            return true;
        }
        if !starters.with_script.contains(&name) && !starters.with_script.contains(plain) {
            return false;
        }
        let Some((_, given)) = parent.args.known().and_then(|args| args.split_first()) else { return false };
        let by_hand = |arg: &String| starters.by_hand.contains(&arg.to_lowercase());
        !given.is_empty() && !given.iter().any(by_hand)
    }

    fn is_scheduler(&self, parent: &ProcFacts, os: Os) -> bool {
        let starters = &self.system.starters;
        let name = stem(parent.file_name());
        let service = || {
            let says = |arg: &String| arg.eq_ignore_ascii_case(&starters.scheduler_word);
            parent.args.known().is_some_and(|args| args.iter().any(says))
        };
        starters.schedulers.contains(&name) || (os == Os::Windows && name == starters.scheduler_host && service())
    }
}

impl Place<'_> {
    fn is_below(&self, folders: &super::place::Folders) -> bool {
        folders.hold(self.path, self.os)
    }
}
