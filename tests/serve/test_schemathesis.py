"""The OpenAPI document is kept: requests made from it, right and wrong ones, by a stranger.

What takes long or leaves something behind is played: trainings, experiments, and tasks in
processes of their own. ``make test-long`` asks many times as often.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from support.fake_clients import played_laboratory
from support.long_tests import IS_LONG

from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import LoadScenario, PauseMarket
from abm_desktop.scenario import Scenario
from abm_desktop.serve.beside import Beside
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession

EXAMPLES = int(os.environ.get("ABM_DESKTOP_EXAMPLES", "100")) if IS_LONG else 1
"""Of each operation, of right requests and of wrong ones."""
ENDLESS = {"/api/v1/events"}
"""Answers that go on until the client has enough; tests/serve/test_streams.py reads them."""

MARKET = {
    "name": "small",
    "population": {"noise": {"count": 20}},
    "market": {"warm_up": "10s", "session": "10min"},
}

load_all_checks()
KEPT = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "unsupported_method",
        "ignored_auth",
    ]
)


async def _nothing(self):
    return {}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A server with a small market, whose long work is played."""
    with pytest.MonkeyPatch.context() as patch, played_laboratory() as work:
        for name in ("RUNTIME", "DATA"):
            patch.setenv(f"ABM_DESKTOP_{name}", str(tmp_path_factory.mktemp(name.lower())))
        patch.setattr(Beside, "run", lambda self, tell=None: {})
        patch.setattr(Beside, "done", _nothing)
        live = LiveMarket()
        live.start()
        server = Server(ServedSession(live, work))
        server.start()
        yield server, live
        server.stop()
        live.close()


def _restore(live):
    """Have a paused market, whatever the last request has done to it."""
    snapshot = live.snapshot
    if snapshot is None or snapshot.time > 300.0 or snapshot.error:
        live.do(LoadScenario(scenario=Scenario.model_validate(MARKET), seed=1)).wait(60.0)
    elif snapshot.state == "running":
        live.do(PauseMarket()).wait(60.0)


@pytest.fixture(scope="module")
def document(played):
    return schemathesis.openapi.from_url(f"{played[0].url}/openapi.json", timeout=60.0)


def test_every_operation_keeps_its_word(played, document):
    faults, counts = {}, {}
    for found in document.get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            name = f"{operation.method.upper()} {operation.path} ({mode.value})"
            counts[name] = 0
            try:
                _ask(operation, mode, played, counts, name)
            except Unsatisfiable:
                continue  # nothing can be wrong with it
            except (Exception, BaseExceptionGroup) as error:
                faults[name] = _told(error)
    print(len(counts), "kinds of requests,", sum(counts.values()), "examples")
    assert not faults, "\n\n".join(f"{name}\n{fault[:1500]}" for name, fault in faults.items())


def _told(error):
    inner = getattr(error, "exceptions", ())
    return "\n".join(map(_told, inner)) if inner else f"{type(error).__name__}: {error}"


def _ask(operation, mode, played, counts, name):
    server, live = played
    headers = {"Authorization": f"Bearer {server.access.control_token}"}

    @seed(20260101)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case):
        counts[name] += 1
        _restore(live)
        case.call_and_validate(headers=headers, checks=KEPT, timeout=60.0)

    ask()
