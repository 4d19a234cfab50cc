"""The line above the form: take a preset, save the settings as one, delete one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QMenu, QToolButton, QWidget

from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.presets import Preset, delete_preset, list_presets, save_preset

__all__ = ["PresetBar"]


class PresetBar(QWidget):
    """Offers presets; ``config`` is asked for the settings to save (None: they will not do)."""

    chosen = Signal(object)
    """A :class:`TrainingConfig`."""
    failed = Signal(str, str)
    """Title and text of something that could not be done."""

    def __init__(self, config: Callable[[], TrainingConfig | None]) -> None:
        super().__init__()
        self._config = config
        self.box = QComboBox()
        self.box.setAccessibleName("Preset")
        self.box.setToolTip(
            "Fill in settings that are kept under a name; with the shipped ones traders "
            "were trained that are accepted where they learned"
        )
        self.box.activated.connect(self._activated)
        self.more = QToolButton()
        self.more.setText("⋯")
        self.more.setProperty("role", "menu")
        self.more.setAccessibleName("Save or delete presets")
        self.more.setToolTip(self.more.accessibleName())
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.save_action = menu.addAction("&Save these settings as a preset…")
        self.save_action.triggered.connect(self._ask_name)
        self.delete_action = menu.addAction("&Delete the preset")
        self.delete_action.triggered.connect(self.delete_selected)
        self.more.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        row.addWidget(self.more)
        self._presets: list[Preset] = []
        self.fill()

    @property
    def selected(self) -> Preset | None:
        """The preset whose name is shown; None if the settings are a person's own."""
        place = self.box.currentIndex() - 1
        return self._presets[place] if 0 <= place < len(self._presets) else None

    def fill(self, select: str = "") -> None:
        """List the presets again, and show the name of one."""
        self._presets = list_presets()
        self.box.clear()
        self.box.addItem("Choose a preset…")
        for preset in self._presets:
            title = preset.name.upper() if preset.shipped else preset.name
            suffix = f" – tried in {preset.load().scenario}" if preset.shipped else ""
            self.box.addItem(title + suffix)
            self.box.setItemData(
                self.box.count() - 1, str(preset.file), Qt.ItemDataRole.ToolTipRole
            )
        names = [preset.name for preset in self._presets]
        self.box.setCurrentIndex(names.index(select) + 1 if select in names else 0)
        self._follow()

    def take(self, name: str) -> None:
        """Fill in the preset called ``name``."""
        names = [preset.name for preset in self._presets]
        self.box.setCurrentIndex(names.index(name) + 1)
        self._activated(names.index(name) + 1)

    def forget_choice(self) -> None:
        """The settings were changed: they are no preset any more."""
        if self.box.currentIndex() != 0:
            self.box.setCurrentIndex(0)
            self._follow()

    def save_as(self, name: str) -> None:
        """Keep the settings of the form under a name."""
        config = self._config()
        if config is None:
            self.failed.emit(
                "The preset was not saved",
                "A setting cannot be used: mend what is marked in the form first.",
            )
            return
        try:
            preset = save_preset(name, config)
        except ConfigError as error:
            self.failed.emit("The preset was not saved", str(error))
            return
        self.fill(preset.name)

    def delete_selected(self) -> None:
        """Remove the preset whose name is shown."""
        preset = self.selected
        if preset is None:
            return
        try:
            delete_preset(preset)
        except ConfigError as error:
            self.failed.emit("The preset was not deleted", str(error))
        self.fill()

    def _activated(self, place: int) -> None:
        self._follow()
        preset = self.selected
        if preset is None or place == 0:
            return
        try:
            self.chosen.emit(preset.load())
        except ConfigError as error:
            self.failed.emit("The preset cannot be used", str(error))

    def _ask_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Save preset")
        dialog.setLabelText("Name of the preset:")
        selected = self.selected
        dialog.setTextValue("" if selected is None or selected.shipped else selected.name)
        dialog.textValueSelected.connect(self.save_as)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _follow(self) -> None:
        selected = self.selected
        self.delete_action.setEnabled(selected is not None and not selected.shipped)
