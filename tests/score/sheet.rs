//! A CSV file as loggers write it: with or without a byte order mark, in UTF-8, UTF-16 or an old code page, separated
//! by `,`, `;` or tabs, with duplicate names, with lines of another form at the end.

/// Maximum size in bytes: a score is not a memory test.
pub const MOST_BYTES: usize = 256 << 20;
/// Most lines at the beginning that can be headers.
const MOST_HEADERS: usize = 3;

/// Names and cells.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Names of the columns, as written; duplicates are possible.
    pub names: Vec<String>,
    /// Rows; a row may be shorter or longer than the names.
    pub rows: Vec<Vec<String>>,
    /// True if the decimal separator is a comma, as where `;` separates cells.
    pub decimal_comma: bool,
    /// What was unusual, in words.
    pub notes: Vec<String>,
}

impl Sheet {
    /// Parses everything. Never fails: unreadable parts are reported in the notes.
    pub fn read(bytes: &[u8]) -> Self {
        let mut notes = Vec::new();
        let text = decode(&bytes[..bytes.len().min(MOST_BYTES)], &mut notes);
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let delimiter = delimiter(first);
        if delimiter != b',' {
            notes.push(format!("cells are separated by {:?}", char::from(delimiter)));
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut broken = 0;
        for record in reader.records() {
            match record {
                Ok(record) => rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect()),
                Err(_) => broken += 1,
            }
        }
        if broken > 0 {
            notes.push(format!("{broken} lines are no CSV"));
        }
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let headers = rows.iter().take(MOST_HEADERS).take_while(|row| is_header(row)).count();
        if headers > 1 {
            notes.push(format!("{headers} lines of names; the last one counts"));
        }
        let rest = rows.split_off(headers);
        let names = rows.pop().unwrap_or_else(|| {
            notes.push("no names: columns are called column 1, column 2, …".to_owned());
            (1..=rest.first().map_or(0, Vec::len)).map(|number| format!("column {number}")).collect()
        });
        let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
        sorted.sort();
        let twice = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
        if twice > 0 {
            notes.push(format!("{twice} names are there more than once"));
        }
        let uneven = rest.iter().filter(|row| row.len() < names.len()).count();
        if uneven > 0 {
            notes.push(format!("{uneven} rows are shorter than the names"));
        }
        Self { names, rows: rest, decimal_comma: delimiter == b';', notes }
    }

    /// Index of the `nth` column of a name, counted from 1; case-insensitive.
    pub fn column(&self, name: &str, nth: usize) -> Option<usize> {
        let same = |(_, found): &(usize, &String)| {
            found.eq_ignore_ascii_case(name) || found.to_lowercase() == name.to_lowercase()
        };
        self.names.iter().enumerate().filter(same).nth(nth.saturating_sub(1)).map(|(index, _)| index)
    }

    /// A cell as a number. "Yes" is 1, "No" is 0.
    pub fn number(&self, row: &[String], column: usize) -> Option<f64> {
        let cell = row.get(column)?.trim().trim_end_matches('%').trim_end();
        let cell = if self.decimal_comma { cell.replacen(',', ".", 1) } else { cell.to_owned() };
        let number = match cell.to_ascii_lowercase().as_str() {
            "yes" | "true" => 1.0,
            "no" | "false" => 0.0,
            text => text.parse().ok()?,
        };
        Some(number).filter(|number: &f64| number.is_finite())
    }
}

fn decode(bytes: &[u8], notes: &mut Vec<String>) -> String {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            notes.push("UTF-16".to_owned());
            wide(rest, u16::from_le_bytes)
        }
        [0xfe, 0xff, rest @ ..] => {
            notes.push("UTF-16".to_owned());
            wide(rest, u16::from_be_bytes)
        }
        _ => {
            let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
            std::str::from_utf8(bytes).map_or_else(
                |_| {
                    // Latin-1, Windows code pages, Shift_JIS: digits and separators are the same bytes in all of them.
                    notes.push("not UTF-8: names that are not ASCII may be unreadable".to_owned());
                    bytes.iter().map(|byte| char::from(*byte)).collect()
                },
                str::to_owned,
            )
        }
    }
}

/// The most frequent separator in a line, outside of quotes.
fn delimiter(line: &str) -> u8 {
    let count = |wanted: char| {
        let mut quoted = false;
        line.chars()
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted && *c == wanted
            })
            .count()
    };
    let found = [',', ';', '\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    found.filter(|delimiter| count(*delimiter) > 0).map_or(b',', |delimiter| delimiter as u8)
}

/// A header has hardly any numbers in it.
fn is_header(row: &[String]) -> bool {
    let filled = row.iter().filter(|cell| !cell.is_empty()).count();
    let figures = row.iter().filter(|cell| cell.starts_with(|c: char| c.is_ascii_digit() || c == '-')).count();
    filled > 0 && figures * 10 <= filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_logger_writes_is_read() {
        let plain = Sheet::read(b"time,cpu\n1,2.5\n2,3\n");
        assert_eq!((plain.names.as_slice(), plain.rows.len()), (&["time".to_owned(), "cpu".to_owned()][..], 2));
        assert_eq!(plain.number(&plain.rows[0], 1), Some(2.5));
        let marked = Sheet::read(b"\xef\xbb\xbftime;cpu;cpu\n1;2,5;7\n");
        assert_eq!(marked.column("TIME", 1), Some(0));
        assert_eq!(marked.column("cpu", 2), Some(2));
        assert_eq!(marked.number(&marked.rows[0], 1), Some(2.5));
        let latin = Sheet::read(b"time,\"CPU [\xb0C]\"\n1,50\n\n,,\n");
        assert_eq!((latin.names[1].as_str(), latin.rows.len()), ("CPU [\u{b0}C]", 1));
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("a\tb\n1\t2\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(Sheet::read(&wide).names, ["a", "b"]);
        let japanese = Sheet::read(b"\x8e\x9e\x8d\x8f,cpu\n1,2\n");
        assert_eq!(japanese.column("cpu", 1), Some(1));
    }

    #[test]
    fn two_lines_of_names_and_none_at_all() {
        let two = Sheet::read(b",/cpu/0/load,/gpu/0/load\nTime,CPU Total,GPU Core\n1,2,3\n");
        assert_eq!((two.names[1].as_str(), two.rows.len()), ("CPU Total", 1));
        let none = Sheet::read(b"1,2\n3,4\n");
        assert_eq!((none.names.as_slice(), none.rows.len()), (&["column 1".to_owned(), "column 2".to_owned()][..], 2));
        assert!(Sheet::read(b"").names.is_empty());
    }
}
