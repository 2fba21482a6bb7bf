"""Who plays the people of the specs, and with which passwords."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo.private import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sunset.spec import Spec

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Cast:
    """The users of the demo's Airflow.

    Attributes:
        roles: Airflow's role of each user: operators may look at connections, everyone else triggers and answers.
        passwords: made up anew for every demo.
    """

    roles: Mapping[str, str]
    passwords: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, specs: Iterable[Spec]) -> Cast:
        """Everyone named in the specs."""
        roles = {
            user: "op" if OPERATOR in person.roles else "user" for spec in specs for user, person in spec.people.items()
        }
        return cls(roles, {user: secrets.token_urlsafe(9) for user in roles})

    @property
    def setting(self) -> str:
        """The users as Airflow's simple auth manager wants them."""
        return ",".join(f"{user}:{role}" for user, role in self.roles.items())

    def write_passwords(self, path: Path) -> None:
        """Leave the passwords where the simple auth manager looks for them."""
        write_private(path, json.dumps(dict(self.passwords)))
