//! What an address is, by the registries of special-purpose addresses: reachable by everybody, of a
//! kind that stays inside, or a cloud's metadata service. Pure: nothing is looked up.
//!
//! For IPv6 the public part is what is handed out, 2000::/3, less the kinds within it; all the rest
//! stays inside whether or not it has a name. An address that carries an IPv4 address in itself (NAT64,
//! 6to4, Teredo, ISATAP, mapped) is never public: who translates it decides where it leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Globally reachable.
    Public,
    /// Anything else, with its name for people: "a private address".
    Inside(&'static str),
    /// A cloud's metadata service, which hands credentials to whoever can ask.
    Metadata,
}

pub fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_of_v4(address),
        IpAddr::V6(address) => kind_of_v6(address),
    }
}

fn kind_of_v4(address: Ipv4Addr) -> Kind {
    if METADATA_V4.contains(&address) {
        return Kind::Metadata;
    }
    let named = INSIDE_V4.iter().find(|(network, _)| network.contains(&address));
    named.map_or(Kind::Public, |(_, name)| Kind::Inside(name))
}

fn kind_of_v6(address: Ipv6Addr) -> Kind {
    let carried = carried_v4(address).into_iter().any(|carried| METADATA_V4.contains(&carried));
    if carried || METADATA_V6.contains(&address) {
        return Kind::Metadata;
    }
    let named = INSIDE_V6.iter().find(|(network, _)| network.contains(&address));
    match named {
        Some((_, name)) => Kind::Inside(name),
        None if is_isatap(address) => Kind::Inside("an ISATAP address"),
        None if GLOBAL_V6.contains(&address) => Kind::Public,
        None => Kind::Inside("a reserved address"),
    }
}

/// The IPv4 addresses that an IPv6 address may stand for, by every way of carrying one.
fn carried_v4(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let octets = address.octets();
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| octets[place]));
    let last = at([12, 13, 14, 15]);
    match address.segments() {
        [0x0064, 0xff9b, 1, ..] => vec![last, at([6, 7, 9, 10])],
        [0, 0, 0, 0, ..] | [0x0064, 0xff9b, ..] => vec![last],
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        [0x2001, 0, ..] => vec![at([4, 5, 6, 7]), Ipv4Addr::from(!u32::from(last))],
        _ if is_isatap(address) => vec![last],
        _ => Vec::new(),
    }
}

/// By its interface identifier, `[02]00:5efe` before an IPv4 address; the prefix may be any.
fn is_isatap(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    matches!(segments[4], 0 | 0x0200) && segments[5] == 0x5efe
}

const METADATA_V4: &[Ipv4Addr] = &[
    Ipv4Addr::new(169, 254, 169, 254), // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
    Ipv4Addr::new(169, 254, 170, 2),   // AWS, containers
    Ipv4Addr::new(169, 254, 170, 23),  // AWS, Kubernetes
    Ipv4Addr::new(169, 254, 0, 23),    // Tencent
    Ipv4Addr::new(169, 254, 42, 42),   // Scaleway
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba
    Ipv4Addr::new(168, 63, 129, 16),   // Azure's host, in a public range
    Ipv4Addr::new(192, 0, 0, 192),     // Oracle, older
];

const METADATA_V6: &[Ipv6Addr] = &[
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), // AWS
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),  // AWS, Kubernetes
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),  // Google
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),   // Scaleway
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe), // OpenStack
];

/// Names of metadata services, in lower case and without a dot at the end.
pub const METADATA_NAMES: &[&str] = &[
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
    "instance-data",
    "instance-data.ec2.internal",
];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// By the first segments; the rest is zero.
const fn v6(first: [u16; 4], prefix: u8) -> Ipv6Net {
    let [a, b, c, d] = first;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

const RESERVED: &str = "a reserved address";
const DOCUMENTATION: &str = "an address for documentation";
const NAT64: &str = "a NAT64 address";

const INSIDE_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "an address of this machine"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "a carrier's inner address"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), RESERVED),
    (v4(192, 0, 2, 0, 24), DOCUMENTATION),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address for benchmarks"),
    (v4(198, 51, 100, 0, 24), DOCUMENTATION),
    (v4(203, 0, 113, 0, 24), DOCUMENTATION),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(255, 255, 255, 255, 32), "the broadcast address"),
    (v4(240, 0, 0, 0, 4), RESERVED),
];

const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// The first that fits names an address, so the narrower stand before the wider.
const INSIDE_V6: &[(Ipv6Net, &str)] = &[
    (v6([0; 4], 128), "an address of this machine"),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "a loopback address"),
    (
        Ipv6Net::new_assert(Ipv4Addr::UNSPECIFIED.to_ipv6_mapped(), 96),
        "an IPv4 address written as IPv6",
    ),
    (v6([0x64, 0xff9b, 0, 0], 96), NAT64),
    (v6([0x64, 0xff9b, 1, 0], 48), NAT64),
    (v6([0; 4], 8), RESERVED),
    (v6([0x100, 0, 0, 0], 64), "a discard address"),
    (v6([0x2001, 0, 0, 0], 32), "a Teredo address"),
    (v6([0x2001, 0, 0, 0], 23), RESERVED),
    (v6([0x2001, 0xdb8, 0, 0], 32), DOCUMENTATION),
    (v6([0x2002, 0, 0, 0], 16), "a 6to4 address"),
    (v6([0x3fff, 0, 0, 0], 20), DOCUMENTATION),
    (v6([0x5f00, 0, 0, 0], 16), "a segment routing address"),
    (v6([0xfc00, 0, 0, 0], 7), "a private address"),
    (v6([0xfe80, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0], 10), "a site-local address"),
    (v6([0xff00, 0, 0, 0], 8), "a multicast address"),
];
