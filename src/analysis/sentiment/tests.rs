use proptest::prelude::*;

use super::*;
use crate::model::reading::SentimentLabel;

fn english(text: &str) -> Sentiment {
    label(text, Some("en")).sentiment
}

fn unsaid(text: &str) -> Sentiment {
    label(text, None).sentiment
}

/// What is expected of each text is written before it: `+`, `-`, `0` or `?` for unknown.
fn check(labelled: impl Fn(&str) -> Sentiment, table: &[&str]) {
    for row in table {
        let (sign, text) = row.split_at(1);
        let expected = match sign {
            "+" => Sentiment::Positive,
            "-" => Sentiment::Negative,
            "0" => Sentiment::Neutral,
            _ => Sentiment::Unknown,
        };
        assert_eq!(labelled(text.trim()), expected, "{text}");
    }
}

#[test]
fn the_files_have_no_line_that_says_nothing() {
    lexicon::Lexicon::parse(include_str!("lexicon.txt"), include_str!("languages.txt")).unwrap();
    for line in ["word x: good", "verb 1: good", "good", "german: gut"] {
        assert!(lexicon::Lexicon::parse(line, line).is_err(), "{line}");
    }
}

#[test]
fn words_weigh() {
    check(
        english,
        &[
            "+ I love Acme",
            "+ awesome update, works great",
            "+ Thank you @acme for the quick help",
            "- Acme is down again, worst outage this year",
            "- I want a refund",
            "- the app keeps crashing",
            "- Acme pricing is way too expensive",
            "- so buggy and slow",
            "- it broke after two days",
            "0 Acme opens an office in Oslo",
            "0 I use Acme at work",
            "0 Acme is OK I guess",
        ],
    );
}

#[test]
fn negation_turns_a_word_within_its_clause() {
    check(
        english,
        &[
            "- The app is not good",
            "- I am not happy with this",
            "- don't recommend",
            "- isn't really very reliable",
            "- it doesn't work",
            "+ not bad at all",
            "+ no problems so far, works well",
            "+ never been happier",
            "+ can't wait for the new release",
            "0 I don't hate it",
            "+ No, it is great",
            "- why not? it is terrible",
        ],
    );
}

#[test]
fn what_follows_but_outweighs_what_came_before() {
    check(
        english,
        &[
            "- Nice phone but the battery is terrible",
            "+ The battery is terrible but I love the screen",
            "- I love the screen but the battery is terrible",
        ],
    );
}

#[test]
fn emphasis_makes_a_weight_larger() {
    let score = |text| label(text, Some("en")).score;
    for (loud, plain) in [
        ("this is GREAT", "this is great"),
        ("this is great!!", "this is great!"),
        ("this is great!", "this is great"),
        ("this is very good", "this is good"),
        ("this is gooood", "this is good"),
        ("this is good", "this is somewhat good"),
    ] {
        assert!(score(loud) > score(plain), "{loud}: {} {}", score(loud), score(plain));
    }
    for (loud, plain) in [
        ("this is AWFUL", "this is awful"),
        ("this is bad!", "this is bad"),
        ("this is very bad", "this is bad"),
    ] {
        assert!(score(loud) < score(plain), "{loud}: {} {}", score(loud), score(plain));
    }
}

#[test]
fn thanks_and_lone_praise_beside_a_complaint_are_meant_bitterly() {
    check(
        english,
        &[
            "- Great, another outage. Thanks Acme.",
            "- thanks for breaking my phone",
            "- nice job crashing my laptop",
            "- What a great charger that works so well! #not",
            "- Great job on the update... Not",
            "+ Thanks for fixing the crash so fast",
            "+ Great phone. Thanks Acme.",
        ],
    );
}

#[test]
fn faces_count() {
    check(
        english,
        &[
            "+ my new phone 😍",
            "+ Acme :)",
            "+ Acme <3",
            "+ Acme &lt;3",
            "+ got it today XD",
            "- my new phone 😡",
            "- my new phone 👎🏽",
            "- Acme :(",
            "- Acme >:(",
            "- update day :'(",
            "0 meeting at 10:30 (room 8)",
            "0 see http://acme.test:80/(x",
        ],
    );
    check(unsaid, &["+ 😍😍😍", "+ ❤️", "- 😡 :(", "? 📦", "? #acme 😍"]);
    let (one, many) = (label("😍", None).score, label(&"😍".repeat(50), None).score);
    assert!(one < many && many < 0.85, "a row of one emoji is little more than one: {many}");
}

#[test]
fn hashtags_are_read_as_their_words() {
    check(
        english,
        &[
            "- my day #fail",
            "- my day #AcmeFail",
            "- my day #acmefail",
            "- my day #IHATEACME",
            "- #fix_this",
            "+ #LoveIt",
            "0 #Acme",
            "0 #sailing",
        ],
    );
}

