"""Colours, fonts and the style sheet of the window, in one place.

Bids are blue and asks are orange, never green and red: about one man in twelve cannot tell those
apart. The series colours follow Okabe and Ito's colour-blind safe set, moved in lightness until
they have a contrast of at least 3:1 with the panel they are drawn on.

Use::

    theme.apply(app, "dark")            # once at start, and again to switch
    colors = theme.current().colors     # colors.bid, colors.series[0], ...
    theme.signals.changed.connect(self.restyle)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from abm_desktop.ui.colors import Colors
from abm_desktop.ui.dressing import dress
from abm_desktop.ui.stylesheet import build_stylesheet

__all__ = [
    "SIDES",
    "THEMES",
    "Colors",
    "Sides",
    "Theme",
    "apply",
    "color_of",
    "current",
    "for_paper",
    "mono_font",
    "signals",
    "ui_font",
]

UI_FONTS = (
    "Inter",
    "Noto Sans",
    "Segoe UI",
    "Cantarell",
    "Ubuntu",
    "DejaVu Sans Condensed",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
)
MONO_FONTS = (
    "JetBrains Mono",
    "Noto Sans Mono",
    "Cascadia Mono",
    "Ubuntu Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
    "Consolas",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of colours."""

    name: str
    title: str
    is_dark: bool
    colors: Colors


DARK = Theme(
    "dark",
    "Dark",
    True,
    Colors(
        background="#0f1318",
        panel="#161b22",
        raised="#212934",
        border="#2b3440",
        grid="#232b35",
        fill="#33404f",
        text="#d9e0e8",
        muted="#8e9aa9",
        accent="#4f9de8",
        on_accent="#08121d",
        bid="#56b4e9",
        ask="#f09d3a",
        mid="#e9eef4",
        fundamental="#d894c0",
        good="#35c092",
        warning="#f0d442",
        danger="#ff7a5c",
        series=(
            "#9aa7b5",
            "#56b4e9",
            "#35c092",
            "#f09d3a",
            "#e5534b",
            "#f0e442",
            "#d894c0",
            "#ffffff",
        ),
        heat=("#161b22", "#14303a", "#164650", "#1e6163", "#2d7f74", "#4f9f88"),
    ),
)
LIGHT = Theme(
    "light",
    "Light",
    False,
    Colors(
        background="#eef1f4",
        panel="#ffffff",
        raised="#e6eaef",
        border="#c9d0d8",
        grid="#e3e7ec",
        fill="#ccd4dd",
        text="#1b232c",
        muted="#5b6775",
        accent="#1666b0",
        on_accent="#ffffff",
        bid="#0b6fae",
        ask="#b85c00",
        mid="#1b232c",
        fundamental="#9c3f7c",
        good="#00785a",
        warning="#8a6d00",
        danger="#c03a12",
        series=(
            "#6b7785",
            "#0b7cc0",
            "#00845f",
            "#b86a00",
            "#a3182f",
            "#857300",
            "#a8497f",
            "#1b232c",
        ),
        heat=("#ffffff", "#e2f3ea", "#b9e2cf", "#7cc5aa", "#3b9a80", "#0c5c4b"),
    ),
)
HIGH_CONTRAST = Theme(
    "high-contrast",
    "High contrast",
    True,
    Colors(
        background="#000000",
        panel="#000000",
        raised="#1c1c1c",
        border="#b0b0b0",
        grid="#3a3a3a",
        fill="#505050",
        text="#ffffff",
        muted="#d0d0d0",
        accent="#6cc5ff",
        on_accent="#000000",
        bid="#6cc5ff",
        ask="#ffb04d",
        mid="#ffffff",
        fundamental="#ff9fd6",
        good="#3fe0a8",
        warning="#fff04d",
        danger="#ff8a6b",
        series=(
            "#c0c0c0",
            "#6cc5ff",
            "#3fe0a8",
            "#ffb04d",
            "#ff5a5a",
            "#fff04d",
            "#ff9fd6",
            "#ffffff",
        ),
        heat=("#000000", "#00281e", "#004434", "#00604a", "#007d60", "#009a76"),
    ),
)
THEMES: dict[str, Theme] = {t.name: t for t in (DARK, LIGHT, HIGH_CONTRAST)}


@dataclass(frozen=True, slots=True)
class Sides:
    """A pair of colours for bids and asks, for each theme as (bid, ask)."""

    title: str
    colors: dict[str, tuple[str, str]]


