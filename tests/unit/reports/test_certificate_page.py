"""The certificate as a page: whole, escaped, in English and Chinese."""

from __future__ import annotations

from typing import Any

import pytest

from services.airflow_home import ROOT
from sunset.disposal.words import SENTENCES_ZH, words
from sunset.reports.pages import certificate_page

pytestmark = pytest.mark.unit

EVIL = "<script>alert(1)</script>"
DIGEST = "d" * 64


def certificate(**changes: Any) -> dict[str, Any]:
    left = {"kind": "locked version", "where": EVIL, "what": "was not on the list.", "holds_data": True, "listed": True}
    return {
        "product": "shop",
        "title": EVIL,
        "subject": "shop",
        "kind": "file tree",
        "place": "s3://legacy/files/",
        "reason": EVIL,
        "requested_by": "migration_op",
        "retirement": {"run_id": "run 1", "digest": DIGEST},
        "people": {"steward": {"name": "Steward", "email": "steward@example.com", "roles": ["approver"]}},
        "list": {
            "path": "list/items.jsonl",
            "sha256": DIGEST,
            "count": 1234,
            "bytes": 2**20,
            "by_kind": {"file": 1234},
        },
        "category": "clear",
        "method": "DROP DATABASE, with all sessions in it ended",
        "tool": "PostgreSQL 18.1",
        "carried_out": {"by": "Airflow run x", "began_at": "2027-01-01", "ended_at": "2027-01-02"},
        "approved": {
            "people": [
                {"by": "steward", "name": "Steward", "at": "2027-01-01", "comment": EVIL},
                {"by": "gone", "name": "Gone", "at": "2027-01-01", "comment": ""},
            ],
            "seal": "seals/01-approve.json",
            "digest": DIGEST,
        },
        "verified": {"by": "Airflow run x", "how": "listed again", "at": "2027-01-02"},
        "complete": False,
        "left": [left],
        **changes,
    }


def test_everything_that_a_certificate_has_to_say_stands_on_it() -> None:
    page = certificate_page(certificate(), "en")
    for said in (
        "Not everything on the list could be destroyed.",
        "1,234 things, 1.0 MiB",
        "file: 1,234",
        DIGEST,
        "migration_op",
        "steward@example.com",
        "Gone",
        "PostgreSQL 18.1",
        "Clear: removed by logical means",
        "listed again",
        "was on the list",
        "run 1",
    ):
        assert said in page, said
    assert EVIL not in page
    assert "Everything on the list was destroyed." in certificate_page(certificate(complete=True, left=[]), "en")


def test_in_chinese_only_values_stay_as_they_are() -> None:
    page = certificate_page(certificate(), "zh")
    for said in (
        "销毁证明",
        "清单上的内容未能全部销毁。",
        "文件目录",
        "结束所有会话后执行 DROP DATABASE",
        "不在清单上。",
    ):
        assert said in page, said
    assert "on the list" not in page
    assert words("zh").keys() == words("en").keys()


def test_the_sentences_are_those_of_the_records() -> None:
    files = [
        *(ROOT / "include/sunset/disposal").glob("*.py"),
        *(ROOT / "plugins/sunset_operators").glob("disposal*.py"),
    ]
    code = "".join(path.read_text(encoding="utf-8") for path in files if path.name != "words.py")
    assert [sentence for sentence in SENTENCES_ZH if f'"{sentence}"' not in code] == []
