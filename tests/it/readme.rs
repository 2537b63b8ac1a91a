//! The README's walkthrough is run as it is written.