SIDES: dict[str, Sides] = {
    "blue-orange": Sides(
        "Blue and orange",
        {name: (entry.colors.bid, entry.colors.ask) for name, entry in THEMES.items()},
    ),
    "blue-red": Sides(
        "Blue and red",
        {
            "dark": ("#56b4e9", "#ff7b72"),
            "light": ("#0b6fae", "#b3261e"),
            "high-contrast": ("#6cc5ff", "#ff8a8a"),
        },
    ),
    "teal-violet": Sides(
        "Teal and violet",
        {
            "dark": ("#2fc4b2", "#c39bff"),
            "light": ("#00766c", "#6f3fc0"),
            "high-contrast": ("#3fe0d0", "#d0b0ff"),
        },
    ),
    "green-red": Sides(
        "Green and red (hard to tell apart for some)",
        {
            "dark": ("#3fc380", "#ff7b72"),
            "light": ("#00784a", "#b3261e"),
            "high-contrast": ("#4ce89a", "#ff8a8a"),
        },
    ),
}
"""Colours of bids and asks to choose from; all but the last are safe for the colour-blind."""


_GREY = 60
"""Saturation (of 255) up to which a colour counts as grey."""
_DEEPER = 150
"""Percent, as QColor.darker takes them."""


class Signals(QObject):
    """Tells the widgets that paint by hand that the theme has changed."""

    changed = Signal(object)
    """The new :class:`Theme`."""


signals = Signals()
_current = DARK
_sides = "blue-orange"


def current() -> Theme:
    """Return the theme in use; the dark one before :func:`apply` was called."""
    return _current


def for_paper() -> Colors:
    """Return the colours of the light theme, with the bids and asks that were chosen."""
    bid, ask = SIDES[_sides].colors[LIGHT.name]
    return replace(LIGHT.colors, bid=bid, ask=ask)


def color_of(role: str, colors: Colors) -> QColor:
    """Return the colour of ``role`` among ``colors``: its name, "series:K", or "#rrggbb"."""
    if role.startswith("#"):
        return QColor(role)
    if role.startswith("series:"):
        return _series_color(int(role.removeprefix("series:")), colors.series)
    return QColor(colors[role])


def _series_color(k: int, series: tuple[str, ...]) -> QColor:
    """The k-th colour; beyond the last one those that are no grey again, deeper each time."""
    if k < len(series):
        return QColor(series[k])
    hues = [color for color in map(QColor, series) if color.hsvSaturation() > _GREY]
    again, which = divmod(k - len(series), len(hues))
    return hues[which].darker(_DEEPER + 30 * again)


def apply(app: QApplication, name: str, sides: str | None = None) -> Theme:
    """Dress the whole application in theme ``name`` and tell every listener.

    ``sides`` names the colours of bids and asks from now on; None leaves them as they are.
    Raises KeyError if there is no such theme or pair of colours.
    """
    global _current, _sides
    if name not in THEMES:
        raise KeyError(f"no theme is called {name!r}; there are: {', '.join(THEMES)}")
    wanted = sides or _sides
    if wanted not in SIDES:
        raise KeyError(f"no colours are called {wanted!r}; there are: {', '.join(SIDES)}")
    _sides = wanted
    bid, ask = SIDES[wanted].colors[name]
    entry = THEMES[name]
    _current = replace(entry, colors=replace(entry.colors, bid=bid, ask=ask))
    colors = _current.colors
    dress(app, ui_font(), _qt_palette(colors), build_stylesheet(colors))
    signals.changed.emit(_current)
    return _current


def ui_font(size: float = 9.5, bold: bool = False) -> QFont:
    """Return the font of labels and controls, from the first family this machine has."""
    return _font(UI_FONTS, QFont.StyleHint.SansSerif, size, bold)


def mono_font(size: float = 9.5, bold: bool = False) -> QFont:
    """Return the font of numbers in columns: all digits have the same width."""
    return _font(MONO_FONTS, QFont.StyleHint.Monospace, size, bold)


def _font(families: tuple[str, ...], hint: QFont.StyleHint, size: float, bold: bool) -> QFont:
    here = set(QFontDatabase.families())
    # Only families that are here: Qt otherwise spends 50 ms looking for aliases of the missing.
    found = [family for family in families if family in here]
    font = QFont()
    if found:
        font.setFamilies(found)
    font.setStyleHint(hint)
    font.setPointSizeF(size)
    font.setBold(bold)
    return font


def _qt_palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for key, value in (
        # The style draws the frames of its controls one and a half times darker than this role; the
        # background of windows comes from the style sheet.
        (role.Window, QColor(colors.border).lighter(200)),
        (role.WindowText, colors.text),
        (role.Base, colors.panel),
        (role.AlternateBase, colors.raised),
        (role.Text, colors.text),
        (role.Button, colors.raised),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.danger),
        (role.ToolTipBase, colors.raised),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.PlaceholderText, colors.muted),
        (role.Link, colors.accent),
        (role.Mid, colors.border),
    ):
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(colors.muted))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(colors.background))
    return palette
