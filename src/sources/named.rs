//! Sources that are named with an address: `rss:https://example.com/feed.xml`.

use reqwest::Url;

use super::NameError;
use super::http::Http;
use crate::net::{NetError, Schemes};

/// What follows the colon.
pub fn address(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, address)| address).trim()
}

/// Whether the address is one of the web that may be asked from here; `what` is there and `example` is a
/// whole name of such a source.
///
/// # Errors
/// Says what to write instead.
pub fn check(http: &Http, name: &str, what: &str, example: &str) -> Result<(), NameError> {
    let address = address(name);
    let parsed = Url::parse(address).ok().filter(Url::has_host);
    if !parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https")) {
        let message =
            format!("`{address}` is not the address of {what}; write it in full, as in {example}");
        return Err(NameError::Invalid(message));
    }
    http.check(address, Schemes::HttpToo).map_err(|error| match error {
        NetError::Forbidden(why) => NameError::Forbidden(why),
        error => NameError::Invalid(error.to_string()),
    })
}
