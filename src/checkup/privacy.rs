//! Leaves out what belongs to the user, for a screen that others see: paths, and the user's name.

/// What stands for something left out.
const LEFT_OUT: &str = "…";

/// Characters that end a path in a sentence.
const ENDS: [char; 14] = ['"', '“', '”', '‘', '’', '「', '」', '（', '）', '、', '。', '：', '，', ';'];

/// `text` without paths below a folder of this PC, and without `user`, the name this user signs in with.
pub fn without_private(text: &str, user: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let put = |word: &mut String, out: &mut String| {
        out.push_str(&without_word(word, user));
        word.clear();
    };
    for c in text.chars() {
        if c.is_whitespace() || ENDS.contains(&c) {
            put(&mut word, &mut out);
            out.push(c);
        } else {
            word.push(c);
        }
    }
    put(&mut word, &mut out);
    out
}

fn without_word(word: &str, user: Option<&str>) -> String {
    let bare = word.trim_matches(|c: char| matches!(c, ',' | '.' | ':' | '(' | ')' | '\'' | '[' | ']'));
    let is_user = user.is_some_and(|user| !user.is_empty() && bare.to_lowercase() == user.to_lowercase());
    if is_user || is_path(bare) { word.replace(bare, LEFT_OUT) } else { word.to_owned() }
}

/// True for a path that says more than a drive or a top folder: `/`, `/boot` and `C:\` say nothing about anybody.
fn is_path(word: &str) -> bool {
    if word.ends_with(LEFT_OUT) {
        return false;
    }
    let of_linux = word.strip_prefix('/').is_some_and(|rest| rest.contains('/')) || word.starts_with("~/");
    of_linux || word.contains('\\') && word.len() > 3
}

/// The name of a volume without what its owner called it: `/media/alice/USB` is `/media/…`.
pub(super) fn private_volume(name: &str) -> String {
    let Some(rest) = name.strip_prefix('/') else {
        let drive = name.split('\\').next().unwrap_or_default();
        return if name.trim_end_matches('\\') == drive { name.to_owned() } else { LEFT_OUT.to_owned() };
    };
    match rest.split_once('/') {
        Some((top, _)) => format!("/{top}/{LEFT_OUT}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_the_name_of_the_user_are_left_out_and_figures_stay() {
        for (text, expected) in [
            ("/home/alice/.cache/x uses 61% of this PC", "… uses 61% of this PC"),
            (r"Its file is C:\Users\alice\AppData\a.exe.", "Its file is …."),
            (r"C: 12 GB free of 100 GB, 3.1 MB/s", r"C: 12 GB free of 100 GB, 3.1 MB/s"),
            ("ファイル：/home/太郎/あ。以上", "ファイル：…。以上"),
            ("started by “~/bin/tool”", "started by “…”"),
            ("the drive of Alice, / and /boot", "the drive of …, / and /boot"),
            ("40 GB free on /media/…", "40 GB free on /media/…"),
            ("", ""),
        ] {
            assert_eq!(without_private(text, Some("alice")), expected);
        }
        assert_eq!(without_private("alice and 12", None), "alice and 12");
        assert_eq!(without_private("a b", Some("")), "a b");
    }

    #[test]
    fn volumes_keep_what_says_nothing_about_anybody() {
        for (name, expected) in [
            ("/", "/"),
            ("/boot", "/boot"),
            ("/media/alice/My disk", "/media/…"),
            ("C:", "C:"),
            (r"D:\", r"D:\"),
            (r"C:\Mounts\alice", "…"),
        ] {
            assert_eq!(private_volume(name), expected);
        }
    }
}
