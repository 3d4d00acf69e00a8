//! Finds the marks of a miner on a command line: the address of a pool, how to compute, and whose wallet is paid.
//!
//! Miners spell the same switch with one dash or two, joined to its value or apart, and are started by scripts that a
//! shell gets as one argument. What is found is told in words of the table only, so it is short, safe to show, and
//! gives no wallet away.

use super::miners::Miners;
use super::stem;

/// The matching part of the command line of a process whose program file is called `file`.
pub(super) fn miner_argument(miners: &Miners, file: &str, args: &[String]) -> Option<String> {
    let line = args.join(" ");
    let encoded = miners.encoded.iter().find(|text| line.contains(text.as_str()));
    encoded.cloned().or_else(|| commands(miners, file, args).iter().find_map(|command| command.argument(miners)))
}

/// A command as words in lower case.
struct Command {
    words: Vec<String>,
    /// The program that a shell, or a program such as `nohup`, starts for it.
    starts: Option<String>,
}

/// The commands of a command line: the process's own, and those in an argument that is a line of its own
/// (`sh -c "…"`). Commands that only take such words to look for or to show are left out.
fn commands(miners: &Miners, file: &str, args: &[String]) -> Vec<Command> {
    let is_line = |arg: &&String| arg.contains(char::is_whitespace);
    let words: Vec<String> = args.iter().skip(1).filter(|arg| !is_line(arg)).map(|arg| plain(arg)).collect();
    let is_runner = miners.runners.contains(&stem(file));
    let own = if is_runner { Command::started(miners, words) } else { Some(Command { words, starts: None }) };
    let lines = args.iter().filter(is_line).flat_map(|line| line.split([';', '|', '&', '\n', '\r']));
    let inner = lines.filter_map(|line| Command::started(miners, line.split_whitespace().map(plain).collect()));
    own.into_iter().chain(inner).collect()
}

impl Command {
    /// What follows a runner, unless it is a reader.
    fn started(miners: &Miners, words: Vec<String>) -> Option<Self> {
        let is_option = |word: &str| word.starts_with('-') || word.starts_with('/') && word.len() <= 4;
        let is_runner = |word: &String| miners.runners.contains(&file_of(word));
        let is_program = |word: &&String| {
            let is_variable = word.contains('=') && !word.contains('/');
            let is_number = word.trim_end_matches(['s', 'm', 'h']).bytes().all(|byte| byte.is_ascii_digit());
            !is_option(word) && !is_variable && !is_number && !is_runner(word)
        };
        // The options of a shell before its command can have values.
        let first = words.iter().position(|word| !is_runner(word)).unwrap_or(0);
        let begins = |word: &String| matches!(word.as_str(), "-c" | "-lc" | "-command" | "/c" | "/k");
        let own_options = words.get(first).is_some_and(|word| is_option(word));
        let command = words.iter().position(begins).filter(|_| own_options).unwrap_or(first);
        let starts = words[command..].iter().find(is_program).map(|word| file_of(word));
        let reads = starts.as_ref().is_some_and(|program| miners.readers.contains(program));
        (!reads).then_some(Self { words, starts })
    }

    fn argument(&self, miners: &Miners) -> Option<String> {
        let words = &self.words;
        if let Some(scheme) = words.iter().find_map(|word| miners.scheme(word)) {
            return Some(format!("{scheme}://"));
        }
        let is_in = |text: &&String| words.iter().any(|word| word.contains(text.as_str()));
        if let Some(found) = miners.strong.iter().find(is_in) {
            return Some(found.clone());
        }
        let named = self.starts.as_ref().filter(|program| miners.names.contains(*program));
        let line = Line { miners, words };
        let found = named.cloned().or_else(|| line.pool()).or_else(|| line.method());
        found.or_else(|| line.wallet()).or_else(|| line.node())
    }
}

/// File name of a program in comparable form.
fn file_of(word: &str) -> String {
    stem(word.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// A word in lower case without the quotes and brackets around it.
fn plain(word: &str) -> String {
    word.trim_matches(['"', '\'', '`', '(', ')', '{', '}', ',']).to_lowercase()
}

impl Miners {
    /// The scheme of an address in `word` that only miners use. A scheme alone is what people search for.
    fn scheme<'a>(&self, word: &'a str) -> Option<&'a str> {
        word.match_indices("://").filter(|(at, _)| word.len() > at + 3).find_map(|(at, _)| {
            let head = &word[..at];
            let begin = head.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '+').map_or(0, |last| last + 1);
            let scheme = head.get(begin..).filter(|scheme| scheme.len() <= 24)?;
            self.schemes.iter().any(|known| scheme.starts_with(known.as_str())).then_some(scheme)
        })
    }

    /// The listed pool that a host belongs to.
    pub(super) fn pool(&self, host: &str) -> Option<&str> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let dots = host.match_indices('.').map(|(at, _)| at + 1);
        std::iter::once(0).chain(dots).find_map(|from| self.pools.get(host.get(from..)?)).map(String::as_str)
    }
}

