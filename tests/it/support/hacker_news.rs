//! A double of Hacker News's search: it holds posts and answers searches by what they say, with the
//! filters, pages and ceiling of the real one.

use std::sync::{Arc, Mutex};

use reqwest::Url;
use serde_json::{Value, json};

use super::upstream::{Reply, Seen, Upstream};

/// A story when it has a title, else a comment.
#[derive(Clone, Debug, Default)]
pub struct Post {
    pub id: u64,
    /// Seconds since 1970.
    pub second: i64,
    pub author: &'static str,
    pub title: Option<String>,
    pub text: Option<String>,
    /// The title of the story a comment is under.
    pub story_title: Option<String>,
}

impl Post {
    pub fn comment(id: u64, second: i64, text: &str) -> Self {
        Self { id, second, author: "ann", text: Some(text.to_owned()), ..Self::default() }
    }

    pub fn story(id: u64, second: i64, title: &str) -> Self {
        Self { id, second, author: "bob", title: Some(title.to_owned()), ..Self::default() }
    }

    fn is_story(&self) -> bool {
        self.title.is_some()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        match name {
            "title" => self.title.as_deref(),
            "story_text" => self.text.as_deref().filter(|_| self.is_story()),
            "comment_text" => self.text.as_deref().filter(|_| !self.is_story()),
            "story_title" => self.story_title.as_deref(),
            "author" => Some(self.author),
            _ => None,
        }
    }

    fn hit(&self) -> Value {
        let kind = if self.is_story() { "story" } else { "comment" };
        json!({
            "objectID": self.id.to_string(), "created_at_i": self.second, "author": self.author,
            "title": self.title, "url": self.is_story().then_some("https://acme.example/a"),
            "story_text": self.attribute("story_text"), "comment_text": self.attribute("comment_text"),
            "points": self.is_story().then_some(7), "num_comments": self.is_story().then_some(3),
            "story_title": self.story_title, "_tags": [kind, format!("author_{}", self.author)],
        })
    }
}

/// Starts a double that gives no more than `ceiling` hits of one search.
pub async fn start(mut posts: Vec<Post>, ceiling: usize) -> Upstream {
    posts.sort_by_key(|post| std::cmp::Reverse((post.second, post.id)));
    Upstream::start(move |seen| answer(&posts, ceiling, seen)).await
}

/// Starts a double whose posts change while it runs.
pub async fn start_changing(posts: Arc<Mutex<Vec<Post>>>) -> Upstream {
    Upstream::start(move |seen| {
        let mut posts = posts.lock().unwrap().clone();
        posts.sort_by_key(|post| std::cmp::Reverse((post.second, post.id)));
        answer(&posts, 1_000, seen)
    })
    .await
}

/// Starts a double that is never sure of how many hits there are, and says too few.
pub async fn start_unsure(mut posts: Vec<Post>) -> Upstream {
    posts.sort_by_key(|post| std::cmp::Reverse((post.second, post.id)));
    Upstream::start(move |seen| match answer(&posts, 1_000, seen) {
        Reply::Whole(status, headers, body) => {
            let mut body: Value = serde_json::from_slice(&body).unwrap();
            body["nbHits"] = json!(body["hits"].as_array().unwrap().len());
            body["exhaustiveNbHits"] = json!(false);
            Reply::Whole(status, headers, body.to_string().into_bytes())
        }
        other => other,
    })
    .await
}

fn answer(posts: &[Post], ceiling: usize, seen: &Seen) -> Reply {
    let url = Url::parse("http://double").unwrap().join(&seen.path).unwrap();
    if url.path() != "/api/v1/search_by_date" {
        return Reply::status(404, &[], r#"{"message":"not found","status":404}"#);
    }
    let parameter = |name: &str| {
        url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    };
    let wanted = Wanted {
        phrases: phrases(&parameter("query").unwrap_or_default()),
        tags: parameter("tags").unwrap_or_default(),
        filters: parameter("numericFilters").unwrap_or_default(),
        attributes: parameter("restrictSearchableAttributes")
            .unwrap_or_else(|| "title,comment_text,story_text,story_title,author".to_owned()),
    };
    let number = |name: &str, or: usize| parameter(name).map_or(or, |text| text.parse().unwrap());
    let size = number("hitsPerPage", 20).clamp(1, ceiling.min(1_000));
    let page = number("page", 0);
    let found: Vec<&Post> = posts.iter().filter(|post| wanted.has(post)).collect();
    let reachable = found.len().min(ceiling);
    if page > 0 && page * size >= ceiling {
        let message = format!("you can only fetch the {ceiling} hits for this query");
        let body = json!({ "hits": [], "nbHits": 0, "page": page, "message": message });
        return Reply::ok("application/json", body.to_string());
    }
    let hits = found[..reachable].iter().skip(page * size).take(size);
    let body = json!({
        "hits": hits.map(|post| post.hit()).collect::<Vec<_>>(), "nbHits": found.len(),
        "page": page, "nbPages": reachable.div_ceil(size), "hitsPerPage": size,
        "exhaustiveNbHits": true,
    });
    Reply::ok("application/json", body.to_string())
}

struct Wanted {
    phrases: Vec<Vec<String>>,
    tags: String,
    filters: String,
    attributes: String,
}

impl Wanted {
    fn has(&self, post: &Post) -> bool {
        let kind = if post.is_story() { "story" } else { "comment" };
        let tags = self.tags.trim_matches(['(', ')']);
        tags.split(',').any(|tag| tag == kind)
            && self.filters.split(',').filter(|filter| !filter.is_empty()).all(|filter| {
                let (bound, holds): (_, fn(i64, i64) -> bool) =
                    if let Some(bound) = filter.strip_prefix("created_at_i>=") {
                        (bound, |at, bound| at >= bound)
                    } else if let Some(bound) = filter.strip_prefix("created_at_i<=") {
                        (bound, |at, bound| at <= bound)
                    } else {
                        panic!("the double does not know the filter {filter}")
                    };
                holds(post.second, bound.parse().unwrap())
            })
            && self.phrases.iter().all(|phrase| self.says(post, phrase))
    }

    fn says(&self, post: &Post, phrase: &[String]) -> bool {
        self.attributes.split(',').filter_map(|name| post.attribute(name)).any(|text| {
            let words = words(text);
            words.windows(phrase.len()).any(|found| found == phrase)
        })
    }
}

/// The quoted phrases and the bare words of a query.
fn phrases(query: &str) -> Vec<Vec<String>> {
    let parts = query.split('"').enumerate();
    let phrases = parts.flat_map(|(index, part)| {
        if index % 2 == 1 {
            vec![words(part)]
        } else {
            words(part).into_iter().map(|word| vec![word]).collect()
        }
    });
    phrases.filter(|phrase| !phrase.is_empty()).collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
