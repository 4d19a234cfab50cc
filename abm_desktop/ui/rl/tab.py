"""The RL tab: train a policy, watch it learn, put it into the market."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.messages import Done, Failure
from abm_desktop.ui.rl.charts import TrainingCharts
from abm_desktop.ui.rl.controller import ClusterState, TrainingController
from abm_desktop.ui.rl.form import TrainingForm
from abm_desktop.ui.rl.models_panel import ModelsPanel
from abm_desktop.ui.rl.progress import ProgressStrip
from abm_desktop.ui.session import Trouble
from abm_desktop.ui.widgets.notice import Notice
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["RLTab"]

FORM_WIDTH = 308


class RLTab(QWidget):
    """Needs a running asyncio loop (qasync) to train; everything else works without."""

    load_policy_requested = Signal(object, int, str)
    """PolicyNet, number of traders, name: to be put into the live market."""
    status_message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = TrainingController(self)
        self.form = TrainingForm()
        self.notice = Notice()
        self.progress = ProgressStrip(self.controller)
        self.charts = TrainingCharts()
        self.models = ModelsPanel()

        form_panel = Panel(self.tr("Training"), self.form)
        form_panel.setFixedWidth(FORM_WIDTH)
        upper = QWidget()
        upper_column = QVBoxLayout(upper)
        upper_column.setContentsMargins(0, 0, 0, 0)
        upper_column.setSpacing(6)
        upper_column.addWidget(self.notice)
        upper_column.addWidget(self.progress)
        upper_column.addWidget(self.charts, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(6)
        split.addWidget(upper)
        split.addWidget(self.models)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([540, 180])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(form_panel)
        layout.addWidget(split, 1)

        self.form.start_requested.connect(self._start)
        self.form.stop_requested.connect(self.controller.stop)
        self.form.pause_requested.connect(self.controller.pause)
        self.form.save_requested.connect(self.controller.save_now)
        self.controller.changed.connect(self._follow)
        # The list grows, and the row a person has chosen stays chosen.
        self.controller.checkpoint_written.connect(lambda _name: self.models.refresh())
        self.controller.ended.connect(self._ended)
        self.controller.failed.connect(self._failed)
        self.models.load_requested.connect(self.load_policy_requested)
        self.models.message.connect(self.status_message)
        self.models.failed.connect(lambda title, text: self._trouble(Trouble(title, text)))
        self.tick()

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.controller.is_training

    def set_scenario(self, path_or_name: Path | str) -> None:
        """Offer this scenario for the next training; nothing happens while one runs."""
        if not self.is_training:
            self.form.set_value("scenario", path_or_name)

    def tick(self) -> None:
        """Draw what is new; called by the window's frame timer while the tab is visible."""
        self.progress.refresh()
        config = self.controller.config
        self.charts.show_history(
            self.controller.history, config.iterations if config else 1, self.controller.state
        )

    async def close_training(self) -> None:
        """End the training process; called when the window closes. Takes at most 5 s."""
        self.models.close_background()
        await self.controller.close()

    def _start(self, config: TrainingConfig) -> None:
        self.notice.dismiss()
        self.controller.start(config)

    def _follow(self) -> None:
        self.form.show_state(
            training=self.controller.is_training,
            stopping=self.controller.state is ClusterState.STOPPING,
            running=self.controller.state in (ClusterState.TRAINING, ClusterState.PAUSED),
            paused=self.controller.state is ClusterState.PAUSED,
        )
        self.tick()

    def _ended(self, done: Done) -> None:
        self.models.refresh(done.name)
        if not done.path:
            text = self.tr("Training was stopped before its first iteration; there is no model")
        elif done.reason == "finished":
            text = self.tr("{name} is trained: load it into the market").format(name=done.name)
        else:
            text = self.tr("Training was stopped; {name} is saved").format(name=done.name)
        self.status_message.emit(text)

    def _failed(self, failure: Failure) -> None:
        self.models.refresh()
        self._trouble(
            Trouble(
                self.tr("Training failed"),
                " ".join(part for part in (failure.message, failure.remedy) if part),
                details=failure.details,
            )
        )

    def _trouble(self, trouble: Trouble) -> None:
        self.notice.show_trouble(trouble)
