"""Where things stand in a bag."""

from __future__ import annotations

PAYLOAD = "data"
DOSSIER = f"{PAYLOAD}/dossier"

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
PACKING = "packing.json"
"""Stands in a bag from the first file to the last; a bag that still has it was never finished."""

ALGORITHMS = ("sha256", "sha512")


def manifest(algorithm: str) -> str:
    """Name of the manifest of the payload."""
    return f"manifest-{algorithm}.txt"


def tagmanifest(algorithm: str) -> str:
    """Name of the manifest of everything beside the payload."""
    return f"tagmanifest-{algorithm}.txt"
