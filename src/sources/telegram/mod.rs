//! The source `telegram:{channel}`: posts of one public channel, by the search of its preview on the web.

mod preview;

use std::sync::Arc;

use reqwest::Url;

use super::ask::{self, Ask};
use super::http::{self, ErrorClass, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, NameError, Setup, Sink, Source};
use crate::net::Response;
use preview::Preview;

pub const BASE_URL: &str = "https://t.me";
/// Nobody is asked for more.
const MOST: u64 = 10_000;

/// Needs nothing but the name of a channel.
pub struct Telegram {
    setup: Setup,
}

impl Telegram {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for Telegram {
    fn covers(&self) -> &'static str {
        "The posts of one public channel that has a preview on the web; the number of views is rounded. Telegram searches no further than the channels named."
    }

    fn check(&self, name: &str) -> Result<(), NameError> {
        let channel = channel(name);
        let is_known = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if (4..=32).contains(&channel.len()) && channel.chars().all(is_known) {
            return Ok(());
        }
        let message = format!(
            "`{channel}` is not the name of a public channel; write it as in t.me/durov: telegram:durov"
        );
        Err(NameError::Invalid(message))
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Posts { setup: &self.setup, source: &request.source };
            // It knows no quotes: what it finds has all the words.
            let phrases = phrases::of(&request.terms).into_iter();
            let queries: Vec<String> = phrases.map(|phrase| phrase.replace('"', "")).collect();
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

/// `telegram:durov`, `telegram:@durov` and `telegram:https://t.me/durov` are one channel.
fn channel(name: &str) -> &str {
    let name = name.strip_prefix("telegram:").unwrap_or(name).trim();
    let name = name.rsplit_once("t.me/").map_or(name, |(_, after)| after);
    name.strip_prefix("s/").unwrap_or(name).trim_start_matches('@').trim_end_matches('/')
}

struct Posts<'a> {
    setup: &'a Setup,
    source: &'a str,
}

impl Search for Posts<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn is_timed(&self) -> bool {
        false
    }

    fn ask(&self, query: &str, _: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let mut parameters = vec![("q", query)];
        parameters.extend(next.map(|before| ("before", before)));
        let path = format!("/s/{}", channel(self.source));
        let url: Url = ask::address(&self.setup.base_url, &path, &parameters)?;
        Ok(Ask { accept: "text/html", ..Ask::json(&url) })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let channel = channel(self.source);
        let html = String::from_utf8_lossy(&response.body);
        if !response.url.path().contains("/s/") {
            let message = format!(
                "the channel {channel} has no preview on the web, or does not exist, so it cannot be searched"
            );
            return Err(UpstreamError::new(ErrorClass::NotFound, message));
        }
        let Some(Preview { messages, before }) = preview::read(&html) else {
            let shown = http::excerpt(&response.body, response.url.as_str());
            let message =
                format!("it answered with something else than a channel's preview: {shown}");
            return Err(UpstreamError::new(ErrorClass::BadPayload, message));
        };
        let posts = messages.into_iter().map(|message| {
            let second = message.published_at.map(|at| at.timestamp());
            (second, message.into_document(self.source))
        });
        Ok(Page { next: before, ..Page::of(posts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_named_in_several_ways() {
        for name in [
            "telegram:durov",
            "telegram:@durov",
            "telegram:https://t.me/durov",
            "telegram:t.me/s/durov/",
        ] {
            assert_eq!(channel(name), "durov", "{name}");
        }
    }
}
