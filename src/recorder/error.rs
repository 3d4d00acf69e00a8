//! Errors of the recording, distinguished where the agent reacts differently.

use rusqlite::ErrorCode;

/// An error while recording or reading. The messages are for logs; `explain` makes the ones for users.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// A newer version of this program wrote the file; it is left alone. Holds the version of its schema.
    #[error("the recording has schema version {0}, newer than this program knows")]
    NewerSchema(u32),
    /// An older version of this program wrote the file. It can be read once a recorder of this version has migrated it.
    /// Holds the version of its schema.
    #[error("the recording has schema version {0}; it can be read once this version has watched in the background")]
    OlderSchema(u32),
    /// Another recorder has the file, or another process locks it for longer than a second. Try again later.
    #[error("the recording is in use by another program")]
    Locked,
    /// The file or its folder cannot be written.
    #[error("the recording cannot be written: {0}")]
    ReadOnly(String),
    /// The disk or the user's quota is full. Try again later.
    #[error("the disk is full")]
    Full,
    /// The file is damaged. The next flush or the next start quarantines it and starts a new one.
    #[error("the recording is damaged: {0}")]
    Damaged(String),
    /// Any other error of the system. Try again later.
    #[error("the recording failed: {0}")]
    Io(String),
}

impl From<rusqlite::Error> for RecorderError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::Locked
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly(text),
            Some(ErrorCode::DiskFull) => Self::Full,
            // Our statements are right, so that a missing table or a value of another kind is damage, too, and what needs
            // more memory than there is has a size that is wrong; without a code it is a value that cannot be read.
            Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::OutOfMemory
                | ErrorCode::Unknown
                | ErrorCode::TypeMismatch
                | ErrorCode::ConstraintViolation,
            )
            | None => Self::Damaged(text),
            Some(_) => Self::Io(text),
        }
    }
}

impl From<std::io::Error> for RecorderError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(error.to_string()),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error.to_string()),
        }
    }
}
