//! Reads `assets/knowledge/miners.toml`: names, command lines and pools of cryptocurrency miners.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::programs::Source;
use super::{Knowledge, command_line, stem};
use crate::model::{Os, ProcFacts};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    sources: Vec<String>,
    names: Vec<String>,
    schemes: Vec<String>,
    strong: Vec<String>,
    encoded: Vec<String>,
    readers: Vec<String>,
    runners: Vec<String>,
    together: Combined,
    ports: Ports,
    pools: Pools,
}

/// What counts only together. The switches are lists because the first one that matches is shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Combined {
    pub(super) method_switches: Vec<String>,
    pub(super) methods: BTreeSet<String>,
    pub(super) common_methods: BTreeSet<String>,
    pub(super) coin_switches: Vec<String>,
    pub(super) coins: BTreeSet<String>,
    pub(super) pool_switches: Vec<String>,
    pub(super) url_switches: Vec<String>,
    pub(super) server_switches: Vec<String>,
    pub(super) port_switches: Vec<String>,
    pub(super) wallet_switches: Vec<String>,
    pub(super) user_switches: Vec<String>,
    pub(super) node_switch: String,
    pub(super) node_begins: Vec<String>,
    pub(super) address_begins: String,
}

impl Combined {
    /// As written in the table, with the letters turned back. "-P" and "-p" are treated alike: the address decides.
    fn decoded(self) -> Self {
        let list = |texts: Vec<String>| decoded(&texts);
        let set = |texts: BTreeSet<String>| texts.iter().map(|text| rot13(text)).collect();
        Self {
            method_switches: list(self.method_switches),
            methods: set(self.methods),
            common_methods: set(self.common_methods),
            coin_switches: list(self.coin_switches),
            coins: set(self.coins),
            pool_switches: list(self.pool_switches),
            url_switches: list(self.url_switches),
            server_switches: list(self.server_switches),
            port_switches: list(self.port_switches),
            wallet_switches: list(self.wallet_switches),
            user_switches: list(self.user_switches),
            node_switch: rot13(&self.node_switch),
            node_begins: list(self.node_begins),
            address_begins: rot13(&self.address_begins),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ports {
    #[serde(rename = "telling")]
    distinctive: BTreeSet<u16>,
    #[serde(rename = "worthless_alone")]
    shared: BTreeSet<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pools {
    names: Vec<String>,
}

/// Indicators of a miner.
#[derive(Clone, Debug)]
pub(super) struct Miners {
    pub(super) names: BTreeSet<String>,
    pub(super) schemes: Vec<String>,
    pub(super) strong: Vec<String>,
    pub(super) encoded: Vec<String>,
    pub(super) readers: BTreeSet<String>,
    pub(super) runners: BTreeSet<String>,
    pub(super) together: Combined,
    ports: Ports,
    pub(super) pools: BTreeSet<String>,
}

impl Miners {
    /// Reads the table. The second value is a source it names that does not exist.
    pub(super) fn read(
        text: &str,
        sources: &BTreeMap<String, Source>,
    ) -> Result<(Self, Option<String>), toml::de::Error> {
        let table: Table = toml::from_str(text)?;
        let unknown = table.sources.iter().find(|id| !sources.contains_key(*id)).cloned();
        let mut strong = decoded(&table.strong);
        // Longest first: the longest match is the one to show.
        strong.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let set = |texts: &[String]| decoded(texts).into_iter().collect();
        let miners = Self {
            names: set(&table.names),
            schemes: decoded(&table.schemes),
            strong,
            encoded: table.encoded.iter().map(|text| rot13(text)).collect(),
            readers: set(&table.readers),
            runners: set(&table.runners),
            together: table.together.decoded(),
            ports: table.ports,
            pools: set(&table.pools.names),
        };
        Ok((miners, unknown))
    }

    /// True if a program file or process of this name is a miner. Whole names only: "miner" alone means nothing.
    pub(super) fn is_name(&self, name: &str) -> bool {
        self.names.contains(&stem(name))
    }

    /// True if the program takes text to search for or to print: its command line does not say what it does.
    pub(super) fn is_reader(&self, name: &str) -> bool {
        self.readers.contains(&stem(name))
    }
}

impl Knowledge {
    /// The indicator of a miner on the command line of a process: short, for display, in words of the table, never the
    /// line itself. None for a program that only takes such words to search for or to show.
    pub fn miner_argument(&self, facts: &ProcFacts, os: Os) -> Option<String> {
        // Judged by its file, where programs are installed: any process can write anything into its first argument, and
        // any file can have any name.
        let is_installed = |path: &String| !self.is_unusual_location(path, os);
        let reads = facts.path.known().is_some_and(is_installed) && self.miners.is_reader(facts.file_name());
        let args = facts.args.known().filter(|_| !reads)?;
        command_line::miner_argument(&self.miners, facts.file_name(), args)
    }

    /// True if pools listen on this port and hardly anything in an office does. Proves nothing alone.
    pub fn is_pool_port(&self, port: u16) -> bool {
        self.miners.ports.distinctive.contains(&port)
    }

    /// True if pools listen on this port, like much else: counts only together with the name of a pool.
    pub fn is_pool_port_among_others(&self, port: u16) -> bool {
        self.miners.ports.shared.contains(&port)
    }

    /// True if the host is a mining pool or a subdomain of one.
    pub fn is_pool_name(&self, host: &str) -> bool {
        self.miners.pool(host).is_some()
    }
}

/// Texts of the table, in lower case: they are compared without regard to it.
fn decoded(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| rot13(text).to_lowercase()).collect()
}

/// ROT13, its own inverse.
pub(super) fn rot13(text: &str) -> String {
    let turn = |letter: char, first: u8| char::from(first + (letter as u8 - first + 13) % 26);
    text.chars()
        .map(|letter| match letter {
            'a'..='z' => turn(letter, b'a'),
            'A'..='Z' => turn(letter, b'A'),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ProcKey, Reading};

    fn found(line: &str) -> Option<String> {
        of_args(&line.split(' ').collect::<Vec<_>>())
    }

    /// Of a program at a path that says nothing.
    fn of_args(args: &[&str]) -> Option<String> {
        let facts = ProcFacts {
            path: Reading::Known(format!("/opt/a/{}", args[0])),
            args: Reading::Known(args.iter().map(|&arg| arg.to_owned()).collect()),
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        };
        Knowledge::builtin().expect("tables").miner_argument(&facts, Os::Linux)
    }

    #[test]
    fn a_miner_is_known_by_its_command_line() {
        for (line, shown) in [
            ("x -o stratum+tcp://a.example:3333 -u wallet", "stratum+tcp://"),
            ("x --URL=STRATUM+SSL://a.example:443", "stratum+ssl://"),
            ("x --donate-level=0", "--donate-level"),
            ("x --cinit-stealth-targets=Taskmgr.exe,procexp.exe", "--cinit-stealth-targets"),
            ("x --algo=rx/0 --threads 4", "--algo=rx/0"),
            ("x -a rx/wow -o 10.0.0.5:3333", "-a rx/wow"),
            ("x --coin dero --url=a.example:10300", "--coin dero"),
            ("x -o pool.a.example:4444 -u w", "-o pool."),
            ("x -o gulf.moneroocean.stream:10128", "-o moneroocean.stream"),
            ("x --server xmr.2miners.com --port 2222", "--server 2miners.com"),
            ("powershell -enc AAAAc3RyYXR1bSt0Y3A6LyAA", "c3RyYXR1bSt0Y3A6Ly"),
        ] {
            assert_eq!(found(line).as_deref(), Some(shown), "{line}");
        }
        let shell = ["sh", "-c", "'./a' -a cn/r -o 'b.example:14444' -u secret"];
        assert_eq!(of_args(&shell).as_deref(), Some("-a cn/r"));
    }

    #[test]
    fn honest_command_lines_are_left_alone() {
        for line in [
            "gcc -o pool.o -c pool.c",
            "cc -opool.o pool.c",
            "gcc -o pool pool.c",
            "curl -o pool.json https://a.example/pool.json",
            "curl -a -o pool.example https://a.example:443/",
            "/usr/libexec/tracker-miner-fs-3",
            "tar -a gr -o out.tar",
            "ssh -o Port=3333 host",
            "chrome https://nanopool.org",
            "sort -o out.txt --algo quick",
            "x --cpu-priority=2",
            "argon2 -a argon2/chukwa",
            "",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn pools_are_known_by_name_and_port() {
        let knowledge = Knowledge::builtin().expect("tables");
        for host in ["nanopool.org", "XMR-eu1.nanopool.org", "pool.supportxmr.com.", "xmr.f2pool.com"] {
            assert!(knowledge.is_pool_name(host), "{host}");
        }
        for host in ["", ".", "org", "notnanopool.org", "nanopool.org.example", "www.f2pool.com", "mooo.com", "x.us.to"]
        {
            assert!(!knowledge.is_pool_name(host), "{host}");
        }
        assert!(knowledge.is_pool_port(3333) && knowledge.is_pool_port(14444));
        for port in [25, 80, 443, 8000, 8080, 8888] {
            assert!(!knowledge.is_pool_port(port) && knowledge.is_pool_port_among_others(port), "{port}");
        }
        assert!(!knowledge.is_pool_port(22) && !knowledge.is_pool_port_among_others(22));
    }

    #[test]
    fn the_table_is_turned_so_that_our_program_file_holds_none_of_it() {
        let text = include_str!("../../assets/knowledge/miners.toml").to_lowercase();
        for word in ["stratum", "xmrig", "nanopool", "donate-level", "moneroocean", "rx/0", "c3ryyxr1bs"] {
            assert!(!text.contains(word), "{word}");
            assert_eq!(rot13(&rot13(word)), word);
        }
        let knowledge = Knowledge::builtin().expect("tables");
        assert!(knowledge.miners.names.contains("xmrig") && !knowledge.miners.names.contains("miner"));
        assert!(knowledge.miners.pools.len() > 150);
        assert!(knowledge.miners.pools.iter().all(|pool| pool.contains('.') && *pool == pool.to_lowercase()));
        assert!(knowledge.miners.ports.distinctive.is_disjoint(&knowledge.miners.ports.shared));
    }
}
