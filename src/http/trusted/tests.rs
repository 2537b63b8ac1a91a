use std::collections::BTreeMap;

use super::*;

/// The files of the playground's folder that are documents, by their names.
fn examples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/operations");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents = files.filter(|file| file.extension().is_some_and(|ending| ending == ENDING));
    let named = documents.map(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(file).unwrap())
    });
    named.collect()
}

#[tokio::test]
async fn every_example_of_the_playground_is_built_in_and_can_be_executed() {
    let built_in = BUILT_IN.map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(BTreeMap::from(built_in), examples());
    let checker = Checker::default();
    for (name, text) in BUILT_IN {
        assert_eq!(checker.check(text).await, Ok(()), "{name}");
    }
}

#[tokio::test]
async fn every_document_of_the_dashboard_is_known_by_its_hash_and_can_be_executed() {
    let checker = Checker::default();
    let documents = dashboard().unwrap();
    assert!(documents.len() > 20, "{}", documents.len());
    for (hash, text) in documents {
        assert_eq!(DocumentHash::from_hex(&hash), Some(DocumentHash::of(&text)), "{text}");
        assert_eq!(checker.check(&text).await, Ok(()), "{text}");
    }
}

/// Two documents and their names, from the draft on persisted documents: every space counts.
#[test]
fn a_hash_is_that_of_the_exact_text() {
    let cases = [
        (
            "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}",
            "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e",
        ),
        (
            "query($id:ID!){user(id:$id){name}}",
            "sha256:71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b",
        ),
    ];
    for (text, id) in cases {
        assert_eq!(DocumentHash::of(text), of_id(id).unwrap(), "{text}");
        assert_ne!(DocumentHash::of(&format!("{text}\n")), of_id(id).unwrap(), "{text}");
    }
}
