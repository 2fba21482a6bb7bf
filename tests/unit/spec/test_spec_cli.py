"""`sunset check` and `sunset schema`: what they print, and the exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sunset.cli import main

pytestmark = pytest.mark.unit

PRODUCTS = Path(__file__).parents[3] / "include" / "products"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minimal_text: str) -> Path:
    """A working directory with the folder `specs`, which holds two good products."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs", "a.yaml").write_text(minimal_text)
    Path("specs", "b.yaml").write_text(minimal_text.replace("helpdesk", "wiki"))
    return tmp_path


def test_good_specs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "specs"]) == 0
    assert capsys.readouterr().out == "ok: 2 products\n"
    assert main(["check", "specs/a.yaml"]) == 0
    assert capsys.readouterr().out == "ok: 1 product\n"


def test_files_given_twice_count_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "specs", "./specs/a.yaml", "specs/../specs/b.yaml"]) == 0
    assert capsys.readouterr().out == "ok: 2 products\n"


def test_problems_are_printed_with_paths_that_can_be_opened(capsys: pytest.CaptureFixture[str]) -> None:
    Path("specs", "deep").mkdir()
    Path("specs", "deep", "c.yaml").write_text("product: c\n\ttitle: C\n")
    Path("d.yaml").write_text("")
    assert main(["check", "d.yaml", "specs"]) == 1
    assert capsys.readouterr().out == (
        "d.yaml:1: is empty: it describes no product\n"
        "specs/deep/c.yaml:2: a tab stands where YAML wants spaces. Indent with spaces.\n"
    )


def test_one_id_in_two_arguments(capsys: pytest.CaptureFixture[str], minimal_text: str) -> None:
    Path("other.yaml").write_text(minimal_text)
    assert main(["check", "specs/a.yaml", "other.yaml"]) == 1
    out = capsys.readouterr().out
    assert "other.yaml:1: product: the id helpdesk is claimed by specs/a.yaml:1 too" in out
    assert "specs/a.yaml:1: product: the id helpdesk is claimed by other.yaml:1 too" in out


def test_a_check_that_looked_at_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(["check", "empty", "specs", "missing"]) == 1
    assert capsys.readouterr().out == (
        "empty: holds no spec (*.yaml or *.yml)\nmissing: cannot be read: No such file or directory\n"
    )


def test_all_that_a_spec_may_say_is_fine(capsys: pytest.CaptureFixture[str], complete_text: str) -> None:
    Path("crm.yaml").write_text(complete_text)
    assert main(["check", "crm.yaml"]) == 0
    assert capsys.readouterr().out == "ok: 1 product\n"


def test_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Spec"


@pytest.mark.parametrize("arguments", [[], ["check"], ["nonsense"], ["check", "--nonsense"]])
def test_commands_that_make_no_sense(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_as_a_process() -> None:
    result = subprocess.run([sys.executable, "-m", "sunset.cli", "check", "specs"], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "ok: 2 products\n", "")


def test_checking_imports_nothing_heavy() -> None:
    program = (
        "import sys; from sunset.cli import main; main(['check', 'specs']);"
        "heavy = {'airflow', 'sqlalchemy', 'pandas', 'pyarrow', 'boto3', 'great_expectations', 'numpy', 'psycopg'};"
        "sys.exit(str(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
