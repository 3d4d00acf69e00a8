//! Messages from another process to a running agent or window, and their answers, in chunks of any size.

#![no_main]

#[path = "../../../src/platform/frames.rs"]
#[allow(dead_code, reason = "connections are served on threads, which is not for here")]
mod frames;

use std::io::Result;
use std::time::{Duration, Instant};

use frames::{LONGEST, Line};
use libfuzzer_sys::fuzz_target;
use mimamori::protocol::{Answer, FRAME, read_request, write};

/// Returns its bytes in chunks of the length given by the first byte.
struct Parts<'a>(&'a [u8], usize);

impl Line for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8], _patience: Duration) -> Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        let (part, rest) = self.0.split_at(count);
        buffer[..count].copy_from_slice(part);
        self.0 = rest;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], _patience: Duration) -> Result<usize> {
        Ok(bytes.len().min(self.1))
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first() else { return };
    let mut parts = Parts(bytes, usize::from(*size) + 1);
    let Ok(frame) = frames::ask(&mut parts, b"{}", Instant::now() + Duration::from_secs(60)) else { return };
    assert!(frame.len() <= LONGEST && !frame.contains(&b'\n'));
    if let Some(request) = read_request(&frame) {
        let written = write(&request);
        assert!(written.len() > FRAME || read_request(&written) == Some(request));
    }
    if let Ok(answer) = serde_json::from_slice::<Answer>(&frame) {
        assert!(serde_json::from_slice::<Answer>(&write(&answer)).is_ok_and(|again| again == answer));
    }
});
