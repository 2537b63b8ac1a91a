//! Whether a text is English, said by its platform or seen by its words.
//!
//! Seen, it is English only on positive evidence: a post wrongly left out is counted as unknown,
//! a post wrongly judged would be a false figure.

/// What the platform says of a text's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    English,
    Other,
    Nothing,
}

impl Said {
    pub fn of(lang: Option<&str>) -> Self {
        let lang = lang.unwrap_or_default().trim();
        let main = lang.split(['-', '_']).next().unwrap_or_default();
        let is = |names: &[&str]| names.iter().any(|name| main.eq_ignore_ascii_case(name));
        if is(&["en", "eng", "english"]) {
            return Self::English;
        }
        // X has codes of its own for posts without words: qme, qht, qam and more.
        let is_private = main.len() == 3 && main.starts_with(['q', 'Q']);
        if is_private || is(&["", "und", "unknown", "zxx", "mul", "mis", "art"]) {
            return Self::Nothing;
        }
        Self::Other
    }
}

/// What of a text speaks for or against English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Words outside of links, handles and hashtags.
    pub words: usize,
    pub english: usize,
    /// Words of English and of another language.
    pub both: usize,
    pub foreign: usize,
    /// Unknown words with letters that English has not.
    pub accented: usize,
    /// Words that the lexicon weighs and that no other language writes so.
    pub weighed: usize,
    pub letters: usize,
    /// Letters that are not of the Latin script.
    pub other_script: usize,
    /// Emoji and emoticons that weigh.
    pub faces: usize,
}

/// Up to so many words a text is short: its words speak, but hardly one is a function word.
const SHORT: usize = 4;

pub(super) fn is_english(signs: &Signs, said: Said) -> bool {
    let against = signs.foreign + signs.accented;
    let evidence = signs.english + signs.weighed;
    match said {
        Said::Other => false,
        // Many accounts never set the language that their client assumes.
        Said::English => {
            signs.other_script * 2 <= signs.letters && (against < 2 || evidence * 2 > against)
        }
        Said::Nothing if signs.words == 0 && signs.letters == 0 => signs.faces > 0,
        Said::Nothing => {
            if signs.other_script * 5 > signs.letters || evidence == 0 || against * 2 > evidence {
                return false;
            }
            let seen = evidence + signs.both;
            if signs.words <= SHORT {
                against == 0 && seen * 2 >= signs.words
            } else {
                evidence >= 2 && seen * 4 >= signs.words
            }
        }
    }
}
