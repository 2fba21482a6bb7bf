"""Who is a user of this Airflow. A person who left cannot answer a gate, and a question to nobody waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.configuration import conf

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIMPLE = "SimpleAuthManager"


def strangers(people: Iterable[str]) -> tuple[str, ...]:
    """Those whom Airflow does not know as users; nobody where its auth manager keeps its users elsewhere."""
    known = _known()
    return () if known is None else tuple(user for user in people if user not in known)


def _known() -> set[str] | None:
    """The users that stand in Airflow's configuration; None where they stand in a directory of their own."""
    if not conf.get("core", "auth_manager").endswith(_SIMPLE):
        return None
    return {user.partition(":")[0] for user in conf.getlist("core", "simple_auth_manager_users")}
