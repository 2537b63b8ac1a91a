//! Where a request may go: public addresses, and what the operator allows besides. Pure; an address that
//! only a look-up can tell is judged again by [`Policy::admits`] when the answer is there.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use reqwest::Url;

use super::address::{self, Kind};
use super::{NetError, Schemes};
use crate::config::AllowPrivate;

/// What every address of a look-up's answer must be, decided by the URL that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Public, or in a network that the operator allows.
    Open,
    /// In a network that the operator allows: plain http where https is asked for.
    Inside,
    /// Anything but metadata: the operator allows this very name and port.
    Listed,
}

/// The operator's allow list, ready to be asked.
#[derive(Debug, Default)]
pub struct Policy {
    networks: Vec<IpNet>,
    /// As [`host_key`] spells them, with their port.
    hosts: HashSet<(String, u16)>,
}

impl Policy {
    pub fn new(allow: &[AllowPrivate]) -> Self {
        let mut policy = Self::default();
        for allowed in allow {
            match allowed {
                AllowPrivate::Network { address, prefix } => {
                    policy.networks.extend(IpNet::new(*address, *prefix).ok());
                }
                AllowPrivate::Host { host, port } => {
                    policy.hosts.insert((host_key(host), *port));
                }
            }
        }
        policy
    }

    /// The rule for a URL, or why it may not be asked for at all. A host that is an address itself is
    /// decided here for good, as no look-up follows.
    pub fn rule(&self, url: &Url, schemes: Schemes) -> Result<Rule, NetError> {
        let host = form(url)?;
        let literal = literal(host);
        let name = host_key(host);
        match literal.map(address::kind) {
            Some(Kind::Metadata) => return Err(metadata(host)),
            None if address::METADATA_NAMES.contains(&name.as_str()) => return Err(metadata(host)),
            _ => {}
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if self.hosts.contains(&(name.clone(), port)) {
            return Ok(Rule::Listed);
        }
        let needs_tls = url.scheme() == "http" && schemes == Schemes::Https;
        if let Some(address) = literal {
            if self.is_in_networks(address) {
                return Ok(Rule::Open);
            }
            if let Kind::Inside(what) = address::kind(address) {
                return Err(inside(&format!("{host} is {what}")));
            }
        } else if is_localhost(&name) && !self.networks.iter().any(is_loopback) {
            return Err(inside(&format!("{host} is this machine")));
        }
        match needs_tls {
            false => Ok(Rule::Open),
            true if literal.is_none() && !self.networks.is_empty() => Ok(Rule::Inside),
            true => Err(plain_http(host)),
        }
    }

    /// Whether `address`, which `name` leads to, may be dialled.
    pub fn admits(&self, rule: Rule, name: &str, address: SocketAddr) -> Result<(), NetError> {
        let kind = address::kind(address.ip());
        if kind == Kind::Metadata {
            return Err(metadata(name));
        }
        // A zone names one of this machine's own interfaces; nothing public has one.
        let has_zone = matches!(address, SocketAddr::V6(address) if address.scope_id() != 0);
        match (rule, kind) {
            (Rule::Listed, _) => Ok(()),
            _ if self.is_in_networks(address.ip()) => Ok(()),
            (_, Kind::Inside(what)) => Err(inside(&format!("{name} leads to {what}"))),
            (_, _) if has_zone => Err(inside(&format!("{name} leads to a link-local address"))),
            (Rule::Open, _) => Ok(()),
            (Rule::Inside, _) => Err(plain_http(name)),
        }
    }

    fn is_in_networks(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// The host of a URL whose form can be sent to.
fn form(url: &Url) -> Result<&str, NetError> {
    let fault = |text: &str| Err(NetError::InvalidUrl(text.to_owned()));
    if !matches!(url.scheme(), "http" | "https") {
        return fault("the address must begin with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return fault(
            "the address holds a user name or a password; leave out what stands before the @",
        );
    }
    if url.port() == Some(0) {
        return fault("port 0 cannot be reached; give another port or leave it out");
    }
    let host = url.host_str().unwrap_or_default();
    let has_empty_label = host.strip_suffix('.').unwrap_or(host).split('.').any(str::is_empty);
    if literal(host).is_none() && has_empty_label {
        return fault("the address has no usable host; give one such as https://example.com/path");
    }
    Ok(host)
}

/// The address that a URL's host is; the parser has already brought decimal, octal and hexadecimal
/// forms and full-width digits and dots into the usual one.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// One spelling per host: addresses in their shortest form, names in lower case without a dot at the end.
fn host_key(host: &str) -> String {
    match literal(host) {
        Some(address) => address.to_string(),
        None => host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase(),
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost") || name == "localhost.localdomain"
}

/// Whether a network has loopback addresses in it.
fn is_loopback(network: &IpNet) -> bool {
    let loopback = match network {
        IpNet::V4(_) => IpNet::new_assert([127, 0, 0, 0].into(), 8),
        IpNet::V6(_) => IpNet::new_assert(std::net::Ipv6Addr::LOCALHOST.into(), 128),
    };
    network.contains(&loopback) || loopback.contains(network)
}

fn inside(fact: &str) -> NetError {
    NetError::Forbidden(format!(
        "{fact}, not a public one; the operator can allow it with BYTESTACK_ALLOW_PRIVATE"
    ))
}

fn metadata(host: &str) -> NetError {
    NetError::Forbidden(format!("{host} is a cloud's metadata service, which is never reached"))
}

fn plain_http(host: &str) -> NetError {
    NetError::InvalidUrl(format!("{host} is asked for over plain http; use https://"))
}
