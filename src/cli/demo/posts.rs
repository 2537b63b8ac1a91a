//! Sample posts, the same ones at every run but for their dates, which count back from now: the last
//! seven days always have some. What the question should find is known from how they are made, not from
//! looking at them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::phrases::{ABOUT, ASKED, COMPARED, NEAR_MISSES, OFF_TOPIC, OTHERS, PEOPLE};

const POSTS: u32 = 320;
const DAYS: u32 = 14;
const ASKED_DAYS: i64 = 7;
/// No post is nearer than this to where the window begins: the question comes a moment later.
const CLEAR_OF_EDGE: i64 = 90;
/// Some posts stand in the export twice, as they do in real ones.
const EVERY_SO_MANY_TWICE: u32 = 40;
/// The first ones are of the last hour, so that "today" has some nearly always.
const FRESH: u32 = 6;

/// The posts as an upload, and what was written into them.
pub struct Samples {
    /// A post a line.
    pub ndjson: String,
    /// Lines.
    pub rows: u64,
    /// Posts of the last seven days that name the brand, each once.
    pub mentions: u64,
    /// Those who wrote them.
    pub people: u64,
}

#[derive(Clone)]
struct Post {
    author: usize,
    lang: &'static str,
    text: String,
    names_asked: bool,
    is_repost: bool,
}

/// Makes the posts, dated back from `now`.
pub fn samples(now: DateTime<Utc>) -> Samples {
    let mut dice = Dice(0x0b17_e57a_c4de_4050);
    let mut made = Samples { ndjson: String::new(), rows: 0, mentions: 0, people: 0 };
    let mut people = BTreeSet::new();
    let mut before: Option<(Post, i64)> = None;
    for number in 0..POSTS {
        let (post, minutes) = match &before {
            Some((original, minutes)) if number % 11 == 10 => {
                (repost(&mut dice, original), later(&mut dice, *minutes))
            }
            _ => (write(&mut dice), minutes_ago(&mut dice, number)),
        };
        let line = line(&mut dice, number, &post, now - TimeDelta::minutes(minutes));
        let times = if number % EVERY_SO_MANY_TWICE == 7 { 2 } else { 1 };
        for _ in 0..times {
            made.ndjson.push_str(&line);
            made.ndjson.push('\n');
            made.rows += 1;
        }
        if post.names_asked && minutes < ASKED_DAYS * 24 * 60 {
            made.mentions += 1;
            people.insert(post.author);
        }
        before = Some((post, minutes));
    }
    made.people = people.len() as u64;
    made
}

fn write(dice: &mut Dice) -> Post {
    let author = dice.below(PEOPLE.len());
    let post = |(lang, text): (&'static str, String), names_asked| Post {
        author,
        lang,
        text,
        names_asked,
        is_repost: false,
    };
    let asked = spelled(dice);
    let other = *dice.pick(OTHERS);
    match dice.below(100) {
        0..34 => post(filled(dice.pick(ABOUT), &[&asked]), true),
        34..40 => post(filled(dice.pick(COMPARED), &[&asked, other]), true),
        40..67 => post(filled(dice.pick(ABOUT), &[other]), false),
        67..77 => post(filled(dice.pick(NEAR_MISSES), &[]), false),
        _ => post(filled(dice.pick(OFF_TOPIC), &[]), false),
    }
}

fn repost(dice: &mut Dice, original: &Post) -> Post {
    let handle = PEOPLE.get(original.author).map_or("", |(handle, _)| handle);
    Post {
        author: (original.author + 1 + dice.below(PEOPLE.len() - 1)) % PEOPLE.len(),
        text: format!("RT @{handle}: {}", original.text),
        is_repost: true,
        ..original.clone()
    }
}

/// The brand as people write it.
fn spelled(dice: &mut Dice) -> String {
    match dice.below(10) {
        0..6 => ASKED.to_owned(),
        6 | 7 => ASKED.to_lowercase(),
        8 => ASKED.to_uppercase(),
        _ => format!("#{}", ASKED.to_lowercase()),
    }
}

fn filled(
    (lang, sentence): &(&'static str, &'static str),
    brands: &[&str],
) -> (&'static str, String) {
    let fill = |text: String, brand: &&str| text.replacen("{}", brand, 1);
    (lang, brands.iter().fold((*sentence).to_owned(), fill))
}

fn minutes_ago(dice: &mut Dice, number: u32) -> i64 {
    if number < FRESH {
        return 3 + i64::from(number) * 9;
    }
    let minutes = 3 + i64::from(dice.next() % (DAYS * 24 * 60));
    if is_near_edge(minutes) { minutes + 2 * CLEAR_OF_EDGE } else { minutes }
}

/// When something of `minutes` ago was repeated.
fn later(dice: &mut Dice, minutes: i64) -> i64 {
    let repeated = (minutes - 1 - i64::from(dice.next() % 300)).max(1);
    if is_near_edge(repeated) { repeated - 2 * CLEAR_OF_EDGE } else { repeated }
}

fn is_near_edge(minutes: i64) -> bool {
    (minutes - ASKED_DAYS * 24 * 60).abs() < CLEAR_OF_EDGE
}

fn line(dice: &mut Dice, number: u32, post: &Post, at: DateTime<Utc>) -> String {
    let (handle, name) = PEOPLE.get(post.author).copied().unwrap_or_default();
    // A handle means the same account in any case.
    let shown = if dice.below(12) == 0 { handle.to_uppercase() } else { handle.to_owned() };
    let id = 70_001 + number * 17;
    let kind = if post.is_repost { "repost" } else { "post" };
    json!({
        "id": id.to_string(),
        "url": format!("https://social.example/@{handle}/{id}"),
        "kind": kind,
        "author": { "handle": shown, "name": name },
        "text": post.text,
        "lang": post.lang,
        "published_at": at,
        "engagement": { "likes": dice.next() % 180, "replies": dice.next() % 12 },
    })
    .to_string()
}

/// Numbers that look thrown and are the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u32 {
        let product = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = product.wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap_or_default()
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
