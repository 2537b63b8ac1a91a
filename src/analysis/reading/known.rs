//! What everybody knows of a few names: other names they go by, and what else they mean.
//!
//! Whatever is taken from here is said in the assumptions.

use super::words::listed;

/// Names that are written in two ways, the one asked for first.
const ALIASES: &[(&str, &str)] = &[
    ("microsoft teams", "MS Teams"),
    ("ms teams", "Microsoft Teams"),
    ("gcp", "Google Cloud"),
    ("google cloud", "GCP"),
    ("amazon web services", "AWS"),
    ("vs code", "Visual Studio Code"),
    ("visual studio code", "VS Code"),
    ("postgresql", "Postgres"),
    ("kubernetes", "k8s"),
    ("k8s", "Kubernetes"),
    ("new york times", "NYT"),
    ("hewlett packard", "HP"),
];

/// The other name of `name`.
pub(super) fn alias(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    ALIASES.iter().find(|(known, _)| *known == lower).map(|(_, other)| *other)
}

/// A meaning of a name that has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sense {
    pub name: &'static str,
    /// How the meaning is called behind the name: "the company"; parted by `, `.
    called: &'static str,
    /// The meaning in words.
    pub says: &'static str,
    /// Words that give away another meaning.
    pub others: &'static [&'static str],
}

const SENSES: &[Sense] = &[
    Sense {
        name: "apple",
        called: "company, brand, tech company, technology company, business, maker",
        says: "Apple Inc., technology company",
        others: &["apple pie", "apple juice", "fruit", "orchard", "recipe"],
    },
    Sense {
        name: "amazon",
        called: "company, brand, retailer, store, shop, online shop",
        says: "Amazon.com, Inc., retailer",
        others: &["rainforest", "river", "jungle", "amazonas"],
    },
    Sense {
        name: "rust",
        called: "language, programming language",
        says: "Rust, programming language",
        others: &["rusty", "rust belt", "corrosion", "oxide", "rust remover"],
    },
    Sense {
        name: "python",
        called: "language, programming language",
        says: "Python, programming language",
        others: &["snake", "reptile", "monty python", "ball python"],
    },
    Sense {
        name: "java",
        called: "language, programming language",
        says: "Java, programming language",
        others: &["island", "jakarta", "indonesia", "coffee"],
    },
    Sense {
        name: "shell",
        called: "company, oil company, brand",
        says: "Shell plc, energy company",
        others: &["seashell", "bash", "eggshell", "turtle"],
    },
    Sense {
        name: "target",
        called: "company, store, retailer, brand, chain",
        says: "Target Corporation, retailer",
        others: &["target audience", "target practice", "shooting"],
    },
    Sense {
        name: "orange",
        called: "company, operator, brand, carrier, telecom",
        says: "Orange S.A., telecommunications company",
        others: &["juice", "fruit", "colour", "color"],
    },
    Sense {
        name: "jaguar",
        called: "company, brand, car, car maker, carmaker",
        says: "Jaguar, car maker",
        others: &["animal", "zoo", "wildlife", "big cat"],
    },
    Sense {
        name: "puma",
        called: "company, brand, sportswear brand",
        says: "Puma SE, sportswear company",
        others: &["animal", "zoo", "wildlife", "cougar"],
    },
    Sense {
        name: "swift",
        called: "language, programming language",
        says: "Swift, programming language",
        others: &["taylor", "swifties", "bird"],
    },
    Sense {
        name: "tesla",
        called: "company, brand, car maker, carmaker",
        says: "Tesla, Inc., car maker",
        others: &["nikola", "coil"],
    },
];

/// The meaning of `name` that is called `called`.
pub(super) fn sense(name: &str, called: &str) -> Option<Sense> {
    let is_it = |sense: &&Sense| sense.name == name.to_lowercase() && listed(sense.called, called);
    SENSES.iter().find(is_it).copied()
}

/// The meaning of `name` that is left when `other` is not meant.
pub(super) fn sense_without(name: &str, other: &str) -> Option<Sense> {
    let is_it = |sense: &&Sense| sense.name == name.to_lowercase() && sense.others.contains(&other);
    SENSES.iter().find(is_it).copied()
}

/// What is not meant, and the words that such posts use.
const MEANINGS: &[(&str, &[&str])] = &[
    ("actress", &["actress", "movie", "film"]),
    ("actor", &["actor", "movie", "film"]),
    ("movie", &["movie", "film", "cinema"]),
    ("film", &["film", "movie", "cinema"]),
    ("singer", &["singer", "song", "album"]),
    ("band", &["band", "song", "album"]),
    ("song", &["song", "lyrics", "album"]),
    ("footballer", &["footballer", "football", "goal"]),
    ("player", &["player", "match", "league"]),
    ("politician", &["politician", "election", "parliament"]),
    ("animal", &["animal", "zoo", "wildlife"]),
    ("bird", &["bird", "birds", "nest"]),
    ("fruit", &["fruit", "juice", "recipe"]),
    ("river", &["river", "rainforest"]),
    ("city", &["city", "mayor"]),
    ("planet", &["planet", "orbit"]),
    ("game", &["game", "gameplay", "gamer"]),
    ("book", &["book", "novel"]),
];

/// The words that give away what is not meant.
pub(super) fn meaning(other: &str) -> Option<&'static [&'static str]> {
    MEANINGS.iter().find(|(known, _)| *known == other).map(|(_, words)| *words)
}
