//! What a reading asks of the posts: which figures, in which order, and what has to be kept of each
//! post for them.

use std::collections::BTreeMap;

use crate::model::reading::{FieldType, Filters, Focus, GroupBy, Intent, Metric, Reading, SortBy};
use crate::model::window::TimeRange;

use super::buckets::Unit;
use super::extract::is_feeling;
use super::feelings::LOOKED_THROUGH;
use super::notes;
use super::rank::Order;
use super::summary;

/// Rows of a ranked list where none are asked for.
const RANKED: usize = 10;
/// Posts of a list where none are asked for.
const DOCUMENTS: usize = 50;
/// Posts that show that there are some.
const SAMPLE: usize = 3;
/// No list is longer: it is part of one document.
pub(super) const MOST_LISTED: usize = 10_000;
/// The longest window that is searched for spikes by the hour unless days are asked for.
const HOURLY: i64 = 3 * 24;

/// What is kept of the words of each post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Keywords,
    Hashtags,
    Domains,
    Links,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub intent: Intent,
    /// The order of the posts that are listed.
    pub order: Order,
    /// How many posts are listed.
    pub posts: usize,
    /// How many rows of another list are shown; `None` is all.
    pub rows: Option<usize>,
    /// What `groups` are.
    pub group: Option<GroupBy>,
    /// What the series is cut into.
    pub unit: Option<Unit>,
    /// What each piece of the series is told apart by.
    pub inner: Option<GroupBy>,
    /// What `entities` are: sources or terms.
    pub compared: Option<GroupBy>,
    pub keeps_terms: bool,
    /// Whether it is told what each post feels.
    pub judges: bool,
    pub keeps_words: Option<Words>,
    /// Whether posts that the filters leave out are looked at as well, to hold the others against.
    pub keeps_rest: bool,
    pub metrics: Vec<Metric>,
    pub sort: Option<(SortBy, bool)>,
    /// The fields to find in each post.
    pub extract: BTreeMap<String, FieldType>,
    /// What a summary stresses.
    pub focus: Option<Focus>,
    /// What is assumed, and what is not computed.
    pub notes: Vec<String>,
}

impl Plan {
    /// Whether it matters to the answer what posts feel.
    pub fn feels(&self, filters: &Filters) -> bool {
        self.judges
            || !filters.sentiment.is_empty()
            || self.sort.is_some_and(|(by, _)| by == SortBy::Sentiment)
            || self.extract.keys().any(|name| is_feeling(name))
    }

    pub fn of(reading: &Reading, window: &TimeRange) -> Self {
        let intent = reading.intent;
        let unit = unit_of(reading, window);
        let group = group_of(reading);
        let is_compared = matches!(intent, Intent::Compare | Intent::ShareOfVoice);
        let compares_sources =
            is_compared && asks_by(reading, GroupBy::Source) && !asks_by(reading, GroupBy::Term);
        let inner = match (unit, is_compared) {
            (None, _) => None,
            (_, true) if compares_sources => Some(GroupBy::Source),
            (_, true) => Some(GroupBy::Term),
            _ => [GroupBy::Source, GroupBy::Term].into_iter().find(|by| asks_by(reading, *by)),
        };
        let is_spike = intent == Intent::Spike;
        let by_term = is_compared && !compares_sources
            || [group, inner].contains(&Some(GroupBy::Term))
            || is_spike && reading.terms.len() > 1;
        let keeps_words = match (intent, group) {
            (Intent::Keywords | Intent::Summary, _) | (_, Some(GroupBy::Keyword)) => {
                Some(Words::Keywords)
            }
            (Intent::Hashtags | Intent::Spike, _) | (_, Some(GroupBy::Hashtag)) => {
                Some(Words::Hashtags)
            }
            (_, Some(GroupBy::Domain)) => Some(Words::Domains),
            (_, Some(GroupBy::Link)) => Some(Words::Links),
            _ => None,
        };
        let judges = matches!(intent, Intent::Sentiment | Intent::Summary)
            || asks_by(reading, GroupBy::Sentiment)
            || reading.metrics.contains(&Metric::Sentiment);
        let is_items = matches!(intent, Intent::Keywords | Intent::Hashtags);
        let mut plan = Self {
            intent,
            order: Order::of(reading),
            posts: posts_of(reading),
            rows: rows_of(reading, group),
            group,
            unit: unit.map(|unit| unit.fitting(window)),
            inner,
            compared: is_compared.then_some(if compares_sources {
                GroupBy::Source
            } else {
                GroupBy::Term
            }),
            keeps_terms: by_term || judges && reading.terms.len() > 1,
            judges,
            keeps_words,
            keeps_rest: is_items && !reading.filters.is_none(),
            metrics: reading.metrics.clone(),
            sort: reading.sort.map(|sort| (sort.by, sort.descending)),
            extract: reading.extract.clone().unwrap_or_default(),
            focus: reading.focus,
            notes: Vec::new(),
        };
        plan.notes = notes::of(reading, &plan, unit);
        plan
    }

