//! The README's sections and the blocks of code in them.

pub const README: &str = include_str!("../../../README.md");

/// What stands under a heading of the second level.
pub fn section(heading: &str) -> &'static str {
    let start = format!("\n## {heading}\n");
    let rest = README.split(&*start).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("the README has no section {heading:?}"));
    rest.split("\n## ").next().unwrap()
}

/// The blocks of a section in this language.
pub fn blocks(heading: &str, language: &str) -> Vec<&'static str> {
    let start = format!("\n```{language}\n");
    let code = |rest: &'static str| rest.split("```\n").next().unwrap();
    section(heading).split(&*start).skip(1).map(code).collect()
}
