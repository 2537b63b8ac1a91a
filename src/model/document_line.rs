//! Reads documents from the lines they are kept in, many times as fast as reading any JSON.
//!
//! Kept lines are written by this program: fields in the order of [`Document`], no white space, most
//! texts without escapes. Such a line is read straight into a document whose texts keep what they have
//! taken up, so that nothing is allocated from post to post. Any other line is left to `serde_json`,
//! which decides what is right and what is an error: of every line both say the same.

use std::io::{self, Read};

use chrono::{DateTime, NaiveDate, Utc};

use super::document::{Document, DocumentKind};

/// Documents handed on at once.
const BATCH: usize = 64;
/// Bytes that are read at once, where no line is longer.
const CHUNK: usize = 64 * 1024;

/// Reads documents, one in each line, and hands them on in batches. Answers how many there were.
///
/// # Errors
/// What `take` answers, and what `broken` makes of lines that cannot be read or are no documents.
pub fn read_documents<E>(
    mut plain: impl Read,
    mut take: impl FnMut(&[Document]) -> Result<(), E>,
    broken: impl Fn(io::Error) -> E,
) -> Result<u64, E> {
    let mut batch = DocumentBatch::default();
    let mut chunk = vec![0; CHUNK];
    let (mut filled, mut count) = (0, 0);
    loop {
        let more = match plain.read(chunk.get_mut(filled..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            more => more.map_err(&broken)?,
        };
        filled += more;
        let mut begin = 0;
        while let Some(line) = next_line(chunk.get(begin..filled).unwrap_or_default(), more == 0) {
            batch.read(line).map_err(|error| broken(error.into()))?;
            begin += line.len();
            count += 1;
            if batch.documents().len() == BATCH {
                take(batch.documents())?;
                batch.clear();
            }
        }
        if more == 0 {
            break;
        }
        chunk.copy_within(begin..filled, 0);
        filled -= begin;
        if filled == chunk.len() {
            chunk.resize(filled * 2, 0);
        }
    }
    if !batch.documents().is_empty() {
        take(batch.documents())?;
    }
    Ok(count)
}

/// The first line, with its end; without one only where nothing more comes.
fn next_line(text: &[u8], is_all: bool) -> Option<&[u8]> {
    match memchr::memchr(b'\n', text) {
        Some(end) => text.get(..=end),
        None => Some(text).filter(|rest| is_all && !rest.is_empty()),
    }
}

/// The documents of some lines; those of the next lines take their place.
#[derive(Debug, Default)]
pub struct DocumentBatch {
    /// The first so many are filled.
    documents: Vec<Document>,
    filled: usize,
    /// What options had taken up before they were without a text.
    spare: Vec<String>,
}

impl DocumentBatch {
    /// Adds the document of a line, with or without its line end.
    ///
    /// # Errors
    /// When it is no document in JSON.
    pub fn read(&mut self, line: &[u8]) -> Result<(), serde_json::Error> {
        if self.documents.len() <= self.filled {
            self.documents.push(Document::default());
        }
        if let Some(document) = self.documents.get_mut(self.filled) {
            let text = simdutf8::basic::from_utf8(line).ok();
            if text.and_then(|text| read_kept(text, document, &mut self.spare)).is_none() {
                *document = serde_json::from_slice(line)?;
            }
        }
        self.filled += 1;
        Ok(())
    }

    /// The documents added since the batch was cleared.
    pub fn documents(&self) -> &[Document] {
        self.documents.get(..self.filled).unwrap_or_default()
    }

    /// Empties the batch for the next lines.
    pub fn clear(&mut self) {
        self.filled = 0;
    }
}

/// Reads a line as it is written here; nothing where it may be anything else.
fn read_kept(line: &str, document: &mut Document, spare: &mut Vec<String>) -> Option<()> {
    let mut rest = Rest(line);
    rest.skip("{\"source\":\"")?;
    rest.text(&mut document.source)?;
    rest.skip(",\"id\":\"")?;
    rest.text(&mut document.id)?;
    rest.option(",\"url\":\"", &mut document.url, spare)?;
    rest.skip(",\"kind\":\"")?;
    document.kind = kind(rest.word()?)?;
    rest.skip(",\"author\":{")?;
    let mut fields = Fields { rest, is_first: true };
    fields.option("\"id\":\"", &mut document.author.id, spare)?;
    fields.option("\"handle\":\"", &mut document.author.handle, spare)?;
    fields.option("\"name\":\"", &mut document.author.name, spare)?;
    fields.flag("\"verified\":", &mut document.author.verified)?;
    rest = fields.rest;
    rest.skip("}")?;
    rest.option(",\"title\":\"", &mut document.title, spare)?;
    rest.skip(",\"text\":\"")?;
    rest.text(&mut document.text)?;
    rest.option(",\"lang\":\"", &mut document.lang, spare)?;
    document.published_at = match rest.skip(",\"published_at\":\"") {
        Some(()) => Some(instant(rest.word()?)?),
        None => None,
    };
    rest.skip(",\"engagement\":{")?;
    let mut fields = Fields { rest, is_first: true };
    fields.number("\"likes\":", &mut document.engagement.likes)?;
    fields.number("\"replies\":", &mut document.engagement.replies)?;
    fields.number("\"shares\":", &mut document.engagement.shares)?;
    fields.number("\"views\":", &mut document.engagement.views)?;
    rest = fields.rest;
    rest.skip("}")?;
    rest.option(",\"community\":\"", &mut document.community, spare)?;
    rest.option(",\"country\":\"", &mut document.country, spare)?;
    document.answered = match rest.skip(",\"answered\":") {
        Some(()) => Some(rest.flag()?),
        None => None,
    };
    document.label = None;
    rest.skip("}")?;
    matches!(rest.0, "" | "\n" | "\r\n").then_some(())
}

/// What of a line is not read yet.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Steps over `expected`; nothing, and no step, where something else stands.
    fn skip(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// A text without escapes, up to its closing quote.
    fn word(&mut self) -> Option<&'a str> {
        let end = plain_length(self.0.as_bytes());
        let (word, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(word)
    }

    /// Any text, up to its closing quote, into `out`.
    fn text(&mut self, out: &mut String) -> Option<()> {
        out.clear();
        loop {
            let (plain, rest) = self.0.split_at_checked(plain_length(self.0.as_bytes()))?;
            out.push_str(plain);
            self.0 = rest;
            if self.skip("\"").is_some() {
                return Some(());
            }
            out.push(match rest.as_bytes().get(..2)? {
                b"\\n" => '\n',
                b"\\\"" => '"',
                b"\\\\" => '\\',
                b"\\t" => '\t',
                b"\\r" => '\r',
                _ => return None,
            });
            self.0 = rest.get(2..)?;
        }
    }

    /// A text that is not there where there is none.
    fn option(
        &mut self,
        name: &str,
        out: &mut Option<String>,
        spare: &mut Vec<String>,
    ) -> Option<()> {
        if self.skip(name).is_none() {
            spare.extend(out.take());
            return Some(());
        }
        self.text(out.get_or_insert_with(|| spare.pop().unwrap_or_default()))
    }

    fn flag(&mut self) -> Option<bool> {
        match self.skip("true") {
            Some(()) => Some(true),
            None => self.skip("false").map(|()| false),
        }
    }

    /// A whole number, up to what cannot be part of one.
    fn number(&mut self) -> Option<i64> {
        let is_part = |byte: &u8| byte.is_ascii_digit() || b"-+.eE".contains(byte);
        let end = self.0.bytes().position(|byte| !is_part(&byte))?;
        let (number, rest) = self.0.split_at_checked(end)?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let is_plain =
            digits == "0" && number == "0" || digits.starts_with(|c| matches!(c, '1'..='9'));
        self.0 = rest;
        number.parse().ok().filter(|_| is_plain)
    }
}

/// The fields of an object of which each may be missing.
struct Fields<'a> {
    rest: Rest<'a>,
    is_first: bool,
}

