"""The Qt style sheet, filled in with the colours of a theme."""

from __future__ import annotations

from abm_desktop.ui.colors import Colors

__all__ = ["build_stylesheet"]

_TEMPLATE = """
QMainWindow, QDialog { background: @background; }
QLineEdit { placeholder-text-color: @muted; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }

QMenuBar { background: @background; border-bottom: 1px solid @border; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 3px; }
QMenuBar::item:selected { background: @raised; }
QMenu { background: @panel; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 22px; border-radius: 3px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QDialog#palette { background: @panel; border: 1px solid @border; }
QDialog#palette QListWidget::item:selected { background: @raised; }

QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabBar { background: @background; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: @muted; padding: 6px 18px;
    border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { color: @accent; }

QFrame#panel { background: @panel; border: 1px solid @border; border-radius: 4px; }
QFrame#panel[level="accent"] { border-color: @accent; }
QFrame#panel[level="warning"] { border-color: @warning; }
QFrame#panel[level="danger"] { border-color: @danger; }
QFrame#dockHeader {
    background: @panel; border: 1px solid @border; border-bottom: none;
    border-top-left-radius: 4px; border-top-right-radius: 4px;
}
QFrame#dockBody {
    background: @panel; border: 1px solid @border; border-top: none;
    border-bottom-left-radius: 4px; border-bottom-right-radius: 4px;
}
QMainWindow#desk { background: transparent; }
QMainWindow::separator { background: transparent; width: 6px; height: 6px; }
QMainWindow::separator:hover { background: @border; }
QMainWindow#desk > QTabBar::tab { padding: 4px 12px; }
QWidget#panelBody { background: transparent; }
QLabel#panelTitle { color: @text; font-weight: bold; }
QLabel#panelNote, QLabel[muted="true"] { color: @muted; }
@tones
QFrame#notice { background: @raised; border: 1px solid @danger; border-radius: 4px; }
QFrame#notice[level="info"] { border-color: @accent; }
QFrame#tour { background: @panel; border: 1px solid @accent; border-radius: 6px; }
QLabel#startQuestion { color: @text; font-size: 15pt; font-weight: bold; }
QLabel#emptyTitle { color: @text; font-size: 13pt; }
QLabel#emptyText { color: @muted; }

QPushButton, QToolButton {
    background: @raised; border: 1px solid @border; border-radius: 4px; padding: 4px 10px;
}
QToolButton { padding: 4px 7px; }
QPushButton:hover, QToolButton:hover { border-color: @accent; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:pressed, QToolButton:pressed { background: @grid; }
QPushButton:checked, QToolButton:checked {
    background: @accent; color: @on_accent; border-color: @accent;
}
QPushButton:disabled, QToolButton:disabled {
    color: @muted; background: @panel; border-color: @grid;
}
QPushButton[role="primary"], QToolButton[role="primary"] {
    background: @accent; color: @on_accent; border-color: @accent; font-weight: bold;
}
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: @raised; color: @muted; border-color: @border;
}
QPushButton[role="small"] { padding: 1px 8px; }
QPushButton[role="stress"] { text-align: left; font-weight: bold; }
QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; }
QToolButton[role="flat"]:hover, QToolButton[role="flat"]:focus { border-color: @border; }
QToolButton[role="menu"]::menu-indicator { image: none; }
QToolButton[role="fold"] { background: transparent; border: 1px solid transparent; padding: 0; }
QToolButton[role="fold"]:hover, QToolButton[role="fold"]:focus { border-color: @border; }
QToolButton[role="fold"]:checked { background: transparent; color: @text; }
QToolButton[role="word"] {
    background: transparent; border: 1px solid transparent; padding: 0 4px;
}
QToolButton[role="word"]:hover, QToolButton[role="word"]:focus { border-color: @border; }
QToolButton[role="segment"] {
    background: transparent; border: 1px solid transparent; color: @muted; padding: 2px 8px;
}
QToolButton[role="segment"]:hover, QToolButton[role="segment"]:focus { border-color: @border; }
QToolButton[role="segment"]:checked { background: @raised; color: @text; border-color: @border; }

QPlainTextEdit, QTextEdit {
    background: @background; border: 1px solid @border; border-radius: 4px; padding: 3px 6px;
    selection-background-color: @accent; selection-color: @on_accent;
}
QPlainTextEdit[role="field"] { background: palette(base); padding: 0 2px; }
QTextEdit#plainText, QTextEdit#plainText:focus { background: transparent; border: none; }
QPlainTextEdit:focus, QTextEdit:focus { border-color: @accent; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @border; }

QSlider::groove:horizontal { height: 4px; background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
    background: @text; border: 1px solid @background;
}
QSlider::handle:horizontal:focus { background: @accent; }

QProgressBar {
    background: @background; border: 1px solid @border; border-radius: 4px;
    text-align: center; min-height: 14px;
}
QProgressBar::chunk { background: @progress; border-radius: 3px; }
QProgressBar[role="thin"] { min-height: 3px; max-height: 3px; border: none; }
QProgressBar[role="thin"]::chunk { background: @warning; border-radius: 1px; }

QHeaderView { background: @panel; }
QHeaderView::section {
    background: @panel; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 4px 8px;
}
QTableCornerButton::section { background: @panel; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableView, QTreeView, QListView, QTableWidget, QListWidget {
    border: none; gridline-color: @grid;
    alternate-background-color: @background;
    selection-background-color: @raised; selection-color: @text; outline: none;
}

QTableView::item { padding: 0 5px; }

QGroupBox { border: 1px solid @border; border-radius: 4px; margin-top: 14px; padding-top: 6px; }
QGroupBox::title {
    subcontrol-origin: margin; left: 8px; padding: 0 4px; color: @text; font-weight: bold;
}
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @border; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { background: @background; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
"""


def progress(colors: Colors) -> str:
    """The colour of a bar's filled part, between accent and background: words stand on both."""
    pairs = zip(_channels(colors.accent), _channels(colors.background), strict=True)
    return "#" + "".join(f"{(one + other) // 2:02x}" for one, other in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def build_stylesheet(colors: Colors) -> str:
    """Return the style sheet for ``colors``."""
    names = [name for name in colors.__slots__ if name not in ("series", "heat")]
    tones = "\n".join(
        f'QLabel[tone="{name}"], QToolButton[tone="{name}"]:enabled {{ color: @{name}; }}'
        for name in names
    )
    sheet = _TEMPLATE.replace("@tones", tones).replace("@progress", progress(colors))
    # The longest names first, so that "@on_accent" is not read as another name's beginning.
    for name in sorted(names, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", colors[name])
    return sheet
