//! Faces written in punctuation.

/// The face that `rest` begins with: its length in bytes, all ASCII, and its weight.
///
/// `before` is the character before it: what ends a number or a word is no pair of eyes, except
/// for a colon, which people write right after a word.
pub(super) fn at(rest: &str, before: Option<char>) -> Option<(usize, f32)> {
    if before.is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let after_word = before.is_some_and(char::is_alphanumeric);
    let (len, weight) = heart(rest, after_word).or_else(|| face(rest, after_word))?;
    let next = rest.get(len..)?.chars().next();
    // `:D` in `:Done`, `:/` in `s:/x`.
    (!next.is_some_and(|c| c.is_alphanumeric() || c == '/')).then_some((len, weight))
}

fn heart(rest: &str, after_word: bool) -> Option<(usize, f32)> {
    const WHOLE: [(&str, f32); 8] = [
        ("<3", 2.5),
        ("</3", -2.0),
        ("^_^", 2.0),
        ("^^", 1.0),
        ("-_-", -2.0),
        ("-__-", -2.0),
        (">:(", -2.5),
        ("(:", 1.5),
    ];
    let found = WHOLE.iter().find(|(face, _)| rest.starts_with(face));
    found.filter(|_| !after_word).map(|(face, weight)| (face.len(), *weight))
}

/// Eyes, perhaps a tear or a nose, and a mouth, which may be drawn out: `:'-(((`.
fn face(rest: &str, after_word: bool) -> Option<(usize, f32)> {
    let mut bytes = rest.bytes().peekable();
    let eyes = bytes.next().filter(|b| b":;=xX".contains(b))?;
    if after_word && eyes != b':' {
        return None;
    }
    let mut len = 1;
    let is_crying = bytes.next_if_eq(&b'\'').is_some();
    len += usize::from(is_crying);
    len += usize::from(bytes.next_if(|b| b"-^o".contains(b)).is_some());
    let mouth = bytes.next()?;
    let is_letter_eyes = eyes.eq_ignore_ascii_case(&b'x');
    let weight = match mouth {
        b'D' => 2.0,
        _ if is_letter_eyes => return None,
        b')' | b']' | b'}' if eyes == b';' => 1.0,
        b')' | b']' | b'}' => 2.0,
        b'p' | b'P' | b'b' if !after_word => 1.0,
        b'*' if !after_word => 2.0,
        b'(' | b'[' | b'{' => -2.0,
        b'c' | b'C' if !after_word => -2.0,
        b'/' | b'\\' | b'|' | b'$' | b'@' if !after_word && eyes != b';' => -1.5,
        _ => return None,
    };
    len += 1;
    while bytes.next_if_eq(&mouth).is_some() {
        len += 1;
    }
    Some((len, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_told_from_punctuation() {
        let table = [
            (":)", None, 2),
            (":-) x", None, 3),
            (":)))", Some('t'), 4),
            (":'(", None, 3),
            ("xD", None, 2),
            ("<3!", None, 2),
            (">:(", None, 3),
            (":30", Some('1'), 0),
            (":D", Some('8'), 0),
            (":Done", None, 0),
            ("://x", Some('p'), 0),
            ("=)", Some('y'), 0),
            (": (", None, 0),
            ("x(1)", None, 0),
            (":", None, 0),
        ];
        for (rest, before, len) in table {
            assert_eq!(at(rest, before).map_or(0, |(len, _)| len), len, "{rest} {before:?}");
        }
    }
}
