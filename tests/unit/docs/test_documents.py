"""The documents say what is there: links, commands, messages, variables, specs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import (
    DOCUMENTS,
    ROOT,
    anchors,
    blocks,
    errors,
    first_cells,
    label,
    links,
    pieces,
    prose,
    section,
    source,
    spans,
)

from sunset import cli
from sunset.spec import load_file

pytestmark = pytest.mark.unit

DOCS = ROOT / "docs"
SOURCE = source()


@pytest.mark.parametrize("page", DOCUMENTS, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert not broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, left = set[Path](), [ROOT / "README.md"]
    while left:
        page = left.pop()
        page = page / "README.md" if page.is_dir() else page
        if page.suffix == ".md" and page not in reached:
            reached.add(page)
            left += [(page.parent / target.partition("#")[0]).resolve() for target in links(page) if target[0] != "#"]
    assert set(DOCUMENTS) == reached


def test_every_image_is_shown_and_small() -> None:
    shown = {(page.parent / target).resolve() for page in DOCUMENTS for target in links(page)}
    images = set((DOCS / "images").iterdir())
    assert images
    assert images <= shown
    assert max(image.stat().st_size for image in images) < 300 * 1024


def test_help_is_what_the_commands_print(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = {}
    for block in blocks(DOCS / "running.md", "console"):
        command, _, output = block.partition("\n")
        shown[command.removeprefix("$ ")] = output.split()
    commands = [[], *([command.__name__.rpartition(".")[2]] for command in cli.COMMANDS)]
    assert shown.keys() == {" ".join(["sunset", *command, "--help"]) for command in commands}
    for command in commands:
        with pytest.raises(SystemExit):
            cli.main([*command, "--help"])
        printed = capsys.readouterr().out.split()  # the width of lines differs between versions of Python
        assert shown[" ".join(["sunset", *command, "--help"])] == printed


def test_the_readme_s_spec_is_one(tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "README.md", "yaml")
    (tmp_path / "readme.yaml").write_text(block, encoding="utf-8")
    loaded = load_file(tmp_path / "readme.yaml")
    assert loaded.problems == ()
    assert [spec.product for spec in loaded.specs] == ["legacy_crm"]


def test_variables_are_those_that_are_read() -> None:
    name = re.compile(r"\bSUNSET_[A-Z_]+\b")
    read = {found for found in name.findall(SOURCE) if f'"{found}"' in SOURCE}
    written = {found for page in DOCUMENTS for found in name.findall(page.read_text(encoding="utf-8"))}
    listed = set(spans(" ".join(first_cells(section(DOCS / "deploying.md", "## Environment variables")))))
    assert written <= read
    assert read == {variable for variable in listed if variable.startswith("SUNSET_")}


@pytest.mark.parametrize(
    ("page", "heading"), [("recovery.md", "# Recovery"), ("dossier.md", "## Check them")], ids=["recovery", "verify"]
)
def test_words_of_logs_stand_in_the_code(page: str, heading: str) -> None:
    text = prose(DOCS / page) if heading.startswith("# ") else section(DOCS / page, heading)
    words = [span for cell in first_cells(text) for span in spans(cell)]
    assert len(words) > 5
    assert [word for word in words if word not in SOURCE] == []


def test_every_finding_of_the_preflight_is_explained() -> None:
    found = set(re.findall(r'Finding\(\s*"(?:error|warning|info)",\s*"(\w+)"', SOURCE))
    explained = {span for cell in first_cells(section(DOCS / "recovery.md", "## assess")) for span in spans(cell)}
    assert found
    assert explained == found


def test_every_error_is_explained() -> None:
    """What Sunset raises on purpose has its line on the page about recovery, or on the one about gates."""
    explained = f"{prose(DOCS / 'recovery.md')} {prose(DOCS / 'gates.md')}"
    raised = list(errors())
    assert len(raised) > 50
    assert [message for message in raised if not any(piece in explained for piece in pieces(message))] == []


def test_decisions_are_listed_and_numbered() -> None:
    index = links(DOCS / "decisions" / "README.md")
    files = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert sorted(index) == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    for name in files:
        assert (DOCS / "decisions" / name).read_text(encoding="utf-8").startswith(f"# {name[:4]} ")


def test_the_house_is_as_drawn() -> None:
    (drawing,) = [block for block in blocks(ROOT / "README.md", "") if block.startswith("dags/")]
    drawn = [line.split()[0] for line in drawing.splitlines() if "/" in line.split()[0]]
    assert len(drawn) > 5
    assert [path for path in drawn if not (ROOT / path).exists()] == []
    packages = {f"plugins/{path.parent.name}/" for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert packages <= set(drawn)
