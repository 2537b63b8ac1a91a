//! What is written into a search for the terms of a reading.

use crate::model::reading::Term;

/// What to search for, so that every post the terms match is found: one search for each name, the
/// words of an `all` together. Quoted, so that a name is a phrase and a leading `-` is no command.
pub fn of(terms: &[Term]) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| {
        let quoted = words.iter().map(|words| format!("\"{}\"", words.replace('"', " ").trim()));
        let phrase = quoted.collect::<Vec<_>>().join(" ");
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    };
    for term in terms {
        match term {
            Term::Text(text) => add(&[text]),
            Term::Entity { name, any } if any.is_empty() => add(&[name]),
            Term::Entity { any, .. } => any.iter().for_each(|name| add(&[name])),
            Term::All { all } => add(&all.iter().map(String::as_str).collect::<Vec<_>>()),
        }
    }
    phrases
}

/// The phrases joined by `or`, as many to a search as its length allows; never fewer than one.
pub fn joined(phrases: &[String], or: &str, most_characters: usize) -> Vec<String> {
    let mut searches: Vec<String> = Vec::new();
    for phrase in phrases {
        let phrase = if phrase.contains("\" \"") { format!("({phrase})") } else { phrase.clone() };
        match searches.last_mut() {
            Some(last)
                if (last.chars().count() + or.len() + phrase.chars().count())
                    <= most_characters =>
            {
                last.push_str(or);
                last.push_str(&phrase);
            }
            _ => searches.push(phrase),
        }
    }
    searches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_searched_for_once() {
        let terms = [
            Term::Text("Acme".into()),
            Term::Entity { name: "Globex".into(), any: vec!["Globex".into(), "Glo Bex".into()] },
            Term::Entity { name: "Initech".into(), any: vec![] },
            Term::All { all: vec!["price".into(), "open source".into()] },
            Term::Text("-say \"no\"".into()),
            Term::Text("Acme".into()),
        ];
        let expected = [
            "\"Acme\"",
            "\"Globex\"",
            "\"Glo Bex\"",
            "\"Initech\"",
            "\"price\" \"open source\"",
            "\"-say  no\"",
        ];
        assert_eq!(of(&terms), expected);
        let together = "\"Acme\" OR \"Globex\" OR \"Glo Bex\"";
        let rest = "\"Initech\" OR (\"price\" \"open source\")";
        assert_eq!(joined(&of(&terms), " OR ", 42), [together, rest, "\"-say  no\""]);
        assert_eq!(joined(&of(&terms[..1]), " OR ", 1), ["\"Acme\""]);
    }
}
