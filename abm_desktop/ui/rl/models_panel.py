"""The registry of trained models, and everything that can be done with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.choices import Choices
from abm_desktop.learning.process.continuing import may_continue
from abm_desktop.learning.process.history import has_history
from abm_desktop.learning.registry import in_training, models
from abm_desktop.scenario.quantity import described
from abm_desktop.statements import counted
from abm_desktop.ui.background import Background
from abm_desktop.ui.rl.compare_dialog import CompareDialog
from abm_desktop.ui.rl.judge_dialogs import EvaluationDialog, StressTestDialog
from abm_desktop.ui.rl.judging import JudgingQueue, JudgingStrip, JudgingTask
from abm_desktop.ui.rl.models_table import ModelTable
from abm_desktop.ui.rl.result_dialog import evaluation_dialog, stress_dialog
from abm_desktop.ui.widgets.mnemonics import give_distinct_letters
from abm_desktop.ui.widgets.model_input import whole_box
from abm_desktop.ui.widgets.panel import EmptyState, Panel

__all__ = ["ModelsPanel"]

EXPORTS = "Plain arrays (*.npz);;ONNX (*.onnx);;TorchScript (*.pt);;Whole model (*.zip)"
IMPORTS = "Models (*.zip *.npz)"
SHOW = {"evaluation": evaluation_dialog, "stress_test": stress_dialog}


class ModelsPanel(Panel):
    """A table of the registry. Files are read and written off the UI thread."""

    load_requested = Signal(object, int, str)
    """PolicyNet, number of traders, name of the model."""
    go_on_requested = Signal(object)
    """A ModelInfo whose training is to be gone on with."""
    continue_requested = Signal(object)
    """A ModelInfo whose training is to go on where it stopped, under its own name."""
    curves_requested = Signal(list)
    """Names of models whose curves are to be drawn."""
    message = Signal(str)
    failed = Signal(str, str, str)
    """Title and text of something that could not be done, and details."""
    refreshed = Signal()
    histories_known = Signal(list)
    """Names of the models whose curves are on disk."""

    def __init__(self, judging: JudgingQueue | None = None) -> None:
        self.table = ModelTable()
        self.empty = EmptyState(
            "No models yet",
            "A trained policy is listed here, and can then trade in the market. One from "
            "elsewhere can be taken in under “More”.",
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        self.judging = judging or JudgingQueue()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(JudgingStrip(self.judging))
        super().__init__("Models", body)
        self.judging.setParent(self)
        self._background = Background(self)
        self._results: dict[tuple[str, str], dict[str, Any]] = {}
        """Results of this session by kind and model: shipped models keep none themselves."""
        self._training = ""
        """Name of the model that the window trains."""
        self._elsewhere: list[str] = []
        """Names of models that any process trained when the list was read."""
        self._build_header()
        self.judging.finished.connect(self._judged)
        self.judging.failed.connect(self._judging_failed)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow_selection())
        self.table.activated.connect(self._activated)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._follow_selection()
        self.refresh()

    # -- what is chosen -------------------------------------------------------------------------

    @property
    def selected(self) -> models.ModelInfo | None:
        """The first of the selected models."""
        chosen = self.table.chosen
        return chosen[0] if chosen else None

    def refresh(self, select: str | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Read the registry again, select the model called ``select``, and call ``then``."""
        keep = [select] if select else [model.name for model in self.table.chosen]

        def read() -> tuple[list[models.ModelInfo], list[str], list[str]]:
            found = models.list_models()
            known = [model.name for model in found if has_history(model.name)]
            return found, known, in_training.trained_now()

        def show(answer: tuple[list[models.ModelInfo], list[str], list[str]]) -> None:
            self._elsewhere = answer[2]
            self._show_models(answer[0], answer[1], keep)
            then()

        self._background.run(
            read,
            show,
            lambda error: self._tell("The models could not be listed", error),
        )

    def show_training(self, name: str) -> None:
        """Follow which model the window trains; empty if none."""
        if name != self._training:
            ended, self._training = self._training, name
            self._elsewhere = [other for other in self._elsewhere if other != ended]
            self._follow_selection()

    def close_background(self) -> None:
        """Read no more files, and end what is being evaluated."""
        self._background.close()
        self.judging.close()

    # -- what can be done -----------------------------------------------------------------------

    def load_selected(self) -> None:
        """Read the selected policy and offer it to the market."""
        if self.selected is not None:
            self.load(self.selected.name)

    def load(self, name: str) -> None:
        """Read the policy of a model and offer it to the market, as often as is chosen."""
        count = self.count.value()
        self._background.run(
            lambda: models.load_policy(name),
            lambda policy: self.load_requested.emit(policy, count, name),
            lambda error: self._tell("The model could not be loaded", error),
        )

    def evaluate(self) -> None:
        """Ask how to evaluate the selected model, and do it."""
        self._ask_judge("evaluation", EvaluationDialog)

    def stress_test(self) -> None:
        """Ask how to stress-test the selected model, and do it."""
        self._ask_judge("stress_test", StressTestDialog)

    def show_results(self, kind: str) -> None:
        """Show what the last evaluation or stress test of the selected model found."""
        model = self.selected
        results = None if model is None else self._results_of(model, kind)
        if model is not None and results is not None:
            SHOW[kind](self, model.name, results).open()

    def compare(self) -> None:
        """Show the selected models side by side."""
        chosen = [self._with_results(model) for model in self.table.chosen]
        if len(chosen) > 1:
            dialog = CompareDialog(self, chosen)
            dialog.curves_requested.connect(self.curves_requested)
            dialog.open()

    def draw_curves(self) -> None:
        """Draw the curves of the selected models."""
        self.curves_requested.emit([model.name for model in self.table.chosen])

    def go_on(self) -> None:
        """Fill the form, to go on with the training of the selected model."""
        model = self.selected
        if model is not None and model.checkpoint:
            self.go_on_requested.emit(model)

    def continue_training(self) -> None:
        """Go on with the training of the selected model where it stopped."""
        model = self.selected
        if model is not None and self._may_continue(model):
            self.continue_requested.emit(model)

    def _may_continue(self, model: models.ModelInfo) -> bool:
        in_use = model.name == self._training or model.name in self._elsewhere
        return may_continue(model) and not model.bundled and not in_use

    def rename(self, new_name: str) -> None:
        """Give the selected model another name."""
        model = self.selected
        if model is not None and new_name and new_name != model.name:
            self._change(
                lambda: models.rename_model(model.name, new_name),
                "The model could not be renamed",
                new_name,
            )

    def set_tags(self, text: str) -> None:
        """Put these words on the selected models, in place of those they have."""
        chosen = [model for model in self.table.chosen if not model.bundled]
        wanted = set(text.replace(",", " ").split())

        def change() -> None:
            for model in chosen:
                has = set(model.tags)
                models.tag_model(model.name, add=wanted - has, remove=has - wanted)

        if chosen:
            self._change(change, "The tags could not be changed", chosen[0].name)

    def export(self, file: Path) -> None:
        """Write the selected model to a file; its suffix says in which form."""
        model = self.selected
        if model is not None:
            name = model.name
            self._background.run(
                lambda: models.export_model(name, file, overwrite=True),  # the dialog has asked
                lambda written: self.message.emit(f"{name} is written to {written}"),
                lambda error: self._tell("The model could not be exported", error),
            )

    def take_in(self, file: Path) -> None:
        """Take a model in from a file."""

        def done(info: models.ModelInfo) -> None:
            self.message.emit(f"{info.name} is taken in")
            self.refresh(info.name)

        self._background.run(
            lambda: models.import_model(file),
            done,
            lambda error: self._tell("The model could not be taken in", error),
        )

    def delete_selected(self) -> None:
        """Remove the selected models from the disk."""
        names = [model.name for model in self.table.chosen if not model.bundled]
        if not names:
            return

        def delete() -> None:
            for name in names:
                models.delete_model(name)

        def done(_: object) -> None:
            self.message.emit(f"Deleted: {', '.join(names)}")
            self.refresh()

        self._background.run(
            delete,
            done,
            lambda error: self._tell("The model could not be deleted", error),
        )

    # -- questions before it --------------------------------------------------------------------

    def ask_delete(self) -> None:
        """Ask whether the selected models are to go for good."""
        names = [model.name for model in self.table.chosen if not model.bundled]
        if not names or self._kept(names):
            return
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Delete model",
            f"Delete {', '.join(names)} for good?",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setInformativeText("Policy, checkpoint and curves are removed from the disk.")
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        delete.clicked.connect(self.delete_selected)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def ask_rename(self) -> None:
        """Ask for another name."""
        if self.selected is not None and not self._kept([self.selected.name]):
            self._ask_text(
                "Rename model",
                "New name (letters, digits, '.', '_' and '-'):",
                self.selected.name,
                self.rename,
            )

    def ask_tags(self) -> None:
        """Ask for the words on the selected models."""
        if self.selected is not None:
            self._ask_text(
                "Tags",
                "Words for the selected models, with spaces between them:",
                " ".join(self.selected.tags),
                self.set_tags,
            )

    def ask_export(self) -> None:
        """Ask for a file to write the selected model to."""
        if self.selected is not None:
            dialog = QFileDialog(self, "Export model", f"{self.selected.name}.npz", EXPORTS)
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("npz")
            dialog.fileSelected.connect(lambda file: self.export(Path(file)))
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def ask_import(self) -> None:
        """Ask for a model's file."""
        dialog = QFileDialog(self, "Import model", "", IMPORTS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.take_in(Path(file)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _ask_text(
        self, title: str, label: str, value: str, take: Callable[[str], None]
    ) -> QInputDialog:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(title)
        dialog.setLabelText(label)
        dialog.setTextValue(value)
        dialog.textValueSelected.connect(lambda text: take(text.strip()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _ask_judge(
        self, kind: str, dialog_type: type[EvaluationDialog] | type[StressTestDialog]
    ) -> None:
        model = self.selected
        if model is not None:
            dialog = dialog_type(self, model)
            name = model.name
            dialog.accepted_settings.connect(
                lambda settings: self.judging.start(kind, name, settings)
            )
            dialog.open()

    # -- answers --------------------------------------------------------------------------------

    def _judged(self, task: JudgingTask, results: dict[str, Any]) -> None:
        self._results[task.kind, task.name] = results
        self.refresh()
        SHOW[task.kind](self, task.name, results).open()

    def _judging_failed(self, task: JudgingTask, why: str, details: str) -> None:
        title = (
            "{name} could not be evaluated"
            if task.kind == "evaluation"
            else "{name} could not be stress-tested"
        )
        self.failed.emit(title.format(name=task.name), why, details)

    def _results_of(self, model: models.ModelInfo, kind: str) -> dict[str, Any] | None:
        return self._results.get((kind, model.name)) or model.metrics.get(kind)

    def _with_results(self, model: models.ModelInfo) -> models.ModelInfo:
        found = {kind: value for kind in SHOW if (value := self._results_of(model, kind))}
        for kind, value in found.items():
            model.metrics[kind] = value
        return model

    def _change(self, work: Callable[[], object], title: str, select: str) -> None:
        self._background.run(
            work, lambda _: self.refresh(select), lambda error: self._tell(title, error)
        )

    def _tell(self, title: str, error: BaseException) -> None:
        self.failed.emit(title, str(error), "")

    def _show_models(
        self, found: list[models.ModelInfo], with_history: list[str], select: list[str]
    ) -> None:
        self._pages.setCurrentIndex(1 if found else 0)
        self.table.set_models([self._with_results(model) for model in found], select)
        self._follow_selection()
        self.histories_known.emit(with_history)
        self.refreshed.emit()

    # -- looks ----------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.title.hide()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(150)
        self.filter.setAccessibleName("Filter the models")
        self.filter.setToolTip("Show the models with these words in any column: “ppo accepted”")
        self.filter.textChanged.connect(self._filter)
        self.count = whole_box(described(Choices)["rl_traders"])
        self.count.setAccessibleName("Number of traders to load")
        self.count.setToolTip("How many traders with this policy join the market")
        label = QLabel("Traders")
        label.setObjectName("panelNote")
        label.setBuddy(self.count)
        self.load_button = QPushButton("Load into market")
        self.load_button.setProperty("role", "primary")
        self.load_button.clicked.connect(self.load_selected)
        self.evaluate_button = QPushButton("Evaluate…")
        self.evaluate_button.setToolTip("Compare it with simple rules on held-out days")
        self.evaluate_button.clicked.connect(self.evaluate)
        self.stress_button = QPushButton("Stress test…")
        self.stress_button.setToolTip("What it does under stress, and what it does to the market")
        self.stress_button.clicked.connect(self.stress_test)
        self.compare_button = QPushButton("Compare")
        self.compare_button.clicked.connect(self.compare)
        self.delete_button = QPushButton("Delete")
        self.delete_button.clicked.connect(self.ask_delete)
        self.more = QToolButton()
        self.more.setText("More ▾")
        self.more.setProperty("role", "menu")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Everything else that can be done with a model")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self.menu)
        optional = (
            self.filter, self.evaluate_button, self.stress_button, self.compare_button,
            self.delete_button,
        )  # fmt: skip
        for control in optional:
            control.resize(control.sizeHint())  # what the panel measures before it is shown
            self.add_control(control, optional=True)
        for widget in (self.more, label, self.count, self.load_button):
            self.add_control(widget)
        # In a narrow window the optional ones are left out; "More" has them all.
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._fill_menu()

    def _fill_menu(self) -> None:
        """Every action on the selected models, with the reason if it cannot be done."""
        self.menu.clear()
        chosen, model = self.table.chosen, self.selected
        own = bool(chosen) and not any(m.bundled for m in chosen)
        shipped = "This model ships with the program"
        none = "Select a model first"

        def add(name: str, text: str, run: Callable[[], object], can: bool, reason: str) -> None:
            action = self.menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False: run())
            action.setEnabled(can)
            if not can:
                action.setToolTip(reason)

        has = [kind for kind in SHOW if model is not None and self._results_of(model, kind)]
        add("load", "&Load into market", self.load_selected, model is not None, none)
        add("go_on", "&Go on with its training", self.go_on,
            model is not None and bool(model.checkpoint) and own,
            "It has no checkpoint: imported, or shipped with the program")  # fmt: skip
        add("continue", "C&ontinue where it stopped", self.continue_training,
            model is not None and self._may_continue(model),
            "Its training has come to its end, or runs now")  # fmt: skip
        add("curves", "Draw its &curves", self.draw_curves, bool(chosen), none)
        self.menu.addSeparator()
        add("evaluate", "&Evaluate…", self.evaluate, model is not None, none)
        add("evaluation", "Show the evaluat&ion",
            lambda: self.show_results("evaluation"), "evaluation" in has,
            "It has not been evaluated yet")  # fmt: skip
        add("stress", "&Stress test…", self.stress_test, model is not None, none)
        add("stress_test", "Show the stress &test",
            lambda: self.show_results("stress_test"), "stress_test" in has,
            "It has not been stress-tested yet")  # fmt: skip
        add("compare", "Com&pare", self.compare, len(chosen) > 1,
            "Select two models or more (Ctrl+click)")  # fmt: skip
        self.menu.addSeparator()
        why_not = self._why_kept(chosen) or (none if model is None else "Select one model")
        add("rename", "&Rename…", self.ask_rename,
            len(chosen) == 1 and not self._why_kept(chosen), why_not)  # fmt: skip
        add("tags", "T&ags…", self.ask_tags, own, shipped if model else none)
        add("delete", "&Delete…", self.ask_delete,
            bool(chosen) and not self._why_kept(chosen), why_not)  # fmt: skip
        self.menu.addSeparator()
        add("export", "E&xport…", self.ask_export, model is not None, none)
        add("import", "I&mport…", self.ask_import, True, "")
        give_distinct_letters(self.menu)

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(self.table.viewport().mapToGlobal(at))

    def _kept(self, names: list[str]) -> bool:
        """Whether one of these is being trained, and so keeps its name and its folder."""
        return any(name == self._training or name in self._elsewhere for name in names)

    def _why_kept(self, chosen: list[models.ModelInfo]) -> str:
        """Why these can be neither renamed nor deleted; empty if they can."""
        if any(model.bundled for model in chosen):
            return "This model ships with the program"
        if self._kept([model.name for model in chosen]):
            return "It is being trained: stop its training first, or wait for its end"
        return ""

    def _filter(self, text: str) -> None:
        self.table.set_filter(text)
        if not self.table.chosen and self.table.shown:
            self.table.selectRow(0)
        self._follow_selection()

    def _follow_selection(self) -> None:
        chosen = self.table.chosen
        one = bool(chosen)
        for widget in (
            self.count, self.load_button, self.evaluate_button, self.stress_button,
        ):  # fmt: skip
            widget.setEnabled(one)
        self.compare_button.setEnabled(len(chosen) > 1)
        self.compare_button.setToolTip(
            "Show the selected models side by side"
            if len(chosen) > 1
            else "Select two models or more (Ctrl+click)"
        )
        why_kept = self._why_kept(chosen)
        self.delete_button.setEnabled(one and not why_kept)
        self.delete_button.setToolTip(why_kept or "Remove the selected models from the disk")
        self.load_button.setToolTip(
            "Let traders with the selected policy trade in the live market"
            if one
            else "Train a model first, or select one in the list"
        )
        n = len(self.table.models)
        shown = len(self.table.shown)
        self.note.setText(f"{shown} of {counted(n, 'model')}" if shown < n else counted(n, "model"))

    def _activated(self, _index: QModelIndex) -> None:
        """Show what is known of the model: a double-click never changes the market."""
        model = self.selected
        if model is not None and self._results_of(model, "evaluation") is not None:
            self.show_results("evaluation")
        else:
            self.draw_curves()
