//! Signature of a program file: its own, or one in a catalog, which is how most files of Windows are signed. Works
//! offline: revocation is not checked and nothing is fetched. May take a second for a large file.

use std::ffi::c_void;
use std::fs::File;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::Arc;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::core::GUID;

use super::ntdll::library_procedure;
use super::wide::wide;
use crate::model::{Reading, Signature, Why};
use crate::platform::status_codes::{Trust, trust};

/// Loaded at the first use: the agent rarely needs it, and it pulls in half a dozen other libraries.
const LIBRARY: &str = "wintrust.dll";
/// `WINTRUST_ACTION_GENERIC_VERIFY_V2`: Authenticode.
static GENERIC_VERIFY: GUID = GUID::from_u128(0x00aa_c56b_cd44_11d0_8cc2_00c0_4fc2_95ee);
/// Library that reads names in certificates.
const CERTIFICATES: &str = "crypt32.dll";
/// The display name: the common name, else that of the organisation.
const CERT_NAME_SIMPLE_DISPLAY_TYPE: u32 = 4;
/// Buffer size for a name; names in certificates have at most 64 characters (RFC 5280, ub-common-name).
const NAME: usize = 128;
const WTD_UI_NONE: u32 = 2;
const WTD_CHOICE_FILE: u32 = 1;
const WTD_CHOICE_CATALOG: u32 = 2;
const WTD_STATEACTION_VERIFY: u32 = 1;
const WTD_STATEACTION_CLOSE: u32 = 2;
const WTD_CACHE_ONLY_URL_RETRIEVAL: u32 = 0x1000;
/// Buffer size for a digest; the longest one in catalogs is SHA-256.
const DIGEST: usize = 64;

/// `WINTRUST_FILE_INFO`.
#[repr(C)]
struct FileInfo {
    size: u32,
    path: *const u16,
    file: HANDLE,
    subject: *mut GUID,
}

/// `WINTRUST_CATALOG_INFO`.
#[repr(C)]
struct CatalogInfo {
    size: u32,
    version: u32,
    catalog: *const u16,
    tag: *const u16,
    member: *const u16,
    file: HANDLE,
    digest: *mut u8,
    digest_length: u32,
    context: *mut c_void,
    admin: isize,
}

/// `WINTRUST_DATA`.
#[repr(C)]
struct TrustData {
    size: u32,
    policy: *mut c_void,
    sip: *mut c_void,
    ui: u32,
    revocation: u32,
    choice: u32,
    what: *mut c_void,
    action: u32,
    state: HANDLE,
    url: *mut u16,
    flags: u32,
    context: u32,
    settings: *mut c_void,
}

/// `CATALOG_INFO`.
#[repr(C)]
struct Catalog {
    size: u32,
    path: [u16; 260],
}

/// `CRYPT_PROVIDER_CERT`, of which only the certificate is read.
#[repr(C)]
struct ProviderCertificate {
    size: u32,
    certificate: *const c_void,
}

/// A function looked up by name.
type Procedure = unsafe extern "system" fn() -> isize;
type Verify = unsafe extern "system" fn(HANDLE, *const GUID, *mut TrustData) -> i32;
type Acquire = unsafe extern "system" fn(*mut isize, *const GUID, *const u16, *const c_void, u32) -> i32;
type Digest = unsafe extern "system" fn(isize, HANDLE, *mut u32, *mut u8, u32) -> i32;
type Find = unsafe extern "system" fn(isize, *const u8, u32, u32, *mut isize) -> isize;
type Describe = unsafe extern "system" fn(isize, *mut Catalog, u32) -> i32;
type ReleaseCatalog = unsafe extern "system" fn(isize, isize, u32) -> i32;
type Release = unsafe extern "system" fn(isize, u32) -> i32;
type ProviderData = unsafe extern "system" fn(HANDLE) -> *mut c_void;
type ProviderSigner = unsafe extern "system" fn(*mut c_void, u32, i32, u32) -> *mut c_void;
type ProviderCert = unsafe extern "system" fn(*mut c_void, u32) -> *const ProviderCertificate;
type NameString = unsafe extern "system" fn(*const c_void, u32, u32, *const c_void, *mut u16, u32) -> u32;