    /// Whether only questions are counted, as their intent has it.
    pub fn asks(&self) -> bool {
        self.intent == Intent::Questions
    }

    /// Whether `entities` are sources rather than terms.
    pub fn compares_sources(&self) -> bool {
        self.compared == Some(GroupBy::Source)
    }

    /// Whether posts that say nearly the same are listed once.
    pub fn lists_once(&self) -> bool {
        use Intent::{Changes, Extract, List, Questions, Summary, TopPosts};
        matches!(self.intent, TopPosts | List | Extract | Questions | Changes | Summary)
    }

    /// How many posts are kept for the list, so that enough are left where many say the same.
    pub fn kept(&self) -> usize {
        if self.lists_once() {
            self.posts.saturating_mul(4).saturating_add(100)
        } else {
            self.posts
        }
    }

    /// How many posts are kept to find examples among.
    pub fn looked_through(&self) -> usize {
        match self.intent {
            Intent::Summary => summary::LOOKED_THROUGH,
            _ if self.judges => LOOKED_THROUGH,
            _ => 0,
        }
    }

    /// Whether it is kept what authors are called.
    pub fn keeps_faces(&self) -> bool {
        self.intent == Intent::TopAuthors
    }

    pub fn wants(&self, metric: Metric) -> bool {
        self.metrics.contains(&metric)
    }
}

pub(super) fn asks_by(reading: &Reading, group: GroupBy) -> bool {
    reading.group_by.contains(&group)
}

fn unit_of(reading: &Reading, window: &TimeRange) -> Option<Unit> {
    let named = reading.group_by.iter().find_map(|group| Unit::of(*group));
    match reading.intent {
        Intent::Trend => named.or(Some(Unit::Day)),
        Intent::Spike => {
            let is_short = (window.to - window.from).num_hours() <= HOURLY;
            let usual = if is_short { Unit::Hour } else { Unit::Day };
            // A weekday is no span of time.
            named.filter(|unit| *unit != Unit::Weekday).or(Some(usual))
        }
        Intent::Summary => {
            let days = (window.to - window.from).num_days();
            let usual = match days {
                ..2 => None,
                2..60 => Some(Unit::Day),
                60..365 => Some(Unit::Week),
                _ => Some(Unit::Month),
            };
            named.or(usual)
        }
        _ => named,
    }
}

/// What posts can be put into groups by.
pub(super) fn is_group(group: GroupBy) -> bool {
    Unit::of(group).is_none() && group != GroupBy::Sentiment
}

fn group_of(reading: &Reading) -> Option<GroupBy> {
    let named = reading.group_by.iter().copied().find(|group| is_group(*group));
    match reading.intent {
        Intent::Breakdown => {
            let has_series = reading.group_by.iter().any(|group| Unit::of(*group).is_some());
            named.or_else(|| (!has_series).then_some(GroupBy::Source))
        }
        Intent::Languages => Some(GroupBy::Language),
        // A count has its sources anyway.
        Intent::Count => named.filter(|group| *group != GroupBy::Source),
        _ => None,
    }
}

fn posts_of(reading: &Reading) -> usize {
    let asked = reading.limit.map(|limit| usize::try_from(limit).unwrap_or(MOST_LISTED));
    let usual = match reading.intent {
        Intent::Exists => SAMPLE,
        Intent::TopPosts | Intent::Spike => RANKED,
        Intent::List | Intent::Extract | Intent::Questions | Intent::Changes => DOCUMENTS,
        Intent::Summary => summary::POINTS,
        _ => return 0,
    };
    let most = if reading.intent == Intent::Summary { summary::MOST_POINTS } else { MOST_LISTED };
    asked.unwrap_or(usual).min(most)
}

/// Groups that are few anyway are all shown.
fn rows_of(reading: &Reading, group: Option<GroupBy>) -> Option<usize> {
    let is_few = matches!(
        group,
        Some(
            GroupBy::Source | GroupBy::Kind | GroupBy::Language | GroupBy::Country | GroupBy::Term
        )
    );
    let usual = if is_few { None } else { Some(RANKED) };
    if reading.intent == Intent::Summary {
        return Some(RANKED);
    }
    reading.limit.map(|limit| usize::try_from(limit).unwrap_or(MOST_LISTED)).or(usual)
}
