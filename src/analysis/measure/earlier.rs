//! The posts of the run before: what of theirs is new, came late, or is gone.
//!
//! They are held apart from the posts that are counted, so no figure changes by them.

use std::cmp::Reverse;

use crate::model::changes::PostRef;
use crate::model::document::Document;
use crate::model::reading::{Intent, Metric};
use crate::model::window::TimeRange;

use super::Measure;
use super::filter::{Verdict, judge};
use super::groups::face;
use super::names::NONE;
use super::record::Register;
use super::rows::{Added, Row, Rows};

/// What is known of the run before.
#[derive(Clone, Debug)]
pub(super) struct Earlier {
    /// The time it looked at.
    span: TimeRange,
    /// The sources it covered completely: what it lacks of them was not there yet.
    complete: Vec<String>,
    /// The sources that this run covers completely: what is not found is not there any more.
    complete_now: Vec<String>,
    register: Register,
    posts: Rows,
}

/// Posts that came late or are gone: the newest of them, and how many they are.
pub(super) struct Moved {
    pub posts: Vec<PostRef>,
    pub total: u64,
}

/// A post with the register its numbers are of.
type Place<'a> = (&'a Register, &'a Rows, usize, &'a Row);

impl Measure {
    /// Tells of the run before: the time it looked at, and the sources that it covered completely.
    /// Its documents follow by [`Measure::earlier`], before or after those of this run.
    pub fn earlier_run(&mut self, span: TimeRange, complete: &[String]) {
        self.earlier = Some(Box::new(Earlier {
            span,
            complete: complete.to_vec(),
            complete_now: Vec::new(),
            register: Register::new(&self.plan),
            posts: Rows::default(),
        }));
    }

    /// Whether the answer needs the posts of the run before.
    pub fn asks_earlier(&self) -> bool {
        match self.plan.intent {
            // Posts of the run before have no labels, so they cannot be told to feel as is asked.
            _ if self.waiting.is_some() && !self.filters.sentiment.is_empty() => false,
            Intent::Changes => self.told.previous.is_some(),
            _ => self.plan.wants(Metric::NewUsers),
        }
    }

    /// The time that the window is seen against.
    pub fn previous(&self) -> Option<TimeRange> {
        self.told.previous
    }

    /// As if nothing had been told of the run before.
    pub fn forget_earlier_run(&mut self) {
        self.earlier = None;
    }

    /// Takes one document that the run before collected; those that do not match are left out here.
    pub fn earlier(&mut self, document: &Document) {
        let (Some(earlier), Some(at)) = (&mut self.earlier, document.published_at) else { return };
        if !self.matcher.look(document, &mut self.sight) {
            return;
        }
        if judge(&self.filters, self.plan.asks(), document) != Verdict::Passed {
            return;
        }
        let row = earlier.register.row(&self.plan, document, at, None);
        let (place, added) = earlier.posts.add(&document.id, row, self.plan.order);
        if !matches!(added, Added::Passed) {
            earlier.posts.faces.set(place, &earlier.register.face(document));
        }
    }

    /// The sources that this run covers completely; after [`Measure::earlier_run`].
    pub fn covers(&mut self, complete: &[String]) {
        if let Some(earlier) = &mut self.earlier {
            earlier.complete_now = complete.to_vec();
        }
    }

    /// People who are counted and were not among those of the run before; where that is asked
    /// outside of what changed.
    pub(super) fn newcomers(&self, assumptions: &mut Vec<String>) -> Option<u64> {
        if !self.plan.wants(Metric::NewUsers) || self.plan.intent == Intent::Changes {
            return None;
        }
        let Some(earlier) = &self.earlier else {
            assumptions
                .push("new users cannot be told: the posts of no earlier run are known".to_owned());
            return None;
        };
        assumptions
            .push("new users are people who are not among those of the run before".to_owned());
        let authors = &self.register.authors;
        let mut is_counted = vec![false; authors.len()];
        let mut count = 0;
        for row in self.current.all().iter().filter(|row| row.author != NONE) {
            let Some(is_counted) = is_counted.get_mut(row.author as usize) else { continue };
            let source = earlier.register.sources.known(0, self.register.sources.get(row.source));
            let is_known = source.is_some_and(|source| {
                earlier.register.authors.known(source, authors.get(row.author)).is_some()
            });
            count += u64::from(!is_known && !*is_counted);
            *is_counted = true;
        }
        Some(count)
    }

    /// Posts of the time before that the run before did not have, and those it had that are gone.
    pub(super) fn moved(&self, assumptions: &mut Vec<String>) -> Option<(Moved, Moved)> {
        let previous = self.told.previous?;
        let Some(earlier) = &self.earlier else {
            assumptions.push("which posts came late and which are gone cannot be told: the posts of no earlier run are known".to_owned());
            return None;
        };
        let is_of = |sources: &[String], name: &str| sources.iter().any(|source| source == name);
        let late = |(register, rows, place, row): &Place| {
            let source = register.sources.get(row.source);
            earlier.span.contains(row.at)
                && is_of(&earlier.complete, source)
                && !has(&earlier.register, &earlier.posts, source, rows.id(*place))
        };
        let gone = |(register, rows, place, row): &Place| {
            let (source, id) = (register.sources.get(row.source), rows.id(*place));
            let is_here = |rows| has(&self.register, rows, source, id);
            previous.contains(row.at)
                && is_of(&earlier.complete_now, source)
                && !is_here(&self.current)
                && !is_here(&self.previous)
        };
        let late = self.newest(&self.register, &self.previous, late);
        let gone = self.newest(&earlier.register, &earlier.posts, gone);
        assumptions.push("posts are late where the run before looked at their time and did not have them, and removed where it had them and they are not found any more; of sources that were covered completely".to_owned());
        Some((late, gone))
    }

    fn newest(&self, register: &Register, rows: &Rows, is_meant: impl Fn(&Place) -> bool) -> Moved {
        let places = rows.all().iter().enumerate();
        let places = places.map(|(place, row)| (register, rows, place, row));
        let mut meant: Vec<Place> = places.filter(is_meant).collect();
        meant.sort_by_cached_key(|(_, _, place, row)| {
            (Reverse(row.at), register.sources.get(row.source), rows.id(*place))
        });
        let total = meant.len() as u64;
        Moved { posts: meant.iter().take(self.plan.posts).map(reference).collect(), total }
    }
}

fn has(register: &Register, rows: &Rows, source: &str, id: &str) -> bool {
    let source = register.sources.known(0, source);
    source.is_some_and(|source| rows.of_post(source, id).is_some())
}

fn reference((register, rows, place, row): &Place) -> PostRef {
    let (author, url) = match *rows.faces.get(*place) {
        [author, url] => (author, url),
        _ => (NONE, NONE),
    };
    PostRef {
        source: register.sources.get(row.source).to_owned(),
        id: rows.id(*place).to_owned(),
        url: (url != NONE).then(|| register.faces.get(url).to_owned()),
        author: face(register.faces.get(author)),
        published_at: row.at,
    }
}
