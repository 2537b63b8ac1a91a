//! Bytes on their way out of a bucket. What breaks off is asked for again from where it broke, and what
//! was read as a whole is compared with the hash that was stored with it.

use std::io;
use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use futures_util::stream;
use sha2::{Digest, Sha256};
use tokio::io::AsyncRead;
use tokio_util::bytes::Bytes;
use tokio_util::io::StreamReader;

use super::fault::{Cause, S3Fault};
use super::upload::SHA256;

/// How often it goes on after a break before nothing new has come.
const BREAKS: u32 = 5;
const GET: &str = "GetObject";

/// Where an object is.
#[derive(Clone, Debug)]
pub struct Place {
    pub bucket: String,
    pub key: String,
}

/// An object that is being read.
pub struct Reading {
    client: Client,
    place: Place,
    /// How long the store may be silent.
    silence: Duration,
    body: ByteStream,
    /// What is still to come.
    rest: Range<u64>,
    /// Of all that came, when the whole is read and its hash is known.
    check: Option<(Sha256, String)>,
    breaks: u32,
}

impl Reading {
    /// Opens an object, or a range of it that is not empty; answers its whole length besides.
    pub async fn open(
        client: &Client,
        place: Place,
        range: Option<Range<u64>>,
        silence: Duration,
    ) -> Result<(Self, u64), S3Fault> {
        let answer = get(client, &place, range.clone()).await?;
        let (size, rest) = extent(&answer, range.as_ref())?;
        let sha256 = answer.metadata.as_ref().and_then(|metadata| metadata.get(SHA256));
        let check = sha256.filter(|_| range.is_none()).map(|hash| (Sha256::new(), hash.clone()));
        let (client, body) = (client.clone(), answer.body);
        Ok((Self { client, place, silence, body, rest, check, breaks: 0 }, size))
    }

    pub fn len(&self) -> u64 {
        self.rest.end - self.rest.start
    }

    /// The bytes, as they come and no faster than they are taken.
    pub fn into_reader(self) -> impl AsyncRead + Send + 'static {
        let chunks = stream::try_unfold(self, |mut reading| async move {
            let chunk = reading.next().await?;
            Ok::<_, io::Error>(chunk.map(|chunk| (chunk, reading)))
        });
        StreamReader::new(Box::pin(chunks))
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while !self.rest.is_empty() {
            let next = tokio::time::timeout(self.silence, self.body.next()).await;
            if let Ok(Some(Ok(chunk))) = next
                && !chunk.is_empty()
            {
                return self.came(chunk).map(Some);
            }
            self.again().await?;
        }
        self.compare()?;
        Ok(None)
    }

    fn came(&mut self, chunk: Bytes) -> io::Result<Bytes> {
        self.rest.start += chunk.len() as u64;
        self.breaks = 0;
        if self.rest.start > self.rest.end {
            return Err(damaged("the store sent more than it said").into());
        }
        if let Some((hasher, _)) = &mut self.check {
            hasher.update(&chunk);
        }
        Ok(chunk)
    }

    /// Asks for the rest.
    async fn again(&mut self) -> Result<(), S3Fault> {
        self.breaks += 1;
        if self.breaks > BREAKS {
            return Err(damaged("the answer ended before it was whole, again and again"));
        }
        let answer = Box::pin(get(&self.client, &self.place, Some(self.rest.clone()))).await?;
        let (_, rest) = extent(&answer, Some(&self.rest))?;
        if rest != self.rest {
            return Err(damaged("the object has another length than before"));
        }
        self.body = answer.body;
        Ok(())
    }

    fn compare(&mut self) -> Result<(), S3Fault> {
        let Some((hasher, expected)) = self.check.take() else { return Ok(()) };
        if hex::encode(hasher.finalize()) != expected {
            return Err(damaged("the bytes are not those that were stored"));
        }
        Ok(())
    }
}

async fn get(
    client: &Client,
    place: &Place,
    range: Option<Range<u64>>,
) -> Result<GetObjectOutput, S3Fault> {
    let range = range.map(|range| match i64::try_from(range.end) {
        Ok(end) => format!("bytes={}-{}", range.start, end - 1),
        // More than any object has, and than some stores can read.
        Err(_) => format!("bytes={}-", range.start),
    });
    let get = client.get_object().bucket(&place.bucket).key(&place.key);
    get.set_range(range).send().await.map_err(|error| S3Fault::of(GET, &error))
}

/// The whole length, and what of it the answer has.
fn extent(
    answer: &GetObjectOutput,
    range: Option<&Range<u64>>,
) -> Result<(u64, Range<u64>), S3Fault> {
    let Some(range) = range else {
        let size = answer.content_length.and_then(|len| u64::try_from(len).ok());
        let size = size.ok_or_else(|| damaged("the store does not say how long it is"))?;
        return Ok((size, 0..size));
    };
    let said = answer.content_range.as_deref().and_then(parse_range);
    let (size, given) = said.ok_or_else(|| damaged("the store does not answer with ranges"))?;
    if given.start != range.start || given.end != range.end.min(size) {
        return Err(damaged("the store answers with another range"));
    }
    Ok((size, given))
}

/// `bytes 0-9/100`.
fn parse_range(text: &str) -> Option<(u64, Range<u64>)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let last: u64 = last.parse().ok()?;
    Some((size.parse().ok()?, first.parse().ok()?..last.checked_add(1)?))
}

fn damaged(message: &str) -> S3Fault {
    S3Fault::own(GET, Cause::Damaged, message)
}
