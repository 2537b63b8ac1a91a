//! Reads NDJSON a line at a time, in memory bounded by the longest line allowed, and finds values
//! by a dotted path.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::rows::MAX_ROW_BYTES;

/// How deep below the top names are looked for.
const MAX_DEPTH: usize = 4;

/// One line of the file.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub bytes: Vec<u8>,
    /// Its number; the first line is 1.
    pub number: u64,
    /// It is longer than a row may be; only its beginning is kept.
    pub too_large: bool,
}

/// Splits a byte stream into lines.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> LineReader<R> {
    pub fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// Reads the next line that is not blank into `line`; `false` at the end.
    pub fn read(&mut self, line: &mut Line) -> io::Result<bool> {
        while self.read_any(line)? {
            let blank = line.bytes.iter().all(u8::is_ascii_whitespace);
            if line.too_large || !blank {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read_any(&mut self, line: &mut Line) -> io::Result<bool> {
        line.bytes.clear();
        line.too_large = false;
        self.number += 1;
        line.number = self.number;
        let mut any = false;
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or(chunk);
            let room = MAX_ROW_BYTES - line.bytes.len();
            line.too_large |= part.len() > room;
            line.bytes.extend(part.iter().take(room));
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

/// The value at a path: a name of the object itself, or names joined by dots.
pub(super) fn find<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (outer, inner) = path.split_once('.')?;
    find(object.get(outer)?.as_object()?, inner)
}

/// Calls `visit` with every value that is not itself an object, and its path.
pub(super) fn each_path(object: &Map<String, Value>, visit: &mut impl FnMut(&str, &Value)) {
    descend(object, &mut String::new(), 1, visit);
}

fn descend(
    object: &Map<String, Value>,
    path: &mut String,
    depth: usize,
    visit: &mut impl FnMut(&str, &Value),
) {
    let outer = path.len();
    for (name, value) in object {
        path.push_str(name);
        match value {
            Value::Object(inner) if depth < MAX_DEPTH => {
                path.push('.');
                descend(inner, path, depth + 1, visit);
            }
            Value::Object(_) => {}
            _ => visit(path, value),
        }
        path.truncate(outer);
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use serde_json::json;

    use super::*;

    #[test]
    fn lines() {
        let mut reader = LineReader::new(BufReader::with_capacity(2, &b"\none\r\n \n\ntwo"[..]));
        let mut line = Line::default();
        let mut seen = Vec::new();
        while reader.read(&mut line).unwrap() {
            seen.push((line.number, String::from_utf8(line.bytes.clone()).unwrap()));
        }
        assert_eq!(seen, vec![(2, "one\r".to_owned()), (5, "two".to_owned())]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut file = vec![b' '; MAX_ROW_BYTES + 1];
        file.extend(b"\nnext\n");
        let mut reader = LineReader::new(&file[..]);
        let mut line = Line::default();
        assert!(reader.read(&mut line).unwrap());
        assert!(line.too_large);
        assert!(reader.read(&mut line).unwrap());
        assert_eq!((line.number, line.too_large), (2, false));
        assert_eq!(line.bytes, b"next");
        assert!(!reader.read(&mut line).unwrap());
    }

    #[test]
    fn paths() {
        let value = json!({"a": {"b": {"c": 1}, "b.d": 2}, "x.y": 3, "l": [1], "n": null});
        let object = value.as_object().unwrap();
        assert_eq!(find(object, "a.b.c"), Some(&json!(1)));
        assert_eq!(find(object, "a.b.d"), Some(&json!(2)));
        assert_eq!(find(object, "x.y"), Some(&json!(3)));
        assert_eq!(find(object, "a.z"), None);
        let mut seen = Vec::new();
        each_path(object, &mut |path, _| seen.push(path.to_owned()));
        assert_eq!(seen, vec!["a.b.c", "a.b.d", "x.y", "l", "n"]);
    }
}
