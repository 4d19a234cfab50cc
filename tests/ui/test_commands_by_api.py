"""What a person can do at the window, a client can do: each command has its route, or a reason."""

import pytest

from abm_desktop.live import LiveMarket
from abm_desktop.serve.access import Access
from abm_desktop.serve.app import PREFIX, described
from abm_desktop.serve.session import ServedSession
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.commands import CATALOGUE

ROUTES = {
    "file.open": ["POST /market", "GET /scenarios", "PUT /scenarios/{name}"],
    "file.replay": ["POST /market"],
    "file.reload": ["POST /market"],
    "file.save_scenario": ["PUT /scenarios/{name}"],
    "file.export": ["POST /market/export"],
    "market.toggle": ["POST /market/run", "POST /market/pause"],
    "market.run_until": ["POST /market/advance"],
    "market.step_event": ["POST /market/step"],
    "market.step_interval": ["POST /market/step"],
    "market.reset": ["POST /market/reset"],
    "market.new_seed": ["POST /market/reset"],
    "market.trade_recording": ["POST /market"],
    "market.faster": ["PUT /market/speed"],
    "market.slower": ["PUT /market/speed"],
    "market.max_speed": ["PUT /market/speed"],
    "market.look_back": ["GET /past"],
    "market.look_ahead": ["GET /past"],
    "market.fork": ["POST /fork"],
    "market.buy": ["POST /orders"],
    "market.sell": ["POST /orders"],
    "market.cancel_orders": ["DELETE /orders", "DELETE /orders/{slot}/{number}"],
    "market.flatten": ["GET /account", "POST /orders"],
    "market.copy_script": ["GET /commands", "POST /market/export"],
    "market.experiment": ["GET /commands", "PUT /experiments/files/{name}"],
    "market.flash_crash": ["POST /stresses"],
    "market.volatility_spike": ["POST /stresses"],
    "market.liquidity_shock": ["POST /stresses"],
    "training.start": ["POST /trainings"],
    "training.queue": ["POST /trainings"],
    "training.pause": ["POST /trainings/{number}/pause", "POST /trainings/{number}/resume"],
    "training.stop": ["DELETE /trainings/{number}"],
    "training.save": ["POST /trainings/{number}/save"],
    "training.rate": ["PUT /trainings/{number}/learning-rate"],
    "training.load": ["POST /agents"],
    "training.evaluate": ["POST /models/{name}/evaluate"],
    "training.stress_test": ["POST /models/{name}/stress-test"],
    "training.compare": ["GET /models/{name}"],
    "training.import": ["POST /models"],
    "training.show_agent": ["GET /agents/rl/{number}"],
    "training.show_queue": ["GET /trainings"],
    "training.show_cluster": ["POST /window/panels/{name}/focus"],
    "view.palette": ["GET /openapi.json"],
    "view.start": ["POST /window/panels/{name}/focus"],
    "view.market": ["POST /window/panels/{name}/focus", "GET /market"],
    "view.analytics": ["POST /window/panels/{name}/focus", "GET /metrics"],
    "view.rl": ["POST /window/panels/{name}/focus", "GET /trainings"],
    **{f"analytics.{page.name}": ["POST /window/panels/{name}/focus"] for page in PAGES},
    "analytics.measure": ["GET /metrics"],
    "analytics.measure_facts": ["POST /facts"],
    "analytics.measure_sessions": ["POST /facts"],
    "analytics.new_experiment": ["PUT /experiments/files/{name}"],
    "analytics.edit_experiment": ["PUT /experiments/files/{name}"],
    "analytics.duplicate_experiment": ["PUT /experiments/files/{name}"],
    "analytics.open_experiment": ["PUT /experiments/files/{name}", "GET /experiments/files"],
    "analytics.start_experiment": ["POST /experiments", "GET /experiments/files/{name}/plan"],
    "analytics.pause_experiment": [
        "POST /experiments/{number}/pause",
        "POST /experiments/{number}/resume",
    ],
    "analytics.stop_experiment": ["DELETE /experiments/{number}"],
    "view.heatmap": ["GET /book"],
    "view.candles": ["GET /series"],
    "view.summed_flow": ["GET /trades"],
    "view.profile": ["GET /trades"],
    "view.footprint": ["GET /trades"],
    "view.rl_trades": ["GET /trades"],
    "view.log": ["GET /events", "POST /window/panels/{name}/focus"],
    "view.notices": ["POST /window/panels/{name}/focus"],
    "help.shortcuts": ["GET /openapi.json"],
    "help.about": ["GET /info"],
}
"""Command of the window -> routes that do it, or that answer what it shows."""

WINDOW_ONLY = {
    "file.clear_recent": "forgets what a person has opened",
    "file.save_session": "a file on the person's disk: a client keeps GET /commands",
    "file.open_session": "a file on the person's disk",
    "file.journal": "the runs that the person has kept on the disk",
    "file.preferences": "tastes of a person, and whether clients may come at all",
    "file.quit": "the window is the person's; a client only leaves",
    "market.back_to_live": "a client asks for a moment, and looks at it; it is never in the past",
    "market.undo": "edits that were not given to the market yet",
    "market.redo": "edits that were not given to the market yet",
    "analytics.measure_nothing": "closes a panel",
    "analytics.add_run": "compares folders on the person's disk: a client reads them by itself",
    "view.window_0": "zoom",
    "view.window_1": "zoom",
    "view.window_2": "zoom",
    "view.window_3": "zoom",
    "help.manual": "pages for a person to read; GET /openapi.json is a client's",
    "help.glossary": "words for a person; names and meanings come with each answer",
    "view.console": "Python in the window: a client is a program already",
    "view.all_prices": "zoom",
    "view.reset_layout": "layout",
    "view.next_theme": "theme",
    "view.full_screen": "layout",
    "help.tour": "shows a person around",
}
"""Command -> why no client has it."""


@pytest.fixture(scope="module")
def described_routes():
    live = LiveMarket()
    session = ServedSession(live)
    paths = described(session, Access()).openapi()["paths"]
    session.close()
    live.close()
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, methods in paths.items()
        for method in methods
    }


def test_every_command_has_its_routes_or_a_reason():
    ids = {command.id for command in CATALOGUE}
    assert not ids - set(ROUTES) - set(WINDOW_ONLY), "say in ROUTES how a client does this"
    assert not (set(ROUTES) | set(WINDOW_ONLY)) - ids, "no such command any more"
    assert not set(ROUTES) & set(WINDOW_ONLY)
    assert all(WINDOW_ONLY.values()) and all(ROUTES.values())


def test_every_route_that_is_named_is_described(described_routes):
    named = {route for routes in ROUTES.values() for route in routes}
    assert named <= described_routes, named - described_routes
