use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use crate::net::address::{Kind, kind};

/// The same question asked otherwise: by what the standard library knows, and by octets.
pub fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified();
    let is_shared = a == 100 && b & 0xc0 == 64;
    let is_benchmark = a == 198 && b & 0xfe == 18;
    let is_protocol = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let is_azure = address.octets() == [168, 63, 129, 16];
    !is_special && !is_shared && !is_benchmark && !is_protocol && !is_azure && a != 0 && a < 240
}

pub fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, .., e, f, _, _] = address.segments();
    let is_special = address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.to_ipv4().is_some();
    let is_protocol = a == 0x2001 && (b < 0x200 || b == 0xdb8);
    let is_documentation = a == 0x3fff && b < 0x1000;
    let is_isatap = f == 0x5efe && (e == 0 || e == 0x200);
    let is_other = a == 0x2002 || is_documentation || is_isatap;
    !is_special && !is_protocol && !is_other && (0x2000..0x4000).contains(&a)
}

/// Any address, and often one in or right beside a network that means something.
pub fn v4() -> impl Strategy<Value = Ipv4Addr> {
    let starts = [
        "0.0.0.0",
        "10.0.0.0",
        "100.64.0.0",
        "127.0.0.0",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "192.0.0.0",
        "192.0.2.0",
        "192.88.99.0",
        "192.168.0.0",
        "198.18.0.0",
        "198.51.100.0",
        "203.0.113.0",
        "224.0.0.0",
        "240.0.0.0",
    ];
    let starts = starts.map(|text| u32::from(text.parse::<Ipv4Addr>().unwrap()));
    let near = (proptest::sample::select(starts.to_vec()), any::<u32>(), 0_u32..32, -1_i64..=1);
    let near = near.prop_map(|(start, noise, shift, step)| {
        let mixed = start ^ noise.checked_shr(32 - shift).unwrap_or(0);
        let stepped = (i64::from(mixed) + step).rem_euclid(1 << 32);
        u32::try_from(stepped).unwrap()
    });
    prop_oneof![any::<u32>(), near].prop_map(Ipv4Addr::from)
}

pub fn v6() -> impl Strategy<Value = Ipv6Addr> {
    let starts = [
        "::",
        "::1",
        "::ffff:0:0",
        "64:ff9b::",
        "64:ff9b:1::",
        "100::",
        "2000::",
        "2001::",
        "2001:200::",
        "2001:db8::",
        "2001:db9::",
        "2002::",
        "2003::",
        "2606:4700::200:5efe:0:0",
        "2606:4700::5efe:0:0",
        "3fff::",
        "3fff:1000::",
        "4000::",
        "5f00::",
        "fc00::",
        "fe80::",
        "fec0::",
        "fd00:ec2::254",
        "ff00::",
    ];
    let starts = starts.map(|text| u128::from(text.parse::<Ipv6Addr>().unwrap()));
    let near = (proptest::sample::select(starts.to_vec()), any::<u128>(), 0_u32..128, 0_u8..3);
    let near = near.prop_map(|(start, noise, shift, step)| {
        let mixed = start ^ noise.checked_shr(128 - shift).unwrap_or(0);
        mixed.wrapping_add(u128::from(step)).wrapping_sub(1)
    });
    prop_oneof![any::<u128>(), near].prop_map(Ipv6Addr::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn an_ipv4_address_is_public_exactly_when_no_special_network_has_it(address in v4()) {
        let found = kind(IpAddr::V4(address)) == Kind::Public;
        prop_assert_eq!(found, is_public_v4(address), "{}", address);
    }

    #[test]
    fn an_ipv6_address_is_public_exactly_when_no_special_network_has_it(address in v6()) {
        let found = kind(IpAddr::V6(address)) == Kind::Public;
        prop_assert_eq!(found, is_public_v6(address), "{}", address);
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_is_never_public(address in v4()) {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let written = [
            [0, 0, 0, 0, 0, 0xffff, high, low],
            [0, 0, 0, 0, 0, 0, high, low],
            [0, 0, 0, 0, 0xffff, 0, high, low],
            [0x64, 0xff9b, 0, 0, 0, 0, high, low],
            [0x64, 0xff9b, 1, 2, 3, 4, high, low],
            [0x2002, high, low, 0, 0, 0, 0, 1],
            [0x2001, 0, high, low, 0, 0, 0, 1],
            [0x2606, 0x4700, 1, 2, 0, 0x5efe, high, low],
            [0x2606, 0x4700, 1, 2, 0x0200, 0x5efe, high, low],
        ];
        for segments in written {
            let address = IpAddr::V6(Ipv6Addr::from(segments));
            prop_assert_ne!(kind(address), Kind::Public, "{}", address);
        }
    }
}

#[test]
fn metadata_is_known_in_every_way_of_writing_it() {
    let addresses = [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "169.254.0.23",
        "169.254.42.42",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
        "fe80::a9fe:a9fe",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::1",
        "2606:4700::5efe:169.254.169.254",
        "2001:0:a9fe:a9fe::1",
        "2001::5601:5601",
        "::ffff:168.63.129.16",
        "64:ff9b::100.100.100.200",
    ];
    for address in addresses {
        assert_eq!(kind(address.parse().unwrap()), Kind::Metadata, "{address}");
    }
}
