"""What the rooms below the window say in English, in the language of the window.

They know no Qt: the processes of trainings and experiments, the market's thread, the stylised
facts. Their sentences stand here once more, with names for what changes in them; what is not among
these stays as it is, such as the words of an exception. Reports of experiments are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from abm_desktop.ui.translations import tr

__all__ = ["SENTENCES", "translated"]

SENTENCES = (
    # live: what is being prepared
    "compiling the market for this machine (first start only)",
    "loading {name}",
    "reading {name}",
    "recovering {name}",
    "forking the market",
    "resetting",
    # the alarms of a market
    "{n} rows differ from the recorded book",
    # what a recording says of its day
    "trading halted",
    "quoting resumed",
    "trading resumed",
    "trading status {n}",
    "{auction}: {n} at {price} (not in the volume)",
    "opening auction",
    "closing auction",
    "auction",
    "{n} orders refused: the book is full at {most} orders",
    "{n} traders blocked by the kill switch",
    "{n} orders refused: price off the ladder",
    "{n} events lost: the agenda is full",
    "spread above {ticks} ticks for more than {s} s outside a stress, from {start} s on: too few "
    "limit orders",
    # learning: what a training does
    "Starting a local Ray cluster",
    "Joining the Ray cluster at {address}",
    "Compiling and warming up the markets",
    "Training {name}",
    "Judging {name}: held-out days, then every stress",
    "{name} is paused",
    "{n} sampling workers on {most} processors would cost memory and time: the training has {k}, "
    "with rollouts longer by as much.",
    "{n} sampling workers on 1 processor would cost memory and time: the training has 1, "
    "with rollouts longer by as much.",
    # learning: why it ended
    "The training process ended unexpectedly ({how}).",
    "killed by signal {n}",
    "exit code {n}",
    "Start the training again; the last checkpoint is whole.",
    "The last checkpoint is whole.",
    "Most often memory ran out: use fewer workers or fewer markets per worker.",
    "The training process sent an unknown message.",
    "Training diverged: {what}.",
    "Lower the learning rate or the gradient limit.",
    "The last checkpoint is from before.",
    "A sampling worker died.",
    "A sampling worker died and was replaced ({n} so far); most often memory ran out",
    "{n} sampling workers died and were replaced.",
    "Memory ran out.",
    "Use fewer workers, fewer markets per worker, shorter rollouts or a smaller replay buffer",
    "Use fewer workers, fewer markets per worker, shorter rollouts or a smaller replay buffer.",
    "The disk is full: {file}.",
    "Free some space, for example by deleting models.",
    "Check the scenario: run it in the Market tab first.",
    "Copy the details into a report; the last checkpoint, if there was one, is whole.",
    # learning: the conditions of an evaluation, and signs of degeneracy
    "{x} a day",
    "{x} a day, p = {p}",
    "p = {p}, below {limit} is asked",
    "{n} lots on average, below {most} is asked",
    "one action takes {share} of the decisions",
    "the actions carry almost no information (entropy below 15 %)",
    "the profit hardly varies: it hardly trades",
    "less than one trade in ten minutes",
    "the position is full more than half of the time",
    "it decides the same whatever it sees",
    "what it does tells nothing of what it sees (below 0.01 nats)",
    "its profit cannot be told from that of {name}",
    # experiments: what one does, and why it ended
    "Starting a local cluster",
    "The experiment's process ended unexpectedly ({how}).",
    "Start it again: what is finished is kept.",
    "Where memory ran out, use fewer workers.",
    "The experiment's process sent an unknown message.",
    "The experiment failed: {what}",
    "This is a fault of the program: please report it.",
    "What is finished is kept.",
    "mend the file, then start again",
    "a market failed: {what}",
    "this is a fault of the program: please report it; what is finished is kept",
    "look after its nodes, then start again: what is finished is kept",
    "market {seed} was lost with its worker {n} times: {why}",
    "most often memory ran out: use fewer workers, then start again; what is finished is kept",
    "give smaller shares, or let more classes make room (rl.displaces)",
    "choose another folder (--out), or begin anew (--fresh)",
    "choose another folder (--out)",
    "another program runs this experiment already, in {folder}",
    "wait for it, stop it, or choose another folder (--out)",
    "{folder} cannot be written: {why}",
    "{folder} holds the results of another experiment, or of another version of this one",
    # the stylised facts
    "the run has {s} s so far, {least} s are the least: let the market run on",
    "parent orders are not followed in the window: use `abm-desktop facts`",
    "single messages are not kept in the window: use `abm-desktop facts`",
    "single quotes are not kept in the window: use `abm-desktop facts`",
    "the whole book is not kept in the window: use `abm-desktop facts`",
    "Kurtosis {a} min less {b} min",
    "Return autocorrelation, 1 min, lag {n}",
    "Bid-ask bounce: lag 1 of 1 s {which} returns",
    "Volatility clustering: lag {n} of |r|, 1 min",
    "Signature plot: {s} s over 300 s",
    "too few data",
    "drifts: zero lies outside its {level} interval",
    "no drift is meant",
    "the price does not move",
    "fewer than half of the paths get that far in a session",
)
_NAME = re.compile(r"{(\w+)}")
_ENDS = re.compile(r"(?<=[.!?]) ")


def translated(text: str) -> str:
    """Return a sentence, or several, in the language of the window where they are known to it."""
    whole = _one(text)
    if whole != text:
        return whole
    return " ".join(_one(sentence) for sentence in _ENDS.split(text))


def _one(sentence: str) -> str:
    for template, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            inside = {name: _one(value) for name, value in found.groupdict().items()}
            return tr(template).format(**inside)
    return sentence


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile("".join(_parts(template)))) for template in SENTENCES)


def _parts(template: str) -> Iterator[str]:
    """The template as a regular expression: names become groups."""
    for k, part in enumerate(_NAME.split(template)):
        yield f"(?P<{part}>.+)" if k % 2 else re.escape(part)
