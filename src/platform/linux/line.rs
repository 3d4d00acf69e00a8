//! Which network interfaces are the line of this PC, from `/sys/class/net`.

use std::fs;
use std::path::Path;

/// Of these interfaces, those that carry the traffic of this PC: the ones with hardware behind them. Bridges, tunnels
/// and the interfaces of virtual machines and containers carry the same bytes a second time, or bytes that never leave
/// the PC. In a container, which has no hardware, the interface that leads out of it.
pub fn line_interfaces(names: &[String]) -> Vec<String> {
    line_below(Path::new("/sys/class/net"), names)
}

fn line_below(net: &Path, names: &[String]) -> Vec<String> {
    let has_hardware = |name: &str| net.join(name).join("device").exists();
    let hardware: Vec<String> = names.iter().filter(|name| has_hardware(name)).cloned().collect();
    if hardware.is_empty() {
        return names.iter().filter(|name| !is_virtual(net, name)).cloned().collect();
    }
    // Two devices for one line: in virtual machines the fast path is a member of the one that the system configures,
    // which counts for both.
    let is_covered = |name: &str| {
        let leader = fs::canonicalize(net.join(name).join("master")).ok();
        leader.and_then(|leader| Some(has_hardware(&leader.file_name()?.to_string_lossy()))).unwrap_or(false)
    };
    hardware.into_iter().filter(|name| !is_covered(name)).collect()
}

/// True for an interface on top of another one, or for traffic within the PC.
fn is_virtual(net: &Path, name: &str) -> bool {
    let folder = net.join(name);
    let has = |file: &str| folder.join(file).exists();
    let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
    // Ethernet is 1; loopback 772, tunnels 768 to 778, interfaces without a link layer 65534 (kernel, if_arp.h).
    let is_ethernet = text("type").trim() == "1";
    // "vxlan", "bridge", "vlan", "bond", "wireguard"; a plain interface has no such line.
    let has_kind = text("uevent").lines().any(|line| line.starts_with("DEVTYPE="));
    let on_another = || {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("lower_"))
    };
    !is_ethernet || has_kind || has("tun_flags") || has("bridge") || has("bonding") || has("brport") || on_another()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Net(tempfile::TempDir);

    impl Net {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("folder"))
        }

        fn add(&self, name: &str, files: &[(&str, &str)]) {
            let folder = self.0.path().join(name);
            fs::create_dir_all(&folder).expect("folder");
            for (file, text) in [("type", "1\n"), ("uevent", "INTERFACE=x\n")].iter().chain(files) {
                let path = folder.join(file);
                // A text that ends with a slash is a folder.
                if *text == "/" {
                    fs::create_dir_all(path).expect("folder");
                } else {
                    fs::write(path, text).expect("file");
                }
            }
        }

        fn line(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(self.0.path())
                .expect("folder")
                .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            line_below(self.0.path(), &names)
        }
    }

    #[test]
    fn only_interfaces_with_hardware_are_the_line() {
        let net = Net::new();
        net.add("lo", &[("type", "772\n")]);
        net.add("enp3s0", &[("device", "/")]);
        net.add("wlan0", &[("device", "/"), ("uevent", "DEVTYPE=wlan\n")]);
        net.add("wg0", &[("type", "65534\n"), ("uevent", "DEVTYPE=wireguard\n")]);
        net.add("tun0", &[("type", "65534\n"), ("tun_flags", "0x1001\n")]);
        net.add("docker0", &[("bridge", "/")]);
        net.add("veth12", &[("brport", "/")]);
        net.add("vnet0", &[("tun_flags", "0x1002\n"), ("brport", "/")]);
        assert_eq!(net.line(), ["enp3s0", "wlan0"]);
    }

    #[test]
    fn in_a_container_the_way_out_is_the_line() {
        let net = Net::new();
        net.add("lo", &[("type", "772\n")]);
        net.add("eth0", &[]);
        net.add("tap0", &[("tun_flags", "0x1002\n")]);
        net.add("vx", &[("uevent", "DEVTYPE=vxlan\n")]);
        net.add("mac0", &[("lower_eth0", "/")]);
        assert_eq!(net.line(), ["eth0"]);
    }

    #[test]
    fn the_fast_path_of_a_virtual_machine_is_not_counted_beside_its_leader() {
        let net = Net::new();
        net.add("eth0", &[("device", "/")]);
        net.add("enP1", &[("device", "/")]);
        std::os::unix::fs::symlink(net.0.path().join("eth0"), net.0.path().join("enP1/master")).expect("link");
        assert_eq!(net.line(), ["eth0"]);
        // Members of a bond without hardware of its own carry the bytes.
        net.add("bond0", &[("bonding", "/")]);
        net.add("eth1", &[("device", "/")]);
        std::os::unix::fs::symlink(net.0.path().join("bond0"), net.0.path().join("eth1/master")).expect("link");
        assert_eq!(net.line(), ["eth0", "eth1"]);
    }
}
