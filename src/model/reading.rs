//! A measured value, or the reason why it is missing.

use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Why a value is missing, ordered from "always on this PC" to "only now".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// This PC has no such sensor.
    NoSensor,
    /// This user lacks permission to read it.
    NoPermission,
    /// The system, or this program on that system, cannot read it.
    Unsupported,
    /// Needs a second sample.
    NotYet,
    /// The source stopped responding, or its value does not follow the load.
    Stale,
    /// The source gave an impossible value.
    OutOfRange,
}

impl Why {
    /// Every reason, for tests and tables.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// A value that may be missing, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// The value as measured.
    Known(T),
    /// No value, and why.
    Missing(Why),
}

impl<T> Reading<T> {
    /// The value if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing(_) => None,
        }
    }

    /// The reason if missing.
    pub fn why(&self) -> Option<Why> {
        match self {
            Self::Known(_) => None,
            Self::Missing(why) => Some(*why),
        }
    }

    /// Maps a known value, keeping a reason.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Self::Known(value) => Reading::Known(change(value)),
            Self::Missing(why) => Reading::Missing(why),
        }
    }

    /// `value`, or the reason `why` if there is none.
    pub fn from_option(value: Option<T>, why: Why) -> Self {
        value.map_or(Self::Missing(why), Self::Known)
    }
}

impl<T: Copy> Reading<T> {
    /// A copy of the value if known.
    pub fn get(&self) -> Option<T> {
        self.known().copied()
    }
}

impl<T> Default for Reading<T> {
    /// Not measured yet.
    fn default() -> Self {
        Self::Missing(Why::NotYet)
    }
}

impl<T> From<std::io::Error> for Reading<T> {
    fn from(error: std::io::Error) -> Self {
        Self::Missing(error.into())
    }
}

impl From<std::io::Error> for Why {
    /// A missing file is a missing sensor; a denied one is a matter of permissions. Only an error that says so is
    /// [`Self::Unsupported`], after which the source is never tried again: a file locked by another program, or a disk
    /// that failed once, may work the next time.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NoSensor,
            ErrorKind::PermissionDenied => Self::NoPermission,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => Self::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_this_moment_is_not_one_of_the_system() {
        for (kind, why) in [
            (ErrorKind::NotFound, Why::NoSensor),
            (ErrorKind::PermissionDenied, Why::NoPermission),
            (ErrorKind::Unsupported, Why::Unsupported),
            (ErrorKind::ResourceBusy, Why::Stale),
            (ErrorKind::TimedOut, Why::Stale),
            (ErrorKind::Other, Why::Stale),
        ] {
            assert_eq!(Reading::<u8>::from(std::io::Error::from(kind)), Reading::Missing(why), "{kind}");
        }
    }
}
