//! From a document to the numbers that stay of it.

use chrono::{DateTime, Utc};

use crate::analysis::sentiment::Sentiment;
use crate::model::document::{Author, Document};
use crate::model::reading::GroupBy;

use super::feelings::feeling;
use super::filter::{community, language};
use super::fold::fold_into;
use super::links::{domain, links};
use super::names::{Key, NONE, Names, fold_bytes, fold_number};
use super::plan::{Plan, Words};
use super::rank::reactions;
use super::rows::Row;
use super::stop::{StopWords, spoken};
use super::words::{Word, words};

/// Groups of `Register::keys`.
const WORDS: u32 = 0;
const GROUPS: u32 = 1;

/// The names that rows refer to, for all rows of a measure.
#[derive(Clone, Debug, Default)]
pub(super) struct Register {
    pub sources: Names,
    /// Each in the group of its source: nobody is joined across sources.
    pub authors: Names,
    /// Words, hashtags, sites, pages, communities, countries and languages.
    pub keys: Names,
    /// What authors say they are called, as JSON, and addresses of posts.
    pub faces: Names,
    stop: Option<StopWords>,
    /// For each of `keys`, the languages it says nothing in.
    stopped: Vec<u8>,
    text: String,
}

/// What a post and its author are found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    source: u32,
    pub post: Key,
    /// Nothing for an unknown author.
    pub author: Option<Key>,
}

impl Register {
    pub fn new(plan: &Plan) -> Self {
        let needs_stop = plan.keeps_words == Some(Words::Keywords);
        Self { stop: needs_stop.then(StopWords::default), ..Self::default() }
    }

    /// The row of a document, which may have its keys already.
    pub fn row(
        &mut self,
        plan: &Plan,
        document: &Document,
        at: DateTime<Utc>,
        keys: Option<&Keys>,
    ) -> Row {
        let made;
        let keys = if let Some(keys) = keys {
            keys
        } else {
            let source = self.sources.intern(0, &document.source);
            made = self.keys_in(source, document);
            &made
        };
        let author = keys.author.as_ref().map_or(NONE, |key| {
            // A short one is in its key.
            if !key.is_short() {
                identity(&document.author, &mut self.text);
            }
            self.authors.intern_by(key, &self.text)
        });
        Row {
            at,
            source: keys.source,
            author,
            group: self.group(plan.group, document),
            copy: content(document),
            value: plan.order.value(document),
            reactions: reactions(document),
            kind: document.kind,
            feeling: if plan.judges { feeling(document).sentiment } else { Sentiment::Unknown },
        }
    }

    /// The keys of a document whose source is known.
    pub fn keys(&mut self, document: &Document) -> Option<Keys> {
        let source = self.sources.known(0, &document.source)?;
        Some(self.keys_in(source, document))
    }

    fn keys_in(&mut self, source: u32, document: &Document) -> Keys {
        let is_known = identity(&document.author, &mut self.text);
        Keys {
            source,
            post: Key::of(source, &document.id),
            author: is_known.then(|| Key::of(source, &self.text)),
        }
    }

    fn group(&mut self, by: Option<GroupBy>, document: &Document) -> u32 {
        let (name, is_upper) = match by {
            Some(GroupBy::Community) => (community(document), false),
            Some(GroupBy::Language) => (language(document), false),
            Some(GroupBy::Country) => {
                let country = document.country.as_deref().map(str::trim);
                (country.filter(|country| !country.is_empty()), true)
            }
            _ => return NONE,
        };
        let Some(name) = name else { return NONE };
        let name = if is_upper { name.to_uppercase() } else { name.to_lowercase() };
        self.keys.intern(GROUPS, &name)
    }

    /// The numbers of what is kept of the document's words: keywords and hashtags as often as they
    /// occur, sites and pages once.
    pub fn words(&mut self, kept: Words, document: &Document, numbers: &mut Vec<u32>) {
        numbers.clear();
        if matches!(kept, Words::Domains | Words::Links) {
            for link in links(document) {
                let name = if kept == Words::Links { Some(link.as_str()) } else { domain(&link) };
                numbers.extend(name.map(|name| self.keys.intern(WORDS, name)));
            }
            numbers.sort_unstable();
            numbers.dedup();
            return;
        }
        let mut text = std::mem::take(&mut self.text);
        let language = language(document).map(str::to_ascii_lowercase);
        let spoken = spoken(language.as_deref());
        for field in [document.title.as_deref().unwrap_or_default(), &document.text] {
            if kept == Words::Hashtags && !field.contains(['#', '＃']) {
                continue;
            }
            text.clear();
            fold_into(field, &mut text);
            for word in words(&text) {
                let name = match (kept, word) {
                    (Words::Hashtags, Word::Hashtag(tag)) => tag,
                    (Words::Keywords, word) => word.bare(),
                    _ => continue,
                };
                let number = self.keys.intern(WORDS, name);
                if self.stopped(number, name) & spoken == 0 {
                    numbers.push(number);
                }
            }
        }
        numbers.sort_unstable();
        self.text = text;
    }

