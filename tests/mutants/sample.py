"""Runs the tests against a sample of the mutants that cargo-mutants lists, always the same one, and prints what
became of each. Ends with 1 when a mutant survived that mutants.toml does not excuse.

    sample.py [NUMBER] [PART/PARTS]      NUMBER mutants (150); PART of PARTS of them, for a night or for other machines

cargo-mutants 27.1 runs every mutant of the kind "delete field", whichever are asked for; therefore it lists and this runs.
Each mutant is compiled in a copy of the sources with a target folder of its own, which is kept: the first takes minutes.
"""

import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
LONGEST = 300
"""Seconds after which the tests count as hanging, which is noticed, too. The unit tests take about 15, the others 60."""


def chosen(number):
    """By what a mutant is, not by where it stands: a change elsewhere in a file leaves the choice as it was."""
    listed = subprocess.run(
        ["cargo", "mutants", "--list", "--json", "--diff", "--config", HERE / "mutants.toml"],
        cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    mark = lambda one: hashlib.sha256(re.sub(r":\d+:\d+:", ":", one["name"]).encode()).digest()  # noqa: E731
    return sorted(json.loads(listed), key=mark)[:number]


def outcome(folder, env):
    """What the tests say of the sources in `folder`: the unit tests, then all others but the corpus, which takes minutes."""
    # A generated text for every table takes as long as all other unit tests together.
    for tests, left_out in (["--lib"], ["no_text_breaks_the_tables"]), (["--test", "all"], ["corpus::every_case"]):
        test = ["cargo", "test", "--locked", "--quiet", *tests]
        if subprocess.run([*test, "--no-run"], cwd=folder, env=env, capture_output=True).returncode != 0:
            return "unviable"
        process = subprocess.Popen([*test, "--", *(word for name in left_out for word in ("--skip", name))], cwd=folder, env=env,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        try:
            if process.wait(LONGEST) != 0:
                return "caught"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return "hangs"
    return "survived"


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    part, parts = (int(word) for word in (sys.argv[2] if len(sys.argv) > 2 else "1/1").split("/"))
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve()
    # Lints would call many a mutant an error.
    env = os.environ | {"CARGO_TARGET_DIR": str(target / f"mutants-{part}")}
    env.pop("RUSTC_WORKSPACE_WRAPPER", None)
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "mimamori"
        # Dated now: by their own dates cargo would take what an earlier run built from mutants for newer.
        shutil.copytree(CHECKOUT, folder, ignore=shutil.ignore_patterns("target", ".git", "artefacts"),
                        copy_function=shutil.copy)
        if outcome(folder, env) != "survived":
            sys.exit("the tests fail without any mutant")
        for one in chosen(number)[part - 1::parts]:
            file = folder / one["file"]
            before = file.read_bytes()
            subprocess.run(["patch", "--silent", file], input=one["diff"], text=True, check=True)
            begun = time.monotonic()
            word = outcome(folder, env)
            file.write_bytes(before)
            counts[word] += 1
            print(f"{word:9} {time.monotonic() - begun:4.0f} s  {one['name']}", flush=True)
    print(", ".join(f"{count} {word}" for word, count in sorted(counts.items())))
    print(f"{counts.total() - counts['survived']} passed, {counts['survived']} failed")
    return 1 if counts["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
