//! Remote ports of a process. Readable for processes of the same user.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::open_files::{socket_number, visit_files};
use crate::model::{Pid, Reading};

/// `TCP_ESTABLISHED` in `/proc/net/tcp`.
const ESTABLISHED: &str = "01";

/// Remote ports of all established TCP connections of a process. Host names are never resolved.
pub fn remote_ports(pid: Pid) -> Reading<Vec<u16>> {
    let folder = Path::new("/proc").join(pid.to_string());
    let mut sockets = HashSet::new();
    if let Err(error) = visit_files(&folder, |_, link| sockets.extend(socket_number(link))) {
        return error.into();
    }
    let mut ports = Vec::new();
    for table in ["net/tcp", "net/tcp6"] {
        if let Ok(text) = fs::read_to_string(folder.join(table)) {
            ports.extend(text.lines().filter_map(|line| remote_port(line, &sockets)));
        }
    }
    ports.sort_unstable();
    ports.dedup();
    Reading::Known(ports)
}

/// Parses `sl local_address rem_address st … inode`: addresses in hexadecimal, the port after the colon.
pub(super) fn remote_port(line: &str, sockets: &HashSet<u64>) -> Option<u16> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let inode = fields.get(9)?.parse().ok()?;
    let (_, port) = fields.get(2)?.rsplit_once(':')?;
    (fields.get(3) == Some(&ESTABLISHED) && sockets.contains(&inode)).then(|| u16::from_str_radix(port, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn our_own_connection_is_seen_with_its_port() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("address").port();
        let _stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        let ports = remote_ports(std::process::id());
        assert!(ports.known().is_some_and(|ports| ports.contains(&port)), "{ports:?}");
    }

    #[test]
    fn only_open_connections_of_this_process_count() {
        let sockets = HashSet::from([77]);
        let line = |state: &str, inode: u64| {
            format!(
                "   1: 0100007F:A2B4 0100007F:0D05 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1"
            )
        };
        assert_eq!(remote_port(&line("01", 77), &sockets), Some(3333));
        assert_eq!(remote_port(&line("0A", 77), &sockets), None);
        assert_eq!(remote_port(&line("01", 78), &sockets), None);
        assert_eq!(remote_port("  sl  local_address rem_address   st", &sockets), None);
    }
}
