"""Every command of the program: its name, its title, its keys, and what it does.

Menus, toolbar buttons, the shortcut sheet and the command palette all take their commands from
here, so a command is described once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from abm_desktop.ui.analytics.pages import PAGES

__all__ = ["CATALOGUE", "GROUPS", "Command", "CommandTable", "plain_title"]


@dataclass(frozen=True, slots=True)
class Command:
    """A thing a person can do."""

    id: str
    """"group.name": the group is the menu it stands in."""
    title: str
    keys: str = ""
    """Key sequence in Qt's portable form, "" for none."""
    tip: str = ""
    checkable: bool = False

    @property
    def group(self) -> str:
        """Name of the menu."""
        return self.id.partition(".")[0]


GROUPS = {
    "file": "&File",
    "market": "&Market",
    "training": "&Training",
    "view": "&View",
    "analytics": "&Analytics",
    "help": "&Help",
}
"""Titles of the menus."""

CATALOGUE: tuple[Command, ...] = (
    Command("file.open", "&Open scenario…", "Ctrl+O", "Open a scenario file (.toml)"),
    Command(
        "file.replay",
        "Open &replay…",
        "Ctrl+Shift+O",
        "Replay recorded order flow: LOBSTER, NASDAQ ITCH, Databento, CSV of your own",
    ),
    Command(
        "file.open_session",
        "Op&en session…",
        "Ctrl+Alt+O",
        "Make the market of a saved session again, bit by bit",
    ),
    Command(
        "file.save_session",
        "&Save session…",
        "Ctrl+S",
        "Keep scenario, seed and every command in a small file, to be opened again bit by bit",
    ),
    Command(
        "file.save_scenario",
        "Sa&ve scenario…",
        "Ctrl+Alt+S",
        "As a file (.toml): with traders, rules and stresses as they were changed here",
    ),
    Command(
        "file.export",
        "E&xport session…",
        "Ctrl+Shift+X",
        "As tables (Parquet), order flow (LOBSTER), a Python script or a scenario",
    ),
    Command(
        "file.journal",
        "&Journal…",
        "Ctrl+Shift+H",
        "Sessions, runs and experiments that were kept, with names and notes",
    ),
    Command("file.reload", "Re&load file", "Ctrl+L", "Read the open file again from disk"),
    Command("file.clear_recent", "&Clear the recent files", "", "Forget which files were open"),
    Command("file.preferences", "&Preferences…", "Ctrl+,", "Theme, start, colours, folders, …"),
    Command("file.quit", "&Quit", "Ctrl+Q", "Close the window and end all training"),
    Command("market.toggle", "&Run", "F5", "Run the market, or pause it"),
    Command("market.step_event", "Step one &event", "F10", "Process exactly one book event"),
    Command(
        "market.step_interval", "Step one &interval", "F11", "Run for the interval, then pause"
    ),
    Command(
        "market.run_until",
        "Run &until…",
        "Ctrl+F5",
        "To a time, or until the spread, the price or the phase is as you say; then pause",
    ),
    Command("market.reset", "Re&set", "Ctrl+R", "Start again from the open with the seed shown"),
    Command(
        "market.new_seed", "Reset with a &new seed", "Ctrl+Shift+R", "Draw a seed, start again"
    ),
    Command(
        "market.trade_recording",
        "&Trade in this recording",
        "Ctrl+Alt+T",
        "Begin the recorded day again as a market: orders, stresses and RL traders meet its flow",
    ),
    Command("market.faster", "&Faster", "Ctrl+Up", "Raise the speed by one notch"),
    Command("market.slower", "S&lower", "Ctrl+Down", "Lower the speed by one notch"),
    Command("market.max_speed", "As fast as it &goes", "Ctrl+M", "Run without a speed limit"),
    Command("market.look_back", "Look &back", "Ctrl+Left", "Look at the market ten seconds before"),
    Command("market.look_ahead", "Look a&head", "Ctrl+Right", "Look ten seconds further on"),
    Command("market.back_to_live", "Bac&k to live", "Ctrl+End", "Leave the past"),
    Command(
        "market.fork",
        "Fork from &here",
        "Ctrl+Shift+B",
        "Go on from the moment looked at, as a run of its own",
    ),
    Command("market.buy", "B&uy at market", "F6", "Buy the size in the order panel at once"),
    Command("market.sell", "S&ell at market", "F7", "Sell the size in the order panel at once"),
    Command("market.cancel_orders", "Cance&l own orders", "F8", "Cancel every own order"),
    Command(
        "market.flatten", "&Close own position", "Shift+F8", "Buy or sell what is held, at once"
    ),
    Command(
        "market.copy_script",
        "Copy as &Python",
        "Ctrl+Shift+Y",
        "Copy a script that makes this session again, bit by bit",
    ),
    Command(
        "market.experiment",
        "&Make an experiment of this…",
        "Ctrl+Alt+X",
        "Ask many markets what was done to this one: with and without its rules and RL traders",
    ),
    Command("market.undo", "Un&do an edit of the traders", "Ctrl+Z", "In the Traders panel"),
    Command("market.redo", "Redo an edit of &the traders", "Ctrl+Shift+Z", "In the Traders panel"),
    Command(
        "market.flash_crash",
        "Inject flash &crash",
        "Ctrl+Shift+F",
        "Sell pressure with fading buyers, of the size set in the stress panel",
    ),
    Command(
        "market.volatility_spike",
        "Inject &volatility spike",
        "Ctrl+Shift+V",
        "A more volatile fundamental value, by the factor set in the stress panel",
    ),
    Command(
        "market.liquidity_shock",
        "Inject li&quidity shock",
        "Ctrl+Shift+L",
        "Market makers withdraw, in the share set in the stress panel",
    ),
    Command("training.start", "&Start training", "F9", "Train with the settings of the RL tab"),
    Command("training.queue", "Add to &queue", "Shift+F9", "Train with them after the others"),
    Command("training.pause", "&Pause training, or go on", "F12", "After the running iteration"),
    Command("training.stop", "S&top training", "Shift+F12", "Save the model and stop"),
    Command("training.save", "Save a check&point now", "Ctrl+F12", "After the running iteration"),
    Command("training.rate", "Set its learning &rate", "Alt+F12", "Of the training that runs"),
    Command(
        "training.load", "&Load the model into the market", "Ctrl+Shift+M", "The selected model"
    ),
    Command("training.evaluate", "&Evaluate the model…", "Ctrl+E", "Against rules, held-out days"),
    Command("training.stress_test", "Stress-test the &model…", "Ctrl+Shift+E", "Every stress"),
    Command("training.compare", "&Compare models", "Ctrl+Shift+D", "The selected ones"),
    Command("training.import", "&Import a model…", "", "From a file (.zip or .npz)"),
    Command("training.show_agent", "Show the live &agent", "Ctrl+4", "What an RL trader sees"),
    Command("training.show_queue", "Show the trainings that &wait", "Ctrl+5", "The queue"),
    Command("training.show_cluster", "Show the &Ray cluster", "Ctrl+6", "Load and warnings"),
    Command("view.palette", "&Command palette…", "Ctrl+K", "Find a command by a few letters"),
    Command("view.start", "&Start page", "Ctrl+0", "The question, the answer, where to begin"),
    Command("view.market", "&Market", "Ctrl+1", "Show the Market tab"),
    Command("view.analytics", "&Analytics", "Ctrl+2", "Show the Analytics tab"),
    Command("view.rl", "&RL", "Ctrl+3", "Show the RL tab"),
    *(
        Command(f"analytics.{page.name}", page.title, f"Ctrl+Alt+{k % 10}", page.tip)
        for k, page in enumerate(PAGES, start=1)
    ),
    Command(
        "analytics.measure",
        "&Measure the time shown",
        "Ctrl+Alt+M",
        "Measure what the charts of Analytics show; or drag over a chart while Shift is held",
    ),
    Command("analytics.measure_nothing", "Close the measured &window", "", "Measure nothing"),
    Command(
        "analytics.measure_facts",
        "Measure the stylised f&acts",
        "",
        "Measure the facts of the session so far, in another process",
    ),
    Command(
        "analytics.measure_sessions",
        "Measure the facts of man&y sessions",
        "",
        "Run whole sessions of the open scenario in another process, and measure all together",
    ),
    Command(
        "analytics.add_run",
        "&Add a saved run…",
        "",
        "Compare with a folder that “abm-desktop run --out” has written",
    ),
    Command(
        "analytics.new_experiment", "&New experiment…", "Ctrl+Alt+N", "Make an experiment in a form"
    ),
    Command(
        "analytics.edit_experiment", "E&dit the experiment…", "", "Change the chosen file in a form"
    ),
    Command(
        "analytics.duplicate_experiment",
        "Dup&licate the experiment…",
        "",
        "Make another experiment of the chosen one",
    ),
    Command("analytics.open_experiment", "Open an experiment file…", "", "A file (.toml)"),
    Command(
        "analytics.start_experiment",
        "Start the experiment, or &resume it",
        "Ctrl+Alt+R",
        "The chosen file, or the unfinished results on show",
    ),
    Command(
        "analytics.pause_experiment",
        "&Pause the experiment, or go on",
        "Ctrl+Alt+P",
        "After the runs under way",
    ),
    Command(
        "analytics.stop_experiment",
        "Ca&ncel the experiment",
        "",
        "After the runs under way; what is finished is kept",
    ),
    Command("view.window_0", "Chart window: 30 &seconds", "Alt+1", "Show the last 30 seconds"),
    Command("view.window_1", "Chart window: &5 minutes", "Alt+2", "Show the last 5 minutes"),
    Command("view.window_2", "Chart window: 30 &minutes", "Alt+3", "Show the last 30 minutes"),
    Command("view.window_3", "Chart window: &whole session", "Alt+4", "Show everything so far"),
    Command(
        "view.all_prices",
        "Show all &prices",
        "Alt+0",
        "Leave the prices chosen by hand: the axis of prices follows the data again",
    ),
    Command(
        "view.heatmap",
        "Order-book &heatmap",
        "Ctrl+H",
        "Show the lots at each price as colour behind the price",
        True,
    ),
    Command(
        "view.candles",
        "C&andles",
        "Ctrl+Shift+C",
        "Show candles of the mid price instead of its line",
        True,
    ),
    Command(
        "view.summed_flow",
        "&Sum the flows",
        "Ctrl+Shift+S",
        "Add up the flow of each class from the left edge of the chart on",
        True,
    ),
    Command(
        "view.profile",
        "&Volume profile",
        "Ctrl+Shift+P",
        "Lots traded by price over the time shown, bought and sold by aggressors",
        True,
    ),
    Command(
        "view.footprint",
        "F&ootprint candles",
        "Ctrl+Shift+G",
        "Lots bought × sold by aggressors at each price of each candle",
        True,
    ),
    Command(
        "view.rl_trades",
        "Trades of &RL traders",
        "Ctrl+Shift+T",
        "Marks where RL traders bought (▲) and sold (▼); a click looks at the moment",
        True,
    ),
    Command("view.log", "&Log", "Ctrl+J", "What happened, with levels", True),
    Command("view.console", "C&onsole", "Ctrl+Alt+J", "Python beside the market", True),
    Command("view.notices", "&Notices", "Ctrl+Shift+J", "Every notice of this session", True),
    Command(
        "view.reset_layout",
        "Reset &layout",
        "Ctrl+Shift+Backspace",
        "Put every panel where it stood at first",
    ),
    Command("view.next_theme", "&Next theme", "Ctrl+T", "Dark, light, high contrast in turn"),
    Command("view.full_screen", "&Full screen", "Ctrl+Shift+Return", "Use the whole screen", True),
    Command("help.tour", "&Tour", "Shift+F1", "A short walk through the window"),
    Command("help.manual", "&Manual", "F1", "The manual, at the page about what is on show"),
    Command("help.glossary", "&Glossary", "Alt+F1", "What each term means, in a sentence"),
    Command("help.shortcuts", "&Keyboard shortcuts", "Ctrl+F1", "List every command and its keys"),
    Command("help.about", "&About ABM Desktop", "", "Version and licence"),
)


