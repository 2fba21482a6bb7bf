"""Credentials, told by the shapes that their makers give them."""

from __future__ import annotations

import re

from sunset.catalogue.sensitivity.detector import Detector
from sunset.catalogue.sensitivity.reach import always

_SHAPES = {
    "password hash": r"\$(?:2[abxy]|argon2(?:id|i|d)|5|6|y|scrypt|pbkdf2[\w-]*)\$[^\s\"',]{20,}"
    r"|\{S?SHA\d*\}[\w+/=]{20,}"
    r"|pbkdf2_sha\d+\$\d+\$\S{20,}|SCRAM-SHA-256\$\d+:\S{20,}",
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "access key": r"\b(?:(?:AKIA|ASIA)[A-Z\d]{16}\b|AIza[\w-]{35}(?!\w)|gh[pousr]_\w{36,}"
    r"|glpat-[\w-]{20,}|xox[abpr]-[\w-]{10,}|(?:sk|rk)_(?:live|test)_\w{16,}|sk-[\w-]{32,})",
    "token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{8,}\.[\w-]{10,}|(?i:\bbearer [\w.~+/-]{20,})",
    "password": r"\b[a-z][a-z\d+.-]{1,20}://[^\s/:@]{1,64}:[^\s/:@]{1,128}@[\w.-]+"
    r"|(?i:\b(?:password|passwd|pwd|wachtwoord|passwort|secret|api_?key)\b[\"']? ?[:=] ?[\"']?[^\s\"',;<>{}]{6,})",
}


def detectors() -> tuple[Detector, ...]:
    """One for each shape; a single one is believed."""
    return tuple(
        Detector(kind, "secret", "pattern", re.compile(shape), always, 0.01, 0.05, needs="")
        for kind, shape in _SHAPES.items()
    )
