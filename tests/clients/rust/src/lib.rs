//! Nothing: the programs are in the README, and the tests put them here to be compiled.
