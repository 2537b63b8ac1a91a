//! Fields of posts, found without a model: by the field's name, among what posts carry and what has
//! a form of its own. What cannot be found so is null, never guessed.

use std::collections::BTreeMap;

use crate::analysis::sentiment::{Sentiment, label};
use crate::model::document::{Document, DocumentKind};
use crate::model::extract::{Basis, Extracted, ExtractedRow};
use crate::model::reading::FieldType;

use super::Measure;
use super::carried::{Carried, carried};
use super::feelings::{feeling, leaning};
use super::patterns::Pattern;
use super::question::{question_of, sentences};
use super::rank::{UNKNOWN, reactions};

/// What a field's name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// What the post carries besides its text.
    Carried(Carried),
    Found(Pattern),
    /// All of them, one after the other.
    Each(Pattern),
    /// Whether there is one.
    Has(Pattern),
    /// The sentence that asks, or whether one does.
    Question,
    /// The sentence that feels most so.
    Feeling(Sentiment),
    /// What the whole post feels.
    Label,
    Engagement,
    IsRepost,
}

/// A value with what it rests on.
type Value = Option<(Extracted, Basis)>;

impl Measure {
    /// The rows of the listed posts, and what is to be said of fields that have no way to be found.
    pub(super) fn rows(&self, assumptions: &mut Vec<String>) -> Vec<ExtractedRow> {
        let fields = &self.plan.extract;
        let asked: Vec<(&String, FieldType, Option<Asked>)> = fields
            .iter()
            .map(|(name, kind)| (name, *kind, asked(name).filter(|asked| asked.can_be(*kind))))
            .collect();
        assumptions.push("without a model fields are extracted by their names: what posts carry (such as author, date, url, likes), what has a form of its own (such as price, version, rating, percentage, email, phone), and sentences that ask, praise or complain".to_owned());
        let lost = asked.iter().filter(|(_, _, asked)| asked.is_none());
        let lost: Vec<&str> = lost.map(|(name, _, _)| name.as_str()).collect();
        if !lost.is_empty() {
            let lost = lost.join(", ");
            assumptions.push(format!("fields that cannot be told so are null: {lost}"));
        }
        let row = |(document, similar): (&Document, u64)| {
            let (mut values, mut basis) = (BTreeMap::new(), BTreeMap::new());
            for (name, kind, asked) in &asked {
                let found = asked.and_then(|asked| asked.find(document, *kind));
                let (value, rests) = found.unzip();
                values.insert((*name).clone(), value.unwrap_or(Extracted::Null));
                basis.extend(rests.map(|rests| ((*name).clone(), rests)));
            }
            ExtractedRow {
                source: document.source.clone(),
                id: document.id.clone(),
                url: document.url.clone(),
                fields: values,
                basis,
                similar,
            }
        };
        let listed = self.listed(assumptions);
        listed.iter().map(|listed| row((&listed.kept.document, listed.similar))).collect()
    }
}

impl Asked {
    /// Whether there can be a value of that type.
    fn can_be(self, kind: FieldType) -> bool {
        match (self, kind) {
            (Self::Has(_) | Self::IsRepost, FieldType::Boolean) => true,
            (Self::Has(_) | Self::IsRepost, _) => false,
            (Self::Question, kind) => kind != FieldType::Number,
            (Self::Engagement | Self::Label, kind) => kind != FieldType::Boolean,
            (Self::Found(pattern), FieldType::Number) => pattern.is_number(),
            (Self::Found(_) | Self::Feeling(_) | Self::Each(_), kind) => kind == FieldType::String,
            (Self::Carried(part), kind) => part.can_be(kind),
        }
    }

    fn find(self, document: &Document, kind: FieldType) -> Value {
        match self {
            Self::Carried(part) => carried(document, part, kind),
            Self::Found(pattern) => {
                let (field, text, found) = first(document, pattern)?;
                let number = || found.number.map(number);
                let value = match kind {
                    FieldType::Number => number()?,
                    _ => Extracted::Text(text.get(found.start..found.end)?.to_owned()),
                };
                Some((value, span(field, found.start, found.end)))
            }
            Self::Each(pattern) => {
                let (field, text, _) = first(document, pattern)?;
                let all = pattern.all(text);
                let (start, end) = (all.first()?.start, all.last()?.end);
                let all = all.iter().filter_map(|found| text.get(found.start..found.end));
                let all = all.collect::<Vec<_>>().join(" ");
                Some((Extracted::Text(all), span(field, start, end)))
            }
            Self::Has(pattern) => {
                let found = first(document, pattern);
                let basis =
                    found.as_ref().map(|(field, _, found)| span(field, found.start, found.end));
                Some((Extracted::Boolean(found.is_some()), basis.unwrap_or_else(|| whole("text"))))
            }
            Self::Question => question(document, kind),
            Self::Feeling(sentiment) => felt(document, sentiment),
            Self::Label => {
                let value = match kind {
                    FieldType::Number => {
                        let leaning = i32::try_from(leaning(document)?).ok()?;
                        Extracted::Number(f64::from(leaning) / 1_000.0)
                    }
                    _ => Extracted::Text(named(feeling(document).sentiment)?.to_owned()),
                };
                Some((value, whole("text")))
            }
            Self::Engagement => {
                let sum = reactions(document);
                let value = Extracted::Integer(sum);
                let value = if kind == FieldType::Number {
                    value
                } else {
                    Extracted::Text(sum.to_string())
                };
                (sum != UNKNOWN).then(|| (value, whole("engagement")))
            }
            Self::IsRepost => {
                let is_repost = document.kind == DocumentKind::Repost;
                Some((Extracted::Boolean(is_repost), whole("kind")))
            }
        }
    }
}

