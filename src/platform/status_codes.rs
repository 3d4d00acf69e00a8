//! What some status codes of Windows mean for us, apart from the calls that give them: tested everywhere.

/// What `WinVerifyTrust` says about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is valid.
    Valid,
    /// The file carries none, or is of a kind that cannot carry one: a catalog may have it.
    Unsigned,
    /// It cannot be checked on this PC at this moment: that says nothing about the file.
    Unknown,
    /// It is not valid.
    Invalid,
}

/// The meaning of an answer of `WinVerifyTrust`.
///
/// We fetch nothing. Where a certificate between the file's and its root is not on this PC, as on one that is seldom
/// online, the chain has no end, and lists of withdrawn certificates cannot be had: neither is the fault of the file. A
/// chain that ends in a root which this PC does not trust is complete: anybody can make one, so it counts as none.
pub(super) const fn trust(status: u32) -> Trust {
    match status {
        0 => Trust::Valid,
        // TRUST_E_NOSIGNATURE, TRUST_E_PROVIDER_UNKNOWN, TRUST_E_SUBJECT_FORM_UNKNOWN
        0x800B_0100 | 0x800B_0001 | 0x800B_0003 => Trust::Unsigned,
        // CERT_E_CHAINING, CERT_E_REVOCATION_FAILURE, CRYPT_E_REVOCATION_OFFLINE
        0x800B_010A | 0x800B_010E | 0x8009_2013 => Trust::Unknown,
        _ => Trust::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_checked_offline_is_not_called_invalid() {
        assert_eq!(trust(0), Trust::Valid);
        assert_eq!(trust(0x800B_0100), Trust::Unsigned);
        for offline in [0x800B_010A, 0x800B_010E, 0x8009_2013] {
            assert_eq!(trust(offline), Trust::Unknown, "{offline:X}");
        }
        // CERT_E_UNTRUSTEDROOT, TRUST_E_BAD_DIGEST, CERT_E_REVOKED
        for bad in [0x800B_0109, 0x8009_6010, 0x800B_010C] {
            assert_eq!(trust(bad), Trust::Invalid, "{bad:X}");
        }
    }
}
