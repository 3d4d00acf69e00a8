//! Derives the origin flags of a process: what is unusual about its name, folder, command line and parent.
//!
//! A flag is an observation, not a judgement: installers work in temporary folders, too. What could not be read never
//! counts against a process.

use super::place::comparable;
use super::{Knowledge, stem};
use crate::model::{MEMORY_FILE, Origin, OriginFlag, Os, ProcFacts, Reading};

/// Suffix that Linux appends to the path of a deleted file.
const DELETED: &str = " (deleted)";

/// Path of a program file in comparable form.
struct ProgramPath<'a> {
    path: &'a str,
    os: Os,
    deleted: bool,
}

impl Knowledge {
    /// Flags of a process, sorted, without duplicates. `parent` is the process that started it, if it still runs; the
    /// caller must rule out a reused pid. An unknown path is never suspicious.
    pub fn marks(&self, facts: &ProcFacts, parent: Option<&ProcFacts>, os: Os) -> Vec<OriginFlag> {
        if facts.kernel {
            return Vec::new();
        }
        let known = facts.path.known().map(String::as_str).and_then(|path| comparable(path, os));
        let deleted = os == Os::Linux && known.as_deref().is_some_and(|path| path.ends_with(DELETED));
        let place = known.as_deref().map(|path| {
            let path = if deleted { path.strip_suffix(DELETED).unwrap_or(path) } else { path };
            ProgramPath { path, os, deleted }
        });
        let mut marks = Vec::new();
        let mut mark = |mark, seen: bool| {
            if seen {
                marks.push(mark);
            }
        };
        mark(OriginFlag::MinerName, self.miners.is_name(&facts.name) || self.miners.is_name(facts.file_name()));
        mark(OriginFlag::MinerArguments, self.miner_argument(facts, os).is_some());
        mark(OriginFlag::WrongFolder, place.as_ref().is_some_and(|place| self.is_in_wrong_folder(facts, place)));
        mark(
            OriginFlag::WrongParent,
            os == Os::Windows && parent.is_some_and(|parent| self.is_wrong_parent(facts, parent)),
        );
        if let Some(place) = &place {
            // Requires a known file: threads of other users have this name and show no file either.
            let named =
                [facts.name.as_str(), facts.file_name()].into_iter().any(|name| self.system.is_kernel_name(name));
            mark(OriginFlag::KernelName, os == Os::Linux && named);
            mark(OriginFlag::TemporaryFolder, self.is_temporary(place));
            mark(OriginFlag::OddFolder, !self.is_temporary(place) && self.is_odd(place));
            mark(OriginFlag::HiddenFile, self.is_hidden(place));
            // Agents that manage a PC hide their folders, too, and are installed.
            let by_attribute = facts.hidden == Reading::Known(true) && !place.is_below(&self.system.installed);
            mark(OriginFlag::HiddenPlace, by_attribute || self.is_hidden_place(place));
            let names = [facts.name.as_str(), facts.file_name()];
            mark(OriginFlag::ImitatedName, self.is_imitation(&names, place));
            mark(OriginFlag::DeletedFile, !facts.is_in_memory() && self.is_deleted(place));
            mark(OriginFlag::MemoryFile, facts.is_in_memory() && self.is_deleted(place));
        }
        let busy = |facts: &ProcFacts| self.system.never_busy.contains(&stem(facts.file_name()));
        mark(OriginFlag::NeverBusy, busy(facts));
        mark(OriginFlag::ToolFolder, place.as_ref().is_some_and(|place| self.is_of_tool(facts, place)));
        mark(OriginFlag::Installed, place.as_ref().is_some_and(|place| place.is_below(&self.system.installed)));
        mark(OriginFlag::ScriptHostParent, parent.is_some_and(|parent| self.is_script_host(parent)));
        mark(OriginFlag::SchedulerParent, parent.is_some_and(|parent| self.is_scheduler(parent, os)));
        marks.sort_unstable();
        marks
    }

    /// True if the program shows what the PC does. Some miners stop while one is open.
    pub fn is_monitoring_tool(&self, file_name: &str) -> bool {
        self.monitors.contains(&stem(file_name))
    }

    /// True if users type commands into this program; `parent` as for [`Self::marks`].
    pub fn is_terminal(&self, facts: &ProcFacts, parent: Option<&ProcFacts>) -> bool {
        let terminals = &self.system.terminals;
        let name = stem(facts.file_name());
        let by_desktop =
            || parent.is_some_and(|parent| self.system.starters.desktops.contains(&stem(parent.file_name())));
        terminals.files.contains(&name) || (terminals.consoles.contains(&name) && by_desktop())
    }

