//! What `check` says without looking anything up.

use super::*;

pub const LITERALS: &str = "
public 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0
public 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0
public 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
public 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
public 134744072 0x08080808 010.8.8.8 8.8.2056 8.8.8.8. ８.８.８.８ 8。8。8。8
public [2606:4700:4700::1111] [2001:4860:4860::8888] [2a00:1450:4001::1] [2001:200::1] [2003::1]
public [3fff:1000::1] [2001:db9::1] [2606:4700::1:5efe:a00:1]
inside 0 0x0 00 0.0.0.0 0.1.2.3 0.255.255.255 10.0.0.0 10.1.2.3 10.255.255.255 012.1.2.3 0xa.1.2.3
inside 100.64.0.0 100.127.255.255 127.0.0.0 127.0.0.1 127.1 127.0.1 127.255.255.255 127.0.0.1.
inside 2130706433 0x7f000001 0x7F.1 0X7f.0.0.1 017700000001 0177.0.0.1 0177.1 127.0x0.0.01
inside １２７.０.０.１ １２７．０．０．１ 127。0。0。1 127｡0｡0｡1 ①②⑦.0.0.1 %31%32%37.0.0.1 127.0.0.1%2e
inside 169.254.0.0 169.254.0.1 169.254.255.255 172.16.0.0 172.16.5.4 172.31.255.255 192.0.0.0
inside 192.0.0.8 192.0.0.170 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0 192.88.99.1 192.88.99.255
inside 192.168.0.0 192.168.1.1 192.168.255.255 3232235521 0xc0a80001 0300.0250.0.1 192.168.257
inside 198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255
inside 224.0.0.0 224.0.0.1 239.255.255.255 240.0.0.0 240.0.0.1 255.255.255.254 255.255.255.255
inside 4294967295 0xffffffff
inside [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:8.8.8.8]
inside [0:0:0:0:0:ffff:10.0.0.1] [::127.0.0.1] [::8.8.8.8] [::ffff:0:8.8.8.8] [::ffff:0:127.0.0.1]
inside [::2] [ff::1] [64:ff9b::8.8.8.8] [64:ff9b::7f00:1] [64:ff9b:1::8.8.8.8] [64:ff9b:1:ffff::1]
inside [100::] [100::1] [100:0:0:1::1] [200::1] [400::1] [1000::1] [1fff::1] [4000::1] [5f00::1]
inside [2001::] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:2::1] [2001:4:112::1]
inside [2001:10::1] [2001:20::1] [2001:1ff::1] [2001:db8::] [2001:db8:ffff::1] [2002::] [2002:808:808::]
inside [2002:7f00:1::1] [2002:a00:1::] [3fff::] [3fff:fff::1] [2606:4700::5efe:8.8.8.8]
inside [2606:4700::200:5efe:808:808] [fc00::] [fc00::1] [fd00::1] [fdff:ffff::1] [fe80::] [fe80::1]
inside [fe80::5efe:10.0.0.1] [febf::1] [fec0::1] [feff::1] [ff00::] [ff02::1] [ff0e::1] [e000::1]
metadata 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 0xa9.254.0xa9.254 169.254.43518
metadata 169.254.169.254. １６９.254.169.254 169.254.170.2 169.254.170.23 100.100.100.200 168.63.129.16
metadata 192.0.0.192 [fd00:ec2::254] [fd00:0ec2:0::0254] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe]
metadata [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::] [::a9fe:a9fe]
metadata metadata.google.internal metadata.google.internal. METADATA.google.internal metadata
metadata metadata。google。internal instance-data instance-data.ec2.internal metadata.goog
inside localhost LOCALHOST localhost. LocalHost. a.localhost a.b.localhost. ｌocalhost localhost。
inside localhost.localdomain
invalid 256.1.1.1 1.2.3.4.5 4294967296 0x100000000 1..2 127.0.0.1.. 127.0.0.08 [::1%25lo] [fe80::1%eth0]
invalid [fe80::1%25eth0] [::1 ::1 [1::2::3] [::ffff:256.0.0.1] [v1.a] 127.0.0.1%20 a%00b a<b . .. a..b
name example.com example.com. sub.example.com xn--bcher-kva.example bücher.example 1.example
name localhost.example.com notlocalhost 127.0.0.1.example.com 169.254.169.254.example.com metadata.example
";

#[test]
fn hosts_are_judged_in_every_way_of_writing_them() {
    let egress = egress(&[]);
    let mut count = 0;
    for line in LITERALS.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let expected = words.next().unwrap();
        for word in words {
            let found = match egress.check(&format!("https://{word}/path"), Schemes::Https) {
                Ok(url) if matches!(url.host_str(), Some(host) if has_letters(host)) => "name",
                Ok(_) => "public",
                Err(NetError::Forbidden(message)) if message.contains("metadata") => "metadata",
                Err(NetError::Forbidden(_)) => "inside",
                Err(NetError::InvalidUrl(_)) => "invalid",
                Err(other) => panic!("{word}: {other:?}"),
            };
            assert_eq!(found, expected, "{word}");
            count += 1;
        }
    }
    eprintln!("egress table: {count} ways of writing a host");
    assert!(count >= 200, "{count}");
}

