//! Mends what hands get wrong: slips in the grammar's own words, and the `'s` of "Acme's mentions"
//! and "last week's". Names are left alone; each slip that is mended is said.

use super::cues::{Cue, cue_at};
use super::token::{Kind, Token};
use super::words::{is_no_name, listed, word};

/// Words that are worth mending: long enough that one slip leaves no doubt.
const WORDS: &str = "many, times, people, users, authors, mention, mentions, mentioned, mentioning, tweets, \
    posts, talking, talked, about, sentiment, positive, negative, neutral, compare, between, trend, daily, \
    weekly, monthly, keywords, hashtags, questions, languages, summarize, summarise, summary, extract, \
    latest, highest, engagement, influencers, breakdown, percentage, unusual, spike, yesterday, today, \
    month, months, weeks, hours, excluding, without, number, reddit, twitter, bluesky, mastodon, youtube, \
    linkedin, instagram";

/// The tokens with slips mended, and what was mended.
pub(super) fn mended(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let mut notes = Vec::new();
    let mut mended: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        if let Some(owner) = owner(tokens, at) {
            mended.push(Token::known(&owner));
        } else if let Some(known) = slip(tokens, at) {
            notes.push(format!(
                "“{}” was read as “{known}”; put it in quotes if it is a name",
                token.text
            ));
            mended.push(Token::known(known));
        } else {
            mended.push(token.clone());
        }
    }
    (mended, notes)
}

/// "Acme" of "Acme's mentions", "week" of "last week's".
fn owner(tokens: &[Token], at: usize) -> Option<String> {
    const TIMES: &str = "week, month, quarter, year, today, yesterday";
    let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    let text = token.text.strip_suffix("'s").or_else(|| token.text.strip_suffix("\u{2019}s"))?;
    if listed(TIMES, &text.to_lowercase()) {
        return Some(text.to_owned());
    }
    let owned = cue_at(tokens, at + 1).map(|(cue, _)| cue);
    let has_figure = matches!(
        owned,
        Some(Cue::Mentions | Cue::Tally | Cue::Sentiment | Cue::Voice | Cue::Average)
    );
    (has_figure && token.looks_like_name()).then(|| text.to_owned())
}

/// The word of the grammar that a plain word is one slip away from.
fn slip(tokens: &[Token], at: usize) -> Option<&'static str> {
    let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    let written = token.lower.as_str();
    let is_plain = token.text == token.lower && written.chars().all(|c| c.is_ascii_lowercase());
    let is_known = is_no_name(written) || cue_at(tokens, at).is_some() || is_word(written);
    // Behind "of" and "about" stands a name.
    let names = ["of", "about", "named", "called"].contains(&previous(tokens, at));
    if !(4..=12).contains(&written.len()) || !is_plain || is_known || names {
        return None;
    }
    WORDS.split(',').map(str::trim).find(|known| known.len() > 3 && one_apart(written, known))
}

fn previous(tokens: &[Token], at: usize) -> &str {
    at.checked_sub(1).map_or("", |before| word(tokens, before))
}

fn is_word(written: &str) -> bool {
    listed(WORDS, written)
}

/// Whether two neighbouring letters swapped, or in a long word one letter more, less or changed,
/// make the one the other. Short words have too many neighbours: "neural" is not "neutral". The
/// first letter must be right, and a plural is no slip.
fn one_apart(written: &str, known: &str) -> bool {
    let (a, b) = (written.as_bytes(), known.as_bytes());
    let plural =
        written.strip_suffix('s') == Some(known) || known.strip_suffix('s') == Some(written);
    if a.first() != b.first() || plural {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = |of: &'_ [u8], from: usize| of.get(from..).unwrap_or_default().to_vec();
    let is_long = a.len() > 6;
    if a.len() + 1 == b.len() {
        return is_long && rest(a, same) == rest(b, same + 1);
    }
    if a.len() == b.len() + 1 {
        return is_long && rest(a, same + 1) == rest(b, same);
    }
    let swapped = a.get(same) == b.get(same + 1)
        && a.get(same + 1) == b.get(same)
        && rest(a, same + 2) == rest(b, same + 2);
    let changed = a.len() > 7 && rest(a, same + 1) == rest(b, same + 1);
    a.len() == b.len() && (swapped || changed)
}

#[cfg(test)]
mod tests {
    use super::one_apart;

    #[test]
    fn one_slip_is_mended_and_two_are_not() {
        for slip in ["mentoins", "mentins", "mentiions", "menttions", "mentinos"] {
            assert!(one_apart(slip, "mentions"), "{slip}");
        }
        for other in ["entions", "mntoins", "mansions", "notions", "mentionss"] {
            assert!(!one_apart(other, "mentions"), "{other}");
        }
        assert!(one_apart("mnay", "many"));
        for (other, known) in [("mane", "many"), ("neural", "neutral"), ("twister", "twitter")] {
            assert!(!one_apart(other, known), "{other}");
        }
        assert!(!one_apart("language", "languages"));
    }
}
