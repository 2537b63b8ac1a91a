//! Finds the feed of a page for people: pages name it in a `link` with `rel="alternate"`.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use reqwest::Url;

const TYPES: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];

/// The first feed a page names.
pub fn feed_of(html: &str, page: &Url) -> Option<Url> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut base = page.clone();
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        let Token::StartTag(tag) = token else {
            continue;
        };
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(&value.value).trim().to_owned())
        };
        let href = attribute("href");
        match (tag.name.as_slice(), href) {
            (b"base", Some(href)) => base = page.join(&href).unwrap_or(base),
            (b"link", Some(href)) => {
                let rel = attribute("rel").unwrap_or_default().to_lowercase();
                let kind = attribute("type").unwrap_or_default().to_lowercase();
                let kind = kind.split(';').next().unwrap_or_default().trim();
                let is_feed = TYPES.contains(&kind);
                let is_alternate = rel.split_ascii_whitespace().any(|word| word == "alternate");
                if let (true, true, Ok(url)) = (is_feed, is_alternate, base.join(&href)) {
                    return Some(url);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_alternate_that_is_a_feed_is_found() {
        let page = Url::parse("https://acme.example/blog/").unwrap();
        let cases = [
            ("<link rel=alternate type=application/rss+xml href=feed.xml>", Some("blog/feed.xml")),
            (
                "<link rel=stylesheet href=a><link rel=alternate hreflang=de href=/de/>
                 <LINK TYPE='application/atom+xml; charset=utf-8' REL='home Alternate' HREF='/atom?a=1&amp;b=2'>
                 <link rel=alternate type=application/rss+xml href=/second>",
                Some("atom?a=1&b=2"),
            ),
            ("<base href='/other/'><link rel=alternate type=application/feed+json href=f>", Some("other/f")),
            ("<script>'<link rel=alternate type=application/rss+xml href=no>'</script>", None),
            ("<!-- <link rel=alternate type=application/rss+xml href=no> -->", None),
            ("<link rel=alternate type=application/rss+xml>", None),
            ("", None),
        ];
        for (html, expected) in cases {
            let expected = expected.map(|path| format!("https://acme.example/{path}"));
            assert_eq!(feed_of(html, &page).map(String::from), expected, "{html}");
        }
    }
}
