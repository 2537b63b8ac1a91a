//! Puts a reading together from what the pieces of a prompt say.

use super::cues::Cue;
use super::grammar::{Answer, Context, Read};
use super::intent::{Asked, labels};
use super::known;
use super::refusal::Refusal;
use super::scan::{Part, Scan};
use super::settle::settle;
use super::slot::Run;
use super::terms::Terms;
use super::words::slice;
use crate::model::document::DocumentKind;
use crate::model::reading::{Focus, Intent, Reading, SentimentLabel, Sort, SortBy, Term};

/// The reading of a prompt, and what was assumed.
pub(super) fn answer(
    context: &Context<'_>,
    scan: &Scan,
    run: &Run,
    asked: Asked,
    terms: Terms,
) -> Read<Answer> {
    let intent = match asked {
        Asked::Of(intent) => intent,
        Asked::Name => Intent::Count,
    };
    let times = settle(context, scan, intent, run)?;
    let said = &scan.said;
    let mut reading = Reading {
        exclude: said.exclude.clone(),
        window: times.window,
        compare_to: times.compare_to,
        limit: said.limit,
        filters: said.filters.clone(),
        schedule: said.schedule.clone(),
        extract: said.extract.clone(),
        ..Reading::of(intent)
    };
    let mut notes = said.notes.clone();
    notes.extend(times.notes);
    let mut build = Build { context, scan, reading: &mut reading, notes: &mut notes };
    build.sources()?;
    build.terms(run, terms)?;
    build.kinds();
    build.sentiment();
    build.shape(asked)?;
    Ok((reading, notes))
}

pub(super) struct Build<'a> {
    pub context: &'a Context<'a>,
    pub scan: &'a Scan,
    pub reading: &'a mut Reading,
    pub notes: &'a mut Vec<String>,
}

