//! The contract of a store of blobs, whatever it is made of.

use std::io::{ErrorKind, Read, Seek, Write};
use std::ops::Range;

use bytestack::blobs::Blobs;
use tokio::io::AsyncReadExt;
use tokio::task::{JoinSet, spawn_blocking};

/// More than goes in one request to a bucket, and no whole number of parts.
const LARGE: usize = 20 * 1024 * 1024 + 3;

/// Everything that a store must keep to.
pub async fn keeps_the_contract(blobs: &Blobs) {
    what_was_put_is_got(blobs).await;
    ranges_are_of_the_stored_bytes(blobs).await;
    an_abandoned_writer_was_never_there(blobs).await;
    names_are_refused(blobs).await;
    writers_do_not_meet_and_readers_see_no_half(blobs).await;
    what_is_kept_is_listed_and_removed(blobs).await;
    many_bytes_are_kept_as_well(blobs).await;
    looks_and_spools_leave_nothing(blobs).await;
}

/// Bytes that no two blobs share and that no compression shortens.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        bytes.extend_from_slice(&next().to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

pub async fn put(blobs: &Blobs, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut writer = blobs.create(name)?;
    for chunk in bytes.chunks(64 * 1024) {
        writer.write_all(chunk)?;
    }
    writer.commit().await
}

pub async fn get(blobs: &Blobs, name: &str, range: Option<Range<u64>>) -> std::io::Result<Vec<u8>> {
    let opened = blobs.open(name, range).await?;
    let len = opened.len;
    let mut bytes = Vec::new();
    opened.into_async().read_to_end(&mut bytes).await?;
    assert_eq!(bytes.len() as u64, len, "{name} is as long as was said");
    Ok(bytes)
}

/// Names of what is kept whose name begins so, and whether it is finished.
pub async fn listed(blobs: &Blobs, prefix: &str) -> Vec<(String, bool)> {
    let mut listing = blobs.list();
    let mut names = Vec::new();
    while let Some(file) = listing.next().await {
        if file.name.starts_with(prefix) {
            names.push((file.name, !file.is_unfinished));
        }
    }
    listing.end().await.unwrap();
    names.sort_unstable();
    names
}

async fn what_was_put_is_got(blobs: &Blobs) {
    for (seed, len) in [(1, 0), (2, 1), (3, 100_000), (4, 300_000)] {
        let (name, bytes) = (format!("datasets/ds_put/{len}-a"), noise(seed, len));
        let early = blobs.open(&name, None).await.unwrap_err();
        assert_eq!(early.kind(), ErrorKind::NotFound);
        put(blobs, &name, &bytes).await.unwrap();
        assert_eq!(blobs.open(&name, None).await.unwrap().size, len as u64);
        assert!(get(blobs, &name, None).await.unwrap() == bytes, "{name}");
        let mut reader = blobs.open(&name, None).await.unwrap().into_std().await.unwrap();
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map(|_| bytes)
        });
        assert!(read.await.unwrap().unwrap() == bytes, "{name}, by a thread");
    }
}

