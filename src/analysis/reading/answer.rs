//! Puts a reading together from what the pieces of a prompt say.

use super::cues::Cue;
use super::grammar::{Answer, Context, Read};
use super::intent::{Asked, is_time, labels};
use super::known;
use super::list::Joint;
use super::refusal::Refusal;
use super::scan::{Part, Scan};
use super::settle::settle;
use super::slot::Run;
use super::terms::Terms;
use super::words::{self, slice, word};
use crate::model::document::DocumentKind;
use crate::model::reading::{
    Focus, GroupBy, Intent, Metric, Reading, SentimentLabel, Sort, SortBy, Term,
};

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

struct Build<'a> {
    context: &'a Context<'a>,
    scan: &'a Scan,
    reading: &'a mut Reading,
    notes: &'a mut Vec<String>,
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
        for cue in self.scan.cues() {
            let Cue::Kind(kind) = cue else { continue };
            let on_video_sites = self.reading.sources.as_ref().is_some_and(|sources| {
                sources.iter().all(|source| ["youtube", "tiktok"].contains(&source.as_str()))
            });
            if kind == DocumentKind::Video && on_video_sites {
                continue;
            }
            if self.reading.intent == Intent::Sentiment && kind == DocumentKind::Comment {
                self.notes.push("“comments” was read as mentions of any kind".to_owned());
                continue;
            }
            if !self.reading.filters.kind.contains(&kind) {
                self.reading.filters.kind.push(kind);
            }
        }
        let asks = self.scan.says(Cue::Questions) || self.reading.intent == Intent::Questions;
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

    /// The groups, figures and order that the kind of answer has.
    fn shape(&mut self, asked: Asked) -> Read {
        let groups = ordered(&self.scan.said.groups);
        let times: Vec<GroupBy> = groups.iter().copied().filter(|group| is_time(*group)).collect();
        match self.reading.intent {
            Intent::Count => self.count(asked),
            Intent::Exists => self.reading.metrics = vec![Metric::Mentions],
            Intent::Breakdown => self.breakdown(groups),
            Intent::Trend => self.trend(groups),
            Intent::TopPosts => self.top_posts(),
            Intent::TopAuthors => self.top_authors(),
            Intent::Sentiment => {
                self.reading.group_by = with(groups, GroupBy::Sentiment);
                self.reading.metrics = vec![Metric::Mentions, Metric::Share];
            }
            Intent::Compare => self.compare(groups)?,
            Intent::ShareOfVoice => {
                if self.reading.terms.len() < 2 {
                    return Err(Refusal::specific(
                        "asks for a share of voice of one name; name the others it is shared with, like “share of voice of Acme vs Globex”",
                    ));
                }
                self.reading.group_by = with(groups, GroupBy::Term);
                self.reading.metrics = vec![Metric::Mentions, Metric::ShareOfVoice];
            }
            Intent::Keywords => self.items(GroupBy::Keyword),
            Intent::Hashtags => self.items(GroupBy::Hashtag),
            Intent::Languages => {
                self.reading.group_by = with(groups, GroupBy::Language);
                self.reading.metrics = self.figures();
            }
            Intent::Questions | Intent::List | Intent::Extract => {
                self.reading.metrics = vec![Metric::Documents];
                let newest = Sort::most(SortBy::PublishedAt);
                let sort = self.scan.said.sort.or(self.scan.says(Cue::Latest).then_some(newest));
                self.reading.sort = self.reading.sort.or(sort);
            }
            Intent::Changes => self.changes(),
            Intent::Spike => {
                self.reading.group_by = vec![times.first().copied().unwrap_or(GroupBy::Day)];
                self.reading.metrics = vec![Metric::Mentions, Metric::Zscore, Metric::Documents];
            }
            Intent::Summary => self.reading.metrics = vec![Metric::Documents, Metric::Sentiment],
            Intent::Unsupported => {}
        }
        Ok(())
    }

    fn count(&mut self, asked: Asked) {
        let many = self.reading.sources.as_ref().is_some_and(|sources| sources.len() > 1);
        let is_name = asked == Asked::Name;
        let by_source = is_name || many || self.scan.said.groups.contains(&GroupBy::Source);
        if self.scan.says(Cue::NewPeople) {
            self.reading.metrics = vec![Metric::NewUsers];
            self.notes.push(
                "new users are those who are not among the users of the run before".to_owned(),
            );
        } else {
            self.reading.metrics = self.figures();
            let has_people = self.reading.metrics.contains(&Metric::UniqueUsers);
            if by_source && !has_people {
                self.reading.metrics.push(Metric::UniqueUsers);
            }
        }
        if by_source {
            self.reading.group_by = vec![GroupBy::Source];
        }
        if is_name {
            self.notes.push("a name alone was read as: how many times it was mentioned, and by how many people, on each source".to_owned());
        }
    }

    /// Mentions, people, or both, as the prompt counts them.
    fn figures(&self) -> Vec<Metric> {
        let pieces = &self.scan.pieces;
        let cue = |at: usize| self.scan.cue(at);
        let counted =
            (0..pieces.len()).find(|&at| cue(at) == Some(Cue::People) && !self.is_subject(at));
        let Some(people) = counted else {
            return vec![Metric::Mentions];
        };
        let is_joined = (people.saturating_sub(3)..people + 2)
            .any(|at| pieces.get(at).is_some_and(|p| p.part == Part::Joint(Joint::And)));
        let near = people.saturating_sub(4)..people + 4;
        let has_posts = near
            .into_iter()
            .any(|at| matches!(cue(at), Some(Cue::Mentions | Cue::Posts | Cue::Tweets)));
        if (is_joined && has_posts) || self.scan.says(Cue::Times) {
            return vec![Metric::Mentions, Metric::UniqueUsers];
        }
        vec![Metric::UniqueUsers]
    }

    /// "keywords people use", "how often do people mention": the people do it, they are not counted.
    fn is_subject(&self, at: usize) -> bool {
        let unique = |i: usize| {
            let piece = self.scan.pieces.get(i);
            let first = piece.map_or("", |piece| word(self.context.tokens, piece.start));
            words::UNIQUE.contains(&first)
        };
        let joined =
            |i: usize| self.scan.pieces.get(i).is_some_and(|p| p.part == Part::Joint(Joint::And));
        if at > 0 && (unique(at - 1) || joined(at - 1)) {
            return false;
        }
        let before = (0..at).rev().find_map(|i| match self.scan.pieces.get(i).map(|p| p.part) {
            Some(Part::Cue(cue)) if cue != Cue::Polite => Some(cue),
            _ => None,
        });
        matches!(
            before,
            Some(
                Cue::Aux
                    | Cue::Times
                    | Cue::Keywords
                    | Cue::Hashtags
                    | Cue::Languages
                    | Cue::Questions
                    | Cue::Which
                    | Cue::When
                    | Cue::How
                    | Cue::Posts
                    | Cue::Mentions
            )
        )
    }

    fn breakdown(&mut self, mut groups: Vec<GroupBy>) {
        for cue in self.scan.cues() {
            let group = match cue {
                Cue::Communities => GroupBy::Community,
                Cue::Domains => GroupBy::Domain,
                Cue::Links => GroupBy::Link,
                _ => continue,
            };
            groups = with(groups, group);
        }
        if groups.is_empty() {
            groups.push(GroupBy::Source);
        }
        self.reading.group_by = groups;
        self.reading.metrics = self.figures();
        if self.scan.says(Cue::Top) || self.scan.said.sort.is_some() {
            self.reading.sort = Some(self.most_counted());
            self.reading.limit = self.reading.limit.or(Some(10));
        }
    }

    /// The most of what is counted first.
    fn most_counted(&self) -> Sort {
        let by_people = self.reading.metrics.first() == Some(&Metric::UniqueUsers);
        Sort::most(if by_people { SortBy::UniqueUsers } else { SortBy::Mentions })
    }

    fn trend(&mut self, mut groups: Vec<GroupBy>) {
        if !groups.iter().any(|group| is_time(*group)) {
            groups.insert(0, GroupBy::Day);
            self.notes.push("no unit of time was named: the trend is by day".to_owned());
        }
        self.reading.group_by = groups;
        self.reading.metrics = self.figures();
        if self.scan.says(Cue::Top) || self.scan.said.sort.is_some() {
            self.reading.sort = Some(self.most_counted());
        }
    }

    /// What a ranking goes by, where it says so.
    fn ranked_by(&self) -> Option<SortBy> {
        let said = self.scan.cues().find_map(|cue| match cue {
            Cue::Most(by) | Cue::Metric(by) => Some(by),
            _ => None,
        });
        self.scan.said.sort.map(|sort| sort.by).or(said)
    }

    fn top_posts(&mut self) {
        let by = self.ranked_by().unwrap_or_else(|| {
            self.notes.push("what the top is by was not said: engagement was taken".to_owned());
            SortBy::Engagement
        });
        self.reading.metrics = vec![metric(by)];
        self.reading.sort = Some(Sort::most(by));
    }

    fn top_authors(&mut self) {
        self.reading.group_by = vec![GroupBy::Author];
        let by = self.ranked_by().unwrap_or(SortBy::Mentions);
        self.reading.metrics = vec![metric(by)];
        if by != SortBy::Mentions {
            self.reading.metrics.push(Metric::Mentions);
        }
        self.reading.sort = Some(Sort::most(by));
    }

    fn compare(&mut self, groups: Vec<GroupBy>) -> Read {
        let one = self.reading.terms.len() == 1;
        let side = if one { GroupBy::Source } else { GroupBy::Term };
        let mut groups = with(groups, side);
        let by_sentiment = self.scan.says(Cue::Sentiment) || !labels(self.scan).is_empty();
        if by_sentiment {
            groups = with(groups, GroupBy::Sentiment);
        }
        let average = self.scan.says(Cue::Average);
        if average && by_sentiment {
            return Err(Refusal::specific(
                "asks for engagement and sentiment at once; ask for one of them",
            ));
        }
        self.reading.metrics = if average {
            vec![Metric::AvgEngagement, Metric::Mentions]
        } else if groups.contains(&GroupBy::Sentiment) {
            vec![Metric::Mentions, Metric::Sentiment]
        } else {
            vec![Metric::Mentions, Metric::UniqueUsers]
        };
        self.reading.group_by = groups;
        Ok(())
    }

    fn items(&mut self, group: GroupBy) {
        self.reading.group_by = vec![group];
        self.reading.metrics = vec![Metric::Mentions];
    }

    fn changes(&mut self) {
        let counts = self
            .scan
            .has(|cue| matches!(cue, Cue::Mentions | Cue::HowMany | Cue::Times | Cue::People));
        let figures = self.figures();
        let new_posts = self.scan.says(Cue::New) || self.reading.compare_to.is_none();
        let first = if counts || !new_posts { figures } else { vec![Metric::Documents] };
        self.reading.metrics = [first, vec![Metric::Delta]].concat();
    }
}

/// The figure a list is ordered by.
fn metric(by: SortBy) -> Metric {
    match by {
        SortBy::Likes => Metric::Likes,
        SortBy::Views => Metric::Views,
        SortBy::Replies => Metric::Replies,
        SortBy::Shares => Metric::Shares,
        SortBy::Engagement => Metric::Engagement,
        SortBy::UniqueUsers => Metric::UniqueUsers,
        SortBy::Mentions => Metric::Mentions,
        SortBy::Sentiment => Metric::Sentiment,
        SortBy::PublishedAt => Metric::Documents,
    }
}

/// Units of time first, then sources, terms and the rest.
fn ordered(groups: &[GroupBy]) -> Vec<GroupBy> {
    let rank = |group: &GroupBy| match group {
        group if is_time(*group) => 0,
        GroupBy::Source => 1,
        GroupBy::Term => 2,
        GroupBy::Sentiment => 4,
        _ => 3,
    };
    let mut groups = groups.to_vec();
    groups.sort_by_key(rank);
    groups
}

fn with(mut groups: Vec<GroupBy>, group: GroupBy) -> Vec<GroupBy> {
    if !groups.contains(&group) {
        groups.push(group);
    }
    ordered(&groups)
}
