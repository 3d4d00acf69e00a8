//! Who signed a program file.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The digital signature of a program file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// There is none, or it is not valid.
    Absent,
    /// It is valid.
    Valid {
        /// The name in the certificate; `None` where it cannot be read.
        signer: Option<Arc<str>>,
    },
}

impl Signature {
    /// Who signed the file, when the signature is valid and the name can be read.
    pub fn signer(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Valid { signer } => signer.as_deref(),
        }
    }
}

/// Signatures by the path of the file; a file that is not in it was not checked.
pub type Signatures = BTreeMap<String, Signature>;

/// Files that the user called their own work, by path, with the signer that each had then.
pub type MyFiles = BTreeMap<String, Option<String>>;
