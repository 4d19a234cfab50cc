"""Remote control: a window's session is served to clients that are not ours, and follows them."""

import asyncio
import io
import socket
import threading
import time
from types import SimpleNamespace

import httpx
import pytest
from PIL import Image
from support.fake_clients import (
    FakeExperimentClient,
    FakeTrainingClient,
    progress_of,
    settle,
)
from support.plain_http import NOBODY

from abm_desktop import paths
from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.computing import Computing
from abm_desktop.desk.experiment_runs import ExperimentRuns
from abm_desktop.desk.trainings import Trainings
from abm_desktop.learning.process.messages import Status
from abm_desktop.live import RunState
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.scenario import Scenario, save_scenario
from abm_desktop.ui.controls import ANALYTICS
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.preferences import Preferences

PATIENCE = 60_000
SMALL = {
    "name": "small",
    "population": {"noise": {"count": 20}},
    "market": {"warm_up": "10s", "session": "10min"},
    "interventions": {"luld": {"band": 0.03}},
}


@pytest.fixture(autouse=True)
def runtime_folder(tmp_path, monkeypatch):
    """Servers of tests are found by tests only."""
    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path / "runtime"))


@pytest.fixture
def window(qtbot, settings):
    def end(window):
        window.remote.stop()
        qtbot.waitUntil(lambda: not served_threads(), timeout=PATIENCE)
        window.session.close()

    window = MainWindow(settings=settings)
    qtbot.addWidget(window, before_close_func=end)
    window.resize(1280, 800)
    window.show()
    window.session.start_engine()
    return window


def served_threads():
    return [thread for thread in threading.enumerate() if thread.name == "serve"]


@pytest.fixture
def remote(qtbot, window):
    """The window's server, while it is on."""
    window.remote.start()
    qtbot.waitUntil(lambda: bool(window.remote.url), timeout=PATIENCE)
    return window.remote


class Client:
    """Asks on another thread, while the window goes on drawing."""

    def __init__(self, qtbot, remote, name="notebook", token=""):
        self._qtbot = qtbot
        self.http = httpx.Client(
            base_url=f"{remote.url}/api/v1",
            headers={"Authorization": f"Bearer {token or remote.token}", "X-Client": name},
            timeout=120.0,
            verify=NOBODY,
        )

    def ask(self, method, path, **more):
        answers = []

        def work():
            try:
                answers.append(self.http.request(method, path, **more))
            except httpx.HTTPError as error:
                answers.append(error)

        threading.Thread(target=work, daemon=True).start()
        self._qtbot.waitUntil(lambda: bool(answers), timeout=2 * PATIENCE)
        return answers[0]


@pytest.fixture
def client(qtbot, remote):
    client = Client(qtbot, remote)
    yield client
    client.http.close()


@pytest.fixture
def market(client):
    """A small market made by the client."""
    answer = client.ask("POST", "/market", json={"values": SMALL, "seed": 3})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_it_is_switched_on_and_off_in_the_preferences(qtbot, window, settings):
    assert not settings.is_on("remote") and not window.remote.is_wanted
    assert window.status.remote.isHidden()
    window.commands["file.preferences"].trigger()
    (dialog,) = window.findChildren(Preferences)
    rows = dialog.remote
    assert not rows.copy_token.isEnabled() and rows.address.placeholderText() == "Off"
    dialog.checks["remote"].setChecked(True)
    assert rows.address.placeholderText() == "Starting …"
    qtbot.waitUntil(lambda: bool(rows.address.text()), timeout=PATIENCE)
    assert settings.is_on("remote") and not dialog.numbers["remote_port"].isEnabled()
    assert httpx.get(f"{rows.address.text()}/api/v1/health").json() == {"status": "ok"}
    assert window.status.remote.words == "remote: 0 clients"
    assert window.status.remote.isVisible()
    rows.copy_address.click()
    assert window.status.remote.toolTip().endswith(rows.address.text())
    rows.copy_token.click()
    dialog.checks["remote"].setChecked(False)
    qtbot.waitUntil(lambda: not served_threads(), timeout=PATIENCE)
    assert rows.address.text() == "" and window.status.remote.isHidden()
    assert not settings.is_on("remote") and dialog.numbers["remote_port"].isEnabled()
    dialog.close()