async fn ranges_are_of_the_stored_bytes(blobs: &Blobs) {
    let (name, bytes) = ("results/job_ranges/1-a", noise(5, 1_000));
    put(blobs, name, &bytes).await.unwrap();
    for range in [0..1, 0..1_000, 10..20, 999..1_000, 990..2_000, 1..u64::MAX] {
        let opened = blobs.open(name, Some(range.clone())).await.unwrap();
        assert_eq!(opened.size, 1_000, "{range:?} tells the whole length");
        let part = get(blobs, name, Some(range.clone())).await.unwrap();
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(1_000);
        assert!(part == bytes[usize::try_from(range.start).unwrap()..end], "{range:?}");
    }
    for range in [5..5, 1_000..1_001, 5_000..6_000] {
        let error = blobs.open(name, Some(range.clone())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{range:?}: {error}");
    }
    let error = blobs.open("results/job_ranges/1-other", Some(0..1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

async fn an_abandoned_writer_was_never_there(blobs: &Blobs) {
    let name = "results/job_abandoned/1-a";
    let mut writer = blobs.create(name).unwrap();
    writer.write_all(&noise(6, 100_000)).unwrap();
    assert_eq!(blobs.open(name, None).await.unwrap_err().kind(), ErrorKind::NotFound);
    drop(writer);
    assert_eq!(blobs.open(name, None).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(listed(blobs, "results/job_abandoned").await, []);
    put(blobs, name, b"another try").await.unwrap();
    assert_eq!(get(blobs, name, None).await.unwrap(), b"another try");
}

async fn names_are_refused(blobs: &Blobs) {
    for name in
        ["", "a", "a/b", "../a/b", "a/../b", "a//b", "/a/b", "a/b/c/d", "a/b/c.d", "a/b/c d"]
    {
        let errors = [
            blobs.create(name).unwrap_err(),
            blobs.open(name, None).await.unwrap_err(),
            blobs.remove(name).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        }
    }
}

async fn writers_do_not_meet_and_readers_see_no_half(blobs: &Blobs) {
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let (writing, reading) = (blobs.clone(), blobs.clone());
        let name = format!("results/job_many/{number}-a");
        let reads = name.clone();
        tasks.spawn(async move { put(&writing, &name, &noise(number, 200_000)).await.unwrap() });
        tasks.spawn(async move {
            let bytes = loop {
                match get(&reading, &reads, None).await {
                    Ok(bytes) => break bytes,
                    Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
                }
                tokio::task::yield_now().await;
            };
            assert!(bytes == noise(number, 200_000), "{reads} is whole as soon as it is there");
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn what_is_kept_is_listed_and_removed(blobs: &Blobs) {
    let names: Vec<String> = (0..5).map(|number| format!("datasets/ds_list/{number}-a")).collect();
    for name in &names {
        put(blobs, name, name.as_bytes()).await.unwrap();
    }
    let expected: Vec<_> = names.iter().map(|name| (name.clone(), true)).collect();
    assert_eq!(listed(blobs, "datasets/ds_list").await, expected);
    blobs.remove(&names[0]).await.unwrap();
    blobs.remove(&names[0]).await.unwrap();
    assert_eq!(blobs.open(&names[0], None).await.unwrap_err().kind(), ErrorKind::NotFound);
    let mut listing = blobs.list();
    while let Some(file) = listing.next().await {
        if file.name == names[1] {
            assert!(blobs.clear(&file).await.unwrap());
        }
    }
    listing.end().await.unwrap();
    assert_eq!(listed(blobs, "datasets/ds_list").await, expected[2..]);
    // Whoever has seen enough need not see all.
    let mut listing = blobs.list();
    assert!(listing.next().await.is_some());
    listing.end().await.unwrap();
}

async fn many_bytes_are_kept_as_well(blobs: &Blobs) {
    let (name, bytes) = ("datasets/ds_large/1-a", noise(7, LARGE));
    put(blobs, name, &bytes).await.unwrap();
    assert!(get(blobs, name, None).await.unwrap() == bytes, "all of it");
    let middle = 8 * 1024 * 1024 - 10..8 * 1024 * 1024 + 10;
    let expected = &bytes[middle.clone()];
    let range = middle.start as u64..middle.end as u64;
    assert!(get(blobs, name, Some(range)).await.unwrap() == expected, "across two parts");
    assert_eq!(listed(blobs, "datasets/ds_large").await, [(name.to_owned(), true)]);
}

async fn looks_and_spools_leave_nothing(blobs: &Blobs) {
    let before = listed(blobs, "").await;
    blobs.check("a-look").await.unwrap();
    blobs.probe("another-look").await.unwrap();
    let mut file = blobs.spool("an-upload").unwrap();
    file.write_all(b"on its way").unwrap();
    file.rewind().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "on its way");
    drop(file);
    blobs.clear_unfinished().unwrap();
    assert_eq!(listed(blobs, "").await, before);
}