    /// True if the program file is where only an administrator can put one, or its place is unknown.
    pub fn may_be_installed(&self, facts: &ProcFacts, os: Os) -> bool {
        let Some(path) = facts.path.known() else { return true };
        comparable(path, os).is_none_or(|path| self.system.installed.contains(&path, os))
    }

    /// True if the program called so is not installed at this path: a temporary, odd or hidden place, none at all, or one
    /// where a part of the desktop never is.
    pub(super) fn is_unusual_location(&self, path: &str, os: Os) -> bool {
        comparable(path, os).is_some_and(|path| {
            let path = path.strip_suffix(DELETED).unwrap_or(&path);
            let place = ProgramPath { path, os, deleted: false };
            let is_hidden = self.is_hidden(&place) || self.is_hidden_place(&place);
            let is_imitation = || self.is_imitation(&[path.rsplit('/').next().unwrap_or_default()], &place);
            let is_nowhere = path.starts_with(MEMORY_FILE);
            self.is_temporary(&place) || self.is_odd(&place) || is_hidden || is_nowhere || is_imitation()
        })
    }

    /// True if the user started the program: from a desktop, or in a shell without a script. A shell with unknown
    /// arguments counts as the user.
    pub fn is_started_by_hand(&self, origin: &Origin) -> bool {
        let starters = &self.system.starters;
        let Some(parent) = origin.parent.as_deref().map(stem) else { return false };
        let in_shell = || starters.with_script.contains(&parent) && !origin.has(OriginFlag::ScriptHostParent);
        starters.desktops.contains(&parent) || in_shell()
    }

    /// True if `parent` does not open web pages on behalf of the user: a script, a scheduler, or an unknown program in
    /// a temporary, odd or hidden place. Programs that pass on a clicked link do not count.
    pub fn is_unprompted_opener(&self, parent: &ProcFacts, os: Os) -> bool {
        if self.is_opener(parent) {
            return false;
        }
        let unusual =
            [OriginFlag::TemporaryFolder, OriginFlag::OddFolder, OriginFlag::HiddenFile, OriginFlag::HiddenPlace];
        let is_unknown_program = || {
            self.identify(parent, os).is_none()
                && self.marks(parent, None, os).iter().any(|mark| unusual.contains(mark))
        };
        self.is_script_host(parent) || self.is_scheduler(parent, os) || is_unknown_program()
    }

    fn is_opener(&self, facts: &ProcFacts) -> bool {
        let openers = &self.system.starters.openers;
        // Only a script file that is an opener: `sh -c "xdg-open …"` is a script that opens a page.
        let script = facts.args.known().and_then(|args| args.get(1)).map(String::as_str).unwrap_or_default();
        let script =
            || script.starts_with('/') && openers.contains(&stem(script.rsplit('/').next().unwrap_or_default()));
        openers.contains(&stem(facts.file_name())) || self.is_script_host(facts) && script()
    }

    fn is_in_wrong_folder(&self, facts: &ProcFacts, place: &ProgramPath) -> bool {
        let part = self.system.parts.get(&stem(facts.file_name())).filter(|_| place.os == Os::Windows);
        part.is_some_and(|part| !place.is_below(&part.folders) && !place.is_below(&self.system.containers))
    }

    fn is_wrong_parent(&self, facts: &ProcFacts, parent: &ProcFacts) -> bool {
        let parents = self.system.parts.get(&stem(facts.file_name())).map(|part| &part.parents);
        let name = stem(parent.file_name());
        !name.is_empty() && parents.is_some_and(|parents| !parents.is_empty() && !parents.contains(&name))
    }

    fn is_temporary(&self, place: &ProgramPath) -> bool {
        place.is_below(&self.system.temporary) && !place.is_below(&self.system.not_temporary)
    }

    fn is_odd(&self, place: &ProgramPath) -> bool {
        // A "Program Files" below another folder imitates the real one.
        let imitated = || {
            let is_real = place.path.starts_with("\\program files");
            !is_real && !place.is_below(&self.system.containers) && place.path.contains("\\program files")
        };
        place.is_below(&self.system.odd) || (place.os == Os::Windows && imitated())
    }

