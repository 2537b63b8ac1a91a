//! The page on which a channel's posts are shown.

use chrono::{DateTime, Utc};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::sources::text::Text;

/// A post as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// `channel/123`.
    pub post: String,
    pub text: String,
    pub published_at: Option<DateTime<Utc>>,
    pub views: Option<i64>,
    /// The channel's name as shown.
    pub owner: String,
    /// Whether it was forwarded from elsewhere.
    pub is_forwarded: bool,
    /// Whether it answers another.
    pub is_reply: bool,
    /// Whether it only tells of the channel itself, as of a new picture.
    pub is_service: bool,
}

/// What the text that comes next is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Views,
    Owner,
}

/// What a page shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// In the order of the page.
    pub messages: Vec<Message>,
    /// The number before which there are others.
    pub before: Option<String>,
}

/// Reads a page; `None` when it is no such one.
pub fn read(html: &str) -> Option<Preview> {
    let mut reading = Reading::default();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => reading.start(&tag),
            Token::EndTag(tag) => reading.end(&tag.name),
            Token::String(string) => reading.text(&String::from_utf8_lossy(&string.value)),
            _ => {}
        }
    }
    let Reading { messages, before, .. } = reading;
    reading.is_preview.then_some(Preview { messages, before })
}

#[derive(Default)]
struct Reading {
    is_preview: bool,
    messages: Vec<Message>,
    before: Option<String>,
    /// The part that is read, the element it is in, and how many of that name are open within it.
    part: Option<(Part, Vec<u8>, usize)>,
    out: Text,
}

impl Reading {
    fn start(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        if let Some((_, name, depth)) = &mut self.part {
            *depth += usize::from(*name == tag.name.0);
            self.out.at_tag(&tag.name);
            return;
        }
        let class = attribute("class").unwrap_or_default();
        let has = |wanted: &str| class.split_ascii_whitespace().any(|one| one == wanted);
        self.is_preview |= has("tgme_channel_info") || has("tgme_channel_history");
        if has("tme_messages_more") {
            self.before = self.before.take().or_else(|| attribute("data-before"));
        }
        if has("tgme_widget_message")
            && let Some(post) = attribute("data-post")
        {
            let is_service = has("service_message");
            self.messages.push(Message { post, is_service, ..Message::default() });
        }
        let Some(message) = self.messages.last_mut() else { return };
        message.is_forwarded |= has("tgme_widget_message_forwarded_from");
        message.is_reply |= has("tgme_widget_message_reply");
        if &*tag.name == b"time" && message.published_at.is_none() {
            let at = attribute("datetime").and_then(|at| DateTime::parse_from_rfc3339(&at).ok());
            message.published_at = at.map(|at| at.to_utc());
        }
        let part = match () {
            // The text of the post that is answered has the same class, inside of the reply.
            () if has("js-message_text") || has("tgme_widget_message_text") => Part::Text,
            () if has("tgme_widget_message_views") => Part::Views,
            () if has("tgme_widget_message_owner_name") => Part::Owner,
            () => return,
        };
        self.part = Some((part, tag.name.0.clone(), 1));
        self.out = Text::default();
    }

    fn end(&mut self, name: &[u8]) {
        let Some((part, open, depth)) = &mut self.part else { return };
        self.out.at_tag(name);
        *depth -= usize::from(open == name);
        if *depth > 0 {
            return;
        }
        let (part, text) = (*part, std::mem::take(&mut self.out).finish());
        self.part = None;
        let Some(message) = self.messages.last_mut() else { return };
        match part {
            Part::Text if message.text.is_empty() => message.text = text,
            Part::Text => message.text = format!("{}\n{text}", message.text),
            Part::Views => message.views = rounded(&text),
            Part::Owner => message.owner = text,
        }
    }

    fn text(&mut self, text: &str) {
        if self.part.is_some() {
            self.out.add(text);
        }
    }
}

/// `1.2K` is 1,200.
fn rounded(text: &str) -> Option<i64> {
    let (number, times) = match text.trim().strip_suffix(['K', 'M']) {
        Some(number) if text.trim().ends_with('K') => (number, 1_000),
        Some(number) => (number, 1_000_000),
        None => (text.trim(), 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let parts: i64 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let digits = u32::try_from(part.len()).ok().filter(|digits| *digits <= 3)?;
    Some(whole.parse::<i64>().ok()? * times + parts * times / 10_i64.pow(digits))
}

impl Message {
    pub fn into_document(self, source: &str) -> Option<Document> {
        if self.is_service {
            return None;
        }
        let (channel, _) = self.post.split_once('/')?;
        let kind = match (self.is_forwarded, self.is_reply) {
            (true, _) => DocumentKind::Repost,
            (_, true) => DocumentKind::Reply,
            _ => DocumentKind::Post,
        };
        Some(Document {
            source: source.to_owned(),
            url: Some(format!("https://t.me/{}", self.post)),
            kind,
            author: Author {
                handle: Some(channel.to_owned()),
                name: Some(self.owner).filter(|name| !name.is_empty()),
                ..Author::default()
            },
            text: self.text,
            published_at: Some(self.published_at?),
            engagement: Engagement { views: self.views, ..Engagement::default() },
            id: self.post,
            ..Document::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_are_read_with_all_that_is_said_of_them() {
        let html = r#"<section class="tgme_channel_history"><div class="tme_messages_more_wrap"><a href="/s/acme?before=7" class="tme_messages_more" data-before="7"></a></div>
            <div class="tgme_widget_message service_message" data-post="acme/6"><div class="tgme_widget_message_text">Channel photo updated</div></div>
            <div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="acme/7">
            <a class="tgme_widget_message_owner_name" href="x"><span>Acme &amp; co</span></a>
            <div class="tgme_widget_message_forwarded_from">Forwarded from <span class="tgme_widget_message_forwarded_from_name">Else</span></div>
            <a class="tgme_widget_message_reply"><div class="tgme_widget_message_metatext">Earlier</div></a>
            <div class="tgme_widget_message_text js-message_text">One<br/>two <i class="emoji"><b>😀</b></i><div>three</div></div>
            <span class="tgme_widget_message_views">1.2K</span>
            <time datetime="2026-11-20T09:15:02+01:00">09:15</time><time datetime="2020-01-01T00:00:00+00:00"></time></div></div></section>"#;
        let Preview { messages, before } = read(html).unwrap();
        assert_eq!(before.as_deref(), Some("7"));
        assert_eq!(messages[0].clone().into_document("telegram:acme"), None);
        let document = messages[1].clone().into_document("telegram:acme").unwrap();
        assert_eq!(document.text, "One\ntwo 😀\nthree");
        assert_eq!((document.id.as_str(), document.kind), ("acme/7", DocumentKind::Repost));
        assert_eq!(document.author.name.as_deref(), Some("Acme & co"));
        assert_eq!(document.published_at.unwrap().to_rfc3339(), "2026-11-20T08:15:02+00:00");
        assert_eq!(document.engagement.views, Some(1_200));
        assert_eq!(read("<html><p>Telegram: Contact @acme</p></html>"), None);
    }

    #[test]
    fn rounded_numbers_are_read() {
        let cases = [
            ("17", Some(17)),
            ("1.2K", Some(1_200)),
            ("12K", Some(12_000)),
            ("3.45M", Some(3_450_000)),
            ("many", None),
            ("", None),
            ("1.x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(rounded(text), expected, "{text}");
        }
    }
}
