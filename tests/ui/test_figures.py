"""Figures for paper and slides: of every chart, as chosen, in every format."""

import math
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMenu
from rl.conftest import progress

from abm_desktop.desk.figures.content import (
    Band,
    Dots,
    FigureAxis,
    FigureContent,
    FigurePanel,
    Line,
)
from abm_desktop.desk.figures.drawing import draw, render
from abm_desktop.desk.figures.look import SIZES, Look
from abm_desktop.desk.phase_bands import Interruption
from abm_desktop.ui.analytics.effects_chart import EffectsChart
from abm_desktop.ui.controls import ANALYTICS, MARKET, RL, START
from abm_desktop.ui.rl.charts import TrainingCharts
from abm_desktop.ui.rl.controller import ClusterState
from abm_desktop.ui.rl.runs import Runs
from abm_desktop.ui.widgets.chart_export import compose
from abm_desktop.ui.widgets.figure_dialog import FigureDialog
from abm_desktop.ui.widgets.figure_reading import content_of
from abm_desktop.ui.widgets.plots import Plot

sys.path.insert(0, str(Path(__file__).parent / "analytics"))
from conftest import InlineWorker


@pytest.fixture
def drawn_here(window):
    window.session.worker.close()
    window.session.worker = InlineWorker()
    return window


def test_a_figure_is_composed_seen_and_saved_in_every_format(drawn_here, tmp_path, monkeypatch):
    window = drawn_here
    chart = window.market.price
    chart.show_cursor(300.0, "cursor")
    chart.show_bands((Interruption(400.0, 450.0, "halted"),))
    dialog = compose(chart, "Price")
    assert not dialog.picture.isNull(), dialog.note.text()
    dialog.size_box.setCurrentIndex(3)
    dialog.size_box.activated.emit(3)
    slide = SIZES[2]
    assert dialog.look().width == slide.width and dialog.look().letters == slide.letters
    dialog.inputs["title"].box.setText("A calm market costs $5")
    dialog.inputs["dots"].box.setValue(100)
    assert dialog.look().title == "A calm market costs $5"
    for kind in (".pdf", ".svg", ".png"):
        dialog.save(tmp_path / f"a{kind}")
        assert dialog.note.text() == f"Saved: {tmp_path / 'a'}{kind}"
    assert str(tmp_path / "a.png") in window.notices.table.item(0, 1).text()

    (page,) = PdfReader(tmp_path / "a.pdf").pages
    text = page.extract_text()
    for words in ("A calm market costs $5", "Price (currency)", "Simulated time", "Mid price",
                  "Calm · seed 1", "ABM Desktop", "Halted"):  # fmt: skip
        assert words in text, words
    assert "cursor" not in text
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert all(
        "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        if "/DescendantFonts" in font
        else "/FontFile2" in font["/FontDescriptor"]
        for font in fonts
    )
    assert float(page.mediabox.width) == pytest.approx(slide.width / 2.54 * 72, abs=1)
    svg = (tmp_path / "a.svg").read_text()
    assert "<text" in svg and "Calm · seed 1" in svg
    assert QSvgRenderer(str(tmp_path / "a.svg")).isValid()
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == pytest.approx(slide.width / 2.54 * 100, abs=1)
    assert image.pixelColor(2, 2) == QColor("white")  # paper, though the window is dark

    dialog.save(tmp_path / "none" / "a.pdf")
    assert "There is no folder" in dialog.note.text()
    (tmp_path / "taken.pdf").mkdir()
    dialog.save(tmp_path / "taken.pdf")
    assert dialog.note.text().startswith("The figure was not saved") and "folder" in (
        dialog.note.text()
    )
    dialog.close()
    again = compose(chart, "Price")
    assert again.look().width == slide.width and again.look().title == "Price"
    again.close()

    # Closed while its file is being written: the window tells what came of it.
    late = []
    worker = SimpleNamespace(run=lambda *_, done, failed: late.append(failed))
    monkeypatch.setattr(window, "figure_worker", lambda: worker)
    again = compose(chart, "Price")
    again.save(tmp_path / "late.pdf")
    again.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    late[-1](OSError("the disk is full"))
    assert "the disk is full" in window.notices.table.item(0, 1).text()


def test_every_chart_of_market_and_analytics_has_axes_with_units(drawn_here):
    window = drawn_here
    seen = set()
    window.market.desk.docks["flow"].raise_()
    for tab in (START, MARKET, ANALYTICS):
        window.tabs.setCurrentIndex(tab)
        pages = (
            [""] if tab != ANALYTICS else ["overview", "traders", "returns", "stress", "compare"]
        )
        for page in pages:
            if page:
                window.analytics.show_page(page)
            window._draw_anew()
            window.draw()
            for plot in window.tabs.currentWidget().findChildren(Plot):
                content = content_of(plot)
                if not content.panels[0].layers:
                    continue
                (panel,) = content.panels
                assert panel.x.label and panel.y.label, plot.accessibleName()
                assert panel.x.high > panel.x.low
                assert ("Shipped study" if tab == START else "seed 1") in content.source
                assert all(math.isfinite(v) for v in (panel.y.low, panel.y.high))
                seen.add(plot.accessibleName())
    assert {"Price chart", "Volume chart", "Flow by trader class", "Depth", "VPIN"} <= seen
    assert {"Price of the runs", "Distribution"} <= seen
    depth = content_of(window.market.depth_chart)
    assert {layer.name for layer in depth.panels[0].layers} == {"Bids", "Asks"}
    assert depth.panels[0].x.label == "Price (currency)"