    fn is_hidden(&self, place: &ProgramPath) -> bool {
        // A leading dot hides a file only on Linux.
        if place.os != Os::Linux
            || place.is_below(&self.system.dots_are_ordinary)
            || place.is_below(&self.system.not_temporary)
        {
            return false;
        }
        let file = place.path.rsplit('/').next().unwrap_or_default();
        let below_temporary = || {
            let mut folders = place.path.match_indices("/.").map(|(at, _)| &place.path[..=at]);
            folders.any(|folder| self.system.temporary.contains(folder, place.os) && self.is_top_of_temporary(folder))
        };
        file.starts_with('.') || below_temporary()
    }

    /// True if it is where nobody comes across it. What lies in a temporary or odd folder has its own flag.
    fn is_hidden_place(&self, place: &ProgramPath) -> bool {
        let ordinary = &self.system.dots_are_ordinary;
        !place.is_below(ordinary)
            && !self.is_temporary(place)
            && !self.is_odd(place)
            && !place.is_below(&self.system.containers)
            && self.system.home.is_hidden(place.path, place.os)
    }

    /// True if it has the name of a part of the desktop or of the system, or lies in a folder of such a name, where that
    /// part never is.
    fn is_imitation(&self, names: &[&str], place: &ProgramPath) -> bool {
        let imitated = &self.system.imitated;
        if place.is_below(&self.system.installed)
            || place.is_below(&imitated.folders)
            || place.is_below(&self.system.containers)
        {
            return false;
        }
        if place.os == Os::Windows {
            let mut folders = place.path.split('\\').rev().skip(1);
            return folders.any(|name| imitated.folder_names.contains(name));
        }
        let is_built = || imitated.build.iter().any(|folder| place.path.contains(folder.as_str()));
        names.iter().any(|name| imitated.is_name(&stem(name))) && (!is_built() || self.is_hidden_place(place))
    }

    fn is_of_tool(&self, facts: &ProcFacts, place: &ProgramPath) -> bool {
        self.system.home.is_of_tool(place.path, place.os)
            && !self.is_hidden(place)
            && !self.is_hidden_place(place)
            && !self.is_imitation(&[facts.name.as_str(), facts.file_name()], place)
    }

    /// True if `folder` is one of the temporary folders itself.
    fn is_top_of_temporary(&self, folder: &str) -> bool {
        let parent = folder.trim_end_matches('/').rfind('/').map_or("", |at| &folder[..=at]);
        !self.system.temporary.contains(parent, Os::Linux)
    }

    fn is_deleted(&self, place: &ProgramPath) -> bool {
        let built = || self.system.build.iter().any(|folder| place.path.contains(folder.as_str()));
        place.deleted && !place.is_below(&self.system.replaced) && !built()
    }

    fn is_script_host(&self, parent: &ProcFacts) -> bool {
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
            let is_it = |name: &String| name.eq_ignore_ascii_case(&starters.scheduler_service);
            // In a process with several services it is unknown which one started the program.
            let alone = parent.services.len() == 1 && parent.services.iter().any(is_it);
            // Only administrators can read its command line, but they can even when the list of services is
            // unavailable.
            alone || parent.args.known().is_some_and(|args| args.iter().any(is_it))
        };
        starters.schedulers.contains(&name) || (os == Os::Windows && name == starters.service_host && service())
    }
}

