"""A spec with a secret is refused by the name of the key, and the secret is not repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from sunset.spec import Spec
from sunset.spec.secrets import find_secrets

pytestmark = pytest.mark.unit

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "key",
    [
        *("password", "db_password", "PASSWORD", "passwd", "api_key", "apiKey", "accessToken", "aws_secret_access_key"),
        *("client-secret", "private_key", "credentials", "auth.token", "pwd"),
    ],
)
def test_keys_that_ask_for_a_secret(problems_of: Callable[[str], list[str]], minimal_text: str, key: str) -> None:
    (problem,) = problems_of(minimal_text.replace("sandbox_conn_id:", f"{key}: {SECRET}, sandbox_conn_id:"))
    assert problem.startswith("bad.yaml:9: sources.databases[0]")
    assert key in problem
    assert "Airflow Connection" in problem
    assert SECRET not in problem


@pytest.mark.parametrize(
    "value",
    [
        f"postgresql://crm:{SECRET}@db.example.com/crm",
        f"https://:{SECRET}@example.com",
        f"s3://bucket/x?api_key={SECRET}",
        f"https://example.com/x?page=1&access_token={SECRET}",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
@pytest.mark.parametrize(
    "place", ["title: Help desk", "path: /srv/archive", "conn_id: desk_db", "reason: Nobody uses it any more"]
)
def test_texts_that_hold_a_secret(
    problems_of: Callable[[str], list[str]], minimal_text: str, place: str, value: str
) -> None:
    key = place.partition(":")[0]
    (problem,) = problems_of(minimal_text.replace(place, f'{key}: "{value}"'))
    assert f"{key}: holds a secret. Put it into the Airflow Connection" in problem
    assert SECRET not in problem


@pytest.mark.parametrize(
    "data",
    [
        {"title": "Secret service: token of love"},
        {"path": "s3://bucket/password/x"},
        {"people": {"token": {"name": "Token"}}},
        {"secretary": "x", "tokens_used": "1", "monkey": "x", "compass": "x"},
        {"conn_id": "{{ params.token_of_day }}"},
        {"sql": "select count(*) from users where url like 'https://example.com/%' and mail = 'a:b@c'"},
        {"path": "https://example.com/x?api_key={{ conn.x.password }}"},
        {"contact": "mailto:a@b.example"},
    ],
)
def test_innocent_words(data: dict[str, Any]) -> None:
    assert list(find_secrets(data)) == []


def test_params_hold_no_secret_either(minimal_data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(minimal_data | {"params": {"crm_password": SECRET}})
    assert refused.value.errors()[0]["loc"] == ("params", "crm_password")
    assert SECRET not in str(refused.value)


def test_secret_below_a_choice_by_kind(problems_of: Callable[[str], list[str]], complete_text: str) -> None:
    found = problems_of(complete_text.replace("next: meta.next", f"next: 'https://u:{SECRET}@example.com'"))
    assert found[0].startswith("bad.yaml:26: sources.apis[0].pagination.next: holds a secret.")
    assert len(found) == 1
