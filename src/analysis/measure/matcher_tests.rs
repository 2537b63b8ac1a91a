use proptest::prelude::*;

use super::*;
use crate::model::reading::{Intent, Metric};

pub(in crate::analysis::measure) fn reading(terms: Vec<Term>, exclude: &[&str]) -> Reading {
    Reading {
        terms,
        exclude: exclude.iter().map(|&e| e.to_owned()).collect(),
        metrics: vec![Metric::Mentions],
        ..Reading::of(Intent::Count)
    }
}

fn texts(terms: &[&str]) -> Vec<Term> {
    terms.iter().map(|&t| Term::Text(t.to_owned())).collect()
}

fn post(text: &str) -> Document {
    Document { text: text.to_owned(), ..Document::default() }
}

fn found(terms: &[&str], exclude: &[&str], text: &str) -> Vec<String> {
    let matcher = Matcher::new(&reading(texts(terms), exclude)).unwrap();
    let found = matcher.matches(&post(text)).unwrap_or_default();
    // White space in another form takes the other way through.
    let spread = format!("  {text}").replace(' ', "\t \n");
    assert_eq!(found, matcher.matches(&post(&spread)).unwrap_or_default(), "{text}");
    found
}

#[test]
fn whole_words_in_any_case() {
    let table = [
        ("Acme", "ACME rocks", true),
        ("Acme", "acme", true),
        ("Acme", "Acme's launch", true),
        ("Acme", "Acme\u{2019}s launch", true),
        ("Acme", "see acme.com", true),
        ("Acme", "#Acme and @acme", true),
        ("Acme", "(acme)", true),
        ("Acme", "acme-cloud", true),
        ("Acme", "https://acme/launch", true),
        ("Acme", "\u{1f680}acme\u{1f680}", true),
        ("Acme", "acmes", false),
        ("Acme", "acme_x", false),
        ("Acme", "pacme", false),
        ("Acme", "acme2", false),
        ("Acme", "acme\u{301}", false),
        ("Acme", "pacme acmes acme", true),
        ("@acme", "thanks @Acme!", true),
        ("@acme", "thanks Acme", false),
        ("@acme", "mail me@acme.com", false),
        ("@acme", "@acme_help", false),
        ("#acme", "#ACME day", true),
        ("#acme", "acme day", false),
        ("$AAPL", "buy $aapl now", true),
        ("AAPL", "buy $aapl now", true),
        ("C++", "I write C++.", true),
        ("C++", "c++17 is old", true),
        ("C++", "C+ grade", false),
        ("C", "C++ only", false),
        ("C", "C# only", false),
        ("C", "C/C++", true),
        ("C", "plain C, please", true),
        ("C+", "C++", false),
        ("C#", "learn C#, now", true),
        ("C#", "in the key of c", false),
        (".NET", "the .NET runtime", true),
        (".NET", "ASP.NET", false),
        (".NET", "the net", false),
        ("NET", ".NET", true),
        ("Node.js", "node.js!", true),
        ("Node.js", "nodejs", false),
        ("Node.js", "nodexjs", false),
        ("AT&T", "at&t is down", true),
        ("Acme Cloud", "acme\n\t cloud", true),
        ("Acme Cloud", "acme clouds", false),
        ("Acme Cloud", "acme, cloud", false),
        ("Straße", "STRASSE", true),
        ("ΟΔΟΣ", "η οδος μου", true),
        ("İstanbul", "istanbul'da", true),
        ("café", "cafe\u{301} time", true),
        ("东京", "我在东京工作", true),
        ("Acme", "私はAcmeが好き", true),
        ("ソニー", "ソニーの新製品", true),
        ("ソニ", "ソニーの新製品", false),
        ("삼성", "삼성은", true),
        ("aa", "xaa aa", true),
    ];
    for (term, text, wanted) in table {
        assert_eq!(!found(&[term], &[], text).is_empty(), wanted, "{term:?} in {text:?}");
    }
}

#[test]
fn terms_are_reported_as_written_in_reading_order() {
    assert_eq!(
        found(&["Acme Cloud", "Acme", "GLOBEX"], &[], "globex, ACME cloud"),
        ["Acme Cloud", "Acme", "GLOBEX"]
    );
    assert_eq!(found(&["Acme", "acme"], &[], "acme"), ["Acme", "acme"]);
    assert_eq!(found(&["Acme", "Acme"], &[], "acme"), ["Acme"]);
}

#[test]
fn excluded_terms_win() {
    assert!(found(&["Apple"], &["apple pie"], "Apple   PIE recipe").is_empty());
    assert_eq!(found(&["Apple"], &["apple pie"], "apple pies"), ["Apple"]);
}

#[test]
fn entities_and_conjunctions() {
    let entity = Term::Entity {
        name: "GCP".to_owned(),
        any: vec!["GCP".to_owned(), "Google Cloud".to_owned()],
    };
    let both = Term::All { all: vec!["Acme".to_owned(), "support".to_owned()] };
    let matcher = Matcher::new(&reading(vec![entity, both], &[])).unwrap();
    let find = |text: &str| matcher.matches(&post(text)).unwrap_or_default();
    assert_eq!(find("google cloud"), ["GCP"]);
    assert_eq!(find("support from Acme"), ["Acme", "support"]);
    assert!(find("Acme alone").is_empty());
    let split = Document {
        title: Some("Acme".to_owned()),
        text: "support".to_owned(),
        ..Document::default()
    };
    assert_eq!(matcher.matches(&split).unwrap_or_default(), ["Acme", "support"]);
}

