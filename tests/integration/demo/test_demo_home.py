from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from demo.home import DemoHome
from sunset.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit

TAKE = "import pathlib, sys; from demo.home import DemoHome; DemoHome.take(pathlib.Path(sys.argv[1]))"


def test_second_demo_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    home = DemoHome.take(tmp_path / "demo")
    home.announce("http://127.0.0.1:8080")
    kept = home.subfolder("dossiers") / "record.json"
    kept.write_text("{}")
    with pytest.raises(Refusal) as caught:
        DemoHome.take(tmp_path / "demo")
    assert str(os.getpid()) in caught.value.where
    assert "http://127.0.0.1:8080" in caught.value.where
    assert kept.exists()


def test_lock_holds_between_processes(tmp_path: Path) -> None:
    home = DemoHome.take(tmp_path)
    other = subprocess.run([sys.executable, "-c", TAKE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert "A demo is running already." in other.stderr
    del home
    again = subprocess.run([sys.executable, "-c", TAKE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr


def test_home_of_a_finished_demo_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "airflow.cfg").write_text("old")
    (tmp_path / "stray").write_text("old")
    home = DemoHome.take(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
    assert home.subfolder("airflow").stat().st_mode & 0o777 == 0o700
