"""Start, join and leave a Ray cluster: a local one by default, an address where one is given.

A local cluster works offline, listens on the loopback address only, reports nothing to anybody and
keeps its session folder under the program's own data folder. It leaves nothing behind, however it
ends: a reaper process waits for the end of its owner (kill -9 included), then ends whatever Ray
processes still live and removes the session folder.
"""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop import child_python, paths
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.plain_words import in_words
from abm_desktop.whole_files import Claim, TakenError, claim, is_claimed

MARK_VARIABLE = "ABM_DESKTOP_CLUSTER"
"""Environment variable that every process of a local cluster inherits; its value names it."""

_AUTHENTICATION = {name: os.environ.get(name) for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN")}
"""What the user has set for Ray's access tokens; it holds wherever a cluster is joined."""

LOOPBACK = "127.0.0.1"

OBJECT_STORE_BYTES = 128 * 2**20
"""Ray refuses less than 75 MiB."""

_LONGEST_FOLDER = 38
"""Bytes. A unix socket path may have 107, of which Ray's session name and file take 69."""

_SESSION_BYTES = 64 * 2**20
"""What must be free for Ray's logs and sockets."""
_NAME_BYTES = 3
_REAPER = "-reaper"
"""Ends the name that the reaper of a folder holds."""

_REAP_SECONDS = 10.0
_CONNECT_SECONDS = 10.0
START_SECONDS = 600
"""How long the processes of a local cluster have to start: seconds, but on cores that others keep
busy, minutes. Ray would give up after half a minute."""
_LOOK_SECONDS = 0.2


class ClusterError(UnavailableError):
    """A cluster that could not be started or joined; the message says why and what to do."""


class Cluster:
    """A Ray cluster that this process started or joined. Use :func:`start` to make one."""

    def __init__(
        self,
        folder: Path,
        slots: int,
        held: Claim,
        reaper: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self.folder = folder
        """Session folder of a local cluster; a temporary folder where a cluster was joined."""
        self.slots = slots
        """Worker slots."""
        self._held = held
        self._reaper = reaper

    def leave(self) -> None:
        """Stop a local cluster and remove its folder, or disconnect from a joined one.

        No other thread may use Ray meanwhile, nor drop the last name of one of its objects.
        """
        _shut_down()
        if self._reaper is not None:
            _dismiss(self._reaper)
            self._reaper = None
            _authenticate(_AUTHENTICATION)
        self._held.release()
        _forget(self.folder)


def start(num_cpus: int | None = None, address: str | None = None) -> Cluster:
    """Start a local cluster, or join the one at ``address``.

    ``num_cpus`` is the number of worker slots, by default the number of cores. Takes 3 to 5 s, on a
    busy machine minutes: never call it on a thread that has to answer. Raises
    :class:`ClusterError`.
    """
    _set_environment()
    if address:
        return _join(address)
    return _start_local(num_cpus)


def _start_local(num_cpus: int | None) -> Cluster:
    remove_stale_folders()
    slots = num_cpus or os.cpu_count() or 1
    folder, held = make_session_folder()
    _have_a_folder(folder)
    mark = secrets.token_hex(8)
    os.environ[MARK_VARIABLE] = mark
    # Nobody else on the machine can give our clusters work. Ray would write a token of its own into
    # the user's home, if it stays.
    _authenticate({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)})
    reaper = _start_reaper(mark, folder)
    try:
        with _loopback(), _few_processes(), _patience():
            _init_ray(
                address="local",
                num_cpus=slots,
                num_gpus=0,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                _temp_dir=str(folder),
                _node_ip_address=LOOPBACK,
            )
    except Exception as error:
        _dismiss(reaper)
        held.release()
        _forget(folder)
        _authenticate(_AUTHENTICATION)
        raise ClusterError(
            f"Ray did not start: {str(error).rstrip('.')}. Check free memory (about 500 MB), free "
            f"disk space for {folder}, and whether other programs keep all cores busy."
        ) from error
    return Cluster(folder, slots, held, reaper)


def _shut_down() -> None:
    """Leave Ray, and let no other thread free its objects meanwhile.

    Freeing one tells Ray, and Ray ends a process that tells it anything while it shuts down. The
    collector of garbage may run on any thread, so it waits.
    """
    import ray

    # Now, while Ray takes it: the next cluster gives the same numbers to objects of its own.
    gc.collect()
    collects = gc.isenabled()
    gc.disable()
    try:
        ray.shutdown()
    finally:
        if collects:
            gc.enable()


def remove_stale_folders() -> None:
    """Remove session folders that neither an owner nor a reaper holds any more (power cut)."""
    for root in _roots():
        if not root.is_dir():
            continue
        with contextlib.suppress(OSError):
            for folder in paths.private_dir(root).glob("[0-9a-f]" * 2 * _NAME_BYTES):
                held = is_claimed(root, folder.name) or is_claimed(root, folder.name + _REAPER)
                if not held:
                    _forget(folder)


def _join(address: str) -> Cluster:
    try:
        with _loopback() if _is_on_loopback(address) else contextlib.nullcontext():
            _init_ray(address=address)
    except Exception as error:
        raise ClusterError(
            f"No Ray cluster answers at {address}: {error}. Start one there with "
            "'ray start --head', with the same versions of Python and Ray as here."
        ) from error
    import ray

    folder, held = make_session_folder()
    return Cluster(folder, int(ray.cluster_resources().get("CPU", 1)), held)


def _is_on_loopback(address: str) -> bool:
    """Whether the cluster at "host:port" listens on the loopback address, and on no other.

    Raises OSError if nobody listens: Ray itself would try for minutes.
    """
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()) or "/" in host:
        return False  # "auto", or another way that Ray knows
    from ray._private import services

    # Ray puts the machine's address in the network in place of the loopback address.
    resolved = services.resolve_ip_for_localhost(host)
    for there in dict.fromkeys((resolved, host)):
        try:
            socket.create_connection((there, int(port)), _CONNECT_SECONDS).close()
        except OSError:
            if there == host:
                raise
        else:
            return bool(there != resolved)
    return False