#[test]
fn a_phrase_does_not_run_from_title_into_text() {
    let matcher = Matcher::new(&reading(texts(&["Acme Cloud"]), &[])).unwrap();
    let split = Document {
        title: Some("Acme".to_owned()),
        text: "Cloud".to_owned(),
        ..Document::default()
    };
    assert_eq!(matcher.matches(&split), None);
    let title = Document { title: Some("Acme Cloud".to_owned()), ..Document::default() };
    assert!(matcher.matches(&title).is_some());
}

#[test]
fn nothing_to_look_for_is_an_error() {
    let error = |terms| Matcher::new(&reading(terms, &[])).unwrap_err();
    assert_eq!(error(vec![]), MatchError::NoTerms);
    assert_eq!(error(texts(&[" \u{ad} "])), MatchError::EmptyTerm);
    assert_eq!(error(vec![Term::All { all: vec![] }]), MatchError::EmptyTerm);
    assert_eq!(Matcher::new(&reading(texts(&["a"]), &[""])).unwrap_err(), MatchError::EmptyTerm);
    let long = "a".repeat(MOST_BYTES + 1);
    assert_eq!(error(texts(&[long.as_str()])), MatchError::TooLarge);
}

fn apart(terms: &[&str], text: &str) -> Vec<String> {
    let matcher = Matcher::new(&reading(texts(terms), &[])).unwrap();
    let mut sight = Sight::default();
    if !matcher.look(&post(text), &mut sight) {
        return Vec::new();
    }
    matcher.tell_apart(&mut sight);
    let names: Vec<_> = matcher.names().collect();
    sight.terms.iter().map(|term| names[*term].to_owned()).collect()
}

#[test]
fn held_against_each_other_the_longer_term_has_the_place() {
    let phones = ["iPhone 6S", "iPhone 6S Plus", "6S Plus"];
    assert_eq!(apart(&phones, "my iphone 6s plus"), ["iPhone 6S Plus"]);
    assert_eq!(apart(&phones, "an iphone 6s, the 6S plus"), ["iPhone 6S", "6S Plus"]);
    assert_eq!(apart(&["Surface", "Surface Book"], "surface book or surface?").len(), 2);
    assert_eq!(apart(&["Surface", "Surface Book"], "surface bookings"), ["Surface"]);
    assert_eq!(apart(&["C", "C++"], "C++"), ["C++"]);
    assert_eq!(apart(&["Acme", "acme"], "ACME"), ["Acme", "acme"], "the same place for both");
}

#[test]
fn highlights_are_places_of_the_post_as_it_is() {
    let matcher = Matcher::new(&reading(texts(&["Café Noir", "Café", "Noir"]), &[])).unwrap();
    let text = "\u{1f680} CAFE\u{301} \n noir, NOIR";
    let document = Document {
        title: Some("Le café".to_owned()),
        text: text.to_owned(),
        ..Document::default()
    };
    let found: Vec<_> = matcher
        .highlights(&document)
        .into_iter()
        .map(|mark| {
            let field = match mark.field {
                HighlightField::Title => "Le café",
                HighlightField::Text => text,
            };
            let place = usize::try_from(mark.start).unwrap()..usize::try_from(mark.end).unwrap();
            (mark.term, field[place].to_owned())
        })
        .collect();
    let wanted = [("Café", "café"), ("Café Noir", "CAFE\u{301} \n noir"), ("Noir", "NOIR")];
    assert_eq!(found, wanted.map(|(term, text)| (term.to_owned(), text.to_owned())));
}

/// Another way to the same answer for plain words: cut the text into words and compare.
fn naive(terms: &[String], text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let mut found: Vec<String> = Vec::new();
    for term in terms {
        if words.contains(&term.to_lowercase().as_str()) && !found.contains(term) {
            found.push(term.clone());
        }
    }
    found
}

proptest! {
    #[test]
    fn plain_words_match_as_a_word_list_would(
        terms in prop::collection::vec("[a-cA-C]{1,3}", 1..4),
        text in "([a-cA-C_1]{1,3}[ .,@!'\n-]{0,2}){0,12}",
    ) {
        let asked: Vec<&str> = terms.iter().map(String::as_str).collect();
        prop_assert_eq!(found(&asked, &[], &text), naive(&terms, &text));
    }

    /// What is seen of a text without folding it is what folding it shows.
    #[test]
    fn a_glance_tells_what_a_look_does(
        term in "[ac+#@.$_'1]{1,3}",
        text in "([acAC+#@.$_'1 \n\u{1}]|[éſ\u{301}\u{ad}\u{fe0f}\u{2019}＃ﬁ🚀ß]){0,14}",
        title in prop::option::of("[acAC+#é\u{ad} ]{0,5}"),
    ) {
        if let Ok(matcher) = Matcher::new(&reading(texts(&[term.as_str()]), &[])) {
            let thorough = Matcher { alone: None, ..matcher.clone() };
            let post = Document { title, ..post(&text) };
            prop_assert!(matcher.alone.is_some());
            prop_assert_eq!(matcher.matches(&post), thorough.matches(&post));
        }
    }

    #[test]
    fn any_text_is_survived_and_finds_itself(text in "\\PC{0,40}", term in "\\PC{1,6}") {
        if let Ok(matcher) = Matcher::new(&reading(texts(&[term.as_str()]), &[])) {
            let _ = matcher.matches(&post(&text));
            let both = Document { title: Some(text.clone()), ..post(&format!("{text} {term}")) };
            for mark in matcher.highlights(&both) {
                let field = match mark.field {
                    HighlightField::Title => &text,
                    HighlightField::Text => &both.text,
                };
                let place = usize::try_from(mark.start).unwrap()..usize::try_from(mark.end).unwrap();
                let (marked, asked) = (fold(&field[place]), fold(&term));
                prop_assert!(marked.contains(asked.trim()));
            }
            prop_assert!(matcher.matches(&post(&term)).is_some(), "{:?}", term);
        }
    }
}
