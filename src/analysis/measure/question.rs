//! Whether a post asks something, told from its text alone: a sentence ends with a question mark,
//! or one opens as questions do in English, German, French or Spanish. The title counts. What the
//! heuristic cannot tell is irony, quotation, and languages it does not know.

use crate::model::document::Document;

/// What is said of the heuristic wherever it decides.
pub(super) const HOW: &str = "a post is a question when a sentence of its title or text ends with a question mark or opens like a question in English, German, French or Spanish";

/// Openings that are questions whatever follows; the first words of a sentence, in lower case.
const OPENINGS: [&str; 86] = [
    // English
    "how do",
    "how does",
    "how can",
    "how to",
    "how is",
    "how are",
    "how much",
    "how many",
    "how should",
    "how would",
    "what is",
    "what's",
    "what are",
    "what does",
    "what do",
    "what would",
    "why is",
    "why are",
    "why does",
    "why do",
    "why did",
    "where is",
    "where can",
    "where do",
    "when will",
    "when does",
    "when is",
    "who is",
    "who has",
    "who knows",
    "which is",
    "which one",
    "is there",
    "is it",
    "is anyone",
    "are there",
    "does anyone",
    "does anybody",
    "does it",
    "do you",
    "can i",
    "can you",
    "can anyone",
    "could someone",
    "has anyone",
    "have you",
    "anyone know",
    "anyone else",
    "should i",
    "would you",
    "any idea",
    // German
    "wie kann",
    "wie geht",
    "wie viel",
    "wie lange",
    "was ist",
    "was kostet",
    "warum ist",
    "warum geht",
    "wieso",
    "weshalb",
    "wo ist",
    "wo finde",
    "wer kennt",
    "wer hat",
    "gibt es",
    "hat jemand",
    "kennt jemand",
    "weiß jemand",
    "weiss jemand",
    "kann man",
    // French
    "comment faire",
    "pourquoi",
    "est-ce que",
    "qu'est-ce",
    "quelqu'un sait",
    "quelqu'un a",
    "combien de",
    "y a-t-il",
    // Spanish
    "cómo puedo",
    "cómo se",
    "por qué",
    "qué es",
    "alguien sabe",
    "alguien ha",
    "cuánto cuesta",
];

/// Characters that end a question.
const MARKS: [char; 4] = ['?', '？', '؟', '⁇'];

/// The first sentence of the title, else of the text, that asks; trimmed.
pub(super) fn question_of(document: &Document) -> Option<&str> {
    let title = document.title.as_deref().unwrap_or_default();
    asking(title).or_else(|| asking(&document.text))
}

/// The sentences of a text, trimmed.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    Sentences { rest: text }
}

fn asking(text: &str) -> Option<&str> {
    sentences(text).find(|sentence| ends_asking(sentence) || opens_asking(sentence))
}

/// A mark inside of an address is no question.
fn ends_asking(sentence: &str) -> bool {
    sentence
        .trim_end_matches(|c: char| c.is_whitespace() || "!\"')]»”’".contains(c))
        .ends_with(is_mark)
}

fn is_mark(c: char) -> bool {
    MARKS.contains(&c)
}

fn opens_asking(sentence: &str) -> bool {
    let opening = sentence.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '¿');
    if opening.starts_with('¿') {
        return true;
    }
    OPENINGS.iter().any(|known| begins_with(opening, known))
}

/// Whether `text` begins with the words `known`, in any case, and no word of it goes on.
fn begins_with(text: &str, known: &str) -> bool {
    let mut rest = text.chars().flat_map(char::to_lowercase);
    let same = known.chars().all(|wanted| match rest.next() {
        Some('\u{2019}') => wanted == '\'',
        Some(c) if c.is_whitespace() => wanted == ' ',
        found => found == Some(wanted),
    });
    same && rest.next().is_none_or(|next| !next.is_alphanumeric())
}

/// Cuts text after full stops and the like that white space follows, and at line ends.
struct Sentences<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Sentences<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let end = end_of_sentence(self.rest);
            let (sentence, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            self.rest = rest;
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                return Some(sentence);
            }
        }
        None
    }
}

fn end_of_sentence(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let closes = next.is_none_or(|next| next.is_whitespace() || "\"')]»”’".contains(next));
        if c == '\n' || (matches!(c, '.' | '!' | '。') || is_mark(c)) && (closes || !c.is_ascii())
        {
            return after;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asks(text: &str) -> bool {
        asking(text).is_some()
    }

    #[test]
    fn questions_and_what_only_looks_like_one() {
        let questions = [
            "Is Acme down?",
            "Acme is down. Anyone else having this",
            "\"Is it down?\" she said",
            "How do I install Acme",
            "What\u{2019}s Acme good for",
            "Kennt jemand Acme",
            "Weiß jemand, ob Acme geht",
            "Pourquoi Acme ne marche pas",
            "¿Alguien usa Acme",
            "alguien sabe algo de Acme",
            "Acmeって何？ 教えて",
            "really?!",
            "Line one\nhow to use Acme",
        ];
        for text in questions {
            assert!(asks(text), "{text}");
        }
        let none = [
            "",
            "Acme is great.",
            "see https://acme.com/?q=1 for more",
            "I know how to install Acme",
            "What a day for Acme!",
            "However you do it",
            "how told",
            "Is thereabouts Acme",
        ];
        for text in none {
            assert!(!asks(text), "{text}");
        }
    }

    #[test]
    fn the_sentence_that_asks_is_said_and_the_title_is_first() {
        let document = Document {
            title: Some("Acme. Does it scale?".to_owned()),
            text: "What is it?".to_owned(),
            ..Document::default()
        };
        assert_eq!(question_of(&document), Some("Does it scale?"));
        let text = Document { title: None, text: "Hm. What is it? Bye.".to_owned(), ..document };
        assert_eq!(question_of(&text), Some("What is it?"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "(\\PC|[.?!\n ¿'’]){0,60}") {
            let _ = asking(&text);
            prop_assert_eq!(Sentences { rest: &text }.map(str::len).sum::<usize>() <= text.len(), true);
        }
    }
}
