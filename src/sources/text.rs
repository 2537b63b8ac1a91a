//! Text out of HTML, as a reader would see it: entities decoded, tags gone, scripts and styles left
//! out, and a line break wherever a block begins or ends, so that words of two paragraphs do not
//! become one.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// What these hold is not text of the page.
const UNSEEN: [&str; 6] = ["script", "style", "template", "noscript", "iframe", "object"];

const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
    "title",
];

/// Cells stand side by side, so a space keeps them apart.
const CELLS: [&str; 2] = ["td", "th"];

/// The visible text of a piece of HTML. Runs of white space become one space, breaks one line feed.
pub fn plain(html: &str) -> String {
    let mut text = Text::default();
    // Inside of these, `<` is a letter: the element decides how its content is told apart.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut unseen: Option<Vec<u8>> = None;
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) if unseen.is_none() => {
                if is_one_of(&UNSEEN, &tag.name) && !tag.self_closing {
                    unseen = Some(tag.name.0);
                } else {
                    text.at_tag(&tag.name);
                }
            }
            Token::EndTag(tag) => match &unseen {
                Some(name) if *name == tag.name.0 => unseen = None,
                Some(_) => {}
                None => text.at_tag(&tag.name),
            },
            Token::String(string) if unseen.is_none() => {
                text.add(&String::from_utf8_lossy(&string.value));
            }
            _ => {}
        }
    }
    text.out
}

/// The same for a text that may or may not be HTML, as titles in feeds are: only what holds an
/// entity or a closing tag is taken for it.
pub fn plain_if_html(text: &str) -> String {
    let has_entity = text.split('&').skip(1).any(|after| {
        let name = after.split(';').next().unwrap_or_default();
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
        after.contains(';') && (2..=31).contains(&name.len()) && is_name
    });
    if has_entity || text.contains("</") || text.contains("/>") {
        return plain(text);
    }
    collapse(text)
}

/// Runs of white space become one space, those with a line feed one line feed.
pub fn collapse(text: &str) -> String {
    let mut out = Text::default();
    for line in text.lines() {
        out.add(line);
        out.gap = Gap::Line;
    }
    out.out
}

pub fn is_one_of(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|known| known.as_bytes() == name)
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

/// Text so far, and the gap before what comes next.
#[derive(Default)]
pub struct Text {
    out: String,
    gap: Gap,
}

impl Text {
    /// A tag begins or ends here.
    pub fn at_tag(&mut self, name: &[u8]) {
        if is_one_of(&BLOCKS, name) {
            self.gap = Gap::Line;
        } else if is_one_of(&CELLS, name) {
            self.gap = self.gap.max(Gap::Space);
        }
    }

    pub fn add(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
                continue;
            }
            if !self.out.is_empty() {
                match self.gap {
                    Gap::None => {}
                    Gap::Space => self.out.push(' '),
                    Gap::Line => self.out.push('\n'),
                }
            }
            self.gap = Gap::None;
            self.out.push(character);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_the_text_a_reader_sees() {
        let cases = [
            ("", ""),
            ("no tags,  but\n space", "no tags, but space"),
            ("fish &amp; chips &#x27;n&#39; &nbsp;more&hellip;", "fish & chips 'n' more…"),
            ("<p>one</p><p>two", "one\ntwo"),
            ("one<p>two<br>three<br/>four", "one\ntwo\nthree\nfour"),
            ("be<b>tw</b>een", "between"),
            ("a<script>var b = '<p>no</p>';</script>c<style>p{}</style>d", "acd"),
            ("a<noscript><p>no</p></noscript>b", "ab"),
            ("a<template><b>no</b></template>b<script src=x></script>", "ab"),
            ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
            ("a < b and c > d", "a < b and c > d"),
            ("<a href='https://acme.example'>here</a><img alt='no'>", "here"),
            ("<!-- no -->yes<![CDATA[no]]>", "yes"),
            ("<ul><li>x<li>y</ul>z", "x\ny\nz"),
            ("broken <b", "broken"),
        ];
        for (html, expected) in cases {
            assert_eq!(plain(html), expected, "{html}");
        }
    }

    #[test]
    fn a_title_is_html_only_when_it_looks_like_it() {
        let cases = [
            ("Vec<String> or List<T>", "Vec<String> or List<T>"),
            ("AT&T; R&D", "AT&T; R&D"),
            ("Q&amp;A", "Q&A"),
            ("the <b>new</b> one", "the new one"),
            ("  two\n lines ", "two\nlines"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain_if_html(text), expected, "{text}");
        }
    }
}
