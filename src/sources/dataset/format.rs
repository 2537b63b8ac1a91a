//! What kind of file an upload is: told by its media type, or else by how it begins.
//!
//! The beginning also says what no row could: that the bytes are not UTF-8 text at all, and which
//! character parts the columns of a CSV file.

use std::io::{Read, Seek, SeekFrom};

use serde::Serialize;

use super::report::ImportError;

/// How much of the beginning is looked at.
const HEAD_BYTES: u64 = 64 * 1024;

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The file formats an upload may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values with a header row; semicolons and tabs are recognised.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

impl Format {
    /// The format a media type names; `None` for one that does not say (octet-stream, plain text).
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default();
        match essence.trim().to_ascii_lowercase().as_str() {
            "text/csv"
            | "application/csv"
            | "text/x-csv"
            | "application/x-csv"
            | "text/comma-separated-values"
            | "text/tab-separated-values" => Some(Self::Csv),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/json-lines"
            | "text/x-ndjson"
            | "text/ndjson"
            | "text/jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// The format named by the `format` option.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// Guesses from the first bytes: what begins like JSON is NDJSON, all else is CSV.
    pub fn sniff(head: &[u8]) -> Self {
        let head = head.strip_prefix(UTF8_BOM).unwrap_or(head);
        match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Self::Ndjson,
            _ => Self::Csv,
        }
    }

    /// What is asked for wins, then what the request says it sends, then how the file begins.
    pub fn choose(asked: Option<Self>, content_type: Option<&str>, head: &[u8]) -> Self {
        asked
            .or_else(|| content_type.and_then(Self::from_content_type))
            .unwrap_or_else(|| Self::sniff(head))
    }
}

/// What the beginning of an upload says of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Where the text begins: after the byte order mark, if there is one.
    pub start: u64,
    /// What parts the columns, should it be CSV.
    pub delimiter: u8,
}

/// Looks at the beginning and refuses what is empty or plainly not text.
pub(super) fn inspect<R: Read + Seek>(input: &mut R) -> Result<Head, ImportError> {
    input.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    Read::take(&mut *input, HEAD_BYTES).read_to_end(&mut head)?;
    if let Some(what) = foreign(&head) {
        return Err(ImportError::NotText { what });
    }
    let text = head.strip_prefix(UTF8_BOM).unwrap_or(&head);
    if text.is_empty() {
        return Err(ImportError::Empty);
    }
    let start = if text.len() == head.len() { 0 } else { 3 };
    Ok(Head { start, delimiter: delimiter(text) })
}

/// Names a file kind that people send by mistake.
fn foreign(head: &[u8]) -> Option<&'static str> {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"\xFF\xFE", "UTF-16 text"),
        (b"\xFE\xFF", "UTF-16 text"),
        (b"PK\x03\x04", "a ZIP archive or a spreadsheet in its own format"),
        (b"\xD0\xCF\x11\xE0", "a spreadsheet in its own format"),
        (b"\x1F\x8B", "gzip-compressed data"),
        (b"\x28\xB5\x2F\xFD", "zstd-compressed data"),
    ];
    let known = SIGNATURES.iter().find(|(magic, _)| head.starts_with(magic))?;
    Some(known.1)
}

/// The separator that the header line uses most, outside quotes; a comma when none stands out.
fn delimiter(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let begin = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    for &byte in head.iter().skip(begin.unwrap_or(0)) {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (candidate, count) in &mut counts {
                    *count += usize::from(*candidate == byte);
                }
            }
        }
    }
    let [comma, others @ ..] = counts;
    let best =
        others.into_iter().fold(comma, |best, next| if next.1 > best.1 { next } else { best });
    best.0
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn media_types() {
        let table = [
            ("text/csv", Some(Format::Csv)),
            ("Text/CSV; charset=utf-8; header=present", Some(Format::Csv)),
            ("application/csv", Some(Format::Csv)),
            ("text/tab-separated-values", Some(Format::Csv)),
            ("application/x-ndjson", Some(Format::Ndjson)),
            ("application/ndjson", Some(Format::Ndjson)),
            (" application/jsonl ", Some(Format::Ndjson)),
            ("application/octet-stream", None),
            ("text/plain", None),
            ("application/json", None),
            ("", None),
        ];
        for (given, expected) in table {
            assert_eq!(Format::from_content_type(given), expected, "{given}");
        }
    }

    #[test]
    fn sniffing_and_choosing() {
        assert_eq!(Format::sniff(b"\n {\"text\":1}"), Format::Ndjson);
        assert_eq!(Format::sniff(b"\xEF\xBB\xBF{}"), Format::Ndjson);
        assert_eq!(Format::sniff(b"[{}]"), Format::Ndjson);
        assert_eq!(Format::sniff(b"text,author\n"), Format::Csv);
        assert_eq!(Format::sniff(b""), Format::Csv);
        let choose = Format::choose;
        assert_eq!(choose(Some(Format::Csv), Some("application/jsonl"), b"{"), Format::Csv);
        assert_eq!(choose(None, Some("application/jsonl"), b"a,b"), Format::Ndjson);
        assert_eq!(choose(None, Some("text/plain"), b"{}"), Format::Ndjson);
    }

    #[test]
    fn beginnings() {
        let start = |bytes: &[u8]| inspect(&mut Cursor::new(bytes.to_vec()));
        assert_eq!(start(b"a,b\n").unwrap().start, 0);
        assert_eq!(start(b"\xEF\xBB\xBFa,b\n").unwrap().start, 3);
        for (bytes, word) in [
            (&b"\xFF\xFEa\0"[..], "UTF-16"),
            (b"\xFE\xFF\0a", "UTF-16"),
            (b"PK\x03\x04rest", "ZIP"),
            (b"\x1F\x8B\x08", "gzip"),
        ] {
            let error = start(bytes).unwrap_err();
            assert_eq!(error.code(), "DATASET_NOT_TEXT");
            assert!(error.to_string().contains(word), "{error}");
        }
        for empty in [&b""[..], b"\xEF\xBB\xBF"] {
            assert_eq!(start(empty).unwrap_err().code(), "DATASET_EMPTY");
        }
    }

    #[test]
    fn delimiters() {
        let table: [(&[u8], u8); 6] = [
            (b"a,b,c\n1;2;3;4;5", b','),
            (b"a;b;c\n1,2", b';'),
            (b"\r\na\tb", b'\t'),
            (b"text", b','),
            (b"\"a;b;c\",d", b','),
            (b"a,b;c", b','),
        ];
        for (head, expected) in table {
            assert_eq!(delimiter(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