impl Fields<'_> {
    /// Whether a field is there; steps to its value.
    fn begin(&mut self, name: &str) -> bool {
        let mut rest = self.rest;
        let begun = (self.is_first || rest.skip(",").is_some()) && rest.skip(name).is_some();
        if begun {
            self.rest = rest;
            self.is_first = false;
        }
        begun
    }

    fn option(
        &mut self,
        name: &str,
        out: &mut Option<String>,
        spare: &mut Vec<String>,
    ) -> Option<()> {
        if !self.begin(name) {
            spare.extend(out.take());
            return Some(());
        }
        self.rest.text(out.get_or_insert_with(|| spare.pop().unwrap_or_default()))
    }

    fn flag(&mut self, name: &str, out: &mut Option<bool>) -> Option<()> {
        *out = if self.begin(name) { Some(self.rest.flag()?) } else { None };
        Some(())
    }

    fn number(&mut self, name: &str, out: &mut Option<i64>) -> Option<()> {
        *out = if self.begin(name) { Some(self.rest.number()?) } else { None };
        Some(())
    }
}

/// How many bytes come before the first quote, backslash or control character.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, _) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let (quote, escape) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
        // The lowest marked byte is one that is looked for; those above it may be marked by a borrow.
        let marked = quote.wrapping_sub(ONES) & !quote
            | escape.wrapping_sub(ONES) & !escape
            | word.wrapping_sub(ONES * 0x20) & !word;
        if marked & HIGH != 0 {
            return length + ((marked & HIGH).trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    length + rest.iter().take_while(|byte| is_plain(byte)).count()
}

fn kind(name: &str) -> Option<DocumentKind> {
    Some(match name {
        "post" => DocumentKind::Post,
        "comment" => DocumentKind::Comment,
        "reply" => DocumentKind::Reply,
        "repost" => DocumentKind::Repost,
        "quote" => DocumentKind::Quote,
        "article" => DocumentKind::Article,
        "video" => DocumentKind::Video,
        "issue" => DocumentKind::Issue,
        "answer" => DocumentKind::Answer,
        _ => return None,
    })
}

/// An instant in UTC to the second, or as `chrono` reads it.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let is_usual = bytes.len() == 20 && marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark));
    if !is_usual {
        return text.parse().ok();
    }
    let number = |from: usize, to: usize| {
        bytes.get(from..to)?.iter().try_fold(0_u32, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::document::{Author, Engagement};

    fn some_text() -> impl Strategy<Value = Option<String>> {
        prop::option::of("(\\PC|[a\"\\\\\n\t\u{1}é🚀]){0,20}")
    }

    prop_compose! {
        fn document()(
            texts in prop::array::uniform9(some_text()),
            flags in prop::array::uniform2(prop::option::of(any::<bool>())),
            counts in prop::array::uniform4(prop::option::of(prop_oneof![any::<i64>(), -20_i64..20])),
            kind in prop::sample::select(vec!["post", "comment", "reply", "repost", "quote", "article", "video", "issue", "answer"]),
            at in prop::option::of((-99_999_999_999_i64..999_999_999_999, prop::sample::select(vec![0, 1, 500_000_000, 1_999_999_999]))),
        ) -> Document {
            let [source, id, url, author, handle, name, title, text, lang] = texts;
            let [verified, answered] = flags;
            let [likes, replies, shares, views] = counts;
            Document {
                source: source.unwrap_or_default(),
                id: id.unwrap_or_default(),
                community: url.clone(),
                country: lang.clone(),
                url,
                kind: super::kind(kind).unwrap(),
                author: Author { id: author, handle, name, verified },
                title,
                text: text.unwrap_or_default(),
                lang,
                published_at: at.and_then(|(seconds, nanoseconds)| DateTime::from_timestamp(seconds, nanoseconds)),
                engagement: Engagement { likes, replies, shares, views },
                answered,
                label: None,
            }
        }
    }

    /// Gives a few bytes at a time, and now and then is interrupted.
    struct Pieces<'a> {
        rest: &'a [u8],
        piece: usize,
    }

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.piece += 1;
            if self.piece.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let piece = self.piece.min(buffer.len());
            self.rest.read(&mut buffer[..piece])
        }
    }

    /// The same document, or an error from both.
    fn agree(reader: &mut DocumentBatch, line: &[u8]) -> Result<(), TestCaseError> {
        reader.clear();
        match (serde_json::from_slice::<Document>(line), reader.read(line)) {
            (Ok(wanted), Ok(())) => prop_assert_eq!(&[wanted], reader.documents()),
            (wanted, found) => prop_assert_eq!(wanted.is_err(), found.is_err()),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_as_any_json_is(documents in prop::collection::vec(document(), 1..6)) {
            let mut reader = DocumentBatch::default();
            for document in &documents {
                agree(&mut reader, format!("{}\n", serde_json::to_string(document).unwrap()).as_bytes())?;
            }
            reader.clear();
            for document in &documents {
                reader.read(&serde_json::to_vec(document).unwrap()).unwrap();
            }
            prop_assert_eq!(&documents, reader.documents());
        }

        #[test]
        fn what_is_changed_anywhere_is_read_as_any_json_is(
            document in document(), places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..3), cut in 0_usize..4,
        ) {
            let mut line = serde_json::to_vec(&document).unwrap();
            let mut reader = DocumentBatch::default();
            for (place, byte) in places {
                let place = place.index(line.len());
                line[place] = byte;
                agree(&mut reader, &line)?;
            }
            line.truncate(line.len() - cut);
            agree(&mut reader, &line)?;
        }

        #[test]
        fn any_number_and_date_is_read_as_any_json_is(
            likes in "-?[0-9]{1,3}|-?[0-9]{18,21}|[0-9.eE+-]{1,4}",
            at in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|z|\\.5Z|\\+01:00|)",
        ) {
            let line = format!(
                r#"{{"source":"x","id":"1","kind":"post","author":{{}},"text":"t","published_at":"{at}","engagement":{{"likes":{likes}}}}}"#
            );
            agree(&mut DocumentBatch::default(), line.as_bytes())?;
        }

        #[test]
        fn plain_text_ends_at_the_first_byte_that_is_not(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let is_end = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            prop_assert_eq!(plain_length(&bytes), bytes.iter().position(is_end).unwrap_or(bytes.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// However the bytes come, in pieces and with lines longer than what is read at once.
        #[test]
        fn all_documents_are_read_and_no_other(
            documents in prop::collection::vec(document(), 0..150), long in 0_usize..200_000, piece in 1_usize..100_000, has_end in any::<bool>(),
        ) {
            let mut documents = documents;
            documents.iter_mut().skip(3).take(1).for_each(|one| one.text = "x".repeat(long));
            let lines: Vec<String> = documents.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
            let mut text = lines.join("\n");
            text.push_str(if has_end && !lines.is_empty() { "\n" } else { "" });
            let pieces = Pieces { rest: text.as_bytes(), piece };
            let mut read = Vec::new();
            let count = read_documents(pieces, |batch| { read.extend_from_slice(batch); Ok(()) }, |error| error);
            prop_assert_eq!(count.unwrap(), documents.len() as u64);
            prop_assert_eq!(read, documents);
        }
    }

    #[test]
    fn kept_lines_are_not_left_to_others() {
        let (mut document, mut spare) = (Document::default(), Vec::new());
        let line = r#"{"source":"x","id":"1","kind":"post","author":{"handle":"a"},"text":"a \"b\"\n","published_at":"2026-11-01T00:00:00Z","engagement":{"likes":-3}}"#;
        assert_eq!(read_kept(line, &mut document, &mut spare), Some(()));
        assert_eq!(
            read_kept(&line.replace("\"id\"", "\"new\":1,\"id\""), &mut document, &mut spare),
            None
        );
    }
}
