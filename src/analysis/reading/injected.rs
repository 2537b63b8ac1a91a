//! Finds sentences that give orders to whoever reads the prompt. They are data: none is followed,
//! and where a question stands beside them, that is read.

use super::token::{Kind, Token};
use super::words::{any_phrase, joined, slice};

const ORDERS: &[&str] = &[
    "ignore",
    "disregard",
    "forget",
    "override",
    "bypass",
    "pretend",
    "you are now",
    "you are",
    "act as",
    "from now on",
    "system",
    "do not follow",
    "don't follow",
    "stop following",
    "instead answer",
    "instead reply",
    "answer with",
    "just answer",
    "just say",
    "just reply",
    "reply with",
    "respond with",
    "answer only",
    "always answer",
    "say that",
    "say the",
    "and ignore",
    "now ignore",
    "please ignore",
    "please disregard",
    "also print",
    "print",
    "reveal",
    "also reveal",
    "output",
    "also output",
    "tell me your",
    "show me your",
    "also ignore",
    "then ignore",
];

/// The prompt without orders, and what was left out; none where there is no order, or nothing else.
pub(super) fn without_orders(tokens: &[Token]) -> Option<(Vec<Token>, String)> {
    let mut kept: Vec<Token> = Vec::new();
    let mut orders: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let length = tokens
            .iter()
            .skip(at)
            .position(|token| token.kind == Kind::Stop)
            .map_or(tokens.len() - at, |stop| stop + 1);
        let sentence = slice(tokens, at, at + length);
        if any_phrase(tokens, at, ORDERS).is_some() {
            orders.push(joined(sentence).replace(" .", "."));
        } else {
            kept.extend_from_slice(sentence);
        }
        at += length;
    }
    let says_more = kept.iter().any(|token| token.kind != Kind::Stop);
    (says_more && !orders.is_empty()).then(|| (kept, orders.join(" ")))
}