/// Signature of the file at `path`. [`Why::Unsupported`] means that this Windows cannot verify any file; what applies
/// to this file only, or for now, has another reason, mostly [`Why::Stale`].
pub fn signature(path: &Path) -> Reading<Signature> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            let why = Why::from(error);
            // An operation that the file's disk does not support says nothing about this Windows.
            return Reading::Missing(if why == Why::Unsupported { Why::Stale } else { why });
        }
    };
    let name = wide(&path.to_string_lossy());
    let mut info = FileInfo {
        size: size_of::<FileInfo>() as u32,
        path: name.as_ptr(),
        file: file.as_raw_handle(),
        subject: null_mut(),
    };
    match verify(WTD_CHOICE_FILE, (&raw mut info).cast()) {
        None => Reading::Missing(Why::Unsupported),
        Some(Verified { trust: Trust::Unsigned, .. }) => in_catalog(&file, &name),
        Some(verified) => verified.signature(),
    }
}

/// Result of a verification.
struct Verified {
    trust: Trust,
    /// The signer, when the signature is valid.
    signer: Option<Arc<str>>,
}

impl Verified {
    fn signature(self) -> Reading<Signature> {
        match self.trust {
            Trust::Valid => Reading::Known(Signature::Valid { signer: self.signer }),
            Trust::Unknown => Reading::Missing(Why::Stale),
            Trust::Unsigned | Trust::Invalid => Reading::Known(Signature::Absent),
        }
    }
}

/// Runs the verification. `what` must point to the structure for `choice`.
#[expect(unsafe_code, reason = "calls a function looked up by name")]
fn verify(choice: u32, what: *mut c_void) -> Option<Verified> {
    let procedure = library_procedure(LIBRARY, c"WinVerifyTrust")?;
    let mut data = TrustData {
        size: size_of::<TrustData>() as u32,
        policy: null_mut(),
        sip: null_mut(),
        ui: WTD_UI_NONE,
        revocation: 0,
        choice,
        what,
        action: WTD_STATEACTION_VERIFY,
        state: null_mut(),
        url: null_mut(),
        flags: WTD_CACHE_ONLY_URL_RETRIEVAL,
        context: 0,
        settings: null_mut(),
    };
    // SAFETY: the type is that of the documented function; everything pointed to outlives both calls, of which the
    // second frees what the first allocated.
    let (status, signer) = unsafe {
        let verify: Verify = std::mem::transmute(procedure);
        let nobody = usize::MAX as HANDLE;
        let status = verify(nobody, &raw const GENERIC_VERIFY, &raw mut data);
        let signer = if status == 0 { signer(data.state) } else { None };
        data.action = WTD_STATEACTION_CLOSE;
        verify(nobody, &raw const GENERIC_VERIFY, &raw mut data);
        (status, signer)
    };
    Some(Verified { trust: trust(status.cast_unsigned()), signer })
}

/// Name in the certificate of the signer.
///
/// # Safety
/// `state` must be that of a verification that was not closed yet.
#[expect(unsafe_code, reason = "calls functions looked up by name")]
unsafe fn signer(state: HANDLE) -> Option<Arc<str>> {
    let data = library_procedure(LIBRARY, c"WTHelperProvDataFromStateData")?;
    let signer = library_procedure(LIBRARY, c"WTHelperGetProvSignerFromChain")?;
    let certificate = library_procedure(LIBRARY, c"WTHelperGetProvCertFromChain")?;
    let name_of = library_procedure(CERTIFICATES, c"CertGetNameStringW")?;
    let mut name = [0_u16; NAME];
    // SAFETY: the types are those of the documented functions; each pointer is checked before it is used, belongs to
    // the state and lives as long; the buffer is as long as stated.
    let length = unsafe {
        let data: ProviderData = std::mem::transmute(data);
        let signer: ProviderSigner = std::mem::transmute(signer);
        let certificate: ProviderCert = std::mem::transmute(certificate);
        let name_of: NameString = std::mem::transmute(name_of);
        let data = data(state);
        let signer = if data.is_null() { return None } else { signer(data, 0, 0, 0) };
        let found = if signer.is_null() { return None } else { certificate(signer, 0).as_ref()? };
        if found.certificate.is_null() {
            return None;
        }
        name_of(found.certificate, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, null(), name.as_mut_ptr(), NAME as u32)
    };
    // The length includes the zero; 1 means no name.
    let name = name.get(..(length as usize).saturating_sub(1)).filter(|name| !name.is_empty())?;
    Some(String::from_utf16_lossy(name).into())
}

/// Functions for searching catalogs.
struct Catalogs {
    acquire: Acquire,
    digest: Digest,
    find: Find,
    describe: Describe,
    release_catalog: ReleaseCatalog,
    release: Release,
}

