"""Documents of a run and their verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, HTTPException, Request, Response, status
from fastapi.responses import StreamingResponse

from sunset_console.access import READS_THE_RUNS, require_same_origin
from sunset_console.checking import check
from sunset_console.documents import LARGEST, find, media_type, read
from sunset_console.dossiers import NamedRun
from sunset_console.gates import gates
from sunset_console.rendering import DOCUMENT, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sunset.dossier.listing import Listed
    from sunset_console.dossiers import Named

router = APIRouter(prefix="/dags/{dag_id}/runs/{run}", dependencies=[READS_THE_RUNS])


@router.get("/view/{path:path}")
def view(request: Request, named: NamedRun, path: str) -> Response:
    """A document, with what the newest seal says of it."""
    entry = _document(named, path)
    sheet = read(named.dossier.store, entry.path, gates(named.dossier, ())) if entry.size <= LARGEST else None
    return page(request, "document", named=named, entry=entry, sheet=sheet)


@router.get("/files/{path:path}")
def file(named: NamedRun, path: str) -> Response:
    """A document as it is, in a sandbox."""
    entry = _document(named, path)
    blocks = named.dossier.store.chunks(entry.path)
    first = next(blocks, b"")  # what the store has to say against it is said before the answer begins

    def content() -> Iterator[bytes]:
        yield first
        yield from blocks

    return StreamingResponse(content(), media_type=media_type(entry.path), headers=DOCUMENT)


@router.get("/verify")
def offer(request: Request, named: NamedRun) -> Response:
    """What a verification would do, and the button for it."""
    found = named.dossier.store.scan()
    size = sum(entry.size for entry in found)
    return page(request, "verify", named=named, files=len(found), size=size, check=None)


@router.post("/verify", dependencies=[Depends(require_same_origin)])
def verify(request: Request, named: NamedRun) -> Response:
    """Read every file of the dossier and say what does not hold."""
    return page(request, "verify", named=named, check=check(named.dossier.store, named.shelf.store))


def _document(named: Named, path: str) -> Listed:
    entry = find(named.dossier, path)
    if entry is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "The dossier has no document of this name.")
    return entry
