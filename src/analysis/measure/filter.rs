//! Which posts are looked at besides those that the terms find.
//!
//! A post whose source does not say what a filter asks for does not pass it: how many were left out
//! for that is said with the answer.

use crate::model::document::Document;
use crate::model::reading::{Filters, SentimentLabel};

use super::feelings::feeling;
use super::question::question_of;

/// What a filter can ask for that a source may not say.
pub(super) const ASKED: [&str; 6] = [
    "their language",
    "their community",
    "whether their author is verified",
    "their likes",
    "whether they are answered",
    FEELING,
];
/// Told from the text, and of English alone.
pub(super) const FEELING: &str = "what they feel";

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It fails none, but these are not known: a bit for each of [`ASKED`].
    Unknown(u8),
}

/// Holds a document against the filters; `asks` restricts to questions besides them.
pub(super) fn judge(filters: &Filters, asks: bool, document: &Document) -> Verdict {
    let kind = document.kind;
    let is_kind = filters.kind.is_empty() || filters.kind.contains(&kind);
    if !is_kind || filters.kind_not.contains(&kind) {
        return Verdict::Failed;
    }
    let author = &document.author;
    let likes = document.engagement.likes;
    let least = filters.min_likes.map(i64::from);
    let checks = [
        listed(&filters.language, language(document), str::eq_ignore_ascii_case),
        listed(&filters.community, community(document), same_community),
        wanted(filters.verified, author.verified),
        least.map_or(Check::Passes, |least| Check::of(likes.map(|likes| likes >= least))),
        wanted(filters.answered, document.answered),
        feels(&filters.sentiment, document),
    ];
    let mut unknown = 0;
    for (bit, check) in (0_u8..).zip(checks) {
        match check {
            Check::Fails => return Verdict::Failed,
            Check::Unknown => unknown |= 1 << bit,
            Check::Passes => {}
        }
    }
    let asked = if asks { Some(true) } else { filters.is_question };
    if asked.is_some_and(|asked| question_of(document).is_some() != asked) {
        return Verdict::Failed;
    }
    if unknown == 0 { Verdict::Passed } else { Verdict::Unknown(unknown) }
}

/// What one filter says.
enum Check {
    Passes,
    Fails,
    Unknown,
}

impl Check {
    fn of(passes: Option<bool>) -> Self {
        passes.map_or(Self::Unknown, |passes| if passes { Self::Passes } else { Self::Fails })
    }
}

fn listed(list: &[String], value: Option<&str>, is_same: fn(&str, &str) -> bool) -> Check {
    if list.is_empty() {
        return Check::Passes;
    }
    Check::of(value.map(|value| list.iter().any(|wanted| is_same(wanted, value))))
}

fn wanted(asked: Option<bool>, said: Option<bool>) -> Check {
    asked.map_or(Check::Passes, |asked| Check::of(said.map(|said| said == asked)))
}

fn feels(wanted: &[SentimentLabel], document: &Document) -> Check {
    if wanted.is_empty() {
        return Check::Passes;
    }
    Check::of(feeling(document).sentiment.known().map(|label| wanted.contains(&label)))
}

/// The language as the platform tags it, without region: `en` of `en-US`. A tag that says that
/// there is none is none.
pub(super) fn language(document: &Document) -> Option<&str> {
    let tag = document.lang.as_deref()?.trim();
    let code = tag.split(['-', '_']).next()?;
    let is_code = matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_alphabetic());
    // X tags posts without text as q…; the others are of ISO 639: undetermined, none, many, uncoded.
    let says_nothing = |code: &str| {
        let code = code.to_ascii_lowercase();
        matches!(code.as_str(), "und" | "zxx" | "mul" | "mis")
            || code.len() == 3 && code.starts_with('q')
    };
    Some(code).filter(|code| is_code && !says_nothing(code))
}

pub(super) fn community(document: &Document) -> Option<&str> {
    document.community.as_deref().map(bare_community).filter(|name| !name.is_empty())
}

