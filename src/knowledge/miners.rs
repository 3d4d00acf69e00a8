//! Reads `assets/knowledge/miners.toml`: names, command lines and pools of cryptocurrency miners.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Knowledge;
use super::programs::Source;
use super::stem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    sources: Vec<String>,
    names: Vec<String>,
    strong: Vec<String>,
    encoded: Vec<String>,
    readers: Vec<String>,
    together: Combined,
    ports: Ports,
    pools: Pools,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Combined {
    method_switches: Vec<String>,
    methods: BTreeSet<String>,
    coin_switches: Vec<String>,
    coins: BTreeSet<String>,
    address_switches: Vec<String>,
    address_begins: String,
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
    names: BTreeSet<String>,
    strong: Vec<String>,
    encoded: Vec<String>,
    readers: BTreeSet<String>,
    together: Combined,
    ports: Ports,
    pools: BTreeSet<String>,
}

impl Miners {
    /// Reads the table. The second value is a source it names that does not exist.
    pub(super) fn read(
        text: &str,
        sources: &BTreeMap<String, Source>,
    ) -> Result<(Self, Option<String>), toml::de::Error> {
        let table: Table = toml::from_str(text)?;
        let unknown = table.sources.iter().find(|id| !sources.contains_key(*id)).cloned();
        let all = |texts: &[String]| texts.iter().map(|text| rot13(text)).collect::<Vec<_>>();
        let mut strong = all(&table.strong);
        // Longest first: the longest match is the one to show.
        strong.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let together = Combined {
            // "-P" and "-p" are treated alike: the address decides.
            method_switches: lower(&all(&table.together.method_switches)),
            methods: table.together.methods.iter().map(|text| rot13(text)).collect(),
            coin_switches: lower(&all(&table.together.coin_switches)),
            coins: table.together.coins.iter().map(|text| rot13(text)).collect(),
            address_switches: lower(&all(&table.together.address_switches)),
            address_begins: rot13(&table.together.address_begins),
        };
        let miners = Self {
            names: all(&table.names).into_iter().collect(),
            strong,
            encoded: all(&table.encoded),
            readers: all(&table.readers).into_iter().collect(),
            together,
            ports: table.ports,
            pools: all(&table.pools.names).into_iter().collect(),
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

    /// The miner indicator on a command line, if any.
    pub(super) fn argument(&self, args: &[String]) -> Option<String> {
        let line = args.join(" ");
        if let Some(found) = self.encoded.iter().find(|text| line.contains(text.as_str())) {
            return Some(found.clone());
        }
        let line = line.to_lowercase();
        if let Some(found) = self.strong.iter().find(|text| line.contains(text.as_str())) {
            return Some(found.clone());
        }
        // A shell takes a whole command line as one argument.
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        let addresses: Vec<Address> = values(&words, &self.together.address_switches).filter_map(Address::of).collect();
        for address in &addresses {
            let switch = address.switch;
            if let Some(pool) = self.pool(address.host) {
                return Some(format!("{switch} {pool}"));
            }
            if address.port.is_some() && address.host.starts_with(&self.together.address_begins) {
                return Some(format!("{switch} {}", self.together.address_begins));
            }
        }
        if !addresses.iter().any(|address| address.port.is_some() || address.scheme) {
            return None;
        }
        let among = |switches: &[String], allowed: &BTreeSet<String>| {
            values(&words, switches)
                .find(|(_, value)| allowed.contains(*value))
                .map(|(switch, value)| format!("{switch} {value}"))
        };
        among(&self.together.method_switches, &self.together.methods)
            .or_else(|| among(&self.together.coin_switches, &self.together.coins))
    }

    /// The listed pool that a host belongs to.
    fn pool(&self, host: &str) -> Option<&str> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let dots = host.match_indices('.').map(|(at, _)| at + 1);
        std::iter::once(0).chain(dots).find_map(|from| self.pools.get(host.get(from..)?)).map(String::as_str)
    }
}

/// The values of switches, in the forms `-o x`, `--url=x` and `-ox`.
fn values<'a>(words: &'a [&'a str], switches: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    words.iter().enumerate().flat_map(move |(index, word)| {
        switches.iter().filter_map(move |switch| {
            let rest = word.strip_prefix(switch.as_str())?;
            let value = if rest.is_empty() {
                words.get(index + 1)?
            } else if let Some(value) = rest.strip_prefix('=') {
                value
            } else if switch.starts_with("--") {
                return None;
            } else {
                rest
            };
            Some((switch.as_str(), value))
        })
    })
}

/// A host named by a switch.
struct Address<'a> {
    switch: &'a str,
    scheme: bool,
    host: &'a str,
    port: Option<u16>,
}

impl<'a> Address<'a> {
    fn of((switch, value): (&'a str, &'a str)) -> Option<Self> {
        let (scheme, rest) = value.split_once("://").map_or((false, value), |(_, rest)| (true, rest));
        let rest = rest.split(['/', '?', '#']).next()?;
        // `wallet.worker:password@host:port`
        let rest = rest.rsplit('@').next()?;
        let (host, port) = rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, port.parse().ok()));
        (!host.is_empty()).then_some(Self { switch, scheme, host, port })
    }
}

impl Knowledge {
    /// The matching indicator of a command line, short, for display; never the whole line. Also matches the command
    /// line of a program that only searches for such words; [`Knowledge::marks`] excludes those.
    pub fn miner_argument(&self, args: &[String]) -> Option<String> {
        self.miners.argument(args)
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

fn lower(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.to_lowercase()).collect()
}

/// ROT13, its own inverse.
fn rot13(text: &str) -> String {
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

    fn found(line: &str) -> Option<String> {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Knowledge::builtin().expect("tables").miner_argument(&args)
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
        let shell = ["sh".to_owned(), "-c".to_owned(), "'./a' -a cn/r -o 'b.example:14444' -u secret".to_owned()];
        assert_eq!(Knowledge::builtin().expect("tables").miner_argument(&shell).as_deref(), Some("-a cn/r"));
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
