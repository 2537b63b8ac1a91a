//! Answers as stores write them.

use axum::body::{Body, Bytes};
use axum::http::Response;
use futures_util::{StreamExt, stream};

pub type Answer = Response<Body>;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    /// The region that the bucket is in, when it is another.
    pub region: Option<&'static str>,
}

impl Refusal {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), region: None }
    }

    pub fn denied() -> Self {
        Self::new(403, "AccessDenied", "Access Denied")
    }

    pub fn answer(&self, is_head: bool) -> Answer {
        let Self { status, code, message, region } = self;
        let region_element =
            region.map(|region| format!("<Region>{region}</Region>")).unwrap_or_default();
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>{}</Message>{region_element}<RequestId>0A1B</RequestId></Error>",
            escape(message)
        );
        let mut answer =
            Response::builder().status(*status).header("content-type", "application/xml");
        if let Some(region) = region {
            answer = answer.header("x-amz-bucket-region", *region);
        }
        answer.body(if is_head { Body::empty() } else { Body::from(xml) }).unwrap()
    }
}

pub fn empty(status: u16) -> Answer {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

pub fn with_etag(etag: &str) -> Answer {
    Response::builder().header("etag", etag).body(Body::empty()).unwrap()
}

pub fn xml(root: &str, inside: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{root}>"
    );
    Response::builder().header("content-type", "application/xml").body(Body::from(text)).unwrap()
}

/// A body of which only the first half comes.
pub fn half(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len().div_ceil(2));
    if half.len() == bytes.len() {
        return Body::from(half);
    }
    let broken = async {
        // What is written so far gets out while this waits.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe))
    };
    let half = stream::once(std::future::ready(Ok(half)));
    Body::from_stream(half.chain(stream::once(broken)))
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