fn bare_community(name: &str) -> &str {
    let name = name.trim().trim_start_matches('/');
    name.strip_prefix("r/").unwrap_or(name)
}

fn same_community(wanted: &str, name: &str) -> bool {
    let wanted = bare_community(wanted);
    wanted.eq_ignore_ascii_case(name) || wanted.to_lowercase() == name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::{Author, DocumentKind, Engagement};

    fn post() -> Document {
        Document {
            lang: Some("de-AT".to_owned()),
            community: Some("r/SelfHosted".to_owned()),
            author: Author { verified: Some(true), ..Author::default() },
            engagement: Engagement { likes: Some(50), ..Engagement::default() },
            answered: Some(false),
            text: "Is it up?".to_owned(),
            ..Document::default()
        }
    }

    fn asking(filters: &Filters) -> (Verdict, Verdict) {
        let unknown = Document { text: "Is it up?".to_owned(), ..Document::default() };
        (judge(filters, false, &post()), judge(filters, false, &unknown))
    }

    #[test]
    fn each_filter_lets_through_what_it_names() {
        use Verdict::{Failed, Passed, Unknown};
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let none = Filters::default;
        let table = [
            (none(), (Passed, Passed)),
            (Filters { kind: vec![DocumentKind::Post], ..none() }, (Passed, Passed)),
            (Filters { kind: vec![DocumentKind::Reply], ..none() }, (Failed, Failed)),
            (Filters { kind_not: vec![DocumentKind::Post], ..none() }, (Failed, Failed)),
            (Filters { language: names(&["fr", "DE"]), ..none() }, (Passed, Unknown(1))),
            (Filters { language: names(&["fr"]), ..none() }, (Failed, Unknown(1))),
            (Filters { community: names(&["selfhosted"]), ..none() }, (Passed, Unknown(2))),
            (Filters { community: names(&["homelab"]), ..none() }, (Failed, Unknown(2))),
            (Filters { verified: Some(true), ..none() }, (Passed, Unknown(4))),
            (Filters { verified: Some(false), ..none() }, (Failed, Unknown(4))),
            (Filters { min_likes: Some(50), ..none() }, (Passed, Unknown(8))),
            (Filters { min_likes: Some(51), ..none() }, (Failed, Unknown(8))),
            (Filters { answered: Some(false), ..none() }, (Passed, Unknown(16))),
            (Filters { answered: Some(true), ..none() }, (Failed, Unknown(16))),
            (Filters { is_question: Some(true), ..none() }, (Passed, Passed)),
            (Filters { is_question: Some(false), ..none() }, (Failed, Failed)),
            (
                Filters { verified: Some(false), language: names(&["de"]), ..none() },
                (Failed, Unknown(5)),
            ),
        ];
        for (filters, wanted) in table {
            assert_eq!(asking(&filters), wanted, "{filters:?}");
        }
    }

    #[test]
    fn what_a_document_may_say_besides_is_left_out_where_it_does_not() {
        let plain = r#"{"source":"","id":"","kind":"post","author":{},"text":"","engagement":{}}"#;
        assert_eq!(serde_json::to_string(&Document::default()).unwrap(), plain);
        assert_eq!(serde_json::from_str::<Document>(plain).unwrap(), Document::default());
        let full = serde_json::to_string(&post()).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&full).unwrap(), post());
    }

    #[test]
    fn a_tag_that_says_nothing_is_no_language() {
        let code = |tag: &str| {
            let document = Document { lang: Some(tag.to_owned()), ..Document::default() };
            language(&document).map(str::to_owned)
        };
        for tag in ["", "und", "ZXX", "qme", "qht", "english", "1a"] {
            assert_eq!(code(tag), None, "{tag}");
        }
        assert_eq!(code("pt_BR").as_deref(), Some("pt"));
        assert_eq!(code("qu").as_deref(), Some("qu"), "Quechua");
    }
}
