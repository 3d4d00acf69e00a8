//! Whether a program file carries a valid signature: its own, or one in a catalog of Windows, as most files of Windows
//! are signed. Offline: revocation is not asked for and nothing is fetched. May take a second for a large file.

use std::ffi::c_void;
use std::fs::File;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::core::GUID;

use super::ntdll::library_procedure;
use super::wide::wide;
use crate::model::{Reading, Why};

/// Loaded when it is first needed: the agent seldom does, and it brings half a dozen other libraries.
const LIBRARY: &str = "wintrust.dll";
/// `WINTRUST_ACTION_GENERIC_VERIFY_V2`: Authenticode.
static GENERIC_VERIFY: GUID = GUID::from_u128(0x00aa_c56b_cd44_11d0_8cc2_00c0_4fc2_95ee);
const WTD_UI_NONE: u32 = 2;
const WTD_CHOICE_FILE: u32 = 1;
const WTD_CHOICE_CATALOG: u32 = 2;
const WTD_STATEACTION_VERIFY: u32 = 1;
const WTD_STATEACTION_CLOSE: u32 = 2;
const WTD_CACHE_ONLY_URL_RETRIEVAL: u32 = 0x1000;
/// The file carries no signature, or is of a kind that cannot carry one: a catalog may have it.
const UNSIGNED: [u32; 3] = [0x800B_0100, 0x800B_0001, 0x800B_0003];
/// The longest digest that catalogs use is SHA-256; room for more.
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

type Verify = unsafe extern "system" fn(HANDLE, *const GUID, *mut TrustData) -> i32;
type Acquire = unsafe extern "system" fn(*mut isize, *const GUID, *const u16, *const c_void, u32) -> i32;
type Digest = unsafe extern "system" fn(isize, HANDLE, *mut u32, *mut u8, u32) -> i32;
type Find = unsafe extern "system" fn(isize, *const u8, u32, u32, *mut isize) -> isize;
type Describe = unsafe extern "system" fn(isize, *mut Catalog, u32) -> i32;
type ReleaseCatalog = unsafe extern "system" fn(isize, isize, u32) -> i32;
type Release = unsafe extern "system" fn(isize, u32) -> i32;

/// Whether the signature of the file at `path` is there and valid.
pub fn signature(path: &Path) -> Reading<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return error.into(),
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
        Some(0) => Reading::Known(true),
        Some(status) if UNSIGNED.contains(&status) => in_catalog(&file, &name),
        Some(_) => Reading::Known(false),
    }
}

/// Asks Windows; the status as an unsigned number, 0 for valid. `what` must point to what `choice` says.
#[expect(unsafe_code, reason = "calls a function looked up by name")]
fn verify(choice: u32, what: *mut c_void) -> Option<u32> {
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
    // SAFETY: the type is that of the documented function; all that is pointed to outlives both calls, of which the
    // second gives back what the first made.
    let status = unsafe {
        let verify: Verify = std::mem::transmute(procedure);
        let nobody = usize::MAX as HANDLE;
        let status = verify(nobody, &raw const GENERIC_VERIFY, &raw mut data);
        data.action = WTD_STATEACTION_CLOSE;
        verify(nobody, &raw const GENERIC_VERIFY, &raw mut data);
        status
    };
    Some(status.cast_unsigned())
}

/// Whether a catalog of Windows holds the digest of the file, and is valid itself.
#[expect(unsafe_code, reason = "calls functions looked up by name")]
fn in_catalog(file: &File, name: &[u16]) -> Reading<bool> {
    let procedure = |name| library_procedure(LIBRARY, name);
    let (Some(acquire), Some(release)) =
        (procedure(c"CryptCATAdminAcquireContext2"), procedure(c"CryptCATAdminReleaseContext"))
    else {
        return Reading::Missing(Why::Unsupported);
    };
    let (sha256, mut admin) = (wide("SHA256"), 0);
    // SAFETY: the types are those of the documented functions; the number is written, and given back at the end.
    unsafe {
        let acquire: Acquire = std::mem::transmute(acquire);
        if acquire(&raw mut admin, null(), sha256.as_ptr(), null(), 0) == 0 {
            return Reading::Missing(Why::Unsupported);
        }
        let found = find_in_catalog(admin, file, name);
        let release: Release = std::mem::transmute(release);
        release(admin, 0);
        Reading::from_option(found, Why::Unsupported)
    }
}

/// # Safety
/// `admin` is an open context of the catalogs.
#[expect(unsafe_code, reason = "calls functions looked up by name")]
unsafe fn find_in_catalog(admin: isize, file: &File, name: &[u16]) -> Option<bool> {
    let procedure = |name| library_procedure(LIBRARY, name);
    let digest = procedure(c"CryptCATAdminCalcHashFromFileHandle2")?;
    let find = procedure(c"CryptCATAdminEnumCatalogFromHash")?;
    let describe = procedure(c"CryptCATCatalogInfoFromContext")?;
    let release = procedure(c"CryptCATAdminReleaseCatalogContext")?;
    let (mut bytes, mut length) = ([0_u8; DIGEST], DIGEST as u32);
    let mut catalog = Catalog { size: size_of::<Catalog>() as u32, path: [0; 260] };
    // SAFETY: the types are those of the documented functions; every buffer is as long as is said, and the context of the
    // catalog is given back.
    let described = unsafe {
        let digest: Digest = std::mem::transmute(digest);
        let find: Find = std::mem::transmute(find);
        let describe: Describe = std::mem::transmute(describe);
        let release: ReleaseCatalog = std::mem::transmute(release);
        if digest(admin, file.as_raw_handle(), &raw mut length, bytes.as_mut_ptr(), 0) == 0 {
            return None;
        }
        let context = find(admin, bytes.as_ptr(), length, 0, null_mut());
        if context == 0 {
            // No catalog knows it.
            return Some(false);
        }
        let described = describe(context, &raw mut catalog, 0) != 0;
        release(admin, context, 0);
        described
    };
    if !described {
        return None;
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
    Some(verify(WTD_CHOICE_CATALOG, (&raw mut info).cast())? == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_our_own_is_not_signed_and_one_that_is_not_there_is_not_known() {
        let own = std::env::current_exe().expect("path");
        assert_eq!(signature(&own), Reading::Known(false));
        assert!(signature(Path::new(r"C:\no\such.exe")).why().is_some());
    }
}
