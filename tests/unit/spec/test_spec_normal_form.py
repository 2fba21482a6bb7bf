"""Digest and normal form: equal specs give the same, whatever file, order or machine they come from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sunset.spec import Loaded, Spec, load_file
from sunset.spec.reading import read_documents
from sunset.spec.writing import write_yaml

pytestmark = pytest.mark.unit


def read(text: str) -> object:
    (document,) = read_documents("f.yaml", text)
    assert document.problems == ()
    return document.data


def test_digest_is_fixed(minimal_data: dict[str, Any]) -> None:
    """A digest that changes without a reason would ask every product for new rehearsals."""
    digest = Spec.model_validate(minimal_data).digest
    assert digest == "33313f8a3c8ceeeb8f354d03277ef9f0304d8f54764cb4cdb626798ada711fc8"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Help desk", "title: 'Help desk'   # the old one"),
        ("freeze: 2027-02-26T18:00:00Z", "freeze: 2027-02-26 19:00:00+01:00"),
        ("sandbox_conn_id: sandbox_db", "sandbox_conn_id: sandbox_db, parallel: 2, lock_timeout: 0m30s, schemas: []"),
        ("archive: {path: /srv/archive}", "archive:\n  path: /srv/archive\n  conn_id:\nalarms: {}"),
    ],
)
def test_same_meaning_same_digest(minimal_data: dict[str, Any], minimal_text: str, old: str, new: str) -> None:
    assert old in minimal_text
    one, other = Spec.model_validate(minimal_data), Spec.model_validate(read(minimal_text.replace(old, new)))
    assert other == one
    assert other.digest == one.digest
    assert other.normalised_yaml() == one.normalised_yaml()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Help desk", "title: Help desks"),
        ("06:00:00Z", "06:00:01Z"),
        ("sandbox_conn_id: sandbox_db", "sandbox_conn_id: sandbox_db, parallel: 3"),
        ("sandbox_conn_id: sandbox_db", "sandbox_conn_id: sandbox_db, lock_timeout: 31s"),
        ("path: /srv/archive", "path: /srv/archive, conn_id: x"),
        ("roles: [approver]", "roles: [approver, sponsor]"),
    ],
)
def test_another_meaning_another_digest(minimal_data: dict[str, Any], minimal_text: str, old: str, new: str) -> None:
    assert old in minimal_text
    one, other = Spec.model_validate(minimal_data), Spec.model_validate(read(minimal_text.replace(old, new)))
    assert other != one
    assert other.digest != one.digest
    assert other.normalised_yaml() != one.normalised_yaml()


def test_order_of_people_and_params_means_nothing(complete_data: dict[str, Any]) -> None:
    complete_data["params"] = {"b": "1", "a": "2"}
    other = complete_data | {
        "people": dict(reversed(complete_data["people"].items())),
        "params": {"a": "2", "b": "1"},
    }
    one, two = Spec.model_validate(complete_data), Spec.model_validate(dict(reversed(other.items())))
    assert (one.digest, one.normalised_yaml()) == (two.digest, two.normalised_yaml())


def test_copied_with_a_change_the_digest_follows(complete: Spec) -> None:
    assert complete.digest != complete.model_copy(update={"title": "Another"}).digest


def test_file_means_nothing(load_text: Callable[[str], Loaded], minimal_text: str, tmp_path: Path) -> None:
    (one,) = load_text(minimal_text).specs
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "other.yml").write_text("\n\n" + minimal_text)
    (other,) = load_file(tmp_path / "deep" / "other.yml").specs
    assert one.origin.file != other.origin.file
    assert one.origin.locate(("title",)) != other.origin.locate(("title",))
    assert one == other
    assert (one.digest, one.normalised_yaml()) == (other.digest, other.normalised_yaml())
    assert str(tmp_path) not in one.normalised_yaml()


def test_other_processes_and_time_zones_agree(complete: Spec, tmp_path: Path, complete_text: str) -> None:
    program = (
        "import sys, yaml; from sunset.spec import Spec;"
        "spec = Spec.model_validate(yaml.load(sys.stdin, Loader=yaml.BaseLoader));"
        "print(spec.digest); print(spec.normalised_yaml(), end='')"
    )
    for environment in ({"TZ": "Asia/Kolkata", "PYTHONHASHSEED": "1"}, {"TZ": "UTC", "PYTHONHASHSEED": "2"}):
        result = subprocess.run(
            [sys.executable, "-c", program],
            input=complete_text,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout == f"{complete.digest}\n{complete.normalised_yaml()}"


def test_normal_form_reads_back_as_the_same_spec(complete: Spec) -> None:
    again = Spec.model_validate(read(complete.normalised_yaml()))
    assert again == complete
    assert again.digest == complete.digest
    assert again.normalised_yaml() == complete.normalised_yaml()


def test_normal_form_is_for_people(complete_data: dict[str, Any]) -> None:
    complete_data["validation"]["checks"][0]["sql"] = "select count(*)\nfrom billing.invoices\n"
    text = Spec.model_validate(complete_data).normalised_yaml()
    assert text.startswith("product: legacy_crm\ntitle: Legacy CRM\ndecision:\n  reason: Replaced by the sales")
    assert "    sql: |\n      select count(*)\n      from billing.invoices\n" in text
    assert "  freeze: '2027-02-26T18:00:00+00:00'\n" in text
    assert "  error_rate: '0.1%'\n" in text
    assert "    lock_timeout: '30s'\n" in text
    assert "null" not in text
    assert "params" not in text


NASTY = [
    "no",
    "null",
    "~",
    "",
    "0123",
    "1e3",
    "0o17",
    "1:30",
    "2027-01-01",
    "- x",
    "a: b",
    "# x",
    "x #y",
    "{{ ds }}",
    "%s",
]
NASTY += [
    "'",
    '"',
    "\\",
    "a\nb",
    "a\n",
    "\n a",
    " a",
    "a ",
    "表",
    "\U0001f600",
    "*x",
    "&x",
    "!x",
    "|",
    ">",
    "@",
    "`",
    "=",
]
NASTY += ["a\n\nb\n\n", "\tx", "x\ty", "true", "<<", "?", "[", "---", "---\nx", "...\n", "\xa0", "\u2028", "x" * 500]


@pytest.mark.parametrize("text", NASTY)
def test_written_texts_read_back(text: str) -> None:
    data = {"a": text, "b": [text, {"c": text}]}
    assert read(write_yaml(data)) == data
    assert yaml.safe_load(write_yaml(data)) == data