@contextlib.contextmanager
def _replaced(owner: Any, **functions: Callable[..., Any]) -> Iterator[None]:
    """Let a module or class of Ray's have other functions for a while."""
    usual = {name: getattr(owner, name) for name in functions}
    try:
        for name, function in functions.items():
            setattr(owner, name, function)
        yield
    finally:
        for name, function in usual.items():
            setattr(owner, name, function)


def _loopback() -> contextlib.AbstractContextManager[None]:
    """Let Ray keep the loopback address.

    By itself it puts the machine's address in the network in its place, and its servers then listen
    on all addresses.
    """
    from ray._private import services

    return _replaced(services, resolve_ip_for_localhost=lambda host: host)


def _few_processes() -> contextlib.AbstractContextManager[None]:
    """Let Ray start without its autoscaler, reader of logs and web server: nobody here asks them.

    They take 3 s of a core, half of all that a cluster costs.
    """
    from ray._private.node import Node

    names = ("start_monitor", "start_log_monitor", "start_api_server")
    return _replaced(Node, **dict.fromkeys(names, lambda self, **_: None))


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Let Ray wait for its processes as long as they live; by itself it waits for half a minute."""
    from ray._private import node as nodes
    from ray._private import services

    begin, find_node, find_port = (
        nodes.Node.start_gcs_server, services.get_node, nodes.wait_for_persisted_port
    )  # fmt: skip
    starting: list[Any] = []

    def start_gcs_server(node: Any) -> None:
        starting.append(node)
        begin(node)

    def again(ask: Callable[[], Any]) -> Any:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return ask()
            except RuntimeError:  # it has not told of itself yet
                for kind, processes in starting[0].all_processes.items():
                    if any(each.process.poll() is not None for each in processes):
                        # Another kind of error: Ray would go on waiting after that one.
                        raise ChildProcessError(f"its process {kind} has ended") from None
                if time.monotonic() > end:
                    raise
            time.sleep(_LOOK_SECONDS)

    def get_node(*place: Any) -> Any:
        return again(lambda: find_node(*place))

    def wait_for_persisted_port(*place: Any, timeout_ms: int) -> Any:
        # In short stretches: it lets no other thread work meanwhile.
        return again(lambda: find_port(*place, timeout_ms=min(timeout_ms, 200)))

    with (
        _replaced(nodes.Node, start_gcs_server=start_gcs_server),
        _replaced(services, get_node=get_node),
        _replaced(nodes, wait_for_persisted_port=wait_for_persisted_port),
    ):
        yield


def _init_ray(**settings: Any) -> None:
    import ray
    from ray.job_config import JobConfig

    class NoFolders(JobConfig):
        """Ray's own puts this process's current folder before everything else in its workers."""

        def _serialize(self) -> str:
            self._py_driver_sys_path.clear()
            return str(super()._serialize())

    ray.init(
        job_config=NoFolders(),
        namespace="abm_desktop",
        log_to_driver=False,
        logging_level="warning",
        configure_logging=False,
        **settings,
    )


def _set_environment() -> None:
    """Settings that Ray reads from the environment; they reach its processes as well."""
    child_python.protect_children()
    os.environ.update(
        RAY_USAGE_STATS_ENABLED="0",
        RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
        RAY_DISABLE_IMPORT_WARNING="1",
        RAY_enable_metrics_collection="0",
        RAY_prestart_worker_first_driver="0",  # a process for each core, used or not
        # What its processes have to start, see START_SECONDS.
        RAY_gcs_server_port_wait_time_s=str(START_SECONDS),
        RAY_agent_register_timeout_ms=str(1000 * START_SECONDS),
        RAY_worker_register_timeout_seconds=str(START_SECONDS),
    )


def _authenticate(settings: Mapping[str, str | None]) -> None:
    """Let Ray use these settings from now on; by itself it keeps what it has read first."""
    for name, value in settings.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    from ray._raylet import AuthenticationTokenLoader, Config  # type: ignore[attr-defined]  # compiled, so not seen

    Config.initialize("")
    AuthenticationTokenLoader.instance().reset_cache()


def make_session_folder() -> tuple[Path, Claim]:
    """A new folder in one that only this user can enter, short enough for the sockets in it.

    Ray makes what it puts there writable for everybody. The folder lies in the data folder, or in
    one below the temporary folder if that is too long a path, or cannot be used. Its name is held
    until the claim is released. Raises :class:`ClusterError`.
    """
    reasons = []
    for root in _roots():
        try:
            real = Path(os.path.realpath(paths.private_dir(root)))
            length = len(str(real).encode()) + 1 + 2 * _NAME_BYTES  # Ray takes UTF-8 only
            if length > _LONGEST_FOLDER and os.name == "posix":
                reasons.append(f"{root} is too long a path for sockets")
                continue
            if why := paths.why_not_writable(real, _SESSION_BYTES):
                reasons.append(f"{root} cannot be used: {why}")
                continue
            held = claim(real, secrets.token_hex(_NAME_BYTES))
            folder = real / held.name
            try:
                folder.mkdir(mode=0o700)
            except OSError:
                held.forget()
                raise
        except (OSError, UnicodeError, TakenError) as error:
            reasons.append(in_words(error) or str(error))
            continue
        return folder, held
    raise ClusterError(
        f"There is no folder for Ray's session: {'; '.join(reasons)}. Free some space, or name "
        f"another folder in {paths.DATA_VARIABLE} or TMPDIR."
    )


def _have_a_folder(folder: Path) -> None:
    """Be in some folder: Ray and its processes need a current one, and it may have been removed."""
    try:
        Path.cwd()
    except OSError:
        os.chdir(folder.parent)


def _roots() -> list[Path]:
    """Where session folders may lie, the best first. All are this user's alone."""
    mine = f"{paths.APP_NAME}-{os.getuid() if os.name == 'posix' else 0}"
    roots = []
    with contextlib.suppress(InputError):
        roots.append(paths.ray_dir())
    with contextlib.suppress(OSError):
        roots.append(Path(tempfile.gettempdir()) / mine)
    if os.name == "posix":
        roots.append(Path("/tmp") / mine)
    return list(dict.fromkeys(roots))