def test_a_training_becomes_a_figure_by_the_menu_of_its_chart(drawn_here, qapp, tmp_path):
    window = drawn_here
    window.load_rl_tab()
    window.tabs.setCurrentIndex(RL)
    charts = window.rl.charts
    run = charts.runs.begin("PPO", 40)
    run.name, run.about = "calm-ppo-1", "PPO, calm, seed 3"
    run.history.rules = {"hold": 0.0, "random": -0.4, "follow": 0.9}
    for k in range(40):
        run.history.append(progress(k + 1, reward=1.0 - 1.5 / (k + 1)))
    charts.show_state(ClusterState.TRAINING)
    chart = charts.charts["reward"]
    chart.menu_button.click()
    menu = chart.plot.findChild(QMenu)
    action = next(a for a in menu.actions() if a.objectName() == "chart.figure")
    assert action.isEnabled()
    action.trigger()
    menu.close()
    dialog = window.findChild(FigureDialog)
    for kind in (".pdf", ".svg", ".png"):
        dialog.save(tmp_path / f"reward{kind}")
        assert dialog.note.text().startswith("Saved")
    text = " ".join(PdfReader(tmp_path / "reward.pdf").pages[0].extract_text().split())
    for words in ("Reward (mean return of the last 100 episodes)", "Iterations",
                  "Reward Hold Random Follow", "calm-ppo-1 (PPO, calm, seed 3)"):  # fmt: skip
        assert words in text, words
    dialog.close()
    chart.show_runs(run, (), "Iterations", 0.0, 40.0)
    run.history.rules = {}
    chart.show_runs(run, (), "Iterations", 0.0, 40.0)
    names = {layer.name for layer in content_of(chart.plot).panels[0].layers}
    assert not names & {"hold", "random", "follow"}


def test_figures_of_trainings_and_experiments(qtbot):
    runs = Runs()
    charts = TrainingCharts(runs)
    qtbot.addWidget(charts)
    run = runs.begin("PPO", 10)
    run.name, run.about = "calm-ppo-1", "PPO, calm, seed 3"
    chart = charts.charts["reward"]
    chart.show_runs(run, (), "Iterations", 0.6, 10.0)
    content = content_of(chart.plot)
    assert content.panels[0].x.label == "Iterations"
    assert content.panels[0].y.label == "Reward (mean return of the last 100 episodes)"

    effects = EffectsChart()
    qtbot.addWidget(effects)
    found = [
        {"group": group, "kind": kind, "level": level, "ratio": True, "change": change,
         "low": change - 0.1, "high": change + 0.1, "measure": "m", "p": 0.1, "p_holm": 0.1,
         "pairs": 3}
        for group in ("Flash crash", "Shock")
        for kind, level, change in (("RL", "10 %", 0.2), ("Rules", "10 %", -0.1))
    ]  # fmt: skip
    effects.show_effects(found, ["RL", "Rules"], ["10 %"])
    effects.tell_axes("Share of RL traders", "Volatility (% change)")
    content = content_of(effects, "Effect")
    assert [panel.title for panel in content.panels] == ["Flash crash", "Shock"]
    first = content.panels[0]
    assert first.x.names == ("10 %",) and first.x.kind == "names"
    assert first.y.label == "Volatility (% change)"
    dots = [layer for layer in first.layers if isinstance(layer, Dots)]
    assert {d.name: float(d.y[0]) for d in dots} == pytest.approx({"RL": 20.0, "Rules": -10.0})
    bars = [layer for layer in first.layers if isinstance(layer, Line) and layer.pairs]
    assert np.allclose(sorted(bars[0].y), [10.0, 30.0])
    assert render(content, Look(dots=50), ".png").startswith(b"\x89PNG")
    runs.close()


def test_halts_that_come_again_and_again_are_named_once():
    halts = [Band(20.0 + 5 * k, 22.0 + 5 * k, "#997700", "Limit state") for k in range(8)]
    others = [Band(61.0, 90.0, "#3366aa", "Auction"), Band(61.3, 63.0, "#3366aa", "Halt")]
    axis = FigureAxis("Time", 0.0, 100.0, "time")
    panel = FigurePanel(axis, FigureAxis("Price", 0.0, 1.0), (*halts, *others))
    (axes, *_) = draw(FigureContent("Halts", (panel,)), Look()).axes
    # All are shaded; what would be written over another name is not written.
    assert [text.get_text() for text in axes.texts] == ["Limit state", "Auction"]
    assert len(axes.patches) == len(halts) + len(others)


@pytest.mark.parametrize("dots", [96, 300])
def test_a_picture_has_the_dots_that_are_told(dots):
    axis = FigureAxis("Time", 0.0, 100.0, "time")
    content = FigureContent("Empty", (FigurePanel(axis, FigureAxis("Price", 0.0, 1.0), ()),))
    look = Look(dots=dots)
    png = render(content, look, ".png")
    assert struct.unpack(">II", png[16:24]) == look.pixels
