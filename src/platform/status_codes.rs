//! Meaning of some Windows status codes, separate from the calls that return them so that every platform tests it.

/// Verdict of `WinVerifyTrust` on a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Valid.
    Valid,
    /// The file has none, or is of a kind that cannot have one; a catalog may still cover it.
    Unsigned,
    /// Cannot be checked on this PC right now, which says nothing about the file.
    Unknown,
    /// Invalid.
    Invalid,
}

/// Interprets a status of `WinVerifyTrust`.
///
/// Nothing is fetched from the network. On a PC that is seldom online an intermediate certificate may be missing, which
/// breaks the chain, and revocation lists are unavailable: neither is the file's fault. A chain that ends in a root
/// this PC does not trust is complete: anybody can make one, so it counts as invalid.
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

/// Availability of performance counter values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counter {
    /// Available.
    Valid,
    /// The buffer is too small.
    MoreData,
    /// None right now: this is the first reading, or nothing uses what is counted.
    NoData,
    /// Not available.
    Failed,
}

/// Interprets a status of the performance counter library (pdhmsg.h).
pub(super) const fn counter(status: u32) -> Counter {
    match status {
        0 => Counter::Valid,
        // PDH_MORE_DATA
        0x8000_07D2 => Counter::MoreData,
        // PDH_CSTATUS_NO_INSTANCE, PDH_NO_DATA, PDH_CSTATUS_INVALID_DATA, PDH_INVALID_DATA; then those returned when a
        // process ended between two readings: PDH_CALC_NEGATIVE_DENOMINATOR, _TIMEBASE, _VALUE
        0x8000_07D1 | 0x8000_07D5 | 0xC000_0BBA | 0xC000_0BC6 | 0x8000_07D6..=0x8000_07D8 => Counter::NoData,
        _ => Counter::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_of_nothing_is_no_failure() {
        for nothing in [0x8000_07D5, 0xC000_0BC6, 0x8000_07D1] {
            assert_eq!(counter(nothing), Counter::NoData, "{nothing:X}");
        }
        assert_eq!((counter(0), counter(0x8000_07D2)), (Counter::Valid, Counter::MoreData));
        // PDH_CSTATUS_NO_OBJECT, PDH_INVALID_HANDLE
        for failure in [0xC000_0BB8, 0xC000_0BBC] {
            assert_eq!(counter(failure), Counter::Failed, "{failure:X}");
        }
    }

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
