//! Reading a stored result once through: all of it but the posts is kept, and the posts, which may be many, are
//! handed on one by one where they are the rows.

use std::fmt;
use std::io::{self, BufReader, Read};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{TableError, TableWriter, columns, evidence, lists};
use crate::error::Error;
use crate::model::result::Evidence;

const POSTS: &str = "evidence";

/// Writes the rows with this name, or those that the question asks for.
pub fn rows(
    plain: impl Read,
    wanted: Option<&str>,
    writer: Box<dyn TableWriter>,
) -> Result<(), TableError> {
    let mut reading =
        Reading { wanted, head: Map::new(), writer, posts_written: false, failed: None };
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(plain));
    let read = (&mut reading).deserialize(&mut json).and_then(|()| json.end());
    if let Some(error) = reading.failed {
        return Err(error.into());
    }
    read.map_err(Error::internal)?;
    if !reading.posts_written {
        let name = reading.name();
        let tables = lists::of(&reading.head);
        let Some((_, rows)) = tables.iter().find(|(table, _)| *table == name) else {
            let there = tables.into_iter().map(|(table, _)| table);
            let there = std::iter::once(POSTS.to_owned()).chain(there).collect();
            return Err(TableError::NoRows { asked: name, there });
        };
        let (columns, rows) = columns::of(rows);
        reading.writer.begin(columns)?;
        for row in rows {
            reading.writer.row(row)?;
        }
    }
    Ok(reading.writer.end()?)
}

struct Reading<'a> {
    wanted: Option<&'a str>,
    /// The members of the result that were read, without the posts.
    head: Map<String, Value>,
    writer: Box<dyn TableWriter>,
    posts_written: bool,
    failed: Option<io::Error>,
}

impl Reading<'_> {
    /// Which rows are wanted, as far as was read. Posts come behind all that decides this.
    fn name(&self) -> String {
        let usual = || lists::usual(&self.head).unwrap_or(POSTS);
        self.wanted.unwrap_or_else(usual).to_owned()
    }

    fn written<E: serde::de::Error>(&mut self, written: io::Result<()>) -> Result<(), E> {
        written.map_err(|error| {
            self.failed = Some(error);
            E::custom("the table cannot be written")
        })
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reading<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a result")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name != POSTS {
                self.head.insert(name, members.next_value()?);
            } else if self.name() == POSTS {
                members.next_value_seed(Posts(self))?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Posts<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Posts<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Posts<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("posts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut posts: A) -> Result<(), A::Error> {
        if self.0.posts_written {
            return Err(A::Error::custom("there are posts twice"));
        }
        self.0.posts_written = true;
        let begun = self.0.writer.begin(evidence::columns());
        self.0.written(begun)?;
        while let Some(post) = posts.next_element::<Evidence>()? {
            let written = self.0.writer.row(evidence::row(post));
            self.0.written(written)?;
        }
        Ok(())
    }
}
