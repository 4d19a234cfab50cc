"""HTTP to one server: the token, the certificate, the generation, and errors of our own kinds."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from abm_desktop.inputs import InputError, shown
from abm_desktop.remote.errors import RemoteUnavailableError, error_of
from abm_desktop.remote.replies import Reply
from abm_desktop.remote.sockets import CommandSocket

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ARROW", "Connection"]

PREFIX = "/api/v1"
ARROW = "application/vnd.apache.arrow.stream"
CONNECT_SECONDS = 10.0
_MOST_TRIES = 60
"""Of a request that the server turns away since there were too many."""
_PAUSE_SECONDS = 1.0
"""Between two of them."""
_FEW_COMMANDS = 2
"""For which a WebSocket is not worth its opening."""


class Connection:
    """What all parts of a client ask through. Any thread may use it.

    Args:
        url: of the server, like ``http://127.0.0.1:8765``.
        token: lets its holder read, or do everything.
        client: what this program calls itself; the window shows it.
        timeout: real seconds to wait for an answer.
        certificate: file with the certificate to trust, for a server with TLS that has none of a
            known authority.
    """

    def __init__(
        self, url: str, token: str, *, client: str, timeout: float, certificate: str = ""
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise InputError(
                f"is {shown(url)}, no address of a server", key="address",
                remedy="give one like http://127.0.0.1:8765",
            )  # fmt: skip
        self.url, self.certificate, self.timeout = url, certificate, timeout
        self.generation: int | None = None
        """Of the market that commands are meant for; None is whichever is there."""
        self._commands, self._socket = 0, CommandSocket(self)
        self.headers = {"Authorization": f"Bearer {token}", "X-Client": client}
        try:
            self._http = httpx.Client(
                base_url=url + PREFIX,
                headers=self.headers,
                timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
                # Loading whom the machine trusts takes 20 ms, and without TLS nobody is asked.
                verify=self.trust() or url.startswith("https://"),
                trust_env=False,  # a proxy has no business on loopback, and none with the token
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise InputError(
                f"is no address of a server: {error}", key="address",
                remedy="give one like http://127.0.0.1:8765",
            ) from error  # fmt: skip

    def __repr__(self) -> str:  # the token shall not reach a log
        return f"Connection({self.url!r})"

    def trust(self) -> ssl.SSLContext | None:
        """What makes sure of the server; None is the usual way.

        The certificate in the server's own file is trusted as it stands: that file only this user
        can write, so whoever shows that certificate is the server, whatever name it has.
        """
        if not self.certificate:
            return None
        try:
            context = ssl.create_default_context(cafile=self.certificate)
        except OSError as error:
            raise InputError(
                f"cannot be read: {error}", key="certificate", path=self.certificate
            ) from error
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    def close(self) -> None:
        """Let the connection go."""
        self._socket.close()
        self._http.close()

    # -- asking ----------------------------------------------------------------------------------

    def get(self, path: str, **params: Any) -> Any:
        """What is there, as :class:`Reply`, list or plain value; parameters of None stay away."""
        return _read(self.request("GET", path, params=_given(params)))

    def text(self, path: str, **params: Any) -> str:
        """The same, as text."""
        return self.request("GET", path, params=_given(params)).text

    def content(self, path: str, **params: Any) -> bytes:
        """The same, as bytes."""
        return self.request("GET", path, params=_given(params)).content

    def table(self, path: str, **params: Any) -> pa.Table:
        """The same, as a table: fetched as an Arrow stream."""
        return _table(
            self.request("GET", path, params=_given(params), headers={"Accept": ARROW}).content
        )

    def send(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """Have something done; returns the answer as :meth:`get` does."""
        more: dict[str, Any] = {} if body is None else {"json": body}
        return _read(self.request(method, path, params=_given(params), **more))

    def command(self, values: dict[str, Any]) -> Any:
        """Have a command of the market carried out; returns the answer.

        The first few go as requests, more of them over a WebSocket that stays open, if the server
        lets one in.
        """
        self._commands += 1
        for _ in range(_MOST_TRIES if self._commands > _FEW_COMMANDS else 0):
            answer = self._socket.carry_out(values, self.generation)
            if answer is None:
                break
            if "status" not in answer:
                return answer
            if answer.status != 429:
                raise error_of(answer)
            time.sleep(_PAUSE_SECONDS)
        return self.send("POST", "/commands", values)

    def send_for_table(self, path: str, content: bytes, kind: str) -> pa.Table:
        """Post bytes of a media type; the answer is a table."""
        headers = {"Accept": ARROW, "Content-Type": kind}
        return _table(self.request("POST", path, content=content, headers=headers).content)

    def request(self, method: str, path: str, **values: Any) -> httpx.Response:
        """One request. Raises RemoteInputError and RemoteUnavailableError."""
        headers = dict(values.pop("headers", {}))
        if method != "GET" and self.generation is not None:
            headers["If-Match"] = str(self.generation)
        for _ in range(_MOST_TRIES):
            try:
                answer = self._http.request(method, path, headers=headers, **values)
            except httpx.TransportError as error:
                raise self.no_answer(error) from error
            if answer.status_code != 429:
                break
            time.sleep(
                min(float(answer.headers.get("Retry-After", _PAUSE_SECONDS)), _PAUSE_SECONDS)
            )
        if answer.is_success:
            return answer
        raise error_of(_problem(answer))

    @contextmanager
    def lines(self, path: str, **params: Any) -> Iterator[Iterator[str]]:
        """The lines of an answer that does not end."""
        try:
            with self._http.stream("GET", path, params=_given(params)) as answer:
                if not answer.is_success:
                    answer.read()
                    raise error_of(_problem(answer))
                yield answer.iter_lines()
        except httpx.TransportError as error:
            raise self.no_answer(error) from error

    def no_answer(self, error: Exception) -> RemoteUnavailableError:
        """What is raised if the server does not answer."""
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return RemoteUnavailableError(
                {
                    "status": 503,
                    "code": "not_trusted",
                    "detail": f"{self.url} shows a certificate that is not trusted ({error})",
                    "remedy": "copy the server's certificate by a safe way, and give it: "
                    "connect(address, certificate=FILE)",
                }
            )
        return RemoteUnavailableError(
            {
                "status": 503,
                "code": "no_answer",
                "detail": f"{self.url} does not answer ({error or type(error).__name__})",
                "remedy": "see with abm-desktop remote info whether it still runs",
            }
        )


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _read(answer: httpx.Response) -> Any:
    return json.loads(answer.content, object_hook=Reply) if answer.content else None


def _table(content: bytes) -> pa.Table:
    import pyarrow as pa

    return pa.ipc.open_stream(pa.BufferReader(content)).read_all()


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer; one is made if something else has answered."""
    try:
        found = json.loads(answer.content)
    except ValueError:
        found = None
    if isinstance(found, dict) and "detail" in found:
        return {"status": answer.status_code, **found}
    return {
        "status": answer.status_code,
        "code": "refused",
        "detail": f"{answer.request.url.path} was answered with status {answer.status_code}",
        "remedy": "look at the server's log",
    }