/// What a field is about, by its name in any writing.
/// Whether a field with this name says what a post feels as a whole.
pub(super) fn is_feeling(name: &str) -> bool {
    matches!(asked(name), Some(Asked::Label))
}

fn asked(name: &str) -> Option<Asked> {
    let name: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if let Some(part) = Carried::named(&name) {
        return Some(Asked::Carried(part));
    }
    Some(match name.as_str() {
        "question" | "questions" | "isquestion" | "asks" => Asked::Question,
        "complaint" | "complaints" | "problem" | "issue" | "criticism" | "painpoint" => {
            Asked::Feeling(Sentiment::Negative)
        }
        "praise" | "compliment" | "highlight" => Asked::Feeling(Sentiment::Positive),
        "sentiment" | "feeling" | "tone" | "mood" | "sentimentscore" => Asked::Label,
        "engagement" | "reactions" | "interactions" => Asked::Engagement,
        "isrepost" | "isretweet" => Asked::IsRepost,
        "hashtags" | "tags" => Asked::Each(Pattern::Hashtag),
        "mentions" | "mentionedusers" | "mentionedhandles" => Asked::Each(Pattern::Mention),
        "links" | "urls" | "linkedurls" => Asked::Each(Pattern::Url),
        "prices" | "amounts" => Asked::Each(Pattern::Price),
        name => {
            let has = ["has", "contains", "includes"].iter().find_map(|has| name.strip_prefix(has));
            if let Some(pattern) = has.and_then(pattern) {
                return Some(Asked::Has(pattern));
            }
            Asked::Found(pattern(name)?)
        }
    })
}

fn pattern(name: &str) -> Option<Pattern> {
    Some(match name {
        "price" | "amount" | "cost" | "costs" | "fee" | "budget" | "money" | "salary"
        | "discountprice" => Pattern::Price,
        "version" | "release" | "versionnumber" => Pattern::Version,
        "rating" | "stars" | "starrating" => Pattern::Rating,
        "percentage" | "percent" | "discount" | "pct" => Pattern::Percentage,
        "email" | "mail" | "emailaddress" => Pattern::Email,
        "linkedurl" | "externallink" | "externalurl" | "website" | "linkintext" => Pattern::Url,
        "phone" | "phonenumber" | "telephone" | "tel" => Pattern::Phone,
        "hashtag" | "tag" => Pattern::Hashtag,
        "mention" | "mentioneduser" | "mentionedhandle" => Pattern::Mention,
        "number" | "quantity" | "count" | "figure" => Pattern::Number,
        "deadline" | "eventdate" | "mentioneddate" | "duedate" | "launchdate" | "releasedate" => {
            Pattern::Date
        }
        _ => return None,
    })
}

/// The first in the text, else in the title.
fn first(
    document: &Document,
    pattern: Pattern,
) -> Option<(&'static str, &str, super::patterns::Found)> {
    let title = document.title.as_deref().unwrap_or_default();
    let fields = [("text", document.text.as_str()), ("title", title)];
    fields.into_iter().find_map(|(field, text)| {
        let found = pattern.all(text).into_iter().next()?;
        Some((field, text, found))
    })
}

fn question(document: &Document, kind: FieldType) -> Value {
    let asking = question_of(document);
    if kind == FieldType::Boolean {
        let basis = asking.map_or_else(|| whole("text"), |asking| basis_of(document, asking));
        return Some((Extracted::Boolean(asking.is_some()), basis));
    }
    asking.map(|asking| (Extracted::Text(asking.to_owned()), basis_of(document, asking)))
}

/// The sentence that leans most to one side; the first of equals.
fn felt(document: &Document, sentiment: Sentiment) -> Value {
    let title = document.title.as_deref().unwrap_or_default();
    let mut best: Option<(f32, &str)> = None;
    for sentence in sentences(&document.text).chain(sentences(title)) {
        let label = label(sentence, document.lang.as_deref());
        let score = label.score.abs();
        if label.sentiment == sentiment && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, sentence));
        }
    }
    let (_, sentence) = best?;
    Some((Extracted::Text(sentence.to_owned()), basis_of(document, sentence)))
}

fn named(sentiment: Sentiment) -> Option<&'static str> {
    match sentiment {
        Sentiment::Positive => Some("positive"),
        Sentiment::Neutral => Some("neutral"),
        Sentiment::Negative => Some("negative"),
        Sentiment::Unknown => None,
    }
}

/// Whole numbers are written as such.
fn number(value: f64) -> Extracted {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        let whole = value as i64;
        return Extracted::Integer(whole);
    }
    Extracted::Number(value)
}

/// Where a part of the title or of the text stands in it.
fn basis_of(document: &Document, part: &str) -> Basis {
    let place = |text: &str| {
        let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        (text.get(start..start + part.len()) == Some(part)).then_some(start)
    };
    let title = document.title.as_deref().unwrap_or_default();
    match (place(&document.text), place(title)) {
        (Some(start), _) => span("text", start, start + part.len()),
        (None, Some(start)) => span("title", start, start + part.len()),
        (None, None) => whole("text"),
    }
}

fn span(field: &str, start: usize, end: usize) -> Basis {
    Basis { field: field.to_owned(), start: Some(start as u64), end: Some(end as u64) }
}

pub(super) fn whole(field: &str) -> Basis {
    Basis { field: field.to_owned(), start: None, end: None }
}
