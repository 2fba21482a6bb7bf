"""Addresses of the console's pages, and of Airflow's own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

PREFIX = "/sunset"
DAG_PREFIX = "sunset_"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below the path under which a request reached the console.

    Attributes:
        base: that path, without a slash at its end.
    """

    base: str

    @property
    def products(self) -> str:
        return f"{self.base}/"

    def asset(self, name: str) -> str:
        """A file of the console itself."""
        return f"{self.base}/{name}"

    def product(self, dag_id: str) -> str:
        return f"{self.base}/dags/{_part(dag_id)}"

    def run(self, dag_id: str, folder: str) -> str:
        return f"{self.product(dag_id)}/runs/{_part(folder)}"

    def view(self, dag_id: str, folder: str, path: str) -> str:
        """The page around a document."""
        return f"{self.run(dag_id, folder)}/view/{quote(path, safe='/')}"

    def file(self, dag_id: str, folder: str, path: str) -> str:
        """The document itself."""
        return f"{self.run(dag_id, folder)}/files/{quote(path, safe='/')}"

    def verify(self, dag_id: str, folder: str) -> str:
        return f"{self.run(dag_id, folder)}/verify"

    def airflow_dag(self, dag_id: str) -> str:
        return f"{self._airflow}/dags/{_part(dag_id)}"

    def airflow_run(self, dag_id: str, run_id: str) -> str:
        return f"{self.airflow_dag(dag_id)}/runs/{_part(run_id)}"

    def required_actions(self, dag_id: str, run_id: str) -> str:
        return f"{self.airflow_run(dag_id, run_id)}/required_actions"

    def login(self, back_to: str) -> str:
        return f"{self._airflow}/api/v2/auth/login?next={quote(back_to, safe='')}"

    @property
    def _airflow(self) -> str:
        return self.base.removesuffix(PREFIX)


def _part(text: str) -> str:
    return quote(text, safe="")
