//! What a screen asks for, and what it is told about an action.

use crate::diagnose::Subject;
use crate::explain::Lang;
use crate::model::ActError;
use crate::remedy::Phase;
use crate::remedy::restart::Step;
use crate::settings::ThemeChoice;

/// A screen of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// What is going on now.
    #[default]
    Now,
    /// The restart checklist.
    Restart,
}

impl Screen {
    /// Every screen, in the order of the navigation.
    pub const ALL: [Self; 2] = [Self::Now, Self::Restart];

    /// Text id of its name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Now => "nav-now",
            Self::Restart => "nav-restart",
        }
    }
}

/// What a screen asks for. Screens never act themselves.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Intent {
    /// Go to another screen.
    Show(Screen),
    /// Speak another language.
    SetLang(Lang),
    /// Light or dark.
    SetTheme(ThemeChoice),
    /// Ask a program to close.
    Close(Subject),
    /// End it by force; was confirmed.
    Force,
    /// Leave it running, or put the result away.
    EndJob,
    /// Tick or untick a step of the restart list.
    Tick(Step),
    /// Begin the restart list again.
    ResetTicks,
}

/// An action as the screens see it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    /// What it is about.
    pub subject: Subject,
    /// Where it stands; `Err` when it could not begin.
    pub phase: Result<Phase, ActError>,
    /// Whether it can be ended by force: its processes are held.
    pub can_force: bool,
}
