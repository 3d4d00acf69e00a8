//! Which network interfaces are the line of this PC.

use windows_sys::Win32::NetworkManagement::IpHelper::{FreeMibTable, GetIfTable2, MIB_IF_TABLE2};

use super::wide::text_of;

/// `InterfaceAndOperStatusFlags` of `MIB_IF_ROW2`: a device, and not a filter on top of one. Source: netioapi.h.
const HARDWARE: u8 = 1;
const FILTER: u8 = 2;

/// Of these interfaces, by their names, those that carry the traffic of this PC: the ones with hardware behind them.
/// Virtual switches and tunnels carry the same bytes a second time. Where no interface says that it is hardware (Wine),
/// all but loopback.
pub fn line_interfaces(names: &[String]) -> Vec<String> {
    let hardware = hardware();
    let is_line = |name: &&String| match hardware.as_slice() {
        [] => !name.to_ascii_lowercase().contains("loopback") && *name != "lo",
        known => known.contains(name),
    };
    names.iter().filter(is_line).cloned().collect()
}

#[expect(unsafe_code, reason = "reads a table of the system")]
fn hardware() -> Vec<String> {
    let mut table: *mut MIB_IF_TABLE2 = std::ptr::null_mut();
    // SAFETY: writes a pointer to a table on success, which is freed below.
    if unsafe { GetIfTable2(&raw mut table) } != 0 || table.is_null() {
        return Vec::new();
    }
    // SAFETY: the table has `NumEntries` rows from `Table` on.
    let rows = unsafe {
        let first = (&raw const (*table).Table).cast();
        std::slice::from_raw_parts(first, (*table).NumEntries as usize)
    };
    let is_device = |flags: u8| flags & HARDWARE != 0 && flags & FILTER == 0;
    let of_row = |row: &windows_sys::Win32::NetworkManagement::IpHelper::MIB_IF_ROW2| {
        is_device(row.InterfaceAndOperStatusFlags._bitfield).then(|| text_of(&row.Alias))
    };
    let names = rows.iter().filter_map(of_row).collect();
    // SAFETY: from `GetIfTable2`, not used after this.
    unsafe { FreeMibTable(table.cast()) };
    names
}