impl Build<'_> {
    /// Where to look: what is named, and what a word like "tweets" or "subreddits" implies.
    fn sources(&mut self) -> Read {
        let mut sources = self.scan.said.sources.clone();
        let says = |start: &str| {
            self.scan.pieces.iter().any(|piece| {
                let is_word = !matches!(piece.part, Part::Word | Part::Joint(_));
                is_word
                    && slice(self.context.tokens, piece.start, piece.end)
                        .iter()
                        .any(|token| token.lower.starts_with(start))
            })
        };
        if says("tweet") || says("retweet") {
            if sources.iter().any(|source| source != "x") && says("tweet") {
                return Err(Refusal::specific(
                    "asks for tweets, which are on X, and names another source; ask for mentions instead",
                ));
            }
            if says("tweet") {
                sources = vec!["x".to_owned()];
            }
        }
        let is_reddit = says("subreddit") || !self.reading.filters.community.is_empty();
        if is_reddit {
            if sources.iter().any(|source| source != "reddit") {
                return Err(Refusal::specific(
                    "names communities of Reddit and another source; ask about one at a time",
                ));
            }
            sources = vec!["reddit".to_owned()];
        }
        self.reading.sources = (!sources.is_empty()).then_some(sources);
        Ok(())
    }

    /// What to look for, and which meaning of it.
    fn terms(&mut self, run: &Run, terms: Terms) -> Read {
        let compares = matches!(self.reading.intent, Intent::Compare | Intent::ShareOfVoice);
        self.notes.extend(terms.notes);
        let has_lists = terms.says_and && terms.list.len() > 1;
        if has_lists && !compares {
            self.notes.push("“and” between names was read as either of them: a post that names one is counted, once".to_owned());
        }
        let owned = noun_behind(self.scan, run).filter(|_| terms.list.len() == 1);
        if let (Some(noun), [Term::Text(name)]) = (owned, terms.list.as_slice()) {
            self.notes.push(format!("“{name} {noun}” was read as {noun} about it, not by it"));
        }
        if terms.versus && !compares {
            return Err(Refusal::Unclear(run.start));
        }
        let mut sense = terms.sense;
        let name = match terms.list.as_slice() {
            [Term::Text(name)] => name.clone(),
            _ => String::new(),
        };
        for meaning in self.scan.said.meanings.clone() {
            if sense.is_some_and(|sense| sense.others.contains(&meaning.as_str())) {
                continue;
            }
            if let Some(known) = known::sense_without(&name, &meaning).filter(|_| sense.is_none()) {
                sense = Some(known);
            } else if let Some(words) = known::meaning(&meaning) {
                self.notes.push(format!(
                    "“not the {meaning}” was read as leaving out posts with: {}",
                    words.join(", ")
                ));
                self.reading.exclude.extend(words.iter().map(|&word| word.to_owned()));
            } else {
                return Err(super::terms::sense(&format!("not the {meaning}")));
            }
        }
        self.reading.terms = terms.list;
        if let Some(sense) = sense {
            self.mean(sense)?;
        }
        if compares {
            self.add_aliases();
        }
        Ok(())
    }

    /// Leaves out posts that mean something else by the name.
    fn mean(&mut self, sense: known::Sense) -> Read {
        let [Term::Text(name)] = self.reading.terms.as_slice() else {
            return Err(super::terms::sense(sense.name));
        };
        let name = name.clone();
        self.notes.push(format!(
            "“{name}” was read as {}: posts with one of these words are left out: {}",
            sense.says,
            sense.others.join(", ")
        ));
        self.reading.terms = vec![Term::Entity { name: name.clone(), any: vec![name] }];
        self.reading.filters.sense = Some(sense.says.to_owned());
        let mut exclude: Vec<String> = sense.others.iter().map(|&word| word.to_owned()).collect();
        exclude.append(&mut self.reading.exclude);
        self.reading.exclude = exclude;
        Ok(())
    }

    /// The other names that well-known names go by: a comparison is unfair to one that has two.
    fn add_aliases(&mut self) {
        for term in &mut self.reading.terms {
            let Term::Text(name) = term else { continue };
            let Some(other) = known::alias(name) else { continue };
            self.notes.push(format!("“{name}” was looked for as “{other}” as well"));
            let any = vec![name.clone(), other.to_owned()];
            *term = Term::Entity { name: name.clone(), any };
        }
    }

    /// Which kinds of posts are meant by the noun they are called by.
    fn kinds(&mut self) {
        for at in 0..self.scan.pieces.len() {
            let Some(Cue::Kind(kind)) = self.scan.cue(at) else { continue };
            let on_video_sites = self.reading.sources.as_ref().is_some_and(|sources| {
                sources.iter().all(|source| ["youtube", "tiktok"].contains(&source.as_str()))
            });
            if kind == DocumentKind::Video && on_video_sites {
                continue;
            }
            let is_part = self.scan.says(Cue::Percentage) || self.scan.says(Cue::Share);
            let labelled = at > 0 && matches!(self.scan.cue(at - 1), Some(Cue::Label(_)));
            if is_part && labelled && kind == DocumentKind::Comment {
                self.notes.push("“comments” was read as mentions of any kind".to_owned());
                continue;
            }
            let kinds = &mut self.reading.filters.kind;
            if self.scan.is_joined_to_posts(at) && !kinds.contains(&DocumentKind::Post) {
                kinds.push(DocumentKind::Post);
            }
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let counts_askers = self.scan.says(Cue::Ask) && self.reading.intent == Intent::Count;
        let asks = counts_askers
            || self.scan.says(Cue::Questions)
            || self.reading.intent == Intent::Questions;
        if asks {
            self.reading.filters.is_question = Some(true);
        }
        if self.scan.says(Cue::Unanswered) {
            self.reading.filters.answered = Some(false);
        } else if self.scan.says(Cue::Answered) {
            self.reading.filters.answered = Some(true);
        }
    }

    /// What a named sentiment does: it is stressed where all of them are told, else it restricts.
    fn sentiment(&mut self) {
        let labels = labels(self.scan);
        let focus = match labels.as_slice() {
            [one] => Some(Focus { sentiment: *one }),
            _ => None,
        };
        match self.reading.intent {
            Intent::Sentiment | Intent::Compare => self.reading.focus = focus,
            _ => self.reading.filters.sentiment = labels,
        }
        let extreme = self.scan.cues().find_map(|cue| match cue {
            Cue::Extreme(label) => Some(label),
            _ => None,
        });
        if let Some(label) = extreme {
            let descending = label == SentimentLabel::Positive;
            self.reading.sort = Some(Sort { by: SortBy::Sentiment, descending });
        }
    }
}

/// The noun behind a name that could be what it wrote: "Acme posts".
fn noun_behind(scan: &Scan, run: &Run) -> Option<&'static str> {
    let is_led = run
        .first
        .checked_sub(1)
        .and_then(|before| scan.cue(before))
        .is_some_and(|cue| matches!(cue, Cue::About | Cue::Mention | Cue::Mentioned | Cue::On));
    match scan.cue(run.last + 1) {
        Some(Cue::Posts) if !is_led => Some("posts"),
        Some(Cue::Tweets) if !is_led => Some("tweets"),
        _ => None,
    }
}