fn has_letters(host: &str) -> bool {
    !host.starts_with('[') && host.contains(|letter: char| letter.is_ascii_alphabetic())
}

#[test]
fn addresses_that_are_no_web_addresses_are_refused_with_what_to_do() {
    let egress = egress(&[]);
    let cases = [
        ("", "the address is not usable (relative URL without a base); give one such as"),
        ("example.com", "the address is not usable"),
        ("https://", "the address is not usable"),
        ("https://:80/", "the address is not usable"),
        ("https://a:65536/", "the address is not usable"),
        ("ftp://example.com", "the address must begin with https:// or http://"),
        ("file:///etc/passwd", "the address must begin with https:// or http://"),
        ("gopher://127.0.0.1", "the address must begin with https:// or http://"),
        ("data:text/plain,a", "the address must begin with https:// or http://"),
        ("https://u@example.com", "leave out what stands before the @"),
        ("https://u:p@example.com", "leave out what stands before the @"),
        ("https://:p@example.com", "leave out what stands before the @"),
        ("https://example.com:0/", "port 0 cannot be reached"),
        ("http://example.com/", "example.com is asked for over plain http; use https://"),
        ("http://8.8.8.8/", "8.8.8.8 is asked for over plain http; use https://"),
    ];
    for (url, expected) in cases {
        let error = egress.check(url, Schemes::Https).unwrap_err();
        assert!(
            matches!(&error, NetError::InvalidUrl(message) if message.contains(expected)),
            "{url}: {error:?}"
        );
        assert_eq!(error.code(), "URL_INVALID");
    }
}

#[test]
fn a_private_address_is_refused_with_the_way_to_allow_it() {
    let error = egress(&[]).check("http://10.1.2.3/", Schemes::HttpToo).unwrap_err();
    let expected = "10.1.2.3 is a private address, not a public one; the operator can allow it with \
                    BYTESTACK_ALLOW_PRIVATE";
    assert_eq!(error, NetError::Forbidden(expected.to_owned()));
    assert_eq!(error.code(), "ADDRESS_FORBIDDEN");
}

#[test]
fn plain_http_is_for_public_addresses_only_where_it_is_asked_for() {
    let egress = egress(&[]);
    for url in ["http://example.com/a", "http://8.8.8.8/", "https://example.com/a"] {
        assert_eq!(egress.check(url, Schemes::HttpToo).unwrap().as_str(), url);
    }
}

#[test]
fn an_allowed_network_opens_its_addresses_plain_http_included() {
    let egress = egress(&[network("10.0.0.0/8"), network("fd00::/16")]);
    for url in
        ["http://10.1.2.3/", "https://10.1.2.3:9000/", "http://[fd00::1]/", "http://0xa.1.2.3/"]
    {
        assert!(egress.check(url, Schemes::Https).is_ok(), "{url}");
    }
    // A name is decided when its addresses are known.
    assert!(egress.check("http://intern.example/", Schemes::Https).is_ok());
    let refused = [
        "http://11.0.0.1/",
        "http://8.8.8.8/",
        "https://127.0.0.1/",
        "https://192.168.0.1/",
        "https://[::ffff:10.1.2.3]/",
        "https://localhost/",
        "https://[fd01::1]/",
        "https://[fd00:ec2::254]/",
        "https://metadata.google.internal/",
    ];
    for url in refused {
        assert!(egress.check(url, Schemes::Https).is_err(), "{url}");
    }
}

#[test]
fn an_allowed_host_is_open_at_its_port_alone() {
    let egress = egress(&[host("localhost", 9000), host("127.0.0.1", 80), host("::1", 81)]);
    let open = [
        "http://localhost:9000/",
        "http://LOCALHOST.:9000/",
        "https://localhost:9000",
        "http://127.0.0.1/",
        "http://0x7f.1:80/",
        "http://[::1]:81/",
        "http://[0::1]:81/",
    ];
    for url in open {
        assert!(egress.check(url, Schemes::Https).is_ok(), "{url}");
    }
    let closed = [
        "http://localhost/",
        "https://localhost:9001/",
        "https://127.0.0.1/",
        "http://127.0.0.1:9000/",
        "http://[::1]:80/",
        "https://a.localhost:9000/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.0.0.2/",
        "http://example.com:9000/",
    ];
    for url in closed {
        assert!(egress.check(url, Schemes::Https).is_err(), "{url}");
    }
}

#[test]
fn metadata_stays_closed_whatever_is_allowed() {
    let allow = [
        network("0.0.0.0/0"),
        network("::/0"),
        network("169.254.169.254/32"),
        host("169.254.169.254", 80),
        host("metadata.google.internal", 80),
        host("fd00:ec2::254", 80),
    ];
    let egress = egress(&allow);
    assert!(egress.check("http://169.254.1.1/", Schemes::Https).is_ok());
    let closed = [
        "169.254.169.254",
        "0xa9fea9fe",
        "metadata.google.internal",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "169.254.170.2",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "metadata.google.internal.",
    ];
    for host in closed {
        let error = egress.check(&format!("http://{host}/"), Schemes::HttpToo).unwrap_err();
        assert!(error.to_string().contains("never reached"), "{host}: {error}");
    }
}