/// One command with the tables.
struct Line<'a> {
    miners: &'a Miners,
    words: &'a [String],
}

impl<'a> Line<'a> {
    /// A listed pool, or a computer called like one.
    fn pool(&self) -> Option<String> {
        let together = &self.miners.together;
        let pools = self.addresses(&together.pool_switches);
        let urls = self.addresses(&together.url_switches);
        for address in pools.iter().chain(&urls).chain(&self.addresses(&together.server_switches)) {
            if let Some(pool) = self.miners.pool(address.host).filter(|_| !address.is_web) {
                return Some(format!("{} {pool}", address.switch));
            }
        }
        for address in pools.iter().chain(&urls) {
            if address.has_port && address.host.starts_with(&together.address_begins) && !address.is_web {
                return Some(format!("{} {}", address.switch, together.address_begins));
            }
        }
        // Without a switch in front only with a port: that is no page of the pool.
        let bare = self.words.iter().filter_map(|word| Address::of("", word)).filter(|address| !address.is_web);
        bare.filter(|address| address.has_port).find_map(|address| self.miners.pool(address.host)).map(str::to_owned)
    }

    /// How to compute, or for which coin, with an address that names a computer and a port, or with a wallet.
    fn method(&self) -> Option<String> {
        let together = &self.miners.together;
        let has_address = |switches: &'a [String]| {
            let has_port = self.values(&together.port_switches).any(|(_, port)| port.parse::<u16>().is_ok());
            self.addresses(switches).iter().any(|address| address.has_port || address.has_scheme || has_port)
        };
        let is_pool = has_address(&together.pool_switches) || has_address(&together.url_switches);
        let is_any = is_pool || has_address(&together.server_switches);
        let is_paid =
            self.values(&together.wallet_switches).any(|(_, value)| is_wallet(value) || is_hex_address(value));
        let among = |switches: &'a [String], is_listed: &dyn Fn(&str) -> bool| {
            // Two at once are written "one+other".
            let mut values = self.values(switches);
            values.find_map(|(switch, value)| {
                let name = value.split('+').find(|name| is_listed(name))?;
                Some(format!("{switch} {name}"))
            })
        };
        let is_method = |name: &str| {
            together.methods.contains(name) && (is_any || is_paid) || together.common_methods.contains(name) && is_pool
        };
        among(&together.method_switches, &is_method)
            .or_else(|| among(&together.coin_switches, &|name| together.coins.contains(name) && (is_any || is_paid)))
    }

    /// A pool and whose wallet it pays.
    fn wallet(&self) -> Option<String> {
        let together = &self.miners.together;
        let found = |switches: &'a [String]| self.addresses(switches).into_iter().find(Address::is_remote);
        let pool = found(&together.pool_switches);
        let any = || found(&together.url_switches).or_else(|| found(&together.server_switches));
        let paid = |is_paid: fn(&str) -> bool, switches| self.values(switches).find(|(_, value)| is_paid(value));
        let named = || paid(is_no_path, &together.wallet_switches);
        let shaped = || {
            let switch = paid(is_wallet, &together.wallet_switches);
            switch.or_else(|| paid(is_wallet, &together.user_switches)).map(|(switch, _)| switch)
        };
        if let Some((address, (switch, _))) = pool.as_ref().zip(named()) {
            return Some(format!("{} … {switch}", address.switch));
        }
        let address = pool.or_else(any)?;
        if is_wallet(address.user) {
            return Some(format!("{} …@", address.switch));
        }
        shaped().or_else(|| self.customary(&address)).map(|switch| format!("{} … {switch}", address.switch))
    }

    /// The customary "-o address -u wallet -p x": pools ask for a password and ignore it.
    fn customary(&self, address: &Address<'_>) -> Option<&'a str> {
        let together = &self.miners.together;
        let is_url = together.url_switches.iter().any(|switch| switch == address.switch);
        let is_ignored = |word: &str| word == "x" || word.starts_with("x:");
        let mut pairs = self.words.windows(2);
        let has_password = pairs.any(|pair| matches!(pair[0].as_str(), "-p" | "--pass") && is_ignored(&pair[1]));
        let user = self.values(&together.user_switches).next()?;
        (is_url && has_password && !address.is_web).then_some(user.0)
    }

    /// A node of a coin that also computes.
    fn node(&self) -> Option<String> {
        let together = &self.miners.together;
        let mines = self.words.contains(&together.node_switch);
        let is_node = |word: &String| together.node_begins.iter().any(|begin| word.starts_with(begin.as_str()));
        (mines && self.words.iter().any(is_node)).then(|| together.node_switch.clone())
    }

    fn addresses(&self, switches: &'a [String]) -> Vec<Address<'a>> {
        self.values(switches).filter_map(|(switch, value)| Address::of(switch, value)).collect()
    }

    /// The values of switches, in the forms `-o x`, `--url=x`, `-url x` and `-ox`.
    fn values(&self, switches: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let words = self.words;
        words.iter().enumerate().flat_map(move |(index, word)| {
            switches.iter().filter_map(move |switch| {
                let rest = word.strip_prefix(switch.as_str())?;
                let value = if rest.is_empty() {
                    words.get(index + 1)?
                } else if let Some(value) = rest.strip_prefix('=') {
                    value
                } else if switch.len() == 2 {
                    rest
                } else {
                    return None;
                };
                Some((switch.as_str(), value))
            })
        })
    }
}

/// A computer named on a command line.
struct Address<'a> {
    switch: &'a str,
    has_scheme: bool,
    /// The scheme is that of a web page.
    is_web: bool,
    /// What stands before the `@`.
    user: &'a str,
    host: &'a str,
    has_port: bool,
}

