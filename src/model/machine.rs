//! What does not change between two samples.

use serde::{Deserialize, Serialize};

use super::{At, Bytes, Fraction, Hertz, Reading, Why};

/// The operating system, as far as rules and texts depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// Windows 10, 11 and servers.
    Windows,
    /// Linux.
    Linux,
    /// Anything else.
    #[default]
    Unknown,
}

impl Os {
    /// Parses the name in a history file or a knowledge table, e.g. `windows`, `Windows 11`, `linux`.
    pub fn from_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        if name.starts_with("win") {
            Self::Windows
        } else if name.starts_with("linux") {
            Self::Linux
        } else {
            Self::Unknown
        }
    }
}

/// The PC itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Family of the operating system.
    pub os: Os,
    /// Display name with version, e.g. `Debian GNU/Linux 12`.
    pub os_name: Reading<String>,
    /// Logical processors, at least 1.
    pub cpus: u32,
    /// Installed memory that the system can use.
    pub memory: Reading<Bytes>,
    /// Changes at every boot.
    pub boot_id: Reading<String>,
    /// Time of the boot.
    pub booted_at: Reading<At>,
    /// Maximum processor clock, for the estimate of fan effort.
    pub max_frequency: Reading<Hertz>,
    /// All swap is compressed memory (zram): no disk is involved.
    pub is_swap_in_memory: Reading<bool>,
    /// A virtual machine, which has neither fans nor sensors of its own.
    pub is_virtual: Reading<bool>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            os: Os::Unknown,
            os_name: Reading::default(),
            cpus: 1,
            memory: Reading::default(),
            boot_id: Reading::default(),
            booted_at: Reading::default(),
            max_frequency: Reading::default(),
            is_swap_in_memory: Reading::default(),
            is_virtual: Reading::default(),
        }
    }
}

/// Parts of the names that virtual machines give their maker and model. Sources: systemd, `detect_vm` (virt.c); the
/// documentation of the hypervisors.
const VIRTUAL: [&str; 16] = [
    "virtual machine",
    "virtualbox",
    "vmware",
    "qemu",
    "kvm",
    "bochs",
    "xen",
    "parallels",
    "bhyve",
    "openstack",
    "google compute",
    "amazon ec2",
    "alibaba cloud",
    "nutanix",
    "ovirt",
    "hvm domu",
];

impl Machine {
    /// True if a computer whose firmware gives these names, maker and model, is a virtual machine.
    pub fn is_virtual_model(names: &str) -> bool {
        let names = names.to_lowercase();
        VIRTUAL.iter().any(|part| names.contains(part))
    }

    /// Time of a boot. One long before this program existed is that of a clock which was not set then.
    pub fn boot_time(at: Option<At>) -> Reading<At> {
        /// 2020.
        const EARLIEST: At = At(1_577_836_800_000);
        match at {
            Some(at) if at < EARLIEST => Reading::Missing(Why::OutOfRange),
            at => Reading::from_option(at, Why::Unsupported),
        }
    }

    /// True if the estimated effort of the fan means something here: a virtual machine has no fan.
    pub fn has_fan_effort(&self) -> bool {
        self.is_virtual != Reading::Known(true)
    }
}

/// Resource usage of this program.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SelfUsage {
    /// Share of the whole PC since the last sample.
    pub cpu: Reading<Fraction>,
    /// Resident memory.
    pub memory: Reading<Bytes>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_machines_are_known_by_their_model() {
        for names in [
            "Microsoft Corporation Virtual Machine",
            "QEMU Standard PC",
            "innotek GmbH VirtualBox",
            "VMware, Inc. VMware7,1",
        ] {
            assert!(Machine::is_virtual_model(names), "{names}");
        }
        for names in ["LENOVO 20XW0026JP", "Microsoft Corporation Surface Laptop 5", "Dell Inc. OptiPlex 7090", ""] {
            assert!(!Machine::is_virtual_model(names), "{names}");
        }
    }
}
