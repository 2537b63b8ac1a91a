//! The committed schema is the one the code has.

#[test]
fn schema_graphql_is_what_the_command_prints() {
    let committed = include_str!("../../schema.graphql");
    let printed = bytestack::graphql::sdl();
    assert!(
        committed == printed,
        "run `cargo run -- schema > schema.graphql` and look at the diff"
    );
}