def _forget(folder: Path) -> None:
    """Remove a session folder and the locks of its name, which nobody will use again."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in (folder.name, folder.name + _REAPER):
        with contextlib.suppress(OSError):
            (folder.parent / ".claims" / f"{name}.lock").unlink()


def _start_reaper(mark: str, folder: Path) -> subprocess.Popen[bytes]:
    """A process that waits for the end of its standard input, which only this process holds."""
    environment = child_python.environment()
    environment.pop(MARK_VARIABLE, None)
    return subprocess.Popen(
        child_python.command("abm_desktop.cluster", mark, str(folder), str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        # Its own session, so that an interrupt typed in a terminal does not end it first.
        start_new_session=True,
    )


def _dismiss(reaper: subprocess.Popen[bytes]) -> None:
    """Let the reaper do its work and wait for it."""
    assert reaper.stdin is not None
    reaper.stdin.close()
    try:
        reaper.wait(_REAP_SECONDS)
    except subprocess.TimeoutExpired:
        reaper.kill()
        reaper.wait()


def processes_of(mark: str, folder: Path, owner: int) -> list[psutil.Process]:
    """Every process of this user that belongs to the cluster ``mark``, except its ``owner``.

    They carry the mark in their environment; those that rename themselves lose it (the new title
    is written over it), but keep a log file in the session ``folder`` open.
    """
    found = []
    inside = str(folder) + os.sep
    for process in psutil.process_iter():
        if process.pid in (owner, os.getpid()):
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK_VARIABLE) == mark or any(
                file.path.startswith(inside) for file in process.open_files()
            ):
                found.append(process)
    return found


def _reap(mark: str, folder: Path, owner: int) -> None:
    """End every process of the cluster ``mark``, then remove its folder."""
    deadline = time.monotonic() + _REAP_SECONDS - 1.0
    while (alive := processes_of(mark, folder, owner)) and time.monotonic() < deadline:
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(alive, timeout=0.5)
    _forget(folder)


def _reaper_main() -> None:
    mark, folder, owner = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    # From now on the folder is held by two: whoever is left of them cleans up.
    with contextlib.suppress(OSError, TakenError):
        held = claim(folder.parent, folder.name + _REAPER)  # noqa: F841 - until this process ends
    while sys.stdin.buffer.read(4096):
        pass
    _reap(mark, folder, owner)


if __name__ == "__main__":
    _reaper_main()
