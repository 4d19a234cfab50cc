"""A server on a thread of its own, which holds up neither the market nor the window."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.remote.address import ServerAddress, announced
from abm_desktop.serve.access import Access, names_of
from abm_desktop.serve.app import make_app
from abm_desktop.serve.connections import (
    MOST_CONNECTIONS,
    FrameProtocol,
    PatientProtocol,
    give_up_on_silent_readers,
)
from abm_desktop.serve.lock_turns import short_turns
from abm_desktop.serve.session import ServedSession

__all__ = ["Server"]

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
LOOPBACK = "127.0.0.1"


class Server:
    """Serves a session until it is stopped.

    Args:
        session: what is served.
        host: the address to listen at; any other than loopback needs TLS.
        port: 0 takes a free one.
        certificate, key: PEM files, for TLS.
        hosts: further names that clients call this machine by.
        origins: pages of browsers that may ask, like ``https://notebook.example``.

    Raises:
        InputError: for an address, a port, or files that cannot be.
    """

    def __init__(
        self,
        session: ServedSession,
        host: str = LOOPBACK,
        port: int = 0,
        *,
        certificate: Path | None = None,
        key: Path | None = None,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        has_window: bool = False,
    ) -> None:
        if not 0 <= port <= 65535:
            raise InputError(
                f"must be from 0 to 65535, not {port}", key="port", remedy="0 takes a free one"
            )
        if (certificate is None) != (key is None):
            raise InputError("and key belong together", key="certificate", remedy="give both files")
        if certificate is None and not _is_loopback(host):
            raise InputError(
                f"{host} can be reached by others, and needs TLS",
                key="host",
                remedy="give --certificate and --key (openssl req -x509 -newkey rsa:3072 -nodes "
                "-days 365 -keyout key.pem -out cert.pem), or leave --host away",
            )
        self._session, self._host, self._port = session, host, port
        self._certificate, self._key, self._has_window = certificate, key, has_window
        self.access = Access(
            hosts=names_of(("127.0.0.1", "localhost", "::1", host, *hosts)),
            origins=frozenset(origins),
        )
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._fault: BaseException | None = None
        self._stack = ExitStack()
        self.url = ""
        """Where it listens; empty while it does not."""

    def start(self) -> None:
        """Begin to listen. Raises UnavailableError if the address is taken or cannot be had."""
        if self._thread is not None:
            raise RuntimeError("the server was started already")
        listening = self._listen()
        try:
            config = uvicorn.Config(
                make_app(self._session, self.access),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                http=PatientProtocol,
                ws=FrameProtocol,
                ws_max_size=1 << 20,
                # Compressing for each client anew costs more than loopback ever will.
                ws_per_message_deflate=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=1,
                ssl_certfile=self._certificate,
                ssl_keyfile=self._key,
            )
            if self._certificate is not None:
                config.load()
                # A ticket comes after the handshake: a client that reads on one thread and writes
                # on another, as websockets has it, would change the state of its TLS on both.
                assert config.ssl is not None
                config.ssl.num_tickets = 0
        except (OSError, ssl.SSLError) as error:
            listening.close()
            raise InputError(
                f"cannot be used: {error}", key="certificate", remedy="give PEM files"
            ) from error
        except BaseException:
            listening.close()
            raise
        scheme = "http" if self._certificate is None else "https"
        address, port = listening.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        self.url = f"{scheme}://{shown}:{port}"
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._serve, args=(server, listening), name="serve", daemon=True
        )
        self._thread.start()
        self._announce()

    def _announce(self) -> None:
        try:
            self._stack.enter_context(announced(self.address()))
        except OSError as error:
            self.stop()
            raise UnavailableError(f"the file that clients find it by: {error}") from error

    def address(self) -> ServerAddress:
        """Where it is, with its tokens."""
        return ServerAddress(
            self.url,
            self.access.control_token,
            self.access.read_token,
            os.getpid(),
            self._has_window,
            "" if self._certificate is None else str(self._certificate.absolute()),
        )

    def disconnect_all(self) -> None:
        """Put every client out: new tokens, and no stream stays open."""
        self._stack.close()
        self.access.renew()
        self._announce()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; returns whether it has. Raises what it ended with."""
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return False
        if self._fault is not None:
            raise UnavailableError(f"the server ended: {self._fault}") from self._fault
        return True

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Stop listening, and end what clients have started."""
        self._stack.close()
        self.access.is_closing = True
        if self.access.loop is not None:
            # One that has ended by itself has closed its loop; wait() tells why.
            with contextlib.suppress(RuntimeError):
                self.access.loop.call_soon_threadsafe(self.access.hang_up)
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive() and self._server is not None:
                self._server.force_exit = True
                self._thread.join(timeout)
        self._session.close()
        self.url = ""

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Named, or asyncio would not know it for TCP and leave 40 ms of delay in every answer.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            give_up_on_silent_readers(listening)
            listening.bind((self._host.strip("[]"), self._port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            raise UnavailableError(
                f"cannot listen at {self._host}, port {self._port}: {error.strerror or error}; "
                "choose another --port, or none for a free one"
            ) from error
        return listening

    def _serve(self, server: uvicorn.Server, listening: socket.socket) -> None:
        try:
            with short_turns():
                server.run(sockets=[listening])
        except BaseException as error:
            log.exception("the server failed")
            self._fault = self.access.fault or error
        finally:
            listening.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
