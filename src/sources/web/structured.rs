//! What a page says of itself in JSON-LD by the words of schema.org.

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde_json::Value;

use crate::model::document::{Author, Engagement};
use crate::sources::rss::{dates, parse};

const ARTICLES: [&str; 6] =
    ["Article", "NewsArticle", "BlogPosting", "TechArticle", "Report", "ScholarlyArticle"];
const POSTS: [&str; 2] = ["DiscussionForumPosting", "SocialMediaPosting"];

#[derive(Debug, Default)]
pub struct Structured {
    pub title: Option<String>,
    pub body: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
    pub author: Option<Author>,
    pub lang: Option<String>,
    pub engagement: Engagement,
    /// Whether it is somebody's post rather than an article.
    pub is_post: bool,
    is_known: bool,
}

impl Structured {
    /// This, where it says something, else the other.
    pub fn or(self, other: Self) -> Self {
        if self.is_known { self } else { other }
    }
}

/// The first article or post that is told of.
pub fn read(json: &str) -> Structured {
    let Ok(value) = serde_json::from_str::<Value>(json) else { return Structured::default() };
    find(&value).map(of).unwrap_or_default()
}

fn is_one_of(value: &Value, kinds: &[&str]) -> bool {
    let is = |kind: &Value| kind.as_str().is_some_and(|kind| kinds.contains(&kind));
    match value.get("@type") {
        Some(Value::Array(all)) => all.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

fn find(value: &Value) -> Option<&Value> {
    if let Value::Array(all) = value {
        return all.iter().find_map(find);
    }
    if is_one_of(value, &ARTICLES) || is_one_of(value, &POSTS) {
        return Some(value);
    }
    value.get("@graph").and_then(find).or_else(|| value.get("mainEntity").and_then(find))
}

fn of(value: &Value) -> Structured {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| value.get(*name)?.as_str());
        found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    Structured {
        title: text(&["headline", "name"]),
        body: text(&["articleBody", "text"]),
        published_at: text(&["datePublished", "dateCreated"]).and_then(|date| dates::read(&date)),
        author: value.get("author").and_then(author),
        lang: text(&["inLanguage"]),
        engagement: engagement(value.get("interactionStatistic")),
        is_post: is_one_of(value, &POSTS),
        is_known: true,
    }
}

fn author(value: &Value) -> Option<Author> {
    let first = value.as_array().map_or(Some(value), |all| all.first())?;
    let name = first.as_str().or_else(|| first.get("name")?.as_str());
    let page = first.get("url").and_then(|url| Url::parse(url.as_str()?).ok());
    Some(parse::author(name, page.as_ref())).filter(|author| *author != Author::default())
}

fn engagement(value: Option<&Value>) -> Engagement {
    let mut counts = Engagement::default();
    let all = match value {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for one in all {
        let kind = one.get("interactionType").map(|kind| kind.get("@type").unwrap_or(kind));
        let kind = kind.and_then(Value::as_str).unwrap_or_default();
        let count = one.get("userInteractionCount");
        let count = count.and_then(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()));
        let place = match kind.rsplit('/').next().unwrap_or_default() {
            "LikeAction" => &mut counts.likes,
            "CommentAction" | "ReplyAction" => &mut counts.replies,
            "ShareAction" => &mut counts.shares,
            "ViewAction" | "WatchAction" | "ReadAction" => &mut counts.views,
            _ => continue,
        };
        *place = count;
    }
    counts
}
