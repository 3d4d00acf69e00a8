"""Plants each fault of planted.toml in a copy of the sources and runs the tests, which must fail. Prints a table.

A fault is a text of a source and what stands in its place. One that does not compile, or whose text is not there exactly
once, is a fault of the list.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
TESTS = ["cargo", "test", "--locked", "--quiet", "--no-fail-fast", "--lib", "--test", "all"]
# The joints have tests of their own. The corpus takes minutes and is about the rules.
LEFT_OUT = ["--skip", "corpus::", "--skip", "diagnosis::"]


def run(folder, command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=1200)


def main():
    faults = tomllib.loads((HERE / "planted.toml").read_text())["fault"]
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "mimamori"
        # Dated now: by their own dates cargo would take what an earlier run built for newer.
        shutil.copytree(CHECKOUT, folder, ignore=shutil.ignore_patterns("target", ".git", "artefacts"),
                        copy_function=shutil.copy)
        # A folder of its own: what is built with a fault must never be taken for the program.
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve()
        os.environ["CARGO_TARGET_DIR"] = str(target / "mutants-1")
        os.environ.pop("RUSTC_WORKSPACE_WRAPPER", None)
        if run(folder, [*TESTS, "--", *LEFT_OUT]).returncode != 0:
            sys.exit("the tests fail without any fault")
        for fault in faults:
            file = folder / fault["file"]
            text = file.read_text()
            if text.count(fault["old"]) != 1:
                print(f"BAD      {fault['name']}: its text stands {text.count(fault['old'])} times in {fault['file']}")
                bad += 1
                continue
            file.write_text(text.replace(fault["old"], fault["new"]))
            built = run(folder, [*TESTS, "--no-run"])
            if built.returncode != 0:
                print(f"BAD      {fault['name']}: does not compile\n{built.stderr[-2000:]}")
                bad += 1
            else:
                done = run(folder, [*TESTS, "--", *LEFT_OUT])
                red = sorted(set(re.findall(r"^    ([a-z_:0-9]+)$", done.stdout, re.M)))
                word = "red" if done.returncode != 0 and red else "GREEN"
                print(f"{word:8} {fault['name']}: {', '.join(red)}", flush=True)
                bad += word == "GREEN"
            file.write_text(text)
    print(f"{len(faults) - bad} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