def test_a_port_that_is_taken_is_told_with_the_remedy(qtbot, window, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings.choose("remote", "1")
        settings.choose("remote_port", str(port))
        window.remote.follow_settings()
        qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    assert "could not be switched on" in window.notice.title.text()
    assert str(port) in window.notice.text.text() and "Preferences" in window.notice.text.text()
    assert "--port" not in window.notice.text.text()
    assert not window.remote.is_wanted and not window.remote.url


def test_clients_are_counted_named_and_put_out(qtbot, window, remote, client):
    assert client.ask("GET", "/info").json()["has_window"]
    qtbot.waitUntil(lambda: window.status.remote.words == "remote: 1 client", timeout=PATIENCE)
    reader = Client(qtbot, remote, "reader", remote._server.access.read_token)
    assert reader.ask("GET", "/info").status_code == 200
    qtbot.waitUntil(lambda: window.status.remote.words == "remote: 2 clients", timeout=PATIENCE)
    tip = window.status.remote.toolTip()
    assert "notebook: may do everything" in tip and "reader: may read" in tip
    # Nobody tells when a client goes silent: it is looked for.
    for visitor in remote.clients():
        visitor.last = time.monotonic() - 100.0
    remote._look.setInterval(10)
    qtbot.waitUntil(lambda: window.status.remote.words == "remote: 0 clients", timeout=PATIENCE)
    reader.http.close()

    # All are put out.
    assert client.ask("GET", "/info").status_code == 200
    qtbot.waitUntil(lambda: window.status.remote.words == "remote: 1 client", timeout=PATIENCE)
    before = remote.token
    remote.disconnect_all()
    qtbot.waitUntil(lambda: remote.token != before, timeout=PATIENCE)
    assert client.ask("GET", "/info").status_code == 401
    assert window.status.remote.words == "remote: 0 clients"
    assert Client(qtbot, remote).ask("GET", "/info").status_code == 200


def test_what_a_client_opens_is_what_the_window_shows(qtbot, window, client, market, settings):
    session = window.session
    qtbot.waitUntil(lambda: "small" in window.windowTitle(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.scenario is not None, timeout=PATIENCE)
    assert session.scenario == Scenario.model_validate(SMALL) and session.file is None
    assert session.origin() == {"file": ""} and settings.recent == []
    draft = window.market.population.draft
    qtbot.waitUntil(lambda: draft.scenario is session.scenario, timeout=PATIENCE)
    assert window.market.rules.rules["luld"].values()["band"] == 0.03

    mine = paths.user_scenario_dir() / "mine.toml"
    mine.parent.mkdir(parents=True)
    save_scenario(Scenario.model_validate({**SMALL, "name": "mine"}), mine)
    assert client.ask("POST", "/market", json={"scenario": "mine"}).status_code == 201
    qtbot.waitUntil(lambda: window.windowTitle().startswith("mine"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.file == mine, timeout=PATIENCE)
    assert settings.recent[0] == mine
    assert session.origin() == {"file": str(mine)} and session.scenario.name == "mine"

    record = session.live.record().result(60)
    assert client.ask("DELETE", "/market").status_code == 200
    qtbot.waitUntil(lambda: window.snapshot is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.scenario is None, timeout=PATIENCE)
    assert session.file is None
    assert window.windowTitle() == "ABM Desktop"

    changed = SessionRecord.of(record.values())
    values = {"do": "recover", "record": changed.values()}
    assert client.ask("POST", "/commands", json=values).status_code == 200
    qtbot.waitUntil(lambda: session.scenario is not None, timeout=PATIENCE)
    assert session.scenario.name == "mine"


def test_what_a_client_does_is_seen_and_what_is_refused_is_told_to_it_alone(
    qtbot, window, client, market, tmp_path
):
    # It names no file of the machine.
    values = {"do": "load", "scenario": SMALL, "file": str(tmp_path / "secret.toml")}
    answer = client.ask("POST", "/commands", json=values)
    assert answer.status_code == 422 and answer.json()["remedy"]

    answer = client.ask("POST", "/fork", json={"time": 1e6})
    assert answer.status_code in (409, 422) and answer.json()["remedy"]
    window.draw()
    assert not window.notice.isVisible()

    # Its rules and traders are in their panels.
    values = {"on": True, "values": {"band": 0.05}}
    assert client.ask("PUT", "/rules/luld", json=values).status_code == 200
    rows = window.market.rules.rules

    def is_on():
        row = rows.get("luld")
        return row is not None and row.switch.isChecked() and row.values()["band"] == 0.05

    qtbot.waitUntil(is_on, timeout=PATIENCE)
    more = {**SMALL, "population": {"noise": {"count": 20, "limit_rate": 9.0}}}
    assert client.ask("PUT", "/agents/population", json={"values": more}).status_code == 200
    draft = window.market.population.draft

    def is_shown():
        return draft.scenario is not None and draft.scenario.population.noise.limit_rate == 9.0

    qtbot.waitUntil(is_shown, timeout=PATIENCE)

    # A flash crash bears its name.
    assert client.ask("POST", "/market/step", json={"seconds": 30}).status_code == 200
    crash = {"stress": {"type": "flash_crash", "magnitude": 0.02}}
    assert client.ask("POST", "/stresses", json=crash).status_code == 201
    assert client.ask("POST", "/market/step", json={"seconds": 5}).status_code == 200
    qtbot.waitUntil(lambda: window.snapshot.time >= 35.0, timeout=PATIENCE)
    window.draw()
    *_, line = window.market.price.mark_lines
    assert line.toolTip() == "notebook: Flash crash 2 %"
    # And what a person does is seen by the client.
    window.commands["market.toggle"].trigger()
    qtbot.waitUntil(lambda: window.snapshot.state is RunState.RUNNING, timeout=PATIENCE)
    assert client.ask("GET", "/market").json()["state"] == "running"


def test_trainings_and_experiments_of_clients_are_in_their_tabs(qtbot, settings, tmp_path):
    loop = BackgroundLoop()
    work = SimpleNamespace(
        loop=loop,
        computing=Computing(),
        trainings=Trainings(FakeTrainingClient(), loop),
        experiments=ExperimentRuns(FakeExperimentClient(), loop),
        close=lambda: None,
    )

    def end(window):
        window.remote.stop()
        qtbot.waitUntil(lambda: not served_threads(), timeout=PATIENCE)
        window.session.close()

    window = MainWindow(None, settings, work)
    window.session.start_engine()
    qtbot.addWidget(window, before_close_func=end)
    window.show()
    window.load_rl_tab()
    window.remote.start()
    qtbot.waitUntil(lambda: bool(window.remote.url), timeout=PATIENCE)
    client = Client(qtbot, window.remote)
    given = {"settings": {"algorithm": "DQN", "iterations": 50, "seed": 3}}
    assert client.ask("POST", "/trainings", json=given).status_code == 202
    settle(loop)
    work.trainings.take(Status("training"))
    for k in (1, 2):
        work.trainings.take(progress_of(k, float(k)))
    qtbot.waitUntil(lambda: "2/50" in window.status.training.words, timeout=PATIENCE)
    assert "training 4 %" in window.windowTitle()
    window.commands["view.rl"].trigger()
    window.draw()
    assert window.rl.controller.history.last.reward_mean == 2.0

    window.commands["analytics.experiments"].trigger()
    begun = client.ask("POST", "/experiments", json={"name": "research_question"})
    assert begun.status_code == 202, begun.text
    qtbot.waitUntil(lambda: window.experiment is not None, timeout=PATIENCE)
    window.draw()
    assert window.status.experiment.isVisible()
    work.experiments.close()
    work.trainings.close()
    loop.close()


def test_panels_are_pictured_and_brought_to_the_front(qtbot, window, client, market):
    window.load_rl_tab()
    panels = client.ask("GET", "/window/panels").json()["panels"]
    assert {"window", "market.price", "market.book", "analytics.stress", "rl", "log"} <= set(panels)
    before = (window.tabs.currentIndex(), window.log_dock.isHidden())
    for name in panels:
        answer = client.ask("GET", f"/window/panels/{name}.png")
        assert answer.headers["content-type"] == "image/png", (name, answer.text)
        image = Image.open(io.BytesIO(answer.content))
        assert min(image.size) > 20 and len(image.getcolors(1 << 20)) > 3, name
        assert (window.tabs.currentIndex(), window.log_dock.isHidden()) == before, name
    small = client.ask("GET", "/window/panels/window.png", params={"width": 640})
    assert Image.open(io.BytesIO(small.content)).size == (640, 400)
    answer = client.ask("POST", "/window/panels/analytics.traders/focus")
    assert answer.json() == {"panel": "analytics.traders"}
    assert window.tabs.currentIndex() == ANALYTICS and window.analytics.page_name == "traders"
    assert client.ask("POST", "/window/panels/kitchen/focus").status_code == 404


def test_the_server_ends_with_the_window(qapp, qtbot, window, remote):
    port = int(remote.url.rsplit(":", 1)[1])
    loop = asyncio.new_event_loop()

    async def end():
        ending = asyncio.ensure_future(remote.end())
        while not ending.done():
            qapp.processEvents()
            await asyncio.sleep(0.01)
        await ending

    loop.run_until_complete(end())
    loop.close()
    assert not served_threads()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
