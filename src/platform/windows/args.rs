//! Splits and quotes command lines. Windows keeps one as a single text that every program splits itself, nearly always
//! by the rules of Microsoft's C library ("Parsing C command-line arguments"), which are implemented here.

/// Splits `line` into arguments; the first is the program.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut rest = line.chars().peekable();
    let mut list = Vec::new();
    if rest.peek().is_none() {
        return list;
    }
    // The program: backslashes are ordinary there, and quotes only protect blanks.
    let mut program = String::new();
    let mut quoted = false;
    while let Some(character) = rest.next_if(|character| quoted || !is_blank(*character)) {
        if character == '"' { quoted = !quoted } else { program.push(character) }
    }
    list.push(program);
    loop {
        while rest.next_if(|character| is_blank(*character)).is_some() {}
        if rest.peek().is_none() {
            return list;
        }
        list.push(argument(&mut rest));
    }
}

fn argument(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    let mut quoted = false;
    loop {
        let mut backslashes = 0;
        while rest.next_if_eq(&'\\').is_some() {
            backslashes += 1;
        }
        let Some(character) = rest.next_if(|character| quoted || !is_blank(*character)) else {
            text.extend(std::iter::repeat_n('\\', backslashes));
            return text;
        };
        if character != '"' {
            text.extend(std::iter::repeat_n('\\', backslashes));
            text.push(character);
            continue;
        }
        // Before a quote, two backslashes mean one, and an odd one makes the quote literal.
        text.extend(std::iter::repeat_n('\\', backslashes / 2));
        if backslashes % 2 == 1 || (quoted && rest.next_if_eq(&'"').is_some()) {
            text.push('"');
        } else {
            quoted = !quoted;
        }
    }
}

/// Quotes one argument so that [`split`] restores it; only where necessary, as some programs look for an unquoted `/c`.
pub(super) fn quoted(argument: &str) -> String {
    if !argument.is_empty() && !argument.contains([' ', '\t', '"']) {
        return argument.to_owned();
    }
    let mut text = String::from('"');
    let mut backslashes = 0;
    for character in argument.chars() {
        match character {
            '\\' => backslashes += 1,
            '"' => {
                // Backslashes before a quote are doubled, and one more makes the quote literal.
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(character);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    text
}

fn is_blank(character: char) -> bool {
    character == ' ' || character == '\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples on Microsoft's page, each after a program name.
    #[test]
    fn microsofts_examples_are_split_as_on_their_page() {
        for (line, expected) in [
            (r#"p "abc" d e"#, vec!["abc", "d", "e"]),
            (r#"p a\\b d"e f"g h"#, vec![r"a\\b", "de fg", "h"]),
            (r#"p a\\\"b c d"#, vec![r#"a\"b"#, "c", "d"]),
            (r#"p a\\\\"b c" d e"#, vec![r"a\\b c", "d", "e"]),
            (r#"p a"b"" c d"#, vec![r#"ab" c d"#]),
        ] {
            assert_eq!(split(line)[1..], expected, "{line}");
        }
    }

    #[test]
    fn the_program_may_have_blanks_in_quotes_and_ends_with_a_backslash_or_not() {
        assert_eq!(split(r#""C:\Program Files\a b\" x"#), [r"C:\Program Files\a b\", "x"]);
        assert_eq!(split("a.exe"), ["a.exe"]);
        assert_eq!(split("a.exe \t "), ["a.exe"]);
        assert_eq!(split(r#"a.exe """#), ["a.exe", ""]);
        assert!(split("").is_empty());
    }

    /// Quotes like `std::process::Command`.
    fn quote(argument: &str) -> String {
        let mut text = String::from('"');
        let mut backslashes = 0;
        for character in argument.chars() {
            if character == '"' {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
            }
            backslashes = if character == '\\' { backslashes + 1 } else { 0 };
            text.push(character);
        }
        text.extend(std::iter::repeat_n('\\', backslashes));
        text.push('"');
        text
    }

    proptest::proptest! {
        #[test]
        fn what_was_quoted_comes_back(arguments in proptest::collection::vec(r#"[a "\\\t見]{0,8}"#, 0..5)) {
            let mut line = "p".to_owned();
            for argument in &arguments {
                line.push(' ');
                line.push_str(&quote(argument));
            }
            proptest::prop_assert_eq!(&split(&line)[1..], &arguments[..]);
        }

        #[test]
        fn no_line_makes_it_panic(line in ".{0,60}") {
            let _ = split(&line);
        }
    }
}
