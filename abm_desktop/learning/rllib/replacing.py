"""Sampling workers that die, most often for want of memory, and others that take their places."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ray.exceptions import RayActorError

from abm_desktop.learning.rllib_private import make_worker, worker_manager

log = logging.getLogger(__name__)

QUICK = 10
"""Samples: a worker that dies before it has taken as many has died quickly."""
MOST_QUICK = 2
"""Workers in a row that may die quickly in one place; another one would die as quickly."""


class Samplers:
    """The sampling workers of an Algorithm, in fixed places, each filled by one that lives.

    RLlib's own restarts leave out what a lost worker should have sampled, and repeat a broken
    environment for ever.

    Args:
        group: RLlib's ``EnvRunnerGroup``, with remote runners only.
        welcome: is called with the handles' numbers (actor ids) of new workers before they sample.
    """

    def __init__(self, group: Any, welcome: Callable[[list[int]], None]) -> None:
        self._group, self._welcome = group, welcome
        self._places: list[int] = list(worker_manager(group).actor_ids())
        self._asked = 0
        self._since = dict.fromkeys(self._places, -QUICK)
        self._quick: dict[int, int] = dict.fromkeys(self._places, 0)
        self.replaced = 0
        """Workers that were lost and replaced so far."""

    def ask(self, question: Callable[[Any], Any]) -> list[Any]:
        """The answer of every worker, in the order of their places; the dead are replaced.

        Raises what a worker raises, and Ray's error if those in one place die again and again.
        """
        self._asked += 1
        answers: dict[int, Any] = {}
        while missing := [place for place in self._places if place not in answers]:
            for result in self._each(question, missing):
                answer = result.get()
                if result.ok:
                    answers[result.actor_id] = answer
                elif not isinstance(answer, RayActorError):
                    raise answer
                else:
                    self._replace(result.actor_id, answer)
        return [answers[place] for place in self._places]

    def _each(self, question: Callable[[Any], Any], places: list[int]) -> list[Any]:
        manager = worker_manager(self._group)
        found = manager.foreach_actor(question, healthy_only=False, remote_actor_ids=places)
        return list(found)

    def _replace(self, lost: int, error: RayActorError) -> None:
        quick = self._asked - self._since.pop(lost) < QUICK
        quickly = self._quick.pop(lost) + 1 if quick else 0
        if quickly > MOST_QUICK:
            raise error
        self.replaced += 1
        log.warning("a sampling worker died and is replaced: %s", error)
        # A number that none had before: its markets are not those of another worker again.
        index = len(self._places) + self.replaced
        manager = worker_manager(self._group)
        manager.remove_actor(lost)
        worker = make_worker(self._group, index)
        known = set(manager.actor_ids())
        manager.add_actors([worker])
        (new,) = set(manager.actor_ids()) - known
        self._places[self._places.index(lost)] = new
        self._since[new], self._quick[new] = self._asked, quickly
        self._welcome([new])
