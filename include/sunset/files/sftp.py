"""A folder behind an SFTP server: a source. Names go over the wire as bytes and are never decoded."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from sunset.dossier.names import shown
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.files.entries import Entry, order
from sunset.files.places import FileFault

if TYPE_CHECKING:
    from paramiko import SFTPAttributes, SFTPClient, SSHClient

_NANO = 10**9


@dataclass(frozen=True, slots=True)
class SftpTree:
    """A folder of an SFTP server.

    Attributes:
        connect: opens a session; host keys are its business. It may raise what paramiko raises.
        host: the server's name, for messages.
        root: absolute path of the folder on the server; `/~` at its beginning stands for where a login starts.
        timeout: seconds that the server may stay silent.
    """

    connect: Callable[[], SSHClient]
    host: str
    root: str
    timeout: float

    @property
    def place(self) -> str:
        return f"sftp://{self.host}{self.root}"

    @property
    def folder(self) -> bytes:
        """The root as the server is asked for it: a relative path begins where a login starts."""
        below_login = self.root == "/~" or self.root.startswith("/~/")
        return order("." + self.root.removeprefix("/~") if below_login else self.root).rstrip(b"/")

    def entries(self) -> Iterator[Entry]:
        with self._session() as client, translated(self.place):
            yield from _folder(client, self.folder, b"")

    @contextmanager
    def reader(self) -> Iterator[SftpReader]:
        with self._session() as client:
            yield SftpReader(client, self)

    @contextmanager
    def _session(self) -> Iterator[SFTPClient]:
        with translated(self.place):
            session = self.connect()
        try:
            with translated(self.place):
                client = session.open_sftp()
            channel = client.get_channel()
            if channel is not None:
                channel.settimeout(self.timeout)
            yield client
        finally:
            session.close()


@dataclass(frozen=True, slots=True)
class SftpReader:
    """One session; one thread uses it."""

    client: SFTPClient
    tree: SftpTree

    def look(self, path: str) -> Entry:
        with translated(self.tree.place, path):
            entry = _entry(path, self.client.lstat(cast("str", self._at(path))))
        if entry.kind != "file":
            raise FileFault(path, "changed", f"is a {entry.kind} now.")
        return entry

    @contextmanager
    def open(self, path: str, offset: int) -> Iterator[BinaryIO]:
        with translated(self.tree.place, path):
            file = self.client.open(cast("str", self._at(path)), "rb")
            file.settimeout(self.tree.timeout)
            yield cast("BinaryIO", _Pipelined(file, offset, file.stat().st_size or 0))
            # Only here: on a broken session nobody would answer.
            file.close()

    def _at(self, path: str) -> bytes:
        return self.tree.folder + b"/" + order(path)


@dataclass(slots=True)
class _Pipelined:
    """Reads a file with several requests under way, so that it does not wait for the line each time."""

    file: Any
    position: int
    size: int

    def read(self, size: int) -> bytes:
        wanted = min(size, self.size - self.position)
        if wanted <= 0:
            return b""
        block = b"".join(self.file.readv([(self.position, wanted)]))
        self.position += len(block)
        return block


def _folder(client: SFTPClient, root: bytes, prefix: bytes) -> Iterator[Entry]:
    try:
        found = sorted(_listed(client, root + b"/" + prefix))
    except PermissionError:
        if not prefix:
            raise
        yield Entry(_text(prefix), "unreadable")
        return
    except FileNotFoundError:
        if not prefix:
            raise
        return  # removed since its parent was read
    if not found and prefix:
        yield Entry(_text(prefix), "folder")
    for name, mode, size, mtime in found:
        path = prefix + name
        if name.endswith(b"/"):
            yield from _folder(client, root, path)
        elif stat.S_ISLNK(mode):
            yield Entry(_text(path), "link", link=_leads(client, root + b"/" + path))
        elif stat.S_ISREG(mode):
            yield Entry(_text(path), "file", size, mtime * _NANO)
        else:
            yield Entry(_text(path), "special", mtime_ns=mtime * _NANO)


def _leads(client: SFTPClient, path: bytes) -> str:
    """Where a link leads; nothing where the server does not say, as one does of links out of the part it shows."""
    try:
        return client.readlink(cast("str", path)) or ""
    except (FileNotFoundError, PermissionError):
        return ""


def _listed(client: Any, path: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, mode, size and time of everything in a folder; a folder's name ends in a slash.

    The client's own listing decodes names as UTF-8 and breaks on others, so the requests are made here.
    """
    from paramiko.sftp import CMD_CLOSE, CMD_OPENDIR, CMD_READDIR
    from paramiko.sftp_attr import SFTPAttributes

    _, message = client._request(CMD_OPENDIR, path)  # noqa: SLF001  there is no other way to names as bytes
    handle = message.get_binary()
    try:
        while True:
            _, message = client._request(CMD_READDIR, handle)  # noqa: SLF001
            for _ in range(message.get_int()):
                name, _ = message.get_binary(), message.get_binary()
                found = SFTPAttributes._from_msg(message)  # noqa: SLF001
                if name not in (b".", b".."):
                    mode = found.st_mode or 0
                    yield name + b"/" * stat.S_ISDIR(mode), mode, found.st_size or 0, found.st_mtime or 0
    except EOFError:
        client._request(CMD_CLOSE, handle)  # noqa: SLF001


def _entry(path: str, found: SFTPAttributes) -> Entry:
    mode = found.st_mode or 0
    if stat.S_ISREG(mode):
        return Entry(path, "file", found.st_size or 0, (found.st_mtime or 0) * _NANO)
    return Entry(path, "link" if stat.S_ISLNK(mode) else "special")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


@contextmanager
def translated(place: str, path: str = "") -> Iterator[None]:
    """Turn paramiko's errors into Sunset's: a file's own fault, a refusal, or a server that is away."""
    from paramiko.ssh_exception import AuthenticationException, BadHostKeyException, SSHException

    try:
        yield
    except SunsetError:
        raise
    except (FileNotFoundError, PermissionError) as error:
        raise _fault(error, place, path) from None
    except BadHostKeyException:
        what, remedy = "shows another host key than the one it is known by.", "Find out why before anything else."
        raise Refusal(what, where=place, remedy=remedy) from None
    except AuthenticationException as error:
        raise Refusal(f"the server refused the login: {error}.", where=place, remedy="Mend the connection.") from None
    except socket.gaierror as error:
        raise Unavailable(f"the host is not known: {error.strerror}.", where=place, remedy="Check the name.") from None
    except (TimeoutError, EOFError, OSError, SSHException) as error:
        if "not found in known_hosts" in str(error):
            what = "the server's host key is not known, so it may be anyone."
            remedy = "Put `host_key` into the connection's extra fields, or the key into the worker's known_hosts."
            raise Refusal(what, where=place, remedy=remedy) from None
        if "No authentication methods" in str(error):
            what = "the server refused the login: the connection has neither a password nor a key."
            raise Refusal(what, where=place, remedy="Mend the connection.") from None
        what = str(error) or type(error).__name__
        raise Unavailable(f"the server did not answer: {what}.", where=place, remedy="Try again later.") from error


def _fault(error: OSError, place: str, path: str) -> SunsetError:
    gone = isinstance(error, FileNotFoundError)
    if path:
        what = "is not there any more." if gone else "cannot be read: no permission."
        return FileFault(path, "vanished" if gone else "unreadable", what)
    what = "is not there." if gone else "cannot be listed: no permission."
    return Refusal(what, where=shown(place), remedy="Check the path and the rights of the connection's user.")
