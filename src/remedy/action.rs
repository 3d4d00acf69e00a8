//! The remedies as data: what each does, what it may lose, and how it is undone.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// What a remedy may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Nothing.
    Nothing,
    /// What was not saved, where the program does not ask first.
    PerhapsUnsaved,
    /// What was not saved.
    Unsaved,
    /// Connections that time out while it stands still.
    Connections,
}

/// A remedy that can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Let every other program go first.
    Background,
    /// Ask it to close.
    Close,
    /// End it by force if it does not close by itself.
    ForceClose,
    /// Stop it until it is continued.
    Pause,
    /// Let it go on.
    Continue,
    /// Start it again after it was closed here.
    StartAgain,
    /// Let it no longer start by itself.
    StartupOff,
    /// Let it start by itself again.
    StartupOn,
    /// Close a browser, and open it without JavaScript until it is closed.
    NoJavascript,
    /// Ask the installed antivirus about its file.
    Scan,
    /// Undo a remedy.
    Undo,
}

impl Action {
    /// All of them, gentlest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// The action called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == name)
    }

    /// What it may lose.
    pub const fn loss(self) -> Loss {
        match self {
            Self::Background
            | Self::Continue
            | Self::StartAgain
            | Self::StartupOff
            | Self::StartupOn
            | Self::Scan
            | Self::Undo => Loss::Nothing,
            Self::Close | Self::NoJavascript => Loss::PerhapsUnsaved,
            Self::ForceClose => Loss::Unsaved,
            Self::Pause => Loss::Connections,
        }
    }

    /// The action that undoes it, if one does.
    pub const fn undone_by(self) -> Option<Self> {
        match self {
            Self::Background | Self::StartupOff | Self::StartupOn | Self::NoJavascript => Some(Self::Undo),
            Self::Pause => Some(Self::Continue),
            // Not what was unsaved.
            Self::Close | Self::ForceClose => Some(Self::StartAgain),
            Self::StartAgain | Self::Continue | Self::Scan | Self::Undo => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loses_nothing_comes_before_what_does() {
        assert_eq!(Action::named("force-close"), Some(Action::ForceClose));
        assert_eq!(Action::named("Force-Close"), None);
        assert_eq!(Action::ALL.first().map(|action| action.loss()), Some(Loss::Nothing));
        for action in Action::ALL {
            assert_eq!(Action::named(action.id()), Some(*action));
        }
    }
}
