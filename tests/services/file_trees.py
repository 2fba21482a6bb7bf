"""File trees as they are found, and the spec of a product that owns nothing else."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.legacy import shop_spec
from sunset.spec import Spec

LOOKALIKES = {"\u00e9.txt": b"nfc\n", "e\u0301.txt": b"nfd\n", "\u00c5.txt": b"a-ring\n", "\u212b.txt": b"angstrom\n"}
IN_URLS = [
    *("a b.txt", "a+b.txt", "a%20b.txt", "a%2Bb.txt", "q?x=1.txt", "h#f.txt", "amp&eq=.txt", '"quote".txt'),
    *("it's.txt", "semi;colon.txt", "star*.txt", "[br].txt", "back\\slash.txt", "~tilde.txt", "{{ ds }}.txt", "%s.txt"),
    *("-dash.txt", "日本.txt", "🐘.txt", "sp ace/in dir+.txt"),
]
IN_LINES = [
    *("line\nbreak.txt", "cr\rhere.txt", "pct%0A.txt", "pct%25.txt", " lead.txt", "trail.txt ", "trail.txt"),
    *("tab\there.txt", "*star.txt", "two  spaces.txt"),
]
LINKS = {
    "sub/loop": "..",
    "self": "self",
    "gone": "missing.txt",
    "link_a.txt": "real.txt",
    "link_b.txt": "real.txt",
    "out.txt": "../outside.txt",
}

_DATABASE = "- {name: shop, conn_id: shop_db, target_conn_id: target_db, sandbox_conn_id: sandbox_db, schemas: [shop]}"
_CHECK = "  checks:\n    - {name: order total, source: shop, sql: select sum(amount) from shop.orders}\n"


def put(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder; names are taken as bytes, byte for byte."""
    for name, data in files.items():
        path = os.path.join(os.fsencode(root), name.encode("utf-8", "surrogateescape"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def named(names: list[str]) -> dict[str, bytes]:
    """Files that hold their own names, so that a swap shows."""
    return {name: name.encode() for name in names}


def with_links(root: Path) -> None:
    """Two files, one locked one, and links: in loops, dead, doubled, and out of the root."""
    put(root, {"real.txt": b"real\n", "sub/inner.txt": b"inner\n", "locked.txt": b"locked\n"})
    (root.parent / "outside.txt").write_bytes(b"outside\n")
    for link, to in LINKS.items():
        os.symlink(to, root / link)
    (root / "locked.txt").chmod(0)


def three_mib() -> bytes:
    """The content of FT-06."""
    return bytes(i * 7 % 251 for i in range(3 << 20))


def read_all(root: Path) -> dict[str, bytes]:
    """Everything below a local folder, by path."""
    found = {}
    for folder, _, names in os.walk(os.fsencode(root)):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, os.fsencode(root)).decode("utf-8", "surrogateescape")] = file.read()
    return found


def grow(path: Path, seconds: float) -> None:
    """Keep a file growing for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with path.open("ab") as file:
            file.write(b"1" * 1024)
        time.sleep(0.01)


def files_spec(folder: Path, *sources: str, database: bool = False, rules: str = "") -> Spec:
    """A spec with file sources, each given as a flow mapping of YAML; with or without the shop's database."""
    lines = "".join(f"\n    - {source}" for source in sources)
    replaced = {_DATABASE: f"{_DATABASE}\n  files:{lines}"}
    if not database:
        replaced = {f"  databases:\n    {_DATABASE}": f"  files:{lines}", f"validation:\n{_CHECK}": ""}
    if rules:
        replaced["dispositions:\n"] = f"dispositions:\n{rules}"
    return shop_spec(folder, **replaced)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def local(path: Path) -> dict[str, Any]:
    """A connection of type File (path)."""
    return {"conn_type": "fs", "extra": {"path": str(path)}}
