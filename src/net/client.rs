//! The HTTP clients, made once and kept: their connections are what is reused.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};
use rustls::crypto::ring;

use super::NetError;
use super::policy::{Policy, Rule};
use super::resolve::{Guard, Lookup};

const USER_AGENT: &str = concat!("ByteStack/", env!("CARGO_PKG_VERSION"));

/// For look-up, connection and agreement on TLS together. Shorter than requests usually have, so that it can be
/// told who is not there from who does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// As many as may wait for their next use, per host.
const IDLE_CONNECTIONS: usize = 32;

/// How long a connection that many share may be silent while something is asked over it; without this one
/// that a router forgot would fail every request until the system gives it up.
const SILENCE: Duration = Duration::from_secs(10);

/// One client per [`Rule`], so that what one rule let through is never reused under another.
#[derive(Clone, Debug)]
pub struct Clients {
    open: Client,
    inside: Client,
    listed: Client,
}

impl Clients {
    pub fn new(
        policy: &Arc<Policy>,
        lookup: &Arc<dyn Lookup>,
        roots: &[Certificate],
    ) -> Result<Self, NetError> {
        // An error only says that a provider is there already.
        let _ = ring::default_provider().install_default();
        let client = |rule| {
            let (lookup, policy) = (lookup.clone(), policy.clone());
            build(&Guard { lookup, policy, rule }, roots)
        };
        Ok(Self {
            open: client(Rule::Open)?,
            inside: client(Rule::Inside)?,
            listed: client(Rule::Listed)?,
        })
    }

    pub fn under(&self, rule: Rule) -> &Client {
        match rule {
            Rule::Open => &self.open,
            Rule::Inside => &self.inside,
            Rule::Listed => &self.listed,
        }
    }
}

fn build(guard: &Guard, roots: &[Certificate]) -> Result<Client, NetError> {
    if guard.rule == Rule::Inside {
        // Plain http alone goes this way, so no authority needs to be read in.
        return builder(guard).tls_certs_only([]).build().map_err(|_| not_set_up());
    }
    let trusting_machine = builder(guard).tls_certs_merge(roots.to_vec()).build();
    let built = trusting_machine.or_else(|error| {
        // A machine without certificates of authorities can do all but https, and should.
        tracing::warn!(
            %error,
            "https will not work: this machine trusts no authority; install ca-certificates"
        );
        builder(guard).tls_certs_only(roots.to_vec()).build()
    });
    built.map_err(|_| not_set_up())
}

fn not_set_up() -> NetError {
    NetError::Tls("the TLS library could not be set up".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "this is the guarded way out")]
fn builder(guard: &Guard) -> ClientBuilder {
    Client::builder()
        .dns_resolver(guard.clone())
        // A proxy would look names up itself, beyond the guard.
        .no_proxy()
        .redirect(redirect::Policy::none())
        // Whether something may be sent twice is for its sender to say.
        .retry(retry::never())
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .http2_keep_alive_interval(SILENCE)
        .http2_keep_alive_timeout(SILENCE)
}
