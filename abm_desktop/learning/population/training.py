"""A population learns: sample all seats at once, let each learner learn from its own, again.

The learners are those of ``abm-desktop train``; here several of them sit in the same markets.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from abm_desktop.learning.arrays.networks import use_one_thread
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.population.config import League, PopulationConfig, Selection
from abm_desktop.learning.population.league import PastCopies
from abm_desktop.learning.population.learner import PopulationLearner
from abm_desktop.learning.population.markets import MarketTables, loads
from abm_desktop.learning.population.measures import Episodes, LearnerMeasures, PopulationProgress
from abm_desktop.learning.population.seats import SeatsSample, Tables, rollout_of
from abm_desktop.learning.population.selection import Replacement, explored, replacements
from abm_desktop.learning.rllib.algorithms import reward_weights, seed_after
from abm_desktop.market.roles import find_role
from abm_desktop.thread_team import ThreadTeam

__all__ = ["LearningPopulation", "market_population", "seated_markets"]


class LearningPopulation:
    """Learners around tables. Iterating yields a measure of every iteration.

    Args:
        tables: markets or games; the seats of the learners come first, then those of a league.
        learners: who learns.
        seats: which learner sits on each of the first seats.
        names: of the learners.
        steps: decisions of each seat per iteration.
        iterations: how long it goes on.
        seed: of the decisions' randomness, of draws of a league and a selection.
        groups: learners that replace each other, and whose copies may sit in each other's place.
        league: rules of past copies, for the seats behind those of the learners, each of one of
            the groups in turn.
        selection: rules by which settings change.
        threads: that learn side by side; None for all processors.
    """

    def __init__(
        self,
        tables: Tables,
        learners: Sequence[PopulationLearner],
        seats: Sequence[int],
        names: Sequence[str],
        *,
        steps: int,
        iterations: int,
        seed: int,
        groups: Sequence[Sequence[int]] = (),
        league: League | None = None,
        selection: Selection | None = None,
        threads: int | None = None,
    ) -> None:
        use_one_thread()
        self.tables, self.learners = tables, list(learners)
        self.seats, self.names = tuple(seats), tuple(names)
        self.iterations, self.done = iterations, 0
        self.history: list[Replacement] = []
        self._steps, self._groups, self._selection = steps, list(groups), selection
        self._random = np.random.default_rng([seed, 0x70])
        self._episodes = Episodes(tables.tables, len(tables.inputs))
        self._scores = np.zeros(len(self.learners))
        self._since = 0
        self._team = ThreadTeam(threads or None, most=len(self.learners))
        self._past: PastCopies | None = None
        if league is not None:
            further = range(len(tables.inputs) - len(self.seats))
            self._past = PastCopies(
                league, len(self.learners), [groups[k % len(groups)] for k in further]
            )

    def players(self) -> list[Any]:
        """Copies of the learners as they are now, to play."""
        if isinstance(self.tables, MarketTables):
            return [learner.policy() for learner in self.learners]
        return [learner.net() for learner in self.learners]

    def __iter__(self) -> Iterator[PopulationProgress]:
        while self.done < self.iterations:
            yield self.iterate()

    def go_on_after(self, done: int, history: Sequence[Replacement]) -> None:
        """Go on after so many iterations, with what a selection did in them."""
        self.done, self.history = done, list(history)
        for who in range(len(self.learners)):
            self._reward_anew(who)

    def iterate(self) -> PopulationProgress:
        """Sample and learn once.

        Raises :class:`~abm_desktop.learning.rllib.updates.DivergenceError`.
        """
        began = time.monotonic()
        players = self.players()
        seating = np.tile(np.array(self.seats, np.int64), (self.tables.tables, 1))
        if self._past is not None:
            if self._past.is_due(self.done):
                self._past.keep(players)
                self._past.draw(self.tables.tables, self._random)
            others, theirs = self._past.seat(len(players))
            players, seating = [*players, *others], np.hstack([seating, theirs])
        sample = self.tables.sample(players, seating, self._steps, self._random)
        sampled = time.monotonic()
        self._learn(sample, seating)
        self.done += 1
        learned = time.monotonic()
        rows = self._measure(sample, seating)
        replaced = self._select()
        return PopulationProgress(
            self.done,
            self.iterations,
            sum(learner.decisions for learner in self.learners),
            sampled - began,
            learned - sampled,
            tuple(rows),
            tuple(self._told(one) for one in replaced),
        )

    def _learn(self, sample: SeatsSample, seating: np.ndarray) -> None:
        """Each learner by one thread, which changes no bit."""
        waiting = list(enumerate(self.learners))

        def work(member: int) -> None:
            for who, learner in waiting[member :: self._team.threads]:
                inputs = self.tables.inputs[self.seats.index(who)]
                learner.learn(rollout_of(sample, seating == who, inputs))

        self._team.run(work)

    def _measure(self, sample: SeatsSample, seating: np.ndarray) -> list[LearnerMeasures]:
        tables, returns, lengths = self._episodes.add(sample)
        rows, held = [], None
        if isinstance(self.tables, MarketTables):
            held = loads(sample)
        self._since += 1
        for who, learner in enumerate(self.learners):
            mine = seating == who
            valid = sample.valid[:, mine]
            earned = float(sample.rewards[:, mine].sum(dtype=np.float64))
            reward = earned / max(int(valid.sum()), 1)
            score = reward
            if held is not None and not find_role(learner.config.role).has_parent:
                squares = held[:, mine][valid].astype(np.float64) ** 2
                score += learner.config.reward_inventory * float(squares.mean())
            self._scores[who] += (score - self._scores[who]) / self._since
            ended = mine[tables]
            actions = self.tables.actions[self.seats.index(who)]
            counts = np.bincount(sample.actions[:, mine][valid], minlength=actions)
            some = bool(ended.any())
            rows.append(
                LearnerMeasures(
                    self.names[who],
                    reward,
                    float(returns[ended].mean()) if some else None,
                    float(lengths[np.nonzero(ended)[0]].mean()) if some else None,
                    float(sample.profits[ended].mean()) if some else None,
                    None if held is None else float(np.abs(held[:, mine][valid]).mean()),
                    tuple((counts / counts.sum()).tolist()),
                    learner.present_rate,
                    learner.losses,
                    float(self._scores[who]),
                )
            )
        return rows

    def _select(self) -> list[Replacement]:
        """Replace the worst of each group by copies of its best, if it is time."""
        rules = self._selection
        if rules is None or self.done % rules.interval or self.done == self.iterations:
            return []
        found = []
        for group in (group for group in self._groups if len(group) > 1):
            scores = [float(self._scores[who]) for who in group]
            for loser, winner in replacements(scores, rules.share, self._random):
                taker, giver = self.learners[group[loser]], self.learners[group[winner]]
                taker.take_over(giver)
                kept = {name: getattr(giver.config, name) for name in rules.explore}
                taker.change(kept | dict(explored(giver.config, rules, self._random)))
                self._reward_anew(group[loser])
                changed = {name: float(getattr(taker.config, name)) for name in rules.explore}
                found.append(Replacement(self.done, group[loser], group[winner], changed))
        self._scores[:], self._since = 0.0, 0
        self.history += found
        return found

    def _reward_anew(self, who: int) -> None:
        if isinstance(self.tables, MarketTables):
            weights = reward_weights(self.learners[who].config, 0.0)
            for seat, owner in enumerate(self.seats):
                if owner == who:
                    self.tables.set_weights(seat, weights)

    def _told(self, one: Replacement) -> str:
        values = ", ".join(f"{name} {value:.3g}" for name, value in one.values.items())
        return f"{self.names[one.loser]} goes on as {self.names[one.winner]} with {values}"

    def close(self) -> None:
        """End the threads."""
        self._team.close()
        self.tables.close()


def seated_markets(
    config: PopulationConfig,
    owners: Sequence[TrainingConfig],
    markets: int,
    seed: int | Sequence[int],
) -> MarketTables:
    """Markets of a population with a seat for each of ``owners``, of its role and reward.

    If each has a ``seed``, for judging, all their first episodes are whole and without stress.
    """
    judging = not isinstance(seed, int)
    return MarketTables(
        config.scenario,
        markets,
        [owner.role for owner in owners],
        [reward_weights(owner, 0.0) for owner in owners],
        sizes=owners[0].sizes,
        seed=seed,
        episode_seconds=config.episode_seconds,
        stress_probability=0.0 if judging else config.stress_probability,
        held_out_stress=config.held_out_stress,
        threads=config.threads or None,
        stagger=not judging,
    )


def market_population(
    config: PopulationConfig, names: Sequence[str] | None = None, done: int = 0
) -> tuple[LearningPopulation, list[TrainingConfig]]:
    """The population of ``config`` in its markets, and the training of each of its learners.

    ``done`` are the iterations of one that goes on, which shall not meet the markets and random
    numbers of its beginning again.

    Raises ``InputError`` and its kin for markets that cannot be.
    """
    trainings: list[TrainingConfig] = []
    seats: list[int] = []
    groups: list[list[int]] = []
    for number, group in enumerate(config.learners):
        first = len(trainings)
        trainings += config.trainings_of(group, number)
        groups.append(list(range(first, len(trainings))))
        seats += [who for who in groups[-1] for _ in range(group.seats_each)]
    others = config.league.seats if config.league else 0
    owners = [trainings[who] for who in seats]
    owners += [trainings[groups[k % len(groups)][0]] for k in range(others)]
    seed = seed_after(trainings[0], done)  # whose seed is that of the population
    tables = seated_markets(config, owners, config.markets, seed)
    learners = [
        PopulationLearner(one, tables.inputs[seats.index(who)], tables.actions[seats.index(who)])
        for who, one in enumerate(trainings)
    ]
    population = LearningPopulation(
        tables,
        learners,
        seats,
        names or [f"{one.role}-{who + 1}" for who, one in enumerate(trainings)],
        steps=config.rollout_length,
        iterations=config.iterations,
        seed=seed,
        groups=groups,
        league=config.league,
        selection=config.selection,
        threads=config.threads or None,
    )
    return population, trainings
