//! The look-up that the connections go through: the answer that was judged is the answer that is dialled,
//! so a name cannot show one address to a check and another to the connection.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::NetError;
use super::policy::{Policy, Rule};

/// The addresses of a name, or why there are none.
pub type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Who is asked for the addresses of a name. Ports of the answer mean nothing; give 0.
pub trait Lookup: fmt::Debug + Send + Sync {
    fn lookup(&self, name: &str) -> Answer;
}

/// The machine's own resolver: hosts file, search domains, name servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Answer {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
    }
}

/// A look-up that hands on an answer only when all of it is admitted under one rule.
#[derive(Clone, Debug)]
pub struct Guard {
    pub lookup: Arc<dyn Lookup>,
    pub policy: Arc<Policy>,
    pub rule: Rule,
}

impl Guard {
    /// One address that is not admitted refuses the whole answer: which one is dialled first is chance.
    pub async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, NetError> {
        let none = || NetError::Dns(format!("{name} has no address; check its spelling"));
        let mut addresses = self.lookup.lookup(name).await.map_err(|_| none())?;
        if addresses.is_empty() {
            return Err(none());
        }
        for address in &mut addresses {
            self.policy.admits(self.rule, name, *address)?;
            // The connection takes the port of the URL only where there is none.
            address.set_port(0);
        }
        Ok(addresses)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