    /// The number of a word that posts have.
    pub fn word(&self, word: &str) -> Option<u32> {
        self.keys.known(WORDS, word)
    }

    /// The languages in which a word says nothing; looked up once a word.
    fn stopped(&mut self, number: u32, name: &str) -> u8 {
        let Some(stop) = &self.stop else { return 0 };
        if self.stopped.len() <= number as usize {
            self.stopped.resize(number as usize, 0);
            self.stopped.push(stop.languages(name));
        }
        self.stopped.get(number as usize).copied().unwrap_or_default()
    }

    /// The number of what the author is called, and that of the post's address.
    pub fn face(&mut self, document: &Document) -> [u32; 2] {
        let author = serde_json::to_string(&document.author).unwrap_or_default();
        let author = self.faces.intern(0, &author);
        let url = document.url.as_deref().map_or(NONE, |url| self.faces.intern(1, url));
        [author, url]
    }
}

/// Writes what tells two authors of one source apart, as [`Author::identity`] says, without
/// allocating for each; false for an unknown author.
fn identity(author: &Author, out: &mut String) -> bool {
    out.clear();
    if let Some(id) = author.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        out.push_str("id:");
        out.push_str(id);
        return true;
    }
    let handle = author.handle.as_deref().map(str::trim).filter(|handle| !handle.is_empty());
    let Some(handle) = handle else { return false };
    let handle = handle.trim_start_matches('@');
    out.push_str("handle:");
    if handle.is_ascii() {
        out.push_str(handle);
        out.make_ascii_lowercase();
    } else {
        out.push_str(&handle.to_lowercase());
    }
    true
}

/// A hash of all that a document says besides its source, id and time; the same at all times.
pub(super) fn content(document: &Document) -> u64 {
    let Document { author, engagement, .. } = document;
    let texts = [
        Some(document.text.as_str()),
        document.title.as_deref(),
        document.url.as_deref(),
        author.id.as_deref(),
        author.handle.as_deref(),
        author.name.as_deref(),
        document.lang.as_deref(),
        document.community.as_deref(),
        document.country.as_deref(),
    ];
    let flag = |flag: Option<bool>| flag.map_or(0, |flag| 1 + u64::from(flag));
    let [kind, verified, answered] =
        [document.kind as u64, flag(author.verified), flag(document.answered)];
    let mut small = kind << 4 | verified << 2 | answered;
    let mut hash = 0;
    for text in texts {
        small = small << 1 | u64::from(text.is_some());
        if let Some(text) = text {
            hash = fold_bytes(hash, text.as_bytes());
        }
    }
    let counts = [engagement.likes, engagement.replies, engagement.shares, engagement.views];
    for count in counts {
        small = small << 1 | u64::from(count.is_some());
        if let Some(count) = count {
            hash = fold_number(hash, count.cast_unsigned());
        }
    }
    fold_number(hash, small)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::document::{DocumentKind, Engagement};

    proptest! {
        #[test]
        fn an_identity_is_that_of_the_model(
            id in prop::option::of("[ 1a]{0,3}"), handle in prop::option::of("[@ bBÄ]{0,4}"),
        ) {
            let author = Author { id, handle, ..Author::default() };
            let mut text = "left over".to_owned();
            let is_known = identity(&author, &mut text);
            prop_assert_eq!(is_known.then_some(text), author.identity());
        }
    }

    #[test]
    fn every_part_of_a_document_changes_its_content() {
        let some = || Some("s".to_owned());
        let plain = Document::default;
        let author = Author::default;
        let counts = Engagement::default;
        let documents = [
            plain(),
            Document { text: "s".to_owned(), ..plain() },
            Document { title: some(), ..plain() },
            Document { title: Some(String::new()), ..plain() },
            Document { url: some(), ..plain() },
            Document { lang: some(), ..plain() },
            Document { community: some(), ..plain() },
            Document { country: some(), ..plain() },
            Document { answered: Some(false), ..plain() },
            Document { kind: DocumentKind::Quote, ..plain() },
            Document { author: Author { id: some(), ..author() }, ..plain() },
            Document { author: Author { handle: some(), ..author() }, ..plain() },
            Document { author: Author { name: some(), ..author() }, ..plain() },
            Document { author: Author { verified: Some(true), ..author() }, ..plain() },
            Document { engagement: Engagement { likes: Some(0), ..counts() }, ..plain() },
            Document { engagement: Engagement { replies: Some(0), ..counts() }, ..plain() },
            Document { engagement: Engagement { shares: Some(0), ..counts() }, ..plain() },
            Document { engagement: Engagement { views: Some(0), ..counts() }, ..plain() },
        ];
        let mut hashes: Vec<_> = documents.iter().map(content).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), documents.len());
        assert_eq!(content(&plain()), content(&plain()));
    }
}
