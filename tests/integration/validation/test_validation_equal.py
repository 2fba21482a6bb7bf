"""A true copy passes, and the report and Data Docs say what was looked at."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.integration


def test_a_true_copy_passes(pair):
    result = pair.validate()
    assert result.lines() == ()
    assert result.success
    print(result.statistics)