impl Catalogs {
    /// `None` on a Windows that lacks one of them.
    #[expect(unsafe_code, reason = "looks up functions by name")]
    fn of_system() -> Option<Self> {
        let acquire = library_procedure(LIBRARY, c"CryptCATAdminAcquireContext2")?;
        let digest = library_procedure(LIBRARY, c"CryptCATAdminCalcHashFromFileHandle2")?;
        let find = library_procedure(LIBRARY, c"CryptCATAdminEnumCatalogFromHash")?;
        let describe = library_procedure(LIBRARY, c"CryptCATCatalogInfoFromContext")?;
        let release_catalog = library_procedure(LIBRARY, c"CryptCATAdminReleaseCatalogContext")?;
        let release = library_procedure(LIBRARY, c"CryptCATAdminReleaseContext")?;
        // SAFETY: the types are those of the documented functions.
        unsafe {
            Some(Self {
                acquire: std::mem::transmute::<Procedure, Acquire>(acquire),
                digest: std::mem::transmute::<Procedure, Digest>(digest),
                find: std::mem::transmute::<Procedure, Find>(find),
                describe: std::mem::transmute::<Procedure, Describe>(describe),
                release_catalog: std::mem::transmute::<Procedure, ReleaseCatalog>(release_catalog),
                release: std::mem::transmute::<Procedure, Release>(release),
            })
        }
    }
}

/// Checks whether a catalog with a valid signature contains the digest of the file.
#[expect(unsafe_code, reason = "calls functions looked up by name")]
fn in_catalog(file: &File, name: &[u16]) -> Reading<Signature> {
    let Some(catalogs) = Catalogs::of_system() else { return Reading::Missing(Why::Unsupported) };
    let (sha256, mut admin) = (wide("SHA256"), 0);
    // SAFETY: the number is written, and released at the end.
    unsafe {
        if (catalogs.acquire)(&raw mut admin, null(), sha256.as_ptr(), null(), 0) == 0 {
            return Reading::Missing(Why::Stale);
        }
        let found = find_in_catalog(&catalogs, admin, file, name);
        (catalogs.release)(admin, 0);
        found
    }
}

/// # Safety
/// `admin` must be an open catalog context.
#[expect(unsafe_code, reason = "calls functions looked up by name")]
unsafe fn find_in_catalog(catalogs: &Catalogs, admin: isize, file: &File, name: &[u16]) -> Reading<Signature> {
    let (mut bytes, mut length) = ([0_u8; DIGEST], DIGEST as u32);
    let mut catalog = Catalog { size: size_of::<Catalog>() as u32, path: [0; 260] };
    // SAFETY: every buffer is as long as stated, and the catalog's context is released.
    let described = unsafe {
        if (catalogs.digest)(admin, file.as_raw_handle(), &raw mut length, bytes.as_mut_ptr(), 0) == 0 {
            return Reading::Missing(Why::Stale);
        }
        let context = (catalogs.find)(admin, bytes.as_ptr(), length, 0, null_mut());
        if context == 0 {
            // No catalog contains it.
            return Reading::Known(Signature::Absent);
        }
        let described = (catalogs.describe)(context, &raw mut catalog, 0) != 0;
        (catalogs.release_catalog)(admin, context, 0);
        described
    };
    if !described {
        return Reading::Missing(Why::Stale);
    }
    let tag: String = bytes.iter().take(length as usize).map(|byte| format!("{byte:02X}")).collect();
    let tag = wide(&tag);
    let mut info = CatalogInfo {
        size: size_of::<CatalogInfo>() as u32,
        version: 0,
        catalog: catalog.path.as_ptr(),
        tag: tag.as_ptr(),
        member: name.as_ptr(),
        file: file.as_raw_handle(),
        digest: bytes.as_mut_ptr(),
        digest_length: length,
        context: null_mut(),
        admin,
    };
    verify(WTD_CHOICE_CATALOG, (&raw mut info).cast()).map_or(Reading::Missing(Why::Unsupported), Verified::signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_our_own_is_not_signed_and_one_that_is_not_there_is_not_known() {
        let own = std::env::current_exe().expect("path");
        assert_eq!(signature(&own), Reading::Known(Signature::Absent));
        assert!(signature(Path::new(r"C:\no\such.exe")).why().is_some());
    }

    /// tests/windows/run.sh signs a program; elsewhere there is none to check.
    #[test]
    fn the_signer_of_a_signed_program_is_reported_and_a_changed_one_has_none() {
        let Some(file) = std::env::var_os("MIMAMORI_SIGNED_FILE") else { return };
        let signer = Some("株式会社サンプル".into());
        assert_eq!(signature(Path::new(&file)), Reading::Known(Signature::Valid { signer }));
        let mut bytes = std::fs::read(&file).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let changed = tempfile::Builder::new().suffix(".exe").tempfile().expect("file");
        std::fs::write(changed.path(), bytes).expect("written");
        assert_eq!(signature(changed.path()), Reading::Known(Signature::Absent));
    }
}
