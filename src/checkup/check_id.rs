//! The questions, their numbers, and the rules that decide them.

use serde::{Serialize, Serializer};
use strum::{IntoStaticStr, VariantArray};

use crate::diagnose::{EvidenceKind, Finding, RuleId, SubjectKind};
use crate::model::Seconds;

/// A question of the check-up, in the order of its number, which never changes: helpdesks refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CheckId {
    /// C-1: use of the processor now, and by what.
    Cpu,
    /// C-2: memory.
    Memory,
    /// C-3: free space, and where it is going.
    DiskSpace,
    /// C-4: how busy the disks are.
    DiskBusy,
    /// C-5: heat, fan, slow-down by heat.
    Heat,
    /// C-6: web browsers.
    Browser,
    /// C-7: signs of secret mining.
    Mining,
    /// C-8: programs that start with the PC.
    Startup,
    /// C-9: time since the last restart, and a pending one.
    Restart,
    /// C-10: age of the system's updates and of the browsers.
    Updates,
    /// C-11: antivirus, and protection by a company.
    Antivirus,
    /// C-12: advertisement blocking and https, which are information and no fault.
    AdBlocking,
    /// C-13: ends of the PC without a shutdown.
    SuddenStops,
    /// C-14: power saving.
    Power,
    /// C-15: windows that do not respond.
    Windows,
    /// C-16: use of the network.
    Network,
    /// C-17: swap, or commit memory on Windows.
    Commit,
    /// C-18: the graphics processor.
    Graphics,
}

impl CheckId {
    /// Every question in order.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its number, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The question with this number.
    pub fn numbered(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }

    /// The code that people and JSON use for it, such as `C-7`.
    pub fn code(self) -> String {
        format!("C-{}", self.number())
    }

    /// The part of text ids that stands for it.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// Text id of its title.
    pub fn title(self) -> String {
        format!("checkup-{}-title", self.id())
    }

    /// How long to measure before it can be answered.
    pub const fn measuring_time(self) -> Seconds {
        match self {
            // Shares need two samples, and one moment says little.
            Self::Cpu
            | Self::Memory
            | Self::DiskBusy
            | Self::Heat
            | Self::Browser
            | Self::Mining
            | Self::Power
            | Self::Windows
            | Self::Network
            | Self::Commit
            | Self::Graphics => Seconds(6.0),
            Self::DiskSpace
            | Self::Startup
            | Self::Restart
            | Self::Updates
            | Self::Antivirus
            | Self::AdBlocking
            | Self::SuddenStops => Seconds(2.0),
        }
    }

    /// True if it needs more than the samples.
    pub const fn needs_facts(self) -> bool {
        matches!(self, Self::Updates | Self::Antivirus | Self::SuddenStops)
    }

    /// The question that the findings of this rule decide; `None` for the one that says that all is well.
    pub const fn of_rule(rule: RuleId) -> Option<Self> {
        Some(match rule {
            RuleId::CpuHog
            | RuleId::KnownBusy
            | RuleId::ManySmall
            | RuleId::FullLoad
            | RuleId::UnattributedLoad
            | RuleId::DeviceLoad
            | RuleId::HostBusy
            | RuleId::CatchingUp => Self::Cpu,
            RuleId::MemoryPressure | RuleId::MemoryGrowth => Self::Memory,
            RuleId::DiskNearlyFull | RuleId::DiskShrinking => Self::DiskSpace,
            RuleId::DiskBusy | RuleId::SlowVolume => Self::DiskBusy,
            RuleId::Hot | RuleId::HotButIdle | RuleId::SlowedByHeat => Self::Heat,
            RuleId::BrowserLoad | RuleId::WebPageLoad | RuleId::PageOpened => Self::Browser,
            RuleId::SecretMining | RuleId::CameBack => Self::Mining,
            RuleId::NewAutostart => Self::Startup,
            RuleId::LongUptime | RuleId::RestartPending => Self::Restart,
            RuleId::UpdatesOld | RuleId::BrowserUpdate | RuleId::BrowserOld => Self::Updates,
            RuleId::AntivirusOff => Self::Antivirus,
            RuleId::NoAdBlocking => Self::AdBlocking,
            RuleId::SuddenStop => Self::SuddenStops,
            RuleId::PowerLimited => Self::Power,
            RuleId::NotResponding => Self::Windows,
            RuleId::NetworkBusy => Self::Network,
            RuleId::Paging => Self::Commit,
            RuleId::GpuBusy => Self::Graphics,
            RuleId::AllWell => return None,
        })
    }

    /// True if the finding, which decides another question, belongs to this one, too: the answer then points there.
    pub fn is_touched_by(self, finding: &Finding) -> bool {
        let has = |kind| finding.observed(kind).is_some();
        match self {
            Self::Cpu => {
                matches!(finding.rule, RuleId::BrowserLoad | RuleId::WebPageLoad)
                    || finding.rule == RuleId::SecretMining
                        && has(EvidenceKind::ProgramCpu)
                        && !has(EvidenceKind::QuietFor)
            }
            Self::Memory => finding.rule == RuleId::Paging,
            Self::Browser => finding.subject.kind == SubjectKind::Browser,
            Self::Graphics => finding.rule == RuleId::SecretMining && has(EvidenceKind::ProgramGpu),
            _ => false,
        }
    }
}

impl Serialize for CheckId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_list() {
        assert_eq!(CheckId::ALL.len(), 18);
        for (index, id) in CheckId::ALL.iter().enumerate() {
            assert_eq!((id.number(), CheckId::numbered(index + 1)), (index + 1, Some(*id)));
        }
        assert_eq!((CheckId::numbered(0), CheckId::numbered(19)), (None, None));
        assert_eq!([CheckId::Mining.code(), CheckId::Power.code()], ["C-7", "C-14"]);
    }

    #[test]
    fn every_rule_but_all_well_decides_a_question() {
        for rule in RuleId::ALL {
            assert_eq!(CheckId::of_rule(*rule).is_none(), *rule == RuleId::AllWell, "{rule:?}");
        }
    }
}
