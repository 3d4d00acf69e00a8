//! Network usage by process; nothing is sent over the network for it. The kernel counts the bytes of each TCP
//! connection and reports them to every user (sock_diag(7) with `INET_DIAG_INFO`); its owner is readable for processes
//! of the same user. UDP, and with it QUIC, is not counted by the kernel.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with};

use super::open_files::{socket_number, visit_own};
use crate::model::{BytesPerSec, Pid, Reading, Traffic, Why};

/// `SOCK_DIAG_BY_FAMILY`.
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST | NLM_F_DUMP`.
const DUMP: u16 = 0x301;
/// `NLMSG_ERROR`, `NLMSG_DONE`.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const IPPROTO_TCP: u8 = 6;
/// `INET_DIAG_INFO`: the answer contains a `tcp_info`.
const INFO: u16 = 2;
/// Open connections, including those being closed, as a bit mask of the states in `net/tcp_states.h`.
const STATES: u32 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;
/// Sizes of `nlmsghdr` and of the `inet_diag_msg` that follows it.
const HEADER: usize = 16;
const MESSAGE: usize = 72;
/// Offsets in `inet_diag_msg`.
const SOURCE: usize = 8;
const DESTINATION: usize = 24;
const UID: usize = 64;
const INODE: usize = 68;
/// Offsets in `tcp_info` (since Linux 4.1).
const BYTES_ACKED: usize = 120;
const BYTES_RECEIVED: usize = 128;
/// Time limit for the kernel, which normally answers at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// Limit on the parts of an answer: about a million connections.
const MAX_PARTS: usize = 10_000;
/// Rate in bytes per second below which a connection does not keep a network busy.
const MIN_RATE: f64 = 1000.0;

/// A connection and the bytes transferred since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Connection {
    /// Inode number of its socket.
    inode: u64,
    /// User id of its owner.
    uid: u32,
    /// Both ends are on this PC.
    local: bool,
    received: u64,
    /// Bytes sent and acknowledged.
    sent: u64,
}

struct SocketSnapshot {
    at: Instant,
    /// Bytes received and sent, by inode number.
    bytes: HashMap<u64, (u64, u64)>,
}

/// Computes rates from two consecutive readings.
#[derive(Default)]
pub struct NetUsers {
    last: Option<SocketSnapshot>,
    /// Includes traffic within this PC (for tests).
    also_local: bool,
}

impl NetUsers {
    /// Creates the reader; nothing is read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// TCP traffic of each process since the previous call, excluding traffic within this PC. The first call only
    /// starts the count. With traffic it takes some 10 ms: the owner is found among the open files of this user's
    /// processes.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Traffic)>> {
        let own = rustix::process::geteuid().as_raw();
        let connections = match connections() {
            Ok(connections) => connections,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Reading::Missing(Why::NoPermission);
            }
            // A kernel without the module answers "not found" or "not supported".
            Err(_) => return Reading::Missing(Why::Unsupported),
        };
        let counted = connections.iter().filter(|connection| connection.uid == own && connection.inode != 0);
        let counted = counted.filter(|connection| self.also_local || !connection.local);
        let bytes = counted.map(|connection| (connection.inode, (connection.received, connection.sent))).collect();
        let snapshot = SocketSnapshot { at: Instant::now(), bytes };
        let moved = self.last.as_ref().map(|last| compare(&last.bytes, &snapshot.bytes, snapshot.at - last.at));
        self.last = Some(snapshot);
        Reading::from_option(moved.map(|moved| by_process(&moved)), Why::NotYet)
    }
}

/// Rates of each socket between two readings. A new connection moved all of its bytes since the first one.
fn compare(
    before: &HashMap<u64, (u64, u64)>,
    now: &HashMap<u64, (u64, u64)>,
    elapsed: Duration,
) -> HashMap<u64, Traffic> {
    let seconds = elapsed.as_secs_f64();
    let rate = |new: u64, old: u64| BytesPerSec(new.saturating_sub(old) as f64 / seconds);
    let traffic = |(inode, (received, sent)): (&u64, &(u64, u64))| {
        let (old_received, old_sent) = before.get(inode).copied().unwrap_or_default();
        (*inode, Traffic { rx: rate(*received, old_received), tx: rate(*sent, old_sent) })
    };
    let moved = now.iter().map(traffic);
    if seconds > 0.0 { moved.filter(|(_, traffic)| traffic.total() >= MIN_RATE).collect() } else { HashMap::new() }
}

/// Attributes each socket to the first process that has it open, usually the oldest one.
fn by_process(moved: &HashMap<u64, Traffic>) -> Vec<(Pid, Traffic)> {
    let mut remaining = moved.clone();
    let mut parts: Vec<(Pid, Traffic)> = Vec::new();
    if remaining.is_empty() {
        return parts;
    }
    let visited = visit_own(|pid, _, link| {
        let Some(traffic) = socket_number(link).and_then(|inode| remaining.remove(&inode)) else { return };
        match parts.iter_mut().find(|(known, _)| *known == pid) {
            Some((_, part)) => *part = *part + traffic,
            None => parts.push((pid, traffic)),
        }
    });
    if visited.is_err() {
        return Vec::new();
    }
    parts.sort_by(|a, b| b.1.total().total_cmp(&a.1.total()).then(a.0.cmp(&b.0)));
    parts
}

/// All TCP connections of this PC.
fn connections() -> std::io::Result<Vec<Connection>> {
    let kernel =
        socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))?;
    set_socket_timeout(&kernel, Timeout::Recv, Some(PATIENCE))?;
    let mut list = Vec::new();
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        ask(&kernel, family.as_raw() as u8, &mut list)?;
    }
    Ok(list)
}

fn ask(kernel: &OwnedFd, family: u8, list: &mut Vec<Connection>) -> std::io::Result<()> {
    send(kernel, &question(family), SendFlags::empty())?;
    let mut buffer = vec![0_u8; 32 << 10];
    for _ in 0..MAX_PARTS {
        let (_, length) = recv(kernel, &mut buffer[..], RecvFlags::TRUNC)?;
        let part = buffer.get(..length).ok_or(std::io::ErrorKind::InvalidData)?;
        if parse_part(part, list)? {
            return Ok(());
        }
    }
    Err(std::io::ErrorKind::InvalidData.into())
}

/// `nlmsghdr` and `inet_diag_req_v2`: requests all connections of an address family.
fn question(family: u8) -> [u8; HEADER + 56] {
    let mut message = [0; HEADER + 56];
    message[..4].copy_from_slice(&((HEADER + 56) as u32).to_ne_bytes());
    message[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
    message[6..8].copy_from_slice(&DUMP.to_ne_bytes());
    message[HEADER] = family;
    message[HEADER + 1] = IPPROTO_TCP;
    message[HEADER + 2] = 1 << (INFO - 1);
    message[HEADER + 4..HEADER + 8].copy_from_slice(&STATES.to_ne_bytes());
    message
}

/// Takes the connections from one part of an answer; `true` after the last part.
fn parse_part(mut part: &[u8], list: &mut Vec<Connection>) -> std::io::Result<bool> {
    while part.len() >= HEADER {
        let length = u32_at(part, 0) as usize;
        let message = part.get(HEADER..length).ok_or(std::io::ErrorKind::InvalidData)?;
        match u16_at(part, 4) {
            DONE => return Ok(true),
            ERROR => {
                let number = i32::from_ne_bytes(u32_at(message, 0).to_ne_bytes());
                return Err(std::io::Error::from_raw_os_error(number.saturating_neg()));
            }
            BY_FAMILY => list.extend(connection(message)),
            _ => {}
        }
        part = part.get(aligned(length)..).unwrap_or_default();
    }
    Ok(false)
}

/// Parses one `inet_diag_msg` with its attributes.
fn connection(message: &[u8]) -> Option<Connection> {
    let (fixed, mut attributes) = message.split_at_checked(MESSAGE)?;
    let address = |at: usize| -> Option<Ipv6Addr> {
        let bytes: &[u8; 16] = fixed.get(at..)?.first_chunk()?;
        Some(match AddressFamily::from_raw(fixed[0].into()) {
            AddressFamily::INET => Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]).to_ipv6_mapped(),
            _ => Ipv6Addr::from(*bytes),
        })
    };
    let (source, destination) = (address(SOURCE)?, address(DESTINATION)?);
    while attributes.len() >= 4 {
        let length = usize::from(u16_at(attributes, 0));
        let value = attributes.get(4..length)?;
        if u16_at(attributes, 2) == INFO && value.len() >= BYTES_RECEIVED + 8 {
            return Some(Connection {
                inode: u32_at(fixed, INODE).into(),
                uid: u32_at(fixed, UID),
                local: source == destination || destination.to_canonical().is_loopback(),
                received: u64_at(value, BYTES_RECEIVED),
                sent: u64_at(value, BYTES_ACKED),
            });
        }
        attributes = attributes.get(aligned(length)..).unwrap_or_default();
    }
    // This kernel does not count bytes.
    None
}

/// Messages and attributes are aligned to 4 bytes.
const fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u16::from_ne_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u32::from_ne_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_ne_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    const SENT: usize = 8 << 20;

    /// Uses the real kernel: both ends of a connection are in this process.
    #[test]
    fn what_goes_over_our_own_connection_is_counted_to_us() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut sender = TcpStream::connect(listener.local_addr().expect("address")).expect("connected");
        let (mut receiver, _) = listener.accept().expect("accepted");
        let mut users = NetUsers { also_local: true, ..NetUsers::default() };
        let first = users.read();
        if first == Reading::Missing(Why::Unsupported) {
            // This kernel has no sock_diag: nothing to test.
            return;
        }
        assert_eq!(first, Reading::Missing(Why::NotYet));
        let writer = std::thread::spawn(move || {
            sender.write_all(&vec![7; SENT]).expect("sent");
            sender
        });
        receiver.read_exact(&mut vec![0; SENT]).expect("received");
        let sender = writer.join().expect("joined");
        let begin = users.last.as_ref().expect("a look").at;
        let parts = users.read();
        let seconds = (users.last.as_ref().expect("a look").at - begin).as_secs_f64();
        let list = parts.known().expect("known");
        let own = list.iter().find(|(pid, _)| *pid == std::process::id()).expect("we are in it").1;
        let (received, sent) = (own.rx.0 * seconds, own.tx.0 * seconds);
        // Other tests in this process have connections, too, and the last acknowledgements may be in flight.
        assert!(received > SENT as f64 - 1.0 && received < SENT as f64 * 1.5, "{received}");
        assert!(sent >= SENT as f64 * 0.5 && sent < SENT as f64 * 1.5, "{sent}");
        // Both ends are local: neither is counted once traffic within this PC is excluded.
        let mut without = NetUsers::new();
        without.read();
        let counted = |users: &NetUsers, end: &TcpStream| {
            let link = std::fs::read_link(format!("/proc/self/fd/{}", end.as_raw_fd())).expect("a link");
            let inode = socket_number(link.to_str().expect("text")).expect("a socket");
            users.last.as_ref().is_some_and(|snapshot| snapshot.bytes.contains_key(&inode))
        };
        for end in [&sender, &receiver] {
            assert_eq!((counted(&users, end), counted(&without, end)), (true, false));
        }
    }

    fn message(source: [u8; 4], destination: [u8; 4], inode: u32, info: &[u8]) -> Vec<u8> {
        let mut message = vec![0_u8; MESSAGE];
        message[0] = 2;
        message[SOURCE..SOURCE + 4].copy_from_slice(&source);
        message[DESTINATION..DESTINATION + 4].copy_from_slice(&destination);
        message[UID..UID + 4].copy_from_slice(&1000_u32.to_ne_bytes());
        message[INODE..INODE + 4].copy_from_slice(&inode.to_ne_bytes());
        // Another attribute first, whose length is no multiple of 4.
        message.extend([5_u16.to_ne_bytes(), 8_u16.to_ne_bytes()].concat());
        message.extend([9, 0, 0, 0]);
        message.extend([(info.len() as u16 + 4).to_ne_bytes(), INFO.to_ne_bytes()].concat());
        message.extend(info);
        message
    }

    fn info(received: u64, sent: u64) -> Vec<u8> {
        let mut info = vec![0_u8; 240];
        info[BYTES_ACKED..BYTES_ACKED + 8].copy_from_slice(&sent.to_ne_bytes());
        info[BYTES_RECEIVED..BYTES_RECEIVED + 8].copy_from_slice(&received.to_ne_bytes());
        info
    }

    fn framed(kind: u16, message: &[u8]) -> Vec<u8> {
        let mut frame = ((HEADER + message.len()) as u32).to_ne_bytes().to_vec();
        frame.extend(kind.to_ne_bytes());
        frame.extend([0; 10]);
        frame.extend(message);
        frame.resize(aligned(frame.len()), 0);
        frame
    }

    #[test]
    fn an_answer_of_the_kernel_is_taken_apart() {
        let far = message([10, 0, 0, 5], [203, 0, 113, 7], 77, &info(5000, 300));
        let near = message([127, 0, 0, 1], [127, 0, 0, 1], 78, &info(1, 2));
        let old = message([10, 0, 0, 5], [203, 0, 113, 7], 79, &[0; 104]);
        let mut list = Vec::new();
        let part = [framed(BY_FAMILY, &far), framed(BY_FAMILY, &near), framed(BY_FAMILY, &old)].concat();
        assert!(!parse_part(&part, &mut list).expect("taken"));
        assert!(parse_part(&framed(DONE, &[0; 4]), &mut list).expect("taken"));
        let connection = |inode, local, received, sent| Connection { inode, uid: 1000, local, received, sent };
        assert_eq!(list, [connection(77, false, 5000, 300), connection(78, true, 1, 2)]);
        let refused = parse_part(&framed(ERROR, &(-13_i32).to_ne_bytes()), &mut list).expect_err("refused");
        assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
        assert!(parse_part(&[1, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &mut list).is_err());
    }

    #[test]
    fn rates_are_differences_and_a_new_connection_counts_from_its_beginning() {
        let before = HashMap::from([(1, (1000, 0)), (2, (5000, 5000)), (3, (9000, 0))]);
        let now = HashMap::from([(1, (21_000, 4000)), (2, (5100, 5000)), (3, (10, 0)), (4, (0, 30_000))]);
        let moved = compare(&before, &now, Duration::from_secs(2));
        let traffic = |rx, tx| Traffic { rx: BytesPerSec(rx), tx: BytesPerSec(tx) };
        assert_eq!(moved, HashMap::from([(1, traffic(10_000.0, 2000.0)), (4, traffic(0.0, 15_000.0))]));
        assert!(compare(&before, &now, Duration::ZERO).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut list = Vec::new();
            let _ = parse_part(&bytes, &mut list);
            let _ = parse_part(&framed(BY_FAMILY, &bytes), &mut list);
            let _ = connection(&bytes);
        }
    }
}
