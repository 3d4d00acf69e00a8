//! The application user model ID: by it Windows groups windows and finds name, icon and settings of toasts. A toast of an
//! ID that Windows does not know is dropped without an error.
//!
//! It is known by a shortcut of the Start menu, which only an installer makes, or by a key of the registry ("Send a local
//! toast notification from other types of unpackaged apps", Windows App SDK), which is written here.

use std::fs;
use std::io::{Error, Result, Write};
use std::path::{Path, PathBuf};

use windows_sys::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;

use super::files::open_private;
use super::registry::{Hive, set_user_text, value_of};
use super::wide::wide;
use crate::icon::{self, Colours};
use crate::platform::types::{TrayIcon, Writing};

/// The ID; the installer's shortcut has the same. Must never change: Windows keeps the user's settings by it.
pub(super) const APP_ID: &str = "Mimamori.Mimamori";
/// Key below which IDs are registered.
const IDS: &str = r"Software\Classes\AppUserModelId";
/// Width and height of the registered picture, in pixels: that of a toast's logo at 200 %.
const ICON_SIZE: u32 = 96;

/// Gives this process the ID.
#[expect(unsafe_code, reason = "sets the ID")]
pub(super) fn set_for_process() {
    // SAFETY: the text is zero-terminated. Fails only for an invalid ID.
    unsafe { SetCurrentProcessExplicitAppUserModelID(wide(APP_ID).as_ptr()) };
}

/// Registers the ID for this user with `name` and our icon, unless it is registered with that name.
///
/// # Errors
/// The system's error.
pub(super) fn register(name: &str) -> Result<()> {
    let folder = directories::ProjectDirs::from("", "", "mimamori").ok_or(std::io::ErrorKind::NotFound)?;
    register_in(&format!("{IDS}\\{APP_ID}"), name, folder.data_local_dir())
}

/// Returns `true` when an administrator registered the ID for everyone.
fn is_registered_for_everyone(key: &str) -> Result<bool> {
    Ok(value_of(Hive::Machine, key, "DisplayName")?.is_some())
}

fn register_in(key: &str, name: &str, folder: &Path) -> Result<()> {
    if is_registered_for_everyone(key)? {
        return Ok(());
    }
    set_text(key, "DisplayName", name)?;
    // Without a picture Windows shows a general one.
    match write_icon(folder).map(PathBuf::into_os_string).map(std::ffi::OsString::into_string) {
        Ok(Ok(path)) => set_text(key, "IconUri", &path),
        Ok(Err(_)) => Err(std::io::ErrorKind::InvalidFilename.into()),
        Err(error) => Err(error),
    }
}

/// Writes a text value unless it is there.
fn set_text(key: &str, value: &str, text: &str) -> Result<()> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let wanted: Vec<u8> = units.iter().copied().chain([0]).flat_map(u16::to_le_bytes).collect();
    if value_of(Hive::User, key, value)?.as_ref() == Some(&wanted) { Ok(()) } else { set_user_text(key, value, &units) }
}

/// Writes our icon as a file, unless it is there; its path.
fn write_icon(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("icon.png");
    let picture = icon_png().map_err(Error::other)?;
    if fs::read(&path).is_ok_and(|there| there == picture) {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    let mut file = open_private(&path, Writing::Anew)?;
    file.write_all(&picture)?;
    Ok(path)
}

fn icon_png() -> std::result::Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let pixels = icon::rgba(TrayIcon::Fine, ICON_SIZE, &Colours::builtin()?);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, ICON_SIZE, ICON_SIZE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::super::wide::text_of_bytes;
    use super::*;
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, RegDeleteTreeW};

    /// A key of a single test, removed with its contents on drop.
    struct TestKey(String);

    impl Drop for TestKey {
        #[expect(unsafe_code, reason = "cleans up")]
        fn drop(&mut self) {
            // SAFETY: the name is zero-terminated.
            unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(&self.0).as_ptr()) };
        }
    }

    #[test]
    fn it_is_registered_with_name_and_picture_and_follows_the_language() {
        let key = TestKey(format!("Software\\Mimamori-test-{}-id", std::process::id()));
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("深い");
        let text = |value: &str| {
            let bytes = value_of(Hive::User, &key.0, value).expect("read").expect("there");
            text_of_bytes(&bytes).trim_end_matches('\0').to_owned()
        };
        for name in ["Mimamori", "見守り", "見守り"] {
            register_in(&key.0, name, &deep).expect("registered");
            assert_eq!(text("DisplayName"), name);
        }
        let picture = PathBuf::from(text("IconUri"));
        let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&picture).expect("a file")));
        let reader = decoder.read_info().expect("a picture");
        assert_eq!((reader.info().width, reader.info().height), (ICON_SIZE, ICON_SIZE));
        // One that was damaged is written again.
        fs::write(&picture, "x").expect("written");
        register_in(&key.0, "Mimamori", &deep).expect("registered");
        assert!(fs::read(&picture).expect("read").starts_with(b"\x89PNG"));
    }

    #[test]
    fn what_windows_requires_of_an_id_is_kept() {
        // "Application User Model IDs": no spaces, at most 128 characters.
        assert!(APP_ID.len() <= 128 && APP_ID.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'));
    }
}
