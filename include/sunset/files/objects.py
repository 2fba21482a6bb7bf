"""One S3 bucket through two libraries, and what their errors mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sunset.dossier.names import shown
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.files.places import BLOCK, FileFault
from sunset.files.sorting import Row, in_order

if TYPE_CHECKING:
    from obstore.store import S3Store

_PLAIN = re.compile(r"[^\0-\x1f\x7f/]+(?:/[^\0-\x1f\x7f/]+)*")
_TRANSIENT = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "NoSuchUpload", "503"}
_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_RENEWED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Account:
    """How a store is reached. `credentials` gives key, secret and session token, fresh each time it is asked."""

    credentials: Callable[[], tuple[str, str, str | None]]
    region: str
    endpoint: str | None
    timeout: float


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a bucket: `client` is botocore's, `store` obstore's."""

    bucket: str
    client: Any
    store: S3Store

    def list(self, prefix: str, place: str) -> Iterator[Row]:
        """Every object below a prefix: key, size, last change and ETag, sorted by the bytes of the keys."""
        return in_order(self._pages(prefix, place))

    def _pages(self, prefix: str, place: str) -> Iterator[Row]:
        with translated(place):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    mtime_ns = int(found["LastModified"].timestamp()) * 10**9
                    yield found["Key"], int(found["Size"]), mtime_ns, bare(found["ETag"])

    def put(self, key: str, data: bytes) -> str:
        """Store a whole object; returns its ETag."""
        import obstore

        if not is_plain(key):
            return bare(self.client.put_object(Bucket=self.bucket, Key=key, Body=data)["ETag"])
        return bare(str(obstore.put(self.store, key, data, use_multipart=False)["e_tag"]))

    def read(self, key: str, offset: int) -> Iterator[bytes]:
        """An object's bytes from an offset on."""
        import obstore

        if is_plain(key):
            found = obstore.get(self.store, key, options={"range": {"offset": offset}} if offset else None)
            if found.meta["size"] <= BLOCK:  # in one piece: half the time of a stream
                return iter((bytes(found.bytes()),))
            return (bytes(block) for block in found.stream(min_chunk_size=BLOCK))
        asked = {"Range": f"bytes={offset}-"} if offset else {}
        body = self.client.get_object(Bucket=self.bucket, Key=key, **asked)["Body"]
        return cast("Iterator[bytes]", body.iter_chunks(BLOCK))


def bare(tag: str) -> str:
    """An ETag without its quotes, which some stores leave out in listings."""
    return tag.strip('"')


def none_open(error: Exception) -> bool:
    """Whether a store says by an error that it has no open upload, as some do instead of listing none."""
    return bool(getattr(error, "response", {}).get("Error", {}).get("Code") == "NoSuchUpload")


def is_plain(key: str) -> bool:
    """Whether obstore takes the key: no control characters, no empty segments, none of dots."""
    return _PLAIN.fullmatch(key) is not None and {".", ".."}.isdisjoint(key.split("/"))


def open_bucket(bucket: str, client: Any, account: Account) -> Objects:
    """A bucket for both libraries; nothing is asked of the store yet."""
    from botocore.utils import parse_timestamp
    from obstore.store import S3Store

    def time_of(text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except ValueError:  # those of headers are written otherwise
            return cast("datetime", parse_timestamp(text))

    # Listings have a time a line, and botocore's own parser, which knows every form, takes half of their time.
    client._endpoint._response_parser_factory.set_parser_defaults(timestamp_parser=time_of)  # noqa: SLF001

    def provide() -> Any:
        key, secret, token = account.credentials()
        expires = datetime.now(UTC) + _RENEWED
        return {"access_key_id": key, "secret_access_key": secret, "token": token, "expires_at": expires}

    limit = timedelta(seconds=account.timeout)
    store = S3Store(
        bucket,
        region=account.region,
        endpoint=account.endpoint,
        virtual_hosted_style_request=False,
        checksum_algorithm="SHA256",
        credential_provider=provide,
        client_options={
            "allow_http": (account.endpoint or "").startswith("http://"),
            "connect_timeout": limit,
            "read_timeout": limit,
            "timeout": limit * 10,
        },
        retry_config={"max_retries": 5, "retry_timeout": limit * 2},
    )
    return Objects(bucket, client, store)


@contextmanager
def translated(place: str, path: str = "") -> Iterator[None]:
    """Turn the libraries' errors into Sunset's: a file's own fault, a refusal, or a store that is away."""
    import botocore.exceptions as of_botocore
    import obstore.exceptions as of_obstore

    try:
        yield
    except SunsetError:
        raise
    except of_botocore.ClientError as error:
        answer = error.response.get("Error", {})
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise _judged(place, path, str(answer.get("Code", status)), status, str(error)) from None
    except (of_botocore.ConnectionError, of_botocore.HTTPClientError) as error:
        raise _away(place, str(error)) from None
    except of_botocore.BotoCoreError as error:
        raise Refusal(f"the store cannot be used: {error}.", where=place, remedy="Mend the connection.") from None
    except of_obstore.BaseError as error:
        raise _of_obstore(place, path, error) from None
    except (TimeoutError, ConnectionError) as error:
        raise _away(place, str(error)) from None


def _of_obstore(place: str, path: str, error: Exception) -> SunsetError:
    import obstore.exceptions as of_obstore

    if any(f"<Code>{code}</Code>" in str(error) for code in _EXPIRED):
        return _expired(place)
    if isinstance(error, of_obstore.NotFoundError):
        return _judged(place, path, "NoSuchKey", 404, "not found")
    if isinstance(error, (of_obstore.PermissionDeniedError, of_obstore.UnauthenticatedError)):
        return _judged(place, path, "AccessDenied", 403, "no permission")
    return _away(place, _first_line(error))


def _expired(place: str) -> SunsetError:
    what = "the store no longer takes the credentials: they have expired."
    return Unavailable(what, where=place, remedy="Renew them; the next try goes on where this one stopped.")


def _judged(place: str, path: str, code: str, status: int, what: str) -> SunsetError:
    if code in _EXPIRED:
        return _expired(place)
    if code in _TRANSIENT or status >= 500 or status == 429:
        return _away(place, what)
    if code in ("NoSuchKey", "404") and path:
        return FileFault(path, "vanished", "is not there any more.")
    if code in ("NoSuchBucket", "404", "NoSuchKey"):
        return Refusal("the bucket is not there.", where=place, remedy="Make it, or correct the spec.")
    if code in ("AccessDenied", "403") and path:
        return FileFault(path, "unreadable", "cannot be read or written: no permission.")
    remedy = "Check the keys of the connection and what they may do."
    return Refusal(f"the store refused: {what}.", where=shown(place), remedy=remedy)


def _away(place: str, what: str) -> Unavailable:
    return Unavailable(f"the store did not answer: {what}.", where=place, remedy="Try again later.")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
