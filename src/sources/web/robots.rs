//! What a host allows to be read (RFC 9309), and how often.

use std::time::Duration;

use reqwest::Url;
use texting_robots::Robot;

use crate::net::Schemes;
use crate::sources::ask::Ask;
use crate::sources::http::{ErrorClass, Session, UpstreamError};

/// The name that the file may speak to.
const AGENT: &str = "bytestack";
/// Longer delays are not waited for; a page or two is read then.
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// The rules of the host of one address.
pub struct Robots {
    /// Nothing where the host has none.
    rules: Option<Robot>,
    /// The pause before each further page.
    pub between_pages: Duration,
}

impl Robots {
    pub fn allow(&self, url: &Url) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.allowed(url.as_str()))
    }
}

/// Reads the rules of the host that an address names; `least` is the shortest pause between its pages.
///
/// # Errors
/// When the host does not say whether it has rules: it is not read then.
pub async fn read(
    session: &Session,
    address: &Url,
    least: Duration,
) -> Result<Robots, UpstreamError> {
    let mut url = address.clone();
    url.set_path("/robots.txt");
    url.set_query(None);
    url.set_fragment(None);
    let ask =
        Ask { accept: "text/plain", schemes: Schemes::HttpToo, redirects: 5, ..Ask::json(&url) };
    let body = session.get(&ask, |response| Ok(response.body.clone())).await;
    let rules = match body {
        Ok(body) => Robot::new(AGENT, &body).ok(),
        Err(error) => match error.class {
            // There are none, as far as this reader is concerned.
            ErrorClass::NotFound
            | ErrorClass::Forbidden
            | ErrorClass::AuthInvalid
            | ErrorClass::Rejected => None,
            _ => {
                let message =
                    format!("whether robots.txt allows it could not be read: {}", error.message);
                return Err(UpstreamError { message, ..error });
            }
        },
    };
    let asked = rules.as_ref().and_then(|rules| rules.delay);
    let asked = asked.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
    let between_pages = asked.unwrap_or_default().min(LONGEST_DELAY).max(least);
    Ok(Robots { rules, between_pages })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(rules: &str, path: &str) -> bool {
        let rules = Robot::new(AGENT, rules.as_bytes()).unwrap();
        let robots = Robots { rules: Some(rules), between_pages: Duration::ZERO };
        robots.allow(&Url::parse(&format!("https://acme.example{path}")).unwrap())
    }

    #[test]
    fn the_rules_are_read_as_the_standard_says() {
        let cases = [
            ("", "/a", true),
            ("User-agent: *\nDisallow: /", "/a", false),
            ("User-agent: *\nDisallow:", "/a", true),
            // The group that names the reader holds alone.
            ("User-agent: *\nDisallow: /\n\nUser-agent: ByteStack\nDisallow: /b", "/a", true),
            ("User-agent: *\nAllow: /\n\nUser-agent: bytestack\nDisallow: /b", "/b/c", false),
            // The longest rule wins, and of two the one that allows.
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true),
            ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true),
            ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", true),
            ("# a file\nuser-agent:*\ndisallow:/q?", "/q?x=1", false),
            ("<html>not found</html>", "/a", true),
        ];
        for (rules, path, expected) in cases {
            assert_eq!(allowed(rules, path), expected, "{rules:?} {path}");
        }
    }
}
