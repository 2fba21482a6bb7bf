"""What the product owns: databases, file trees and REST APIs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sunset.spec.base import Model, complaint
from sunset.spec.forms import ConnId, Duration, ForeignType, Line, SchemaName, SourceName, TableName
from sunset.spec.pagination import Pagination
from sunset.spec.places import Place


class ColumnType(Model):
    """The PostgreSQL type of one column, in place of the one from the type map."""

    schema_: SchemaName | None = Field(
        default=None, alias="schema", description="Schema on the target, where the table's name alone does not say."
    )
    table: Line = Field(description="Table, as the source spells it.")
    column: Line = Field(description="Column, as the source spells it.")
    type: ForeignType = Field(description="Type on the target, such as numeric(12,2).")


class Quarantine(Model):
    """Rows that no type of the target holds, kept beside the data instead of refused."""

    rows: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0, description="Most rows of the source that may go there; 0 refuses the first one."
    )


class Replication(Model):
    """How a target follows a source of route `replicate`, and when the run gives up."""

    conn_id: ConnId | None = Field(
        default=None,
        description="Airflow connection of the source as the target's server reaches it, with a login that has "
        "REPLICATION and is made for this; the source's own when left out.",
    )
    retained_wal_mb: Annotated[int, Field(ge=64)] = Field(
        default=10240,
        description="MiB of its log that the source may hold back for the target; beyond it the run ends.",
    )
    catch_up: Duration = Field(
        default=timedelta(days=7), description="Longest time from the subscription to the freeze."
    )
    drain: Duration = Field(
        default=timedelta(minutes=1), description="Longest time for the last changes to arrive after the freeze."
    )


class DatabaseSource(Model):
    """One database, with the limits that bound the load on it."""

    name: SourceName = Field(description="Name within the spec; unique over all kinds of sources.")
    conn_id: ConnId = Field(description="Airflow connection of the database to retire.")
    target_conn_id: ConnId = Field(description="Airflow connection of the database that takes the data.")
    sandbox_conn_id: ConnId = Field(
        description="Airflow connection for rehearsals; emptied in each, so used for nothing else."
    )
    schemas: tuple[SchemaName, ...] = Field(
        default=(), description="Schemas to take, exact names; every one when left out."
    )
    route: Literal["copy", "replicate"] = Field(
        default="copy",
        description="`copy` freezes, copies and cuts over; `replicate` follows a product that cannot stop.",
    )
    read_conn_id: ConnId | None = Field(
        default=None,
        description="Airflow connection of a physical replica to read from; the source itself when left out.",
    )
    replication: Replication | None = Field(
        default=None, description="Bounds of route `replicate`; its defaults when left out."
    )
    pool: Line | None = Field(default=None, description="Airflow pool for tasks that read this source.")
    parallel: Annotated[int, Field(ge=1, le=32)] = Field(default=2, description="Connections to the source at once.")
    rows_per_second: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Upper limit while copying.")
    statement_timeout: Duration = Field(
        default=timedelta(0), description="Longest time for one statement on the source; 0s for no limit."
    )
    lock_timeout: Duration = Field(
        default=timedelta(seconds=30), description="Longest wait for a lock on the source; 0s for no limit."
    )
    zero_dates: Literal["refuse", "null"] = Field(
        default="refuse",
        description="What becomes of zero and impossible dates of MySQL: a refusal, or NULL.",
    )
    types: tuple[ColumnType, ...] = Field(
        default=(), description="Types of single columns, for a source that is no PostgreSQL."
    )
    quarantine: Quarantine = Field(
        default=Quarantine(), description="Rows that do not fit, for a source that is no PostgreSQL."
    )

    @property
    def follows(self) -> bool:
        """Whether its target follows it while the product goes on."""
        return self.route == "replicate"


class FileSource(Model):
    """One file tree."""

    name: SourceName = Field(description="Name within the spec; unique over all kinds of sources.")
    from_: Place = Field(alias="from", description="Where the files are: a local folder, SFTP or S3.")
    to: Place = Field(description="Where they go: a local folder or S3; empty, and for this source alone.")
    sandbox: Place | None = Field(
        default=None,
        description="Folder for rehearsals, each in a folder of its own below it; beside `to` when left out.",
    )
    pool: Line | None = Field(default=None, description="Airflow pool for tasks that read this source.")
    parallel: Annotated[int, Field(ge=1, le=64)] = Field(default=8, description="Transfers at once.")
    bytes_per_second: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Upper limit over all transfers while copying."
    )
    timeout: Duration = Field(
        default=timedelta(seconds=60), description="Longest silence of either side before a transfer is tried again."
    )
    settle: Duration = Field(
        default=timedelta(seconds=10), description="How long the tree has to stand still before its freeze counts."
    )


class ApiTarget(Model):
    """The table that takes the items of an API."""

    conn_id: ConnId = Field(description="Airflow connection of the database.")
    table: TableName = Field(description="Table that is made there, with its schema before a dot.")


class ApiSource(Model):
    """One collection of a REST API."""

    name: SourceName = Field(description="Name within the spec; unique over all kinds of sources.")
    conn_id: ConnId = Field(description="Airflow connection of the API.")
    endpoint: Line = Field(description="Path below the connection's address.")
    items: Line = Field(description="Dotted path to the list of items in a page.")
    id: Line = Field(description="Dotted path to an item's id.")
    pagination: Pagination | None = Field(default=None, description="How pages follow; a single page when left out.")
    to: ApiTarget = Field(description="Where the items go.")
    sandbox_conn_id: ConnId = Field(description="Airflow connection for rehearsals, as of a database.")
    pool: Line | None = Field(default=None, description="Airflow pool for tasks that read this source.")
    requests_per_second: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Upper limit.")
    longest_wait: Duration = Field(
        default=timedelta(minutes=5), description="Longest wait that the API may ask for; a longer one ends the task."
    )
    timeout: Duration = Field(default=timedelta(minutes=1), description="Longest time without a byte of an answer.")

    @property
    def parallel(self) -> int:
        """One page leads to the next."""
        return 1


class Sources(Model):
    """Everything the product owns; at least one source."""

    databases: tuple[DatabaseSource, ...] = Field(default=(), description="Databases.")
    files: tuple[FileSource, ...] = Field(default=(), description="File trees.")
    apis: tuple[ApiSource, ...] = Field(default=(), description="Collections of REST APIs.")

    @property
    def tabular(self) -> tuple[DatabaseSource | ApiSource, ...]:
        """The sources whose rows go into tables."""
        return (*self.databases, *self.apis)

    @model_validator(mode="after")
    def _owns_something(self) -> Self:
        if not (self.databases or self.files or self.apis):
            raise complaint("must name at least one source under databases, files or apis")
        return self
