"""Places where files lie: the archive, and both ends of a file source."""

from __future__ import annotations

from pydantic import Field

from sunset.spec.base import Model
from sunset.spec.forms import ConnId, Location


class Place(Model):
    """A folder on a file system or in a store."""

    conn_id: ConnId | None = Field(default=None, description="Airflow connection; none for local folders.")
    path: Location = Field(description="Folder: an absolute path or a URL such as s3://bucket/folder.")
