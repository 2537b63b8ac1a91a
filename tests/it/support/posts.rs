//! Posts to ask about, made here, and the folder of real ones where there is one.

use std::path::PathBuf;

/// A file of real posts, when the folder is there.
pub const HACKER_NEWS: &str = "hacker_news_posts.csv";

/// One row of a made dataset.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub id: &'a str,
    pub author: &'a str,
    pub published_at: &'a str,
    pub text: &'a str,
}

impl Row<'_> {
    /// A CSV file of these rows.
    pub fn csv(rows: &[Row<'_>]) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "author", "published_at", "text"]).unwrap();
        for row in rows {
            writer.write_record([row.id, row.author, row.published_at, row.text]).unwrap();
        }
        writer.into_inner().unwrap()
    }
}

/// A file of real posts; `None`, and said so, where the folder is not there.
#[expect(clippy::disallowed_methods, reason = "the test command names the folder")]
pub fn test_data(file: &str) -> Option<PathBuf> {
    let path =
        std::env::var_os("BYTESTACK_TEST_DATA").map(|folder| PathBuf::from(folder).join(file));
    let found = path.filter(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: BYTESTACK_TEST_DATA names no folder with {file}");
    }
    found
}
