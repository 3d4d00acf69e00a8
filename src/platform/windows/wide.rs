//! Text for Windows calls: zero-terminated UTF-16.

/// Encodes `text`. A zero inside would truncate it and is replaced.
pub(super) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().map(|unit| if unit == 0 { 0xFFFD } else { unit }).chain([0]).collect()
}

/// Decodes text up to the first zero; invalid UTF-16 is replaced.
pub(super) fn text_of(units: &[u16]) -> String {
    let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    String::from_utf16_lossy(&units[..end])
}

/// Decodes little-endian UTF-16 bytes, including zeros.
pub(super) fn text_of_bytes(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_the_way_there_and_back() {
        for text in ["", "notepad.exe", "見守り", "😀"] {
            assert_eq!(text_of(&wide(text)), text);
        }
        assert_eq!(text_of(&wide("a\0b")), "a\u{FFFD}b");
        assert_eq!(text_of_bytes(&[b'a', 0, 0, 0xD8, b'b']), "a\u{FFFD}");
    }
}
