//! Remote ports of a process; needs no special rights.

use super::ntdll::{library_procedure, u32_at};
use crate::model::{Pid, Reading, Traffic, Why};

/// `TCP_TABLE_OWNER_PID_CONNECTIONS`: open connections with their process, without listening sockets.
const CONNECTIONS: u32 = 4;
const AF_INET: u32 = 2;
const AF_INET6: u32 = 23;
const ERROR_INSUFFICIENT_BUFFER: u32 = 122;
/// `MIB_TCP_STATE_ESTAB`.
const ESTABLISHED: u32 = 5;

/// `GetExtendedTcpTable`.
type Table = unsafe extern "system" fn(*mut u8, *mut u32, i32, u32, u32, u32) -> u32;

/// Offsets in a table row: `MIB_TCPROW_OWNER_PID` and `MIB_TCP6ROW_OWNER_PID`.
struct Row {
    family: u32,
    size: usize,
    state: usize,
    port: usize,
    pid: usize,
}

const ROWS: [Row; 2] = [
    Row { family: AF_INET, size: 24, state: 0, port: 16, pid: 20 },
    Row { family: AF_INET6, size: 56, state: 48, port: 44, pid: 52 },
];

/// Remote ports of all established TCP connections of a process. Host names are never resolved.
pub fn remote_ports(pid: Pid) -> Reading<Vec<u16>> {
    let mut ports = Vec::new();
    for row in &ROWS {
        match table(row.family) {
            Some(bytes) => ports.extend(of_process(&bytes, row, pid)),
            None => return Reading::Missing(Why::Unsupported),
        }
    }
    ports.sort_unstable();
    ports.dedup();
    Reading::Known(ports)
}

/// Network usage by process: Windows reports it to administrators only.
#[derive(Default)]
pub struct NetUsers;

impl NetUsers {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Always missing: `GetPerTcpConnectionEStats` counts the bytes of a connection only after an administrator has
    /// enabled that (`SetPerTcpConnectionEStats`), and Resource Monitor uses kernel tracing, which needs an
    /// administrator, too.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Traffic)>> {
        Reading::Missing(Why::NoPermission)
    }
}

/// Table of an address family; retries because it may grow between two calls.
#[expect(unsafe_code, reason = "calls a function looked up by name")]
fn table(family: u32) -> Option<Vec<u8>> {
    let procedure = library_procedure("iphlpapi.dll", c"GetExtendedTcpTable")?;
    let mut bytes = vec![0_u8; 16 << 10];
    for _ in 0..8 {
        let mut size = bytes.len() as u32;
        // SAFETY: the type is that of the documented function; the buffer is as long as stated.
        let status = unsafe {
            let table: Table = std::mem::transmute(procedure);
            table(bytes.as_mut_ptr(), &raw mut size, 0, family, CONNECTIONS, 0)
        };
        match status {
            0 => return Some(bytes),
            ERROR_INSUFFICIENT_BUFFER => bytes.resize(size as usize + 4096, 0),
            _ => return None,
        }
    }
    None
}

fn of_process(bytes: &[u8], row: &Row, pid: Pid) -> Vec<u16> {
    let count = u32_at(bytes, 0) as usize;
    let rows = bytes.get(4..).unwrap_or_default().chunks_exact(row.size).take(count);
    let own = rows.filter(|entry| u32_at(entry, row.pid) == pid && u32_at(entry, row.state) == ESTABLISHED);
    // In network byte order, in the lower half.
    own.map(|entry| (u32_at(entry, row.port) as u16).swap_bytes()).collect()
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
}
