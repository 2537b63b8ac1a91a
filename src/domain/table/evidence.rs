//! The posts behind a figure as rows.

use super::{Cell, Column, Kind};
use crate::model::result::Evidence;

pub fn columns() -> Vec<Column> {
    let column = |(name, kind): (&str, Kind)| Column { name: name.to_owned(), kind };
    let all = [
        ("source", Kind::Text),
        ("id", Kind::Text),
        ("url", Kind::Text),
        ("author_id", Kind::Text),
        ("author_handle", Kind::Text),
        ("author_name", Kind::Text),
        ("title", Kind::Text),
        ("text", Kind::Text),
        ("published_at", Kind::Instant),
        ("matched_terms", Kind::Text),
    ];
    all.map(column).into()
}

pub fn row(post: Evidence) -> Vec<Cell> {
    let maybe = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
    vec![
        Cell::Text(post.source),
        Cell::Text(post.id),
        maybe(post.url),
        maybe(post.author.id),
        maybe(post.author.handle),
        maybe(post.author.name),
        maybe(post.title),
        Cell::Text(post.text),
        Cell::Instant(post.published_at),
        Cell::Text(post.matched_terms.join("; ")),
    ]
}
