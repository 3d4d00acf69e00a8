#!/usr/bin/env bash
# The licences of all dependencies against the list in deny.toml, from what cargo itself knows.
set -eu
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "NOT RUN: the check of licences needs python3 or cargo-deny"; exit 0; }
cargo metadata --format-version 1 --locked | python3 -c '
import json, re, sys, tomllib
rules = tomllib.load(open("deny.toml", "rb"))["licenses"]
exceptions = {entry["crate"]: set(entry["allow"]) for entry in rules.get("exceptions", [])}
bad = []
packages = json.load(sys.stdin)["packages"]

def balanced(text):
    depth = 0
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        if depth < 0:
            return False
    return depth == 0

for package in packages:
    expression = (package["license"] or "").replace("/", " OR ")
    allowed = set(rules["allow"]) | exceptions.get(package["name"], set())
    # An expression holds when one of its alternatives is allowed as a whole.
    def holds(text):
        text = text.strip()
        while text.startswith("(") and text.endswith(")") and balanced(text[1:-1]):
            text = text[1:-1].strip()
        depth, parts, last = 0, [], 0
        for match in re.finditer(r"\(|\)| OR | AND ", text):
            token = match.group()
            if token == "(": depth += 1
            elif token == ")": depth -= 1
            elif depth == 0: parts.append((token.strip(), match.start(), match.end()))
        for operator, combine in (("OR", any), ("AND", all)):
            cuts = [(a, b) for token, a, b in parts if token == operator]
            if cuts:
                pieces, start = [], 0
                for a, b in cuts:
                    pieces.append(text[start:a]); start = b
                pieces.append(text[start:])
                return combine(holds(piece) for piece in pieces)
        return text in allowed
    if not holds(expression):
        bad.append("{} {}: {}".format(package["name"], package["version"], expression or "no licence"))
    if package["source"] and not package["source"].startswith("registry+"):
        bad.append("{}: from {}".format(package["name"], package["source"]))
print("licences: {} packages, {} not allowed".format(len(packages), len(bad)))
sys.exit("\n".join(bad) if bad else 0)
'