#[test]
fn what_is_not_english_is_unknown() {
    let foreign = [
        "? Das ist wirklich schlecht, ich bin enttäuscht",
        "? Acme ist super",
        "? Super Service, danke!",
        "? ist ok",
        "? C'est nul, ça marche pas",
        "? Je déteste cette application",
        "? No me gusta nada",
        "? Te odio Acme",
        "? Muito bom",
        "? Che schifo",
        "? wat een slechte service zeg",
        "? Det fungerar inte alls",
        "? これは最高です",
        "? iPhoneが大好き love",
        "? Это ужасно",
        "? 太糟糕了",
        "? 정말 좋아요 😍",
        "? هذا سيء جدا",
        "? bardzo słabe",
        "? çok kötü",
        "? Gracias ❤️",
    ];
    check(unsaid, &foreign);
    for lang in ["de", "fr", "ja", "es-MX", "in", "tlh"] {
        assert_eq!(label("I love this", Some(lang)), Label::UNKNOWN, "{lang}");
    }
    // Accounts that never set their language say English.
    check(english, &["? これは最高です", "? Das ist wirklich schlecht", "? Muito bom, obrigado"]);
}

#[test]
fn english_is_known_from_its_words_where_nothing_is_said() {
    check(
        unsaid,
        &[
            "+ love acme",
            "- acme sucks",
            "+ I love Acme",
            "0 They said that it will be there on Monday",
            "- Why is my café app so slow",
            "? Acme",
            "? Acme Globex Initech",
        ],
    );
    for lang in ["und", "", " ", "zxx", "qme", "qht", "mul"] {
        assert_eq!(label("love this", Some(lang)).sentiment, Sentiment::Positive, "{lang}");
    }
    for lang in ["en", "EN", "en-US", "en_GB", "eng", " en "] {
        assert_eq!(label("Acme", Some(lang)).sentiment, Sentiment::Neutral, "{lang}");
    }
}

#[test]
fn links_and_handles_say_nothing() {
    let bare =
        ["", "https://acme.test/love", "@love", "@hate_it!", "www.awesome.test", "$ACME", "Acme"];
    for text in bare {
        assert_eq!(english(text), Sentiment::Neutral, "{text}");
        assert_eq!(unsaid(text), Sentiment::Unknown, "{text}");
    }
}

#[test]
fn the_time_is_linear() {
    for part in
        ["good ", "#not", "#Love", "a", "aaa ", ":", ":(", "😍", "&lt;3", "not ", "@", "can't "]
    {
        label(&part.repeat(200_000 / part.len()), Some("en"));
        label(&part.repeat(200_000 / part.len()), None);
    }
}

#[test]
fn a_label_is_named_for_results_and_filters() {
    let value = serde_json::to_value(label("I love it", Some("en"))).unwrap();
    assert_eq!(value["sentiment"], "positive");
    assert_eq!(Sentiment::Negative.known(), Some(SentimentLabel::Negative));
    assert_eq!(Sentiment::Unknown.known(), None);
    assert!(!METHOD.name.is_empty() && !METHOD.version.is_empty());
}

/// Stored labels name the version that made them, so that no other weights may go by its name.
#[test]
fn other_weights_have_another_version() {
    let files = [include_str!("lexicon.txt"), include_str!("languages.txt")].concat();
    let sum = files.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    assert_eq!(
        (METHOD.version, sum),
        ("1", 2_170_565_822),
        "raise METHOD.version, then write the new sum here"
    );
}

/// Anything, and often what the rules look at.
fn any_text() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "love",
        "HATE",
        "not",
        "but",
        "#not",
        "#FAIL",
        "thanks",
        "great",
        ":)",
        ":'(",
        "<3",
        "😍",
        "👎🏽",
        "I",
        "can't",
        "wait",
        "fixed",
        "crash",
        "so",
        "!",
        "?",
        ".",
        ",",
        "\n",
        "die",
        "ist",
        "ça",
        "これ",
        "é",
        "e\u{301}",
        "&lt;3",
        "&amp;",
        "@a",
        "$A",
        "#",
        "@",
        "https://a.test",
        "'",
        "’s",
        "ß",
    ]);
    let part =
        prop_oneof![3 => known.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,8}"];
    let glue = proptest::sample::select(vec![" ", "", ". "]);
    proptest::collection::vec((part, glue), 0..12)
        .prop_map(|parts| parts.into_iter().map(|(part, glue)| part + glue).collect())
}

fn any_lang() -> impl Strategy<Value = Option<&'static str>> {
    proptest::sample::select(vec![None, Some("en"), Some("und"), Some("de")])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_has_one_label_that_fits_its_score(text in any_text(), lang in any_lang()) {
        let found = label(&text, lang);
        prop_assert_eq!(found, label(&text, lang));
        prop_assert!(found.score.abs() <= 1.0);
        match found.sentiment {
            Sentiment::Positive => prop_assert!(found.score > 0.0),
            Sentiment::Negative => prop_assert!(found.score < 0.0),
            Sentiment::Neutral => {}
            Sentiment::Unknown => prop_assert_eq!(found, Label::UNKNOWN),
        }
        if lang == Some("de") {
            prop_assert_eq!(found, Label::UNKNOWN);
        }
    }

    #[test]
    fn a_link_or_a_handle_more_changes_nothing(text in any_text(), lang in any_lang()) {
        for more in ["https://acme.test/love?x=:(", "@Hate_this", "www.fail.test", "@a https://t.test/b"] {
            prop_assert_eq!(label(&format!("{text} {more}"), lang), label(&text, lang), "{}", more);
        }
    }
}
