//! Every rule of `graphql-transport-ws`, against a toy schema: no store, no keys, only the protocol.

mod conversations;
mod endings;
mod toy;
