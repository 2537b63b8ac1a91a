//! The groups, figures and order that each kind of answer has.

use super::answer::Build;
use super::cues::Cue;
use super::grammar::Read;
use super::intent::{Asked, is_time, labels};
use super::list::Joint;
use super::refusal::Refusal;
use super::scan::Part;
use super::words::{self, word};
use crate::model::reading::{GroupBy, Intent, Metric, Sort, SortBy};

impl Build<'_> {
    /// The groups, figures and order that the kind of answer has.
    pub fn shape(&mut self, asked: Asked) -> Read {
        let groups = ordered(&self.scan.said.groups);
        let times: Vec<GroupBy> = groups.iter().copied().filter(|group| is_time(*group)).collect();
        match self.reading.intent {
            Intent::Count => self.count(asked),
            Intent::Exists => self.reading.metrics = vec![Metric::Mentions],
            Intent::Breakdown => self.breakdown(groups),
            Intent::Trend => self.trend(groups),
            Intent::TopPosts => self.top_posts()?,
            Intent::TopAuthors => self.top_authors()?,
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
            Intent::Changes => self.changes()?,
            Intent::Spike => {
                self.reading.group_by = vec![times.first().copied().unwrap_or(GroupBy::Day)];
                self.reading.metrics = vec![Metric::Mentions, Metric::Zscore, Metric::Documents];
            }
            Intent::Summary => self.summary(),
            Intent::Unsupported => {}
        }
        Ok(())
    }

    fn summary(&mut self) {
        self.reading.metrics = vec![Metric::Documents, Metric::Sentiment];
        if self.scan.says(Cue::Latest) {
            self.reading.sort = Some(Sort::most(SortBy::PublishedAt));
        }
        if !self.reading.filters.language.is_empty() {
            self.notes.push(
                "the language named was read as that of the posts, not of the summary".to_owned(),
            );
        }
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
                Cue::Platforms => GroupBy::Source,
                Cue::Countries => GroupBy::Country,
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

    /// What a ranking goes by, where it says so; two figures are no order.
    fn ranked_by(&self) -> Read<Option<SortBy>> {
        let said = self.scan.cues().filter_map(|cue| match cue {
            Cue::Most(by) | Cue::Metric(by) => Some(by),
            _ => None,
        });
        let mut all: Vec<SortBy> = self.scan.said.sort.map(|sort| sort.by).into_iter().collect();
        all.extend(said);
        all.dedup();
        match all.as_slice() {
            [] => Ok(None),
            [by] => Ok(Some(*by)),
            _ => Err(Refusal::specific(
                "ranks by two figures at once; name one, like “by likes” or “by engagement”",
            )),
        }
    }

    fn top_posts(&mut self) -> Read {
        let by = self.ranked_by()?.unwrap_or_else(|| {
            self.notes.push("what the top is by was not said: engagement was taken".to_owned());
            SortBy::Engagement
        });
        self.reading.metrics = vec![metric(by)];
        self.reading.sort = Some(Sort::most(by));
        Ok(())
    }

    fn top_authors(&mut self) -> Read {
        self.reading.group_by = vec![GroupBy::Author];
        let by = self.ranked_by()?.unwrap_or(SortBy::Mentions);
        self.reading.metrics = vec![metric(by)];
        if by != SortBy::Mentions {
            self.reading.metrics.push(Metric::Mentions);
        }
        self.reading.sort = Some(Sort::most(by));
        Ok(())
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

    fn changes(&mut self) -> Read {
        if self.reading.terms.len() > 1 && self.scan.says(Cue::Compare) {
            return Err(Refusal::specific(
                "compares names and times at once; compare the names in one time, or ask how the mentions of one changed",
            ));
        }
        let counts = self
            .scan
            .has(|cue| matches!(cue, Cue::Mentions | Cue::HowMany | Cue::Times | Cue::People));
        let figures = self.figures();
        let new_posts = self.scan.says(Cue::New) || self.reading.compare_to.is_none();
        let first = if counts || !new_posts { figures } else { vec![Metric::Documents] };
        self.reading.metrics = [first, vec![Metric::Delta]].concat();
        Ok(())
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