def plain_title(title: str) -> str:
    """Return a title without the marks of its mnemonic and without its dots."""
    return title.replace("&", "").rstrip("…")


class CommandTable:
    """The commands of one window, each as a QAction bound to what it does."""

    def __init__(self, window: QWidget, bindings: dict[str, Callable[[], object]]) -> None:
        """Bind every command of the catalogue. Raises KeyError naming those left out or unknown."""
        ids = {command.id for command in CATALOGUE}
        if ids != set(bindings):
            raise KeyError(f"commands without or with unknown bindings: {ids ^ set(bindings)}")
        self._actions: dict[str, QAction] = {}
        for command in CATALOGUE:
            action = QAction(command.title, window)
            action.setObjectName(command.id)
            action.setCheckable(command.checkable)
            if command.keys:
                action.setShortcut(QKeySequence(command.keys))
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self._describe(action, command)
            run = bindings[command.id]
            action.triggered.connect(lambda _checked=False, run=run: run())
            window.addAction(action)
            self._actions[command.id] = action

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        """Yield every command with its action, in the order of the catalogue."""
        return ((command, self._actions[command.id]) for command in CATALOGUE)

    def __getitem__(self, command_id: str) -> QAction:
        """Return the action of a command; KeyError if there is none."""
        return self._actions[command_id]

    def allow(self, command_id: str, allowed: bool, reason: str = "") -> None:
        """Enable or disable a command; ``reason`` tells in its tooltip why it cannot be used."""
        action = self._actions[command_id]
        if action.isEnabled() != allowed:
            action.setEnabled(allowed)
            command = next(c for c in CATALOGUE if c.id == command_id)
            self._describe(action, command, "" if allowed else reason)

    @staticmethod
    def _describe(action: QAction, command: Command, reason: str = "") -> None:
        tip = command.tip
        keys = f" ({QKeySequence(command.keys).toString()})" if command.keys else ""
        action.setToolTip(f"{tip}{keys}" + (f"\n{reason}" if reason else ""))
        action.setStatusTip(tip)
