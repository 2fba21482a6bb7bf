"""Whatever is done to a spec file: it loads, or its problems are named with their lines; nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sunset.spec import load_folder
from sunset.spec.claims import claimed_ids, may_claim
from sunset.spec.files import documents_in
from sunset.spec.loading import judge

pytestmark = pytest.mark.unit

PIECES = [
    "\n---\n",
    "\t",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "*a",
    "&a ",
    "!x ",
    "'",
    '"',
    "|\n",
    "\0",
    "\ufeff",
    "表",
    "~",
]
PIECES += [
    "",
    "product: x\n",
    "# ",
    "%",
    "\r",
    "\u2028",
    "{{ params.a }}",
    "https://a:b@c",
    "<<: ",
    "...\n",
    "kind: page",
    "@",
]


def damage(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text) + 1)
        lines, words = text.split("\n"), text.split()
        text = chance.choice(
            [
                text[:at] + chance.choice(PIECES) + text[at:],
                text[:at] + text[at + chance.randint(1, 12) :],
                "\n".join([*lines[: at % len(lines)], chance.choice(lines), *lines[at % len(lines) :]]),
                text.replace(chance.choice(words), chance.choice(words), 1),
            ]
        )
    return text


@pytest.mark.parametrize("seed", range(10))
def test_damaged_files(tmp_path: Path, complete_text: str, minimal_text: str, seed: int) -> None:
    chance = random.Random(seed)
    texts = [complete_text, minimal_text, f"{minimal_text}---\n{complete_text}"]
    path = tmp_path / "damaged.yaml"
    for _ in range(40):
        raw = damage(chance.choice(texts), chance).encode()
        path.write_bytes(raw)
        documents = list(documents_in("damaged.yaml", path))
        loaded = judge(documents)
        assert loaded.specs or loaded.problems, raw
        assert all(problem.line and "\n" not in str(problem) for problem in loaded.problems), raw
        whole = [document for document in documents if isinstance(document.data, dict)]
        assert all(may_claim(raw, name) for document in whole for name in claimed_ids(document)), raw
        for spec in loaded.specs:
            assert {each.product for each in load_folder(path, only=spec.product).specs} <= {spec.product}