impl ProgramPath<'_> {
    fn is_below(&self, folders: &super::place::Folders) -> bool {
        folders.contains(self.path, self.os)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Owner, ProcKey, Why};

    fn facts(name: &str, path: Option<&str>, args: &[&str]) -> ProcFacts {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        ProcFacts {
            parent: 1,
            name: name.to_owned(),
            path: Reading::from_option(path.map(str::to_owned), Why::NoPermission),
            args: Reading::from_option(Some(args).filter(|args| !args.is_empty()), Why::NoPermission),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        }
    }

    /// Without the flags that count for a program.
    fn unusual(mut marks: Vec<OriginFlag>) -> Vec<OriginFlag> {
        marks.retain(|mark| !matches!(mark, OriginFlag::Installed | OriginFlag::ToolFolder));
        marks
    }

    fn marks(os: Os, path: &str) -> Vec<OriginFlag> {
        let name: String = path.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(15).collect();
        unusual(Knowledge::builtin().expect("tables").marks(&facts(&name, Some(path), &[]), None, os))
    }

    fn by_parent(os: Os, child: &ProcFacts, parent: &ProcFacts) -> Vec<OriginFlag> {
        unusual(Knowledge::builtin().expect("tables").marks(child, Some(parent), os))
    }

    #[test]
    fn what_is_installed_is_known_by_its_folder() {
        let knowledge = Knowledge::builtin().expect("tables");
        let may = |path: Option<&str>, os| {
            let path = path.map_or(Reading::Missing(Why::NoPermission), |path| Reading::Known(path.to_owned()));
            knowledge.may_be_installed(&ProcFacts { path, ..facts("Xorg", None, &[]) }, os)
        };
        for (path, expected) in [
            (Some("/usr/lib/xorg/Xorg"), true),
            (Some("/usr/lib/xorg/Xorg (deleted)"), true),
            (Some("/home/a/usr/bin/Xorg"), false),
            (Some("/tmp/systemd"), false),
            (None, true),
        ] {
            assert_eq!(may(path, Os::Linux), expected, "{path:?}");
        }
        assert!(may(Some(r"D:\Program Files\ESET\egui.exe"), Os::Windows));
        assert!(!may(Some(r"C:\Users\a\AppData\Local\egui.exe"), Os::Windows));
    }

    #[test]
    fn parts_of_windows_belong_into_their_folders() {
        let wrong = |path| marks(Os::Windows, path).contains(&OriginFlag::WrongFolder);
        for path in [
            r"C:\Windows\System32\svchost.exe",
            r"c:\windows\SYSWOW64\SVCHOST.EXE",
            r"D:\Windows\System32\svchost.exe",
            r"\Device\HarddiskVolume4\Windows\System32\svchost.exe",
            r"\\?\C:\Windows\explorer.exe",
            r"C:\Windows\WinSxS\amd64_x\TiWorker.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
            r"C:\Program Files (x86)\Windows Kits\10\Assessment and Deployment Kit\DISM\dism.exe",
            r"C:\Users\a\AppData\Local\Microsoft\WindowsApps\wsl.exe",
            // Containers and the sandbox contain a Windows of their own.
            r"C:\ProgramData\Docker\windowsfilter\0a1b\Files\Windows\System32\svchost.exe",
            r"\Device\VhdHardDisk{0a1b}\Windows\System32\lsass.exe",
            // Ordinary programs, and tools that share a name with one of Windows.
            r"C:\Tools\burner.exe",
            r"C:\Mozilla\nss\certutil.exe",
            r"C:\Users\a\scoop\apps\pwsh\current\pwsh.exe",
            // Nothing to judge by.
            "svchost.exe",
            "",
        ] {
            assert!(!wrong(path), "{path}");
        }
        for path in [
            r"C:\Users\a\AppData\Roaming\svchost.exe",
            r"C:\Windows\svchost.exe",
            r"C:\Windows\Temp\System32\lsass.exe",
            r"\\server\share\Windows\System32\svchost.exe",
            r"C:\ProgramData\explorer.exe",
            r"C:\Users\a\MsMpEng.exe",
        ] {
            assert!(wrong(path), "{path}");
        }
        // The same names mean nothing on Linux.
        assert_eq!(marks(Os::Linux, "/home/a/.wine/drive_c/windows/system32/svchost.exe"), []);
        let unknown = facts("svchost.exe", None, &[]);
        assert_eq!(Knowledge::builtin().expect("tables").marks(&unknown, None, Os::Windows), []);
    }

    #[test]
    fn a_part_of_windows_is_started_by_another() {
        let svchost = facts("svchost.exe", Some(r"C:\Windows\System32\svchost.exe"), &[]);
        let wrong = |child: &ProcFacts, parent: &ProcFacts| {
            by_parent(Os::Windows, child, parent).contains(&OriginFlag::WrongParent)
        };
        assert!(!wrong(&svchost, &facts("services.exe", None, &[])));
        assert!(!wrong(&svchost, &facts("Services.EXE", Some(r"C:\Windows\System32\services.exe"), &[])));
        assert!(wrong(&svchost, &facts("explorer.exe", Some(r"C:\Windows\explorer.exe"), &[])));
        assert!(!wrong(&svchost, &facts("", None, &[])));
        let smss = facts("smss.exe", Some(r"C:\Windows\System32\smss.exe"), &[]);
        assert!(!wrong(&smss, &facts("System", None, &[])));
        // Any program may open a folder window.
        let explorer = facts("explorer.exe", Some(r"C:\Windows\explorer.exe"), &[]);
        assert!(!wrong(&explorer, &facts("winword.exe", None, &[])));
        let knowledge = Knowledge::builtin().expect("tables");
        assert_eq!(unusual(knowledge.marks(&svchost, None, Os::Windows)), [], "the parent may have ended");
    }

    #[test]
    fn a_kernel_thread_has_no_file() {
        let knowledge = Knowledge::builtin().expect("tables");
        let fake =
            |name, path| knowledge.marks(&facts(name, path, &[]), None, Os::Linux).contains(&OriginFlag::KernelName);
        assert!(fake("kworker/0:1", Some("/home/a/x")));
        assert!(fake("[kworker/u8:2]", Some("/usr/bin/x")));
        assert!(fake("kswapd0", Some("/opt/kswapd0")));
        assert!(fake("x", Some("/var/tmp/ksoftirqd")));
        assert!(!fake("kworker/0:1", None), "another user's: no path can be read");
        let thread = ProcFacts { kernel: true, ..facts("kworker/0:1", None, &[]) };
        assert_eq!(knowledge.marks(&thread, None, Os::Linux), []);
        for name in ["kded5", "kwin_x11", "irqbalance", "migration", "kworkerd", "ksmtuned", "kwalletd6"] {
            assert!(!fake(name, Some("/usr/bin/x")), "{name}");
        }
        assert!(!marks(Os::Windows, r"C:\Tools\kworker.exe").contains(&OriginFlag::KernelName));
    }

    #[test]
    fn places_are_told_from_each_other() {
        use OriginFlag::{HiddenFile, OddFolder, TemporaryFolder};
        for (path, expected) in [
            ("/usr/bin/gcc", vec![]),
            ("/tmp/build/cc1plus", vec![TemporaryFolder]),
            ("/home/a/project/target/debug/tool", vec![]),
            ("/tmp/.mount_FreeCAAbCdEf/usr/bin/freecad", vec![]),
            ("/tmp/.mount_FreeCAAbCdEf/.hidden", vec![]),
            ("/tmp/.x/xd", vec![TemporaryFolder, HiddenFile]),
            ("/dev/shm/.a/b/c", vec![OddFolder]),
            ("/dev/shm/cache/updater", vec![OddFolder]),
            ("/tmp/a/.git/hooks/x", vec![TemporaryFolder]),
            ("/var/tmp/.a1b2c3", vec![TemporaryFolder, HiddenFile]),
            ("/home/a/.a1b2c3", vec![HiddenFile]),
            ("/home/a/.local/bin/tool", vec![]),
            ("/home/a/.cargo/bin/cargo", vec![]),
            ("/nix/store/0abc-foo-1.0/bin/.foo-wrapped", vec![]),
            ("/home/a/tmp/x", vec![]),
            ("/dev/x", vec![OddFolder]),
            ("/boot/x", vec![OddFolder]),
        ] {
            assert_eq!(marks(Os::Linux, path), expected, "{path}");
        }
        for (path, expected) in [
            (r"C:\Program Files\A\a.exe", vec![]),
            (r"C:\Users\田中\AppData\Local\Temp\is-AB12C.tmp\setup.tmp", vec![TemporaryFolder]),
            (r"C:\Users\a\AppData\Local\Temp\{0a1b}\.cr\setup.exe", vec![TemporaryFolder]),
            (r"C:\WINDOWS\TEMP\x.exe", vec![TemporaryFolder]),
            (r"C:\Users\a\AppData\Local\Programs\A\a.exe", vec![]),
            (r"C:\Users\Public\a.exe", vec![OddFolder]),
            (r"c:\perflogs\a.exe", vec![OddFolder]),
            (r"C:\Windows\Fonts\a.exe", vec![OddFolder]),
            (r"C:\Users\a\Program Files\a.exe", vec![OddFolder]),
            (r"D:\Program Files (x86)\A\a.exe", vec![]),
            (r"C:\Windows\System32\IME\IMEJP\IMJPUEXC.EXE", vec![]),
        ] {
            assert_eq!(marks(Os::Windows, path), expected, "{path}");
        }
    }

    #[test]
    fn a_program_hides_within_what_is_hidden_or_where_no_program_belongs() {
        let hides = |os, path| marks(os, path).contains(&OriginFlag::HiddenPlace);
        for path in [
            "/home/a/.cache/.gvfs/helper",
            "/home/a/.cache/thumbnails/x/helper",
            "/home/a/.cache/helper",
            "/home/a/.config/.x/y/z",
            "/home/a/.config/autostart/helper",
            "/home/a/.local/share/.icons/helper",
            "/home/a/.local/share/Trash/files/helper",
            "/home/a/.ssh/helper",
            "/home/a/.gnupg/x/helper",
            "/home/a/Documents/.x/helper",
            "/home/a/.nvm/.x/helper",
            "/home/a/.foo/.bar/helper",
            "/root/.config/.x/helper",
            "/var/lib/.x/helper",
            "/etc/.x/helper",
        ] {
            assert!(hides(Os::Linux, path), "{path}");
        }
        for path in [
            "/home/a/.foo/bin/helper",
            "/home/a/.cache/ms-playwright/chromium-1140/chrome-linux/chrome",
            "/home/a/.cache/app/helper",
            "/home/a/.config/app/app/helper",
            "/home/a/.local/bin/helper",
            "/home/a/.nvm/versions/node/v22.1.0/bin/node",
            "/home/a/.var/app/org.x.Y/.local/share/x/helper",
            "/home/a/.local/share/Steam/steamapps/common/Game/game",
            "/home/a/projects/app/node_modules/.pnpm/esbuild@1/node_modules/esbuild/bin/esbuild",
            "/home/a/projects/app/node_modules/.bin/tool",
            "/home/a/projects/.venv/bin/tool",
            "/home/a/projects/.git/hooks/post-commit",
            "/var/lib/jenkins/.nvm/versions/node/v22/bin/node",
            "/srv/nfs/homes/a/helper",
            "/tmp/.x/helper",
            "/usr/lib/.build-id/x/helper",
            "/helper",
        ] {
            assert!(!hides(Os::Linux, path), "{path}");
        }
        for path in [
            r"C:\Users\a\AppData\Roaming\helper.exe",
            r"C:\Users\a\AppData\Roaming\Microsoft\x\helper.exe",
            r"C:\Users\a\AppData\LocalLow\x\helper.exe",
            r"C:\Users\a\Favorites\helper.exe",
            r"C:\ProgramData\helper.exe",
            r"C:\ProgramData\Microsoft\Windows\helper.exe",
            r"C:\System Volume Information\helper.exe",
        ] {
            assert!(hides(Os::Windows, path), "{path}");
        }
        for path in [
            r"C:\Users\a\AppData\Roaming\Chat\chat.exe",
            r"C:\Users\a\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
            r"C:\Users\a\AppData\Local\Microsoft\WindowsApps\python.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
            r"C:\ProgramData\App\app.exe",
            r"C:\Users\a\AppData\Local\Temp\helper.exe",
        ] {
            assert!(!hides(Os::Windows, path), "{path}");
        }
    }

    #[test]
    fn what_has_the_attribute_hidden_hides_unless_it_is_installed() {
        let hides = |path, hidden| {
            let facts = ProcFacts { hidden, ..facts("a.exe", Some(path), &[]) };
            let marks = Knowledge::builtin().expect("tables").marks(&facts, None, Os::Windows);
            marks.contains(&OriginFlag::HiddenPlace)
        };
        assert!(hides(r"C:\Users\a\AppData\Roaming\Chat\a.exe", Reading::Known(true)));
        assert!(!hides(r"C:\Users\a\AppData\Roaming\Chat\a.exe", Reading::Known(false)));
        assert!(!hides(r"C:\Users\a\AppData\Roaming\Chat\a.exe", Reading::Missing(Why::Unsupported)));
        assert!(!hides(r"C:\Program Files\Agent\a.exe", Reading::Known(true)));
    }

    #[test]
    fn parts_of_the_desktop_are_not_in_a_home() {
        let imitates = |os, path| marks(os, path).contains(&OriginFlag::ImitatedName);
        for path in [
            "/home/a/.cache/.x/gvfsd-helper",
            "/home/a/bin/systemd-journald",
            "/opt2/pipewire-pulse",
            "/var/tmp/dbus-daemon",
            "/home/a/.config/.x/build/gvfsd-helper",
        ] {
            assert!(imitates(Os::Linux, path), "{path}");
        }
        for path in [
            "/usr/libexec/gvfsd-fuse",
            "/nix/store/abc-gvfs/libexec/gvfsd",
            "/gnu/store/abc-dbus/bin/dbus-daemon",
            "/home/a/src/gvfs/_build/daemon/gvfsd-http",
            "/home/a/src/mutter/build/src/mutter",
            "/home/a/bin/systematics",
            "/home/a/bin/cronometer",
            "/home/a/go/bin/systemd_exporter",
        ] {
            assert!(!imitates(Os::Linux, path), "{path}");
        }
        for path in [
            r"C:\Users\a\AppData\Roaming\System32\x.exe",
            r"C:\ProgramData\WindowsUpdate\x.exe",
            r"C:\Users\a\AppData\Local\RuntimeBroker\bin\x.exe",
        ] {
            assert!(imitates(Os::Windows, path), "{path}");
        }
        for path in [
            r"C:\Windows\System32\x.exe",
            r"C:\Program Files\Windows Security\x.exe",
            r"C:\ProgramData\Docker\windowsfilter\0a1b\Files\Windows\System32\svchost.exe",
            r"C:\Users\a\AppData\Local\services\x.exe",
        ] {
            assert!(!imitates(Os::Windows, path), "{path}");
        }
    }

    #[test]
    fn what_tools_put_into_a_home_is_no_stranger_there() {
        let knowledge = Knowledge::builtin().expect("tables");
        let of_tool = |os, path: &str| {
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            knowledge.marks(&facts(name, Some(path), &[]), None, os).contains(&OriginFlag::ToolFolder)
        };
        for path in [
            "/home/a/.nvm/versions/node/v22.1.0/bin/node",
            "/home/a/miniconda3/envs/x/bin/python3.12",
            "/home/a/.cache/ms-playwright/chromium-1140/chrome-linux/chrome",
            "/home/a/.local/share/Steam/ubuntu12_32/steam",
        ] {
            assert!(of_tool(Os::Linux, path), "{path}");
        }
        for path in [
            "/home/a/.nvm/.x/node",
            "/home/a/.nvm/gvfsd-helper",
            "/home/a/.cargo/bin/.x",
            "/home/a/x/.nvm/versions/node",
            "/tmp/.nvm/versions/node",
        ] {
            assert!(!of_tool(Os::Linux, path), "{path}");
        }
        assert!(of_tool(Os::Windows, r"C:\Users\a\.cargo\bin\cargo.exe"));
        assert!(!of_tool(Os::Windows, r"C:\Users\a\AppData\Roaming\npm.exe"));
    }

    #[test]
    fn an_updated_program_is_not_a_deleted_one() {
        let deleted = |path| marks(Os::Linux, path).contains(&OriginFlag::DeletedFile);
        for path in [
            "/usr/lib/firefox/firefox (deleted)",
            "/opt/google/chrome/chrome (deleted)",
            "/snap/x/1/bin/x (deleted)",
            "/app/bin/x (deleted)",
            "/home/a/.local/share/app/app (deleted)",
            "/home/a/project/target/debug/tool (deleted)",
            "/memfd:runc_cloned:/proc/self/exe (deleted)",
            "/home/a/x",
        ] {
            assert!(!deleted(path), "{path}");
        }
        for path in ["/tmp/x (deleted)", "/home/a/x (deleted)", "/var/www/x (deleted)"] {
            assert!(deleted(path), "{path}");
        }
        // It never was a file.
        assert_eq!(marks(Os::Linux, "/memfd:x (deleted)"), [OriginFlag::MemoryFile]);
        assert_eq!(marks(Os::Linux, "/memfd:runc_cloned:/proc/self/exe (deleted)"), []);
        assert_eq!(
            marks(Os::Linux, "/tmp/.x (deleted)"),
            [OriginFlag::TemporaryFolder, OriginFlag::HiddenFile, OriginFlag::DeletedFile]
        );
    }

    #[test]
    fn miners_are_known_by_whole_names_and_command_lines() {
        use OriginFlag::{MinerArguments, MinerName};
        assert_eq!(marks(Os::Linux, "/home/a/xmrig"), [MinerName]);
        assert_eq!(marks(Os::Windows, r"C:\Tools\XMRig.EXE"), [MinerName]);
        for path in ["/usr/libexec/tracker-miner-fs-3", "/usr/bin/miner", "/usr/bin/xmrigger", "/usr/bin/minerals"] {
            assert_eq!(marks(Os::Linux, path), [], "{path}");
        }
        let knowledge = Knowledge::builtin().expect("tables");
        let marks_of = |path, args: &[&str]| unusual(knowledge.marks(&facts("x", Some(path), args), None, Os::Linux));
        assert_eq!(marks_of("/home/a/svc", &["svc", "-o", "stratum+tcp://a.example:3333"]), [MinerArguments]);
        // Somebody searches for it.
        assert_eq!(marks_of("/usr/bin/grep", &["grep", "-r", "stratum+tcp://", "/var/log"]), []);
        // The first argument is chosen by the program itself.
        assert_eq!(marks_of("/home/a/svc", &["grep", "-o", "stratum+tcp://a.example:3333"]), [MinerArguments]);
        assert_eq!(marks_of("/usr/bin/gcc", &["gcc", "-c", "pool.c", "-o", "pool.o"]), []);
    }

    #[test]
    fn scripts_and_schedulers_are_starters() {
        use OriginFlag::{SchedulerParent, ScriptHostParent};
        let child = facts("a", Some("/home/a/bin/a"), &[]);
        let parent = |name, args: &[&str]| by_parent(Os::Linux, &child, &facts(name, None, args));
        assert_eq!(parent("bash", &["bash", "-c", "a"]), [ScriptHostParent]);
        assert_eq!(parent("python3.11", &["python3.11", "run.py"]), [ScriptHostParent]);
        assert_eq!(parent("bash", &["-bash"]), [], "somebody typed it");
        assert_eq!(parent("bash", &["bash", "-i"]), []);
        assert_eq!(parent("bash", &[]), [], "nothing is known of it");
        assert_eq!(parent("cron", &["cron", "-f"]), [SchedulerParent]);
        let child = facts("a.exe", Some(r"C:\Tools\a.exe"), &[]);
        let parent = |name, args: &[&str]| by_parent(Os::Windows, &child, &facts(name, None, args));
        assert_eq!(parent("wscript.exe", &[]), [ScriptHostParent]);
        assert_eq!(parent("powershell.exe", &["powershell.exe", "-File", "x.ps1"]), [ScriptHostParent]);
        assert_eq!(parent("powershell.exe", &["powershell.exe", "-NoExit", "-Command", "x"]), []);
        assert_eq!(parent("cmd.exe", &["cmd.exe"]), []);
        assert_eq!(parent("svchost.exe", &["svchost.exe", "-k", "netsvcs", "-p", "-s", "Schedule"]), [SchedulerParent]);
        assert_eq!(parent("svchost.exe", &["svchost.exe", "-k", "netsvcs", "-p", "-s", "wuauserv"]), []);
        let host = |services: &[&str]| {
            let services = services.iter().map(|name| (*name).to_owned()).collect();
            by_parent(Os::Windows, &child, &ProcFacts { services, ..facts("svchost.exe", None, &[]) })
        };
        assert_eq!(host(&["Schedule"]), [SchedulerParent]);
        assert_eq!(host(&["Schedule", "Themes"]), [], "either of them");
        assert_eq!(host(&["wuauserv"]), []);
    }

    #[test]
    fn monitors_are_known_by_whole_names() {
        let knowledge = Knowledge::builtin().expect("tables");
        for name in ["Taskmgr.exe", "taskmgr", "htop", "gnome-system-mo", "procexp64.exe", "mimamori.exe"] {
            assert!(knowledge.is_monitoring_tool(name), "{name}");
        }
        for name in ["desktop", "htopper", "explorer.exe", ""] {
            assert!(!knowledge.is_monitoring_tool(name), "{name}");
        }
    }

    #[test]
    fn a_page_is_opened_by_people_and_by_others() {
        let knowledge = Knowledge::builtin().expect("tables");
        let linux = |path, args: &[&str]| knowledge.is_unprompted_opener(&facts("x", Some(path), args), Os::Linux);
        assert!(linux("/usr/bin/dash", &["sh", "/home/a/start.sh"]));
        assert!(linux("/usr/bin/dash", &["sh", "-c", "xdg-open https://example.com"]));
        assert!(linux("/tmp/.x/helper", &["helper"]));
        assert!(linux("/usr/sbin/cron", &["cron"]));
        for (path, args) in [
            ("/usr/bin/dash", &["/bin/sh", "/usr/bin/xdg-open", "https://example.com"][..]),
            ("/usr/bin/gio", &["gio", "open", "https://example.com"][..]),
            ("/usr/bin/bash", &["bash"][..]),
            ("/usr/bin/gnome-shell", &["gnome-shell"][..]),
            ("/usr/lib/thunderbird/thunderbird", &["thunderbird"][..]),
            ("/tmp/.mount_ObsidiAAbCdEf/obsidian", &["obsidian"][..]),
            ("/opt/notes/notes", &["notes"][..]),
        ] {
            assert!(!linux(path, args), "{path}");
        }
        let windows = |path| knowledge.is_unprompted_opener(&facts("x", Some(path), &[]), Os::Windows);
        for path in [
            r"C:\Windows\System32\wscript.exe",
            r"C:\Users\a\AppData\Local\Temp\x\promo.exe",
            r"C:\Users\Public\promo.exe",
        ] {
            assert!(windows(path), "{path}");
        }
        // Many legitimate programs live in AppData and open links that users click.
        for path in [
            r"C:\Windows\explorer.exe",
            r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE",
            r"C:\Users\a\AppData\Local\Notes\notes.exe",
            r"C:\Users\a\AppData\Roaming\Chat\chat.exe",
        ] {
            assert!(!windows(path), "{path}");
        }
        assert!(!knowledge.is_unprompted_opener(&facts("x", None, &[]), Os::Windows), "not known");
    }
}
