//! Reads what an antivirus printed.

use crate::model::{Antivirus, DisplayName};
use crate::remedy::{NotScanned, ScanVerdict};

/// Reads the result of an antivirus that ended with `code` and printed `text`, its errors included.
pub(super) fn verdict(antivirus: Antivirus, code: Option<i32>, text: &str) -> ScanVerdict {
    match antivirus {
        Antivirus::ClamAv => clam_verdict(code, text),
        Antivirus::Defender => defender_verdict(code, text),
    }
}

/// `clamscan` ends with 0 also for a file that it could not open, so only its line counts. Source: clamscan(1), tried with
/// 1.4.
fn clam_verdict(code: Option<i32>, text: &str) -> ScanVerdict {
    let result = |line: &str| line.rsplit_once(": ").map(|(_, result)| result.trim().to_owned());
    let results: Vec<String> = text.lines().filter_map(result).collect();
    if let Some(name) = results.iter().find_map(|result| result.strip_suffix(" FOUND")) {
        return ScanVerdict::Found(DisplayName::new(name).as_str().to_owned());
    }
    if code == Some(0) && results.iter().any(|result| result == "OK" || result == "Empty file") {
        return ScanVerdict::NothingFound;
    }
    let says = |words: &str| text.contains(words);
    ScanVerdict::NotScanned(if says("No supported database files") || says("Could not connect") {
        NotScanned::NotReady
    } else if says("Permission denied") || says("Access denied") {
        NotScanned::NotAllowed
    } else if says("No such file") || says("Can't open file") {
        NotScanned::Gone
    } else {
        NotScanned::Other(last_line(code, text))
    })
}

/// `MpCmdRun` ends with 2 for a finding. Source: Microsoft, "Command-line arguments for Microsoft Defender Antivirus".
fn defender_verdict(code: Option<i32>, text: &str) -> ScanVerdict {
    let named = text.lines().filter_map(|line| line.split_once(':')).find(|(field, _)| field.trim() == "Threat");
    let name = named.map(|(_, name)| DisplayName::new(name.trim()).as_str().to_owned());
    match (code, name) {
        (Some(0), None) => ScanVerdict::NothingFound,
        (Some(2), Some(name)) => ScanVerdict::Found(name),
        // 2 is also a failure.
        _ if text.contains("800106BA") => ScanVerdict::NotScanned(NotScanned::NotReady),
        _ if text.contains("80070005") || text.contains("80508023") => ScanVerdict::NotScanned(NotScanned::NotAllowed),
        _ => ScanVerdict::NotScanned(NotScanned::Other(last_line(code, text))),
    }
}

/// What is said last, as a rule the error.
fn last_line(code: Option<i32>, text: &str) -> String {
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let code = code.map_or_else(String::new, |code| format!("{code}"));
    DisplayName::new(&format!("{line} ({code})")).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamav_is_believed_by_its_line() {
        let verdict = |code, text| clam_verdict(Some(code), text);
        let found = verdict(1, "/home/a/x: Win.Test.EICAR_HDB-1 FOUND\n");
        assert_eq!(found, ScanVerdict::Found("Win.Test.EICAR_HDB-1".to_owned()));
        assert_eq!(verdict(0, "/home/a: b/x: OK\n"), ScanVerdict::NothingFound);
        assert_eq!(verdict(0, "/home/a/x: Empty file\n"), ScanVerdict::NothingFound);
        for (code, text, why) in [
            (0, "ERROR: Can't open file or directory\n", NotScanned::Gone),
            (0, "", NotScanned::Other("(0)".to_owned())),
            (2, "LibClamAV Error: cli_loaddbdir: No supported database files found in /x\n", NotScanned::NotReady),
            (2, "ERROR: Could not connect to clamd\n", NotScanned::NotReady),
            (2, "/home/a/x: Access denied\n", NotScanned::NotAllowed),
        ] {
            assert_eq!(verdict(code, text), ScanVerdict::NotScanned(why), "{text}");
        }
        assert!(matches!(clam_verdict(None, "killed"), ScanVerdict::NotScanned(_)));
    }

    #[test]
    fn defender_is_believed_by_its_code_and_its_name() {
        let verdict = |code, text| defender_verdict(Some(code), text);
        assert_eq!(verdict(0, "Scan starting...\nScan finished.\n"), ScanVerdict::NothingFound);
        let list =
            "<===LIST OF DETECTED THREATS===>\nThreat                  : Virus:DOS/EICAR_Test_File\nResources : 1\n";
        assert_eq!(verdict(2, list), ScanVerdict::Found("Virus:DOS/EICAR_Test_File".to_owned()));
        for (code, text) in
            [(2, "Failed with hr = 0x800106BA"), (2, "CmdTool: Failed with hr = 0x80070005."), (2, ""), (0, list)]
        {
            assert!(matches!(verdict(code, text), ScanVerdict::NotScanned(_)), "{text}");
        }
    }
}
