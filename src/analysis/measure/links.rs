//! The pages that a post links to, as they are written in its text.

use url::Url;

use crate::model::document::{Document, DocumentKind};

/// What ends an address besides white space.
const CLOSING: [char; 9] = ['<', '>', '"', '\'', '`', ')', ']', '}', '|'];
/// Parameters that say where a reader comes from and not which page it is.
const TRACKING: [&str; 4] = ["fbclid", "gclid", "igshid", "ref_src"];

/// Every page once, in the order of the text. An article that links to none stands for its own.
pub(super) fn links(document: &Document) -> Vec<Url> {
    let title = document.title.as_deref().unwrap_or_default();
    let mut found: Vec<Url> = Vec::new();
    for written in written(title).chain(written(&document.text)) {
        if let Some(link) = page(written).filter(|link| !found.contains(link)) {
            found.push(link);
        }
    }
    if found.is_empty() && document.kind == DocumentKind::Article {
        found.extend(document.url.as_deref().and_then(page));
    }
    found
}

/// The site of a page, without `www.`.
pub(super) fn domain(link: &Url) -> Option<&str> {
    let host = link.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host))
}

/// The addresses in a text.
fn written(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices("://").filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let is = |scheme: &str| {
            let start = at.checked_sub(scheme.len())?;
            before.get(start..)?.eq_ignore_ascii_case(scheme).then_some(start)
        };
        is("https").or_else(|| is("http"))
    });
    starts.filter_map(|start| {
        let rest = text.get(start..)?;
        let end = rest.find(|c: char| c.is_whitespace() || CLOSING.contains(&c));
        let address = rest.get(..end.unwrap_or(rest.len()))?;
        Some(address.trim_end_matches(['.', ',', ';', ':', '!', '?', '…']))
    })
}

/// An address as one page is always written.
fn page(address: &str) -> Option<Url> {
    let mut link = Url::parse(address).ok()?;
    link.set_fragment(None);
    let is_kept = |name: &str| !name.starts_with("utm_") && !TRACKING.contains(&name);
    if link.query_pairs().any(|(name, _)| !is_kept(&name)) {
        let kept: Vec<(String, String)> = link
            .query_pairs()
            .filter(|(name, _)| is_kept(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        link.set_query(None);
        if !kept.is_empty() {
            link.query_pairs_mut().extend_pairs(kept);
        }
    }
    matches!(link.scheme(), "http" | "https").then_some(link)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let document = Document { text: text.to_owned(), ..Document::default() };
        links(&document).iter().map(Url::to_string).collect()
    }

    #[test]
    fn addresses_in_a_text() {
        assert_eq!(
            found("see https://Acme.com/a?utm_source=x&q=1#top."),
            ["https://acme.com/a?q=1"]
        );
        assert_eq!(found("(HTTP://acme.com), http://acme.com/"), ["http://acme.com/"]);
        assert_eq!(found("https://a.io/?utm_medium=m https://a.io/?fbclid=1"), ["https://a.io/"]);
        assert!(found("acme.com, ftp://acme.com, https:// and ://").is_empty());
        let www = Url::parse("https://www.acme.com/").unwrap();
        assert_eq!(domain(&www), Some("acme.com"));
    }

    #[test]
    fn an_article_stands_for_its_own_page() {
        let page = || Some("https://news.example/1".to_owned());
        let article = Document { kind: DocumentKind::Article, url: page(), ..Document::default() };
        assert_eq!(links(&article).len(), 1);
        assert!(links(&Document { url: page(), ..Document::default() }).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "(https://|http://|\\PC|[ .?&#=]){0,30}") {
            let _ = found(&text);
        }
    }
}
