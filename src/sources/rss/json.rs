//! JSON Feed 1 and 1.1, read here because the feed library takes neither ids that are numbers nor an
//! item's language, and does not say where the next page is.

use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::dates;
use super::parse::{Feed, Item, author};
use crate::sources::text;

const VERSION: &str = "jsonfeed.org/version/1";

#[derive(Deserialize)]
struct JsonFeed {
    version: String,
    #[serde(default)]
    next_url: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(flatten)]
    by: By,
    items: Vec<JsonItem>,
}

#[derive(Default, Deserialize)]
struct JsonItem {
    #[serde(default)]
    id: Value,
    url: Option<String>,
    external_url: Option<String>,
    title: Option<String>,
    content_html: Option<String>,
    content_text: Option<String>,
    summary: Option<String>,
    date_published: Option<String>,
    date_modified: Option<String>,
    language: Option<String>,
    #[serde(flatten)]
    by: By,
}

/// Version 1 has one author, 1.1 several.
#[derive(Default, Deserialize)]
struct By {
    #[serde(default)]
    authors: Vec<JsonAuthor>,
    author: Option<JsonAuthor>,
}

impl By {
    fn first(&self) -> Option<&JsonAuthor> {
        self.authors.first().or(self.author.as_ref())
    }
}

#[derive(Deserialize)]
struct JsonAuthor {
    name: Option<String>,
    url: Option<String>,
}

pub fn parse(body: &[u8], base: &Url) -> Result<Feed, String> {
    let feed: JsonFeed = serde_json::from_slice(body)
        .map_err(|error| format!("it is JSON, but not a JSON Feed: {error}"))?;
    if !feed.version.contains(VERSION) {
        return Err(format!("it is JSON, but not of JSON Feed 1 or 1.1: `{}`", feed.version));
    }
    let JsonFeed { next_url, language, by, items, .. } = feed;
    let resolve = |link: &str| base.join(link.trim()).ok();
    let items = items.into_iter().map(|item| {
        let writer = item.by.first().or(by.first());
        let page = writer.and_then(|writer| writer.url.as_deref()).and_then(resolve);
        Item {
            id: match &item.id {
                Value::String(id) => Some(id.clone()),
                Value::Number(id) => Some(id.to_string()),
                _ => None,
            },
            url: item.url.as_deref().or(item.external_url.as_deref()).and_then(resolve),
            title: item.title.as_deref().map(text::collapse).filter(|title| !title.is_empty()),
            author: author(writer.and_then(|writer| writer.name.as_deref()), page.as_ref()),
            lang: item.language.clone().or_else(|| language.clone()),
            date: [&item.date_published, &item.date_modified]
                .into_iter()
                .find_map(|date| dates::read(date.as_deref()?)),
            text: text_of(&item),
        }
    });
    let items = items.collect();
    Ok(Feed { items, older: next_url.as_deref().and_then(resolve), is_whole: false })
}

fn text_of(item: &JsonItem) -> String {
    let html = item.content_html.as_deref().map(text::plain);
    let plain = || item.content_text.as_deref().map(text::collapse);
    let summary = || item.summary.as_deref().map(text::collapse);
    let is_there = |text: &String| !text.is_empty();
    html.filter(is_there).or_else(|| plain().filter(is_there)).or_else(summary).unwrap_or_default()
}
