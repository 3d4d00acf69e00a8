//! Digital signatures of program files.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The digital signature of a program file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Missing or invalid.
    Absent,
    /// Valid.
    Valid {
        /// Name in the certificate; `None` if it cannot be read.
        signer: Option<Arc<str>>,
    },
}

impl Signature {
    /// The signer, if the signature is valid and the name can be read.
    pub fn signer(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Valid { signer } => signer.as_deref(),
        }
    }
}

/// Signatures by path of the file; a file that is absent was not checked.
pub type Signatures = BTreeMap<String, Signature>;

/// Files the user marked as their own work, by path, with the signer each had then.
pub type MyFiles = BTreeMap<String, Option<String>>;