impl<'a> Address<'a> {
    fn of(switch: &'a str, value: &'a str) -> Option<Self> {
        // A second computation has its own pool: "[2]host:port".
        let value = value.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(value, |(_, rest)| rest);
        let (scheme, rest) = value.split_once("://").map_or((None, value), |(scheme, rest)| (Some(scheme), rest));
        let rest = rest.split(['/', '?', '#', ',']).next()?;
        // `wallet.worker:password@host:port`
        let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (host, port) = rest.rsplit_once(':').unwrap_or((rest, ""));
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        // "8080:80" are two ports.
        let is_named = host.contains(|c: char| c.is_ascii_alphabetic()) || host.matches('.').count() == 3;
        (is_named && host.chars().all(is_host)).then_some(Self {
            switch,
            has_scheme: scheme.is_some(),
            is_web: scheme.is_some_and(|scheme| matches!(scheme, "http" | "https" | "ws" | "wss")),
            user,
            host,
            has_port: port.parse::<u16>().is_ok(),
        })
    }

    fn is_remote(&self) -> bool {
        !self.is_web && (self.has_port || self.has_scheme) && self.host.contains('.')
    }
}

/// The part of a value before the name of the worker, and after the name of the coin.
fn account(value: &str) -> &str {
    let value = value.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(value, |(_, rest)| rest);
    let value = value.split_once(':').map_or(value, |(coin, rest)| if coin.len() <= 10 { rest } else { coin });
    value.split(['.', '/', '+', '#', ';', '@', ':', '%']).next().unwrap_or_default()
}

/// True if a value looks like a wallet of one of the common coins. Sums of files are hexadecimal and are none.
fn is_wallet(value: &str) -> bool {
    let account = account(value);
    let is_plain = account.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let digits = account.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = account.bytes().all(|byte| byte.is_ascii_hexdigit());
    let by_hex = account.strip_prefix("0x").is_some_and(|rest| rest.len() >= 40 && is_hex_text(rest));
    // Base58 and Bech32 mix letters and digits: 33 to 35 characters, or 42 and more.
    let by_text = is_plain && !is_hex && digits >= 3 && (matches!(account.len(), 33..=35) || account.len() >= 42);
    by_hex || by_text && account.len() <= 130
}

/// True for the beginning of an address such as "0x1a2b…", also when it is cut.
fn is_hex_address(value: &str) -> bool {
    account(value).strip_prefix("0x").is_some_and(|rest| rest.len() >= 4 && is_hex_text(rest))
}

fn is_hex_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// True unless the value names a file, as programs that keep a wallet take it, or is another switch.
fn is_no_path(value: &str) -> bool {
    let is_file = [".dat", ".json", ".keys", ".db"].iter().any(|end| value.ends_with(end));
    !value.is_empty() && !value.starts_with(['/', '.', '~', '-', '\\']) && !value.contains(":\\") && !is_file
}

#[cfg(test)]
mod tests {
    use super::super::miners::rot13;
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::model::{Os, ProcFacts, ProcKey, Reading};

    /// Words as a shell splits them; only double quotes.
    fn split(line: &str) -> Vec<String> {
        let parts = line.split('"').enumerate();
        parts
            .flat_map(|(index, part)| match index % 2 {
                1 => vec![part.to_owned()],
                _ => part.split_whitespace().map(str::to_owned).collect(),
            })
            .collect()
    }

