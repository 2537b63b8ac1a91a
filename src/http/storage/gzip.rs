//! Bytes coded with gzip on their way: each piece as it is taken.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{TryStreamExt, stream};

use crate::domain::download::{Content, Outgoing, Pieces};
use crate::error::Error;

/// Smaller is not worth the time: what is kept is coded better, for those who take that.
const LEVEL: Compression = Compression::fast();

pub fn compressed(content: Content) -> Result<Body, Error> {
    let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
    if let Outgoing::Whole(bytes) = content.bytes {
        let coded = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        return Ok(Body::from(coded.map_err(Error::internal)?));
    }
    let coding = Some(Coding { pieces: content.pieces(), encoder });
    Ok(Body::from_stream(stream::try_unfold(coding, async |coding| match coding {
        Some(coding) => coding.next().await.map(Some),
        None => Ok::<_, io::Error>(None),
    })))
}

struct Coding {
    pieces: Pieces,
    encoder: GzEncoder<Vec<u8>>,
}

impl Coding {
    /// The next coded piece, and what is to be coded still.
    async fn next(mut self) -> io::Result<(Bytes, Option<Self>)> {
        while let Some(piece) = self.pieces.try_next().await? {
            self.encoder.write_all(&piece)?;
            let coded = std::mem::take(self.encoder.get_mut());
            if !coded.is_empty() {
                return Ok((coded.into(), Some(self)));
            }
        }
        Ok((self.encoder.finish()?.into(), None))
    }
}
