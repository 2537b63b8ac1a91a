//! The suite over every store there is, and what is asked of a bucket besides.

use std::io::ErrorKind;
use std::time::Duration;

use bytestack::blobs::s3::{Patience, S3, S3Target};
use bytestack::blobs::{Blobs, Disk};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::kept::{get, keeps_the_contract, listed, noise, put};
use crate::support::s3::{Failure, OtherStore, Profile, S3Double};

const PART: usize = 8 * 1024 * 1024;
const LARGE: usize = 2 * PART + 1;

/// Long enough for a busy machine.
const PATIENCE: Patience =
    Patience { attempts: 5, answer: Duration::from_secs(20), whole: Duration::from_mins(1) };

/// Blobs in a bucket, and the folder of their drafts.
pub fn in_bucket(target: S3Target, patience: Patience) -> (Blobs, TempDir) {
    let spool = tempfile::tempdir().unwrap();
    (Blobs::new(S3::new(target, spool.path(), patience).unwrap()), spool)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    keeps_the_contract(&Blobs::new(Disk::open(folder.path()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_by_other_hands_keeps_the_contract() {
    let store = OtherStore::start().await;
    let (blobs, _spool) = in_bucket(store.target("deep/er"), PATIENCE);
    keeps_the_contract(&blobs).await;
    assert!(store.folder().join("deep/er/datasets/ds_large/1-a").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_store_keeps_the_contract() {
    let mut kinds = JoinSet::new();
    for profile in Profile::READABLE {
        kinds.spawn(async move {
            let double = S3Double::start(profile).await;
            double.set_page(3);
            double.plant("deep/elsewhere", b"another program's");
            double.plant("deep/er/notes.txt", b"nor is this a blob");
            let mut target = double.target("deep/er");
            if profile == Profile::R2 {
                target.region = "auto".to_owned();
            }
            let (blobs, spool) = in_bucket(target, PATIENCE);
            eprintln!("{profile:?}");
            keeps_the_contract(&blobs).await;
            assert_eq!(double.open_uploads(), Vec::<String>::new(), "{profile:?}");
            let objects = double.objects();
            assert!(objects.contains_key("deep/er/notes.txt"), "{profile:?}");
            assert!(!objects.keys().any(|key| key.contains("probe")), "{profile:?}");
            let most = double.seen().iter().map(|seen| seen.len).max();
            assert_eq!(most, Some(PART), "{profile:?}: a part is the most that is sent at once");
            assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "{profile:?}");
            profile
        });
    }
    while let Some(done) = kinds.join_next().await {
        eprintln!("{:?} keeps it", done.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_says_what_it_is() {
    let double = S3Double::start(Profile::Aws).await;
    let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
    for len in [1_000, LARGE] {
        put(&blobs, "datasets/ds_1/1-a", &noise(1, len)).await.unwrap();
        let object = double.objects().remove("datasets/ds_1/1-a").unwrap();
        assert_eq!(object.content_type, "application/zstd");
        assert_eq!(object.metadata["sha256"], hex::encode(Sha256::digest(&object.bytes)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_changed_in_the_store_are_not_read_as_if_they_had_not() {
    let double = S3Double::start(Profile::Aws).await;
    let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
    let name = "datasets/ds_1/1-a";
    put(&blobs, name, &noise(1, 50_000)).await.unwrap();
    double.change(name, |bytes| bytes[40_000] ^= 1);
    let error = get(&blobs, name, None).await.map(|_| "it was read").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.to_string().contains("the bytes are not those that were stored"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_fails_leaves_no_parts_and_no_object() {
    let double = S3Double::start(Profile::Aws).await;
    let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
    let name = "datasets/ds_1/1-a";
    for operation in ["UploadPart", "CompleteMultipartUpload"] {
        double.fail_always(operation, Some(Failure::AccessDenied));
        let error = put(&blobs, name, &noise(1, LARGE)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the key may not do {operation} there"));
        double.fail_always(operation, None);
        assert_eq!(double.open_uploads(), Vec::<String>::new(), "after {operation}");
        assert!(double.objects().is_empty());
    }
    // What cannot be ended is found later, by whoever sweeps.
    double.fail_always("UploadPart", Some(Failure::AccessDenied));
    double.fail_always("AbortMultipartUpload", Some(Failure::AccessDenied));
    put(&blobs, name, &noise(1, LARGE)).await.unwrap_err();
    assert_eq!(listed(&blobs, "").await, [(name.to_owned(), false)]);
    double.fail_always("AbortMultipartUpload", None);
    let mut listing = blobs.list();
    let unfinished = listing.next().await.unwrap();
    assert!(blobs.clear(&unfinished).await.unwrap());
    assert!(!blobs.clear(&unfinished).await.unwrap(), "somebody else has");
    assert_eq!(double.open_uploads(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_for_good_is_made_up_for_by_a_look() {
    let double = S3Double::start(Profile::Aws).await;
    let (blobs, _spool) = in_bucket(double.target(""), Patience { attempts: 2, ..PATIENCE });
    for (operation, len) in [("PutObject", 1_000), ("CompleteMultipartUpload", LARGE)] {
        double.fail_always(operation, Some(Failure::DoneAndHangUp));
        let name = format!("datasets/ds_1/{len}-a");
        put(&blobs, &name, &noise(1, len)).await.unwrap();
        assert!(get(&blobs, &name, None).await.unwrap() == noise(1, len));
        assert_eq!(double.count("HeadObject"), 1, "{operation}");
        double.fail_always(operation, None);
        double.seen_anew();
    }
    // An upload whose beginning nobody heard of does not stay.
    double.fail_next(Failure::DoneAndHangUp);
    put(&blobs, "datasets/ds_1/3-a", &noise(1, LARGE)).await.unwrap();
    assert_eq!(double.count("CreateMultipartUpload"), 2);
    assert_eq!(double.open_uploads(), Vec::<String>::new());

    double.fail_always("PutObject", Some(Failure::HangUp));
    let error = put(&blobs, "datasets/ds_1/2-a", b"lost").await.unwrap_err();
    assert!(error.to_string().contains("before it hung up"), "{error}");
    assert_eq!(double.count("PutObject"), 2, "as often as was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_says_nothing_is_not_waited_for() {
    let double = S3Double::start(Profile::Aws).await;
    let patience = Patience {
        attempts: 2,
        answer: Duration::from_millis(100),
        whole: Duration::from_secs(20),
    };
    let (blobs, _spool) = in_bucket(double.target(""), patience);
    double.fail_always("*", Some(Failure::Hang));
    let error = put(&blobs, "datasets/ds_1/1-a", b"hello").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert_eq!(double.count("PutObject"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_only_write_can_write_whatever_the_length() {
    let double = S3Double::start(Profile::WriteOnly).await;
    let (blobs, _spool) = in_bucket(double.target(""), PATIENCE);
    for len in [1_000, LARGE] {
        put(&blobs, &format!("datasets/ds_1/{len}-a"), &noise(1, len)).await.unwrap();
    }
    assert_eq!(double.objects().len(), 2);
    let error = get(&blobs, "datasets/ds_1/1000-a", None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(error.to_string(), "the key may not do GetObject there");
}
