"""DAG files may import the library without paying for Great Expectations."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

HEAVY = ("great_expectations", "pandas", "numpy", "sqlalchemy")


def test_importing_validation_loads_nothing_heavy():
    code = f"import sys, sunset.validation.validate; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