    /// The lines of a data file: what it is of, and its process. `sh@bash` is a line that the shell gets; every other
    /// miner is called like no miner.
    fn lines(text: &str, is_renamed: bool) -> Vec<(String, ProcFacts)> {
        let line = |line: &str| {
            let (of, args) = line.split_once('\t')?;
            let (of, file) = of.split_once('@').unwrap_or((of, if is_renamed { "svcupd" } else { of }));
            let args = std::iter::once(file.to_owned()).chain(split(args)).collect();
            let path = Reading::Known(format!("/usr/bin/{file}"));
            let key = ProcKey { pid: 9, start_time: 9 };
            Some((of.to_owned(), ProcFacts { path, args: Reading::Known(args), ..ProcFacts::new(key) }))
        };
        rot13(text).lines().filter_map(line).collect()
    }

    #[test]
    fn miners_are_known_by_their_arguments_and_nothing_else_is_taken_for_one() {
        let knowledge = Knowledge::builtin().expect("tables");
        let miners = lines(include_str!("../../tests/command_lines/miners.rot13.tsv"), true);
        let of: std::collections::BTreeSet<&String> = miners.iter().map(|(of, _)| of).collect();
        assert!(miners.len() >= 70 && of.len() >= 14, "{} of {}", miners.len(), of.len());
        let missed = miners.iter().filter(|(_, facts)| knowledge.miner_argument(facts, Os::Linux).is_none());
        let missed: Vec<_> = missed.map(|(of, facts)| (of, facts.args.known())).collect();
        let innocent = lines(include_str!("../../tests/command_lines/innocent.rot13.tsv"), false);
        assert!(innocent.len() >= 70, "{}", innocent.len());
        let found = |facts: &ProcFacts| Some((knowledge.miner_argument(facts, Os::Linux)?, facts.args.clone()));
        let wrong: Vec<_> = innocent.iter().filter_map(|(_, facts)| found(facts)).collect();
        assert!(missed.is_empty() && wrong.is_empty(), "missed: {missed:#?}\nwrong: {wrong:#?}");
    }

    #[test]
    fn what_is_shown_is_short_and_gives_no_wallet_and_no_password_away() {
        let knowledge = Knowledge::builtin().expect("tables");
        for (of, facts) in lines(include_str!("../../tests/command_lines/miners.rot13.tsv"), true) {
            let shown = knowledge.miner_argument(&facts, Os::Linux).unwrap_or_default();
            let secrets = ["44ab", "0x1a2b", "worker", "pass", "wallet ", "1111222233334444", "203.0.113"];
            let is_told = secrets.iter().any(|secret| shown.to_lowercase().contains(secret));
            assert!(shown.chars().count() <= 48 && !is_told, "{of}: {shown}");
        }
    }

    #[test]
    fn a_miner_called_like_a_reader_is_no_reader() {
        let knowledge = Knowledge::builtin().expect("tables");
        let facts = |path: &str| ProcFacts {
            path: Reading::Known(path.to_owned()),
            args: Reading::Known(split(&rot13("x -o fgenghz+gpc://n.rknzcyr:3333"))),
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        };
        for path in ["/tmp/.x/grep", "/dev/shm/curl", "/home/a/.cache/.x/git"] {
            assert!(knowledge.miner_argument(&facts(path), Os::Linux).is_some(), "{path}");
        }
        for path in ["/usr/bin/grep", "/home/a/.cargo/bin/rg", "/home/linuxbrew/.linuxbrew/bin/curl"] {
            assert_eq!(knowledge.miner_argument(&facts(path), Os::Linux), None, "{path}");
        }
    }

    #[test]
    fn wallets_look_like_wallets() {
        let monero =
            "44AbCdEfGh1JkLmNoPqRsTuVwXyZ2345678abcdefghijkmnopqrstuvwxyz123456789ABCDEFGHJKLMNPQRSTUVWXYZ12345";
        for value in [
            monero,
            "0x1111222233334444555566667777888899990000.rig",
            "kaspa:qr1a2b3c4d5e6f7g8h9i0jklmnopqrstuvwxyz234567890abcdefghijklmno",
        ] {
            assert!(is_wallet(value), "{value}");
        }
        let sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for value in
            ["root", "user.name", "AKIAIOSFODNN7EXAMPLE", "a1b2c3d4-0000-1111-2222-333344445555", sum, "0x1f", ""]
        {
            assert!(!is_wallet(value), "{value}");
        }
    }

    static TABLES: std::sync::LazyLock<Knowledge> = std::sync::LazyLock::new(|| Knowledge::builtin().expect("tables"));

    proptest::proptest! {
        #[test]
        fn no_line_makes_the_search_panic_or_show_control_characters(
            args in proptest::collection::vec("(-[a-z]{1,8}=?)?[\\PC\\x1b\u{202e}:/@.\\[\\]]{0,20}", 0..12),
        ) {
            let facts = ProcFacts { args: Reading::Known(args), ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 }) };
            let shown = TABLES.miner_argument(&facts, Os::Linux).unwrap_or_default();
            proptest::prop_assert!(!shown.chars().any(char::is_control) && shown.chars().count() < 64);
        }
    }
}
