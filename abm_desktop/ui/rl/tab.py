"""The RL tab: train policies, watch them learn and trade, judge them, put them into the market."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from abm_desktop import paths
from abm_desktop.desk.formats import percent
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.process.continuing import config_to_continue
from abm_desktop.learning.process.messages import Done, Failure
from abm_desktop.learning.registry.models import ModelError, ModelInfo
from abm_desktop.live import DecisionPage, MarketSnapshot
from abm_desktop.scenario import bundled_scenarios
from abm_desktop.ui.rl.agent_panel import AgentPanel
from abm_desktop.ui.rl.charts import TrainingCharts
from abm_desktop.ui.rl.cluster_panel import ClusterPanel
from abm_desktop.ui.rl.controller import ClusterState, TrainingController
from abm_desktop.ui.rl.form import TrainingForm
from abm_desktop.ui.rl.models_panel import ModelsPanel
from abm_desktop.ui.rl.progress import ProgressStrip
from abm_desktop.ui.rl.queue_panel import QueuePanel
from abm_desktop.ui.rl.result_dialog import evaluation_dialog
from abm_desktop.ui.rl.seeds import SeedsCard
from abm_desktop.ui.rl.verdict import verdict_title
from abm_desktop.ui.rl.verdict_card import VerdictCard
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.notice import Notice
from abm_desktop.ui.widgets.panel import Panel
from abm_desktop.ui.work import Work

__all__ = ["RLTab"]

FORM_WIDTH = 308
MODELS, AGENT, QUEUE, CLUSTER = range(4)
"""Places of the pages below the charts."""


class RLTab(QWidget):
    """Needs a running asyncio loop (qasync) to train; everything else works without."""

    load_policy_requested = Signal(object, int, str)
    """PolicyNet, number of traders, name: to be put into the live market."""
    market_requested = Signal(object)
    """A scenario's file (Path) that is to be opened, where a model is accepted."""
    watch_requested = Signal(object)
    """Number of the RL trader of the live market to look at; None to look at none."""
    moment_requested = Signal(float)
    """A moment of the live market is to be looked at."""
    status_message = Signal(str)
    trouble = Signal(object)
    """A :class:`Trouble` that is shown in the tab."""
    state_changed = Signal()
    """What can be done has changed: see :meth:`reasons`."""

    def __init__(
        self, parent: QWidget | None = None, controller: TrainingController | None = None
    ) -> None:
        super().__init__(parent)
        self.controller = controller or TrainingController(self)
        self.controller.setParent(self)
        self.form = TrainingForm()
        upper = QWidget()
        self.notice = Notice(over=upper)
        self.progress = ProgressStrip(self.controller)
        self.card = VerdictCard()
        self.seeds = SeedsCard()
        self.charts = TrainingCharts(self.controller.runs)
        self.models = ModelsPanel()
        self.agent = AgentPanel()
        self.queue = QueuePanel(self.controller.queue)
        self.cluster = ClusterPanel(self.controller)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.setAccessibleName("Models, live agent, queue, cluster")
        for page, title, tip in (
            (self.models, "Models", "Trained models, and what can be done with them"),
            (self.agent, "Live agent", "What an RL trader of the live market sees and does now"),
            (self.queue, "Queue", "Trainings that wait for their turn"),
            (
                self.cluster,
                "Cluster",
                "Processor, memory and workers of the training, and warnings",
            ),
        ):
            framed = page if isinstance(page, Panel) else _framed(page)
            self.pages.setTabToolTip(self.pages.addTab(framed, title), tip)

        form_panel = Panel("Training", self.form)
        form_panel.setFixedWidth(FORM_WIDTH)
        upper_column = QVBoxLayout(upper)
        upper_column.setContentsMargins(0, 0, 0, 0)
        upper_column.setSpacing(6)
        upper_column.addWidget(self.progress)
        upper_column.addWidget(self.card)
        upper_column.addWidget(self.seeds)
        upper_column.addWidget(self.charts, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(6)
        split.addWidget(upper)
        split.addWidget(self.pages)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([520, 220])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(form_panel)
        layout.addWidget(split, 1)
        self._of_models: Trouble | None = None
        """What could not be done with a model last."""
        self._watching = False
        self._snapshot: MarketSnapshot | None = None
        self._connect()
        self.tick()

    def _connect(self) -> None:
        controller, form, models = self.controller, self.form, self.models
        form.start_requested.connect(self._start)
        form.queue_requested.connect(self._enqueue)
        form.several_requested.connect(self._train_several)
        controller.together.connect(self.seeds.tell)
        form.stop_requested.connect(controller.stop)
        form.pause_requested.connect(controller.pause)
        form.save_requested.connect(controller.save_now)
        form.rate_requested.connect(self._set_rate)
        form.presets.failed.connect(lambda title, text: self._trouble(Trouble(title, text)))
        controller.changed.connect(self._follow)
        # The list grows, and the row a person has chosen stays chosen.
        controller.checkpoint_written.connect(self._checkpoint_written)
        controller.ended.connect(self._ended)
        controller.failed.connect(self._failed)
        controller.cluster_changed.connect(self._title_pages)
        controller.queue.changed.connect(self._title_pages)
        controller.runs.failed.connect(
            lambda name, why: self._trouble(Trouble(f"The curves of {name} could not be read", why))
        )
        self.queue.start_next_requested.connect(self._start_next)
        self.queue.edit_requested.connect(form.show_config)
        models.load_requested.connect(self.load_policy_requested)
        models.message.connect(self._model_done)
        models.failed.connect(self._model_failed)
        models.histories_known.connect(controller.runs.set_stored)
        models.curves_requested.connect(self.draw_curves)
        models.go_on_requested.connect(self.go_on_from)
        models.continue_requested.connect(self.continue_training)
        models.table.selectionModel().selectionChanged.connect(lambda *_: self.state_changed.emit())
        models.refreshed.connect(self.state_changed)
        models.refreshed.connect(self._follow_verdict)
        card = self.card
        card.load_requested.connect(models.load)
        card.market_requested.connect(self._open_market)
        card.again_requested.connect(lambda _name: self._with_another_seed())
        card.longer_requested.connect(self._train_on)
        card.results_requested.connect(lambda _name: self._show_evaluation())
        self.agent.watch_requested.connect(self.watch_requested)
        self.agent.history.chosen.connect(self.moment_requested)

    def read_decisions_by(self, read: Callable[[int, float, int], Future[DecisionPage]]) -> None:
        """Have decisions of RL traders computed by ``read``: see :class:`.DecisionList`."""
        self.agent.history.read = read

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.controller.is_training

    @property
    def work(self) -> Work | None:
        """The training that runs, for the window; None if none does."""
        controller = self.controller
        if not controller.is_training:
            return None
        config, last = controller.config, controller.history.last
        note = "paused" if controller.state is ClusterState.PAUSED else ""
        if controller.judging is not None:
            note = f"is judged: {percent(controller.judging.share)}"
        return Work(
            controller.model_name,
            last.iteration if last is not None else 0,
            config.iterations if config is not None else 0,
            controller.remaining_seconds,
            note,
        )

    def set_scenario(self, path_or_name: Path | str) -> None:
        """Offer a scenario of one's own for the next training; nothing happens while one runs.

        With a shipped market on show the recipe's scenario stays, in which the recipe was tried:
        who has just watched a crash is not to train in nothing but that crash unasked.
        """
        if self.is_training:
            return
        path = Path(path_or_name)
        shipped = str(path) == path.stem or path in bundled_scenarios()
        self.form.show_market(path.stem if shipped else "")
        self.form.set_value("scenario", self.form.usual.scenario if shipped else path_or_name)

    def tick(self, snapshot: MarketSnapshot | None = None) -> None:
        """Draw what is new; called by the window's frame timer while the tab is visible."""
        self._snapshot = snapshot
        self._draw_training()
        if self.pages.currentIndex() == AGENT:
            self._watch(True)
            self.agent.show_snapshot(snapshot)
        else:
            self._watch(False)

    def _draw_training(self) -> None:
        self.progress.refresh(self._snapshot)
        self.charts.show_state(self.controller.state)
        last = self.controller.history.last if self.controller.is_training else None
        self.form.rate.show_rate(None if last is None else last.learning_rate)

    def rest(self) -> None:
        """The tab is hidden: nothing of the market needs to be looked at."""
        self._watch(False)
        if self._snapshot is not None:
            self._snapshot = None
            self.progress.refresh()

    async def close_training(self) -> None:
        """End the training process; called when the window closes. Takes at most 5 s."""
        self.models.close_background()
        await self.controller.close()

    # -- commands -------------------------------------------------------------------------------

    def reasons(self) -> dict[str, str]:
        """Why a command cannot be used now, by the command's name; "" if it can."""
        state = self.controller.state
        running = state in (ClusterState.TRAINING, ClusterState.PAUSED)
        chosen = self.models.table.chosen
        no_training = "No training runs"
        no_model = "Select a model in the list first"
        return {
            "start": "A training runs already" if self.is_training else "",
            "queue": "",
            "pause": "" if running else no_training,
            "stop": "" if self.is_training else no_training,
            "save": "" if running else no_training,
            "rate": "" if running else no_training,
            "load": "" if chosen else no_model,
            "evaluate": "" if chosen else no_model,
            "stress_test": "" if chosen else no_model,
            "compare": "" if len(chosen) > 1 else "Select two models or more",
            "import": "",
            "show_agent": "",
            "show_queue": "",
            "show_cluster": "",
        }

    def run_command(self, name: str) -> None:
        """Carry out the command "rl.``name``"."""
        pages = {"show_agent": AGENT, "show_queue": QUEUE, "show_cluster": CLUSTER}
        if name in pages:
            self.pages.setCurrentIndex(pages[name])
            return
        {
            "start": self.form.start,
            "queue": self.form.enqueue,
            "pause": self.controller.pause,
            "stop": self.controller.stop,
            "save": self.controller.save_now,
            "rate": self.form.rate.line.setFocus,
            "load": self.models.load_selected,
            "evaluate": self.models.evaluate,
            "stress_test": self.models.stress_test,
            "compare": self.models.compare,
            "import": self.models.ask_import,
        }[name]()

    def draw_curves(self, names: list[str]) -> None:
        """Draw the curves of these models; say so where some have none."""
        runs = self.controller.runs
        known = [name for name in names if name in runs.choices()]
        for name in known:
            runs.show(name, True)
        missing = [name for name in names if name not in known]
        if missing:
            self.status_message.emit(f"No curves were kept of {', '.join(missing)}")

    def continue_training(self, model: ModelInfo) -> None:
        """Go on with a model's training where it stopped, under its own name."""
        try:
            config = config_to_continue(model.name)
        except (ConfigError, ModelError) as error:
            self._trouble(Trouble(f"The training of {model.name} cannot go on", str(error)))
            return
        if self.controller.is_training:
            self._enqueue(config)
        else:
            self._start(config)

    def go_on_from(self, model: ModelInfo) -> None:
        """Fill the form with the settings of a model's training, to go on from its checkpoint."""
        try:
            self.form.go_on_from(model.name, model.config)
        except ConfigError as error:
            self._trouble(
                Trouble(
                    f"The settings of {model.name} cannot be used",
                    str(error),
                )
            )
            return
        self.status_message.emit(
            f"Set the iterations and press “Start training” to go on from {model.name}"
        )

    # -- answers --------------------------------------------------------------------------------

    def _start(self, config: TrainingConfig) -> None:
        self._clear()
        self.controller.start(config)

    def _start_next(self) -> None:
        self._clear()
        self.controller.start_next()

    def _clear(self) -> None:
        """What is told of the training before is not of the one that a person begins."""
        self.notice.dismiss()
        self.card.dismiss()

    def _checkpoint_written(self, _name: str) -> None:
        self.models.show_training(self.controller.model_name)
        self.models.refresh()

    def _set_rate(self, rate: float) -> None:
        self.controller.set_learning_rate(rate)
        self.status_message.emit(f"Learning rate {rate:g} from the next iteration on")

    def _enqueue(self, config: TrainingConfig) -> None:
        self.controller.queue.add(config)
        self._tell_waiting()

    def _train_several(self, configs: list[TrainingConfig], at_once: int, begin: bool) -> None:
        if begin:
            self._clear()
        self.seeds.hide()
        self.controller.train_together(configs, at_once, begin=begin)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        n = len(self.controller.queue)
        if not n:
            return  # all that were asked for have begun
        told = f"{n} trainings wait" if n > 1 else "1 training waits"
        begin = "" if self.controller.is_training else ": press “Start next” under Queue"
        self.status_message.emit(told + begin)

    def _follow(self) -> None:
        self.form.show_state(
            training=self.controller.is_training,
            stopping=self.controller.state is ClusterState.STOPPING,
            running=self.controller.state in (ClusterState.TRAINING, ClusterState.PAUSED),
            paused=self.controller.state is ClusterState.PAUSED,
        )
        self.queue.show_training(self.controller.is_training)
        self.models.show_training(self.controller.model_name)
        self._draw_training()
        self.state_changed.emit()

    def _title_pages(self) -> None:
        waiting, faults = len(self.controller.queue), len(self.controller.incidents)
        queue = "Queue" + (f" ({waiting})" if waiting else "")
        cluster = "Cluster" + (f" ({faults} ⚠)" if faults else "")
        for place, title in ((QUEUE, queue), (CLUSTER, cluster)):
            if self.pages.tabText(place) != title:
                self.pages.setTabText(place, title)

    def _watch(self, on: bool) -> None:
        if on != self._watching:
            self._watching = on
            self.watch_requested.emit(self.agent.number.value() - 1 if on else None)

    def _ended(self, done: Done) -> None:
        if not done.path:
            self.models.refresh()
            self.status_message.emit(
                "Training was stopped before its first iteration; there is no model"
            )
            return
        self.models.refresh(done.name, lambda: self._show_verdict(done))

    def _follow_verdict(self) -> None:
        """Show what the list tells now of the model on the card."""
        if self.card.model is not None:
            self._show_card(self.card.model.name)

    def _show_card(self, name: str) -> ModelInfo | None:
        model = next((model for model in self.models.table.models if model.name == name), None)
        if model is not None:
            self.card.show_model(model)
        return model

    def _show_verdict(self, done: Done) -> None:
        """Tell of the model that was trained what its file says; recommend nothing else."""
        name = done.name
        model = self._show_card(name)
        if model is None:
            return
        evaluation = model.metrics.get("evaluation")
        if evaluation:
            text = verdict_title(name, evaluation)
        elif done.reason == "finished":
            text = f"{name} is trained; it was not judged"
        else:
            text = f"Training was stopped; {name} is saved, not judged"
        self.status_message.emit(text)

    def _open_market(self, scenario: str) -> None:
        self.market_requested.emit(paths.scenario_dir() / f"{scenario}.toml")

    def _with_another_seed(self) -> None:
        """Fill the form with the settings of the model on the card, and the next seed."""
        model = self.card.model
        if model is None:
            return
        try:
            self.form.try_again(model.config)
        except ConfigError as error:
            title = f"The settings of {model.name} cannot be used"
            self._trouble(Trouble(title, str(error)))
            return
        self.status_message.emit("The form has its settings and the next seed: start the training")

    def _train_on(self, _name: str) -> None:
        if self.card.model is not None:
            self.go_on_from(self.card.model)

    def _show_evaluation(self) -> None:
        model = self.card.model
        if model is not None:
            evaluation_dialog(self, model.name, model.metrics["evaluation"]).open()

    def _failed(self, failure: Failure) -> None:
        self.models.refresh()
        self._trouble(
            Trouble(
                "Training failed",
                failure.fault.told,
                details=failure.details,
            )
        )

    def _model_failed(self, title: str, text: str, details: str) -> None:
        self._of_models = Trouble(title, text, details=details)
        self._trouble(self._of_models)

    def _model_done(self, told: str) -> None:
        """Something was done with a model: what failed before is no news any more."""
        if self.notice.trouble is self._of_models:
            self.notice.dismiss()
        self.status_message.emit(told)

    def _trouble(self, trouble: Trouble) -> None:
        self.notice.show_trouble(trouble)
        self.trouble.emit(trouble)


def _framed(page: QWidget) -> Panel:
    """A page in a frame like that of the other panels, without a title of its own."""
    panel = Panel("", page)
    panel.header.hide()
    return panel
