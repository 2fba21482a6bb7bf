"""Whether a server on loopback answers HTTP yet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from demo.process import Process

_SECONDS = 60.0


def answers(url: str, process: Process) -> bool:
    """True as soon as it answers, whatever it says; False once its process has ended or a minute is over."""
    deadline = time.monotonic() + _SECONDS
    while process.running and time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return True
    return False
