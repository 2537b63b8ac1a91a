//! Kinds of stores, and single ways to fail.

/// What kind of store it is. Each wants right signatures over the hash of the very body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Takes all of the protocol that is known here, each region by its name alone.
    Aws,
    /// One region, called `auto`; parts of equal length; no checksums in trailers.
    R2,
    /// Refuses trailers and every `x-amz-` header that it does not know.
    B2,
    /// Refuses checksum headers, and answers conditional writes with 304.
    Minio2023,
    /// Does not have conditional writes.
    NoConditional,
    /// Refuses a third of all requests the first time.
    Throttle,
    /// Does a third of all writes and hangs up instead of answering.
    LostResponse,
    /// Sends the first half of what is read, and hangs up.
    HalfBody,
    /// Its key may write objects and nothing else.
    WriteOnly,
}

impl Profile {
    /// Those whose key may do all that blobs need.
    pub const READABLE: [Self; 8] = [
        Self::Aws,
        Self::R2,
        Self::B2,
        Self::Minio2023,
        Self::NoConditional,
        Self::Throttle,
        Self::LostResponse,
        Self::HalfBody,
    ];
}

/// How a request fails that would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The bucket is in that region.
    WrongRegion(&'static str),
    ClockSkew,
    NoSuchBucket,
    SignatureDoesNotMatch,
    InvalidAccessKeyId,
    AccessDenied,
    SlowDown,
    /// Any status and code.
    Status(u16, &'static str),
    /// It is done, and nothing is answered.
    DoneAndHangUp,
    /// Nothing is done, nor answered.
    HangUp,
    /// Nothing is ever answered.
    Hang,
}
