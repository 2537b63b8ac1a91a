//! The bucket in the host of its address rather than in the path, as it goes over the wire.

use std::net::SocketAddr;
use std::sync::Arc;

use bytestack::blobs::s3::{NewObject, Patience, S3Target};
use bytestack::config::AllowPrivate;
use bytestack::net::{Answer, Egress, Lookup, Options, Schemes};
use sha2::{Digest, Sha256};

use crate::support::noise_of;
use crate::support::s3::{BUCKET, HOST, Profile, S3Double};

/// Every name below the double's host leads to this machine; no other has an address.
#[derive(Debug)]
struct OwnHosts;

impl Lookup for OwnHosts {
    fn lookup(&self, name: &str) -> Answer {
        let is_own = name.strip_suffix(HOST).is_some_and(|rest| rest.ends_with('.'));
        let found: Vec<SocketAddr> =
            is_own.then(|| SocketAddr::from(([127, 0, 0, 1], 0))).into_iter().collect();
        Box::pin(async move { Ok(found) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_in_the_host_is_written_to_and_read() {
    let store = S3Double::start(Profile::Aws).await;
    let endpoint = format!("http://{HOST}:{}", store.address.port());
    let target = S3Target { endpoint: Some(endpoint), path_style: Some(false), ..store.target("") };
    let allow = vec![AllowPrivate::Network { address: [127, 0, 0, 1].into(), prefix: 8 }];
    let options = Options { allow, lookup: Arc::new(OwnHosts), ..Options::default() };
    let way = Egress::with(&options).unwrap();
    let client = target.client(&way, Schemes::Https, Patience::default());
    // One goes in one request, the other in parts.
    for (key, letters) in [("small and ünusual+1.json", 100), ("large", 17 * 1024 * 1024)] {
        let bytes = noise_of(1, letters).into_bytes();
        let new = NewObject {
            bucket: BUCKET.to_owned(),
            key: key.to_owned(),
            content_type: "application/json",
            len: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(&bytes)),
            metadata: [("job-id".to_owned(), "job_1".to_owned())].into(),
        };
        new.put(&client, &mut bytes.as_slice()).await.unwrap();
        assert!(new.is_there(&client).await);
        assert!(store.objects()[key].bytes == bytes);
        let read = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert!(read.body.collect().await.unwrap().into_bytes() == bytes);
    }
    assert!(store.count("UploadPart") > 1 && store.open_uploads().is_empty());
    let hosts = store.hosts();
    let expected = format!("{BUCKET}.{HOST}:{}", store.address.port());
    assert!(hosts.iter().all(|host| *host == expected), "{hosts:?}");
}
