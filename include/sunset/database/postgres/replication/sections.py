"""The schema's last section in two parts: keys and indexes before the target follows, everything else at the end.

Indexes are made while the product still runs, so that the read-only time does not depend on them, and the apply finds
rows by their key. Triggers and foreign keys come when nothing is applied any more: not even one that is ENABLE ALWAYS
or ENABLE REPLICA fires.
"""

from __future__ import annotations

import re
from pathlib import Path

from sunset.database.postgres import event_triggers
from sunset.database.postgres.schema import DUMP_NAME, section_script
from sunset.database.postgres.tools import Tools

# As pg_restore lists them; CONSTRAINT is a primary key, a unique or an exclusion constraint.
_KEYS = re.compile(r"\d+; \d+ \d+ (CONSTRAINT|INDEX|INDEX ATTACH) ")


def keys_script(tools: Tools, folder: Path) -> str:
    """Keys and indexes of the dump in a folder."""
    return section_script(tools, folder / DUMP_NAME, "post-data", lambda entry: _KEYS.match(entry) is not None)


def rest_script(tools: Tools, folder: Path) -> str:
    """What comes after the rows, without keys, indexes and event triggers."""

    def wanted(entry: str) -> bool:
        return not (_KEYS.match(entry) or event_triggers.is_entry(entry))

    return section_script(tools, folder / DUMP_NAME, "post-data", wanted)


def event_triggers_script(tools: Tools, folder: Path) -> str:
    """The event triggers of the dump in a folder."""
    return event_triggers.script(tools, folder / DUMP_NAME)
