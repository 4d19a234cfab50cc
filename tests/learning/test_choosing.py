"""Days to choose on, to accept on and to report on are different ones, and code sees to it."""

import numpy as np
import pytest

from abm_desktop.cli import main
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.assessment import evaluate_model
from abm_desktop.learning.judging.choosing import choose
from abm_desktop.learning.judging.evaluation import evaluate
from abm_desktop.learning.judging.seed_ranges import PURPOSES, first_seed
from abm_desktop.learning.judging.trading_days import trade_days
from abm_desktop.learning.registry import models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles.judged import fixed
from abm_desktop.scenario import Scenario

pytestmark = pytest.mark.usefixtures("data_folder")
SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
HOLD, BUY = 1, 2


def always(action):
    biases = np.zeros(3, np.float32)
    biases[action] = 1.0
    return PolicyNet((np.zeros((13, 3), np.float32),), (biases,))


def save(name, action):
    info = models.ModelInfo(
        name=name, algorithm="PPO", scenario="calm", created="2026-01-01T00:00:00+00:00",
        iterations=1, env_steps=1, reward_mean=None, seed=0, status="finished", version="0",
        checkpoint="checkpoint-000001",
    )  # fmt: skip
    models.save_model(info, always(action), lambda part: None)


def test_the_ranges_share_no_day_with_each_other_or_with_trainings():
    from abm_desktop.learning.config import LAST_SEED

    firsts = sorted(first_seed(purpose) for purpose in PURPOSES)
    lasts = sorted(first_seed(purpose, 30_000_000 - 1) for purpose in PURPOSES)
    assert len(firsts) == 3 and firsts[0] > LAST_SEED
    assert all(last < first for last, first in zip(lasts, firsts[1:], strict=False))
    with pytest.raises(InputError, match="seed"):
        first_seed("report", 30_000_000 - 5, days=6)
    with pytest.raises(InputError, match="choice, acceptance, report"):
        first_seed("training")


def test_each_purpose_has_its_own_days():
    def moves(purpose, seed=0):
        days = trade_days(fixed(BUY), SHORT, days=6, hours=0.04, seed=seed, purpose=purpose)
        return days.move.tolist()

    first, again, other = moves("choice"), moves("choice"), moves("report")
    assert first == again and not set(first) & set(other) - {0.0}
    assert moves("acceptance") != other


def test_days_of_choice_give_no_verdict():
    with pytest.raises(InputError, match="acceptance or report"):
        evaluate(always(BUY), SHORT, days=6, hours=0.04, purpose="choice")


def test_the_best_comes_first_and_all_keep_on_which_days_that_was():
    save("idle", HOLD)
    save("busy", BUY)
    ranked = choose(["busy", "idle"], SHORT, days=6, hours=0.04)
    means = [one.mean for one in ranked]
    assert means == sorted(means, reverse=True) and len(ranked[0].pnl) == 6
    kept = {name: models.get_model(name).metrics["chosen"] for name in ("busy", "idle")}
    assert [kept[one.name]["best"] for one in ranked] == [True, False]
    assert kept["idle"]["purpose"] == "choice" and kept["idle"]["among"] == ["busy", "idle"]
    with pytest.raises(InputError, match="each named once"):
        choose(["busy", "busy"], SHORT, days=6, hours=0.04)
    with pytest.raises(models.ModelError):
        choose(["busy", "nobody"], SHORT, days=6, hours=0.04)


def test_a_verdict_on_days_of_the_choice_is_refused(tmp_path):
    market = tmp_path / "short.toml"
    market.write_text('name = "short"\n[market]\nwarm_up = "2min"\n')
    save("chosen", BUY)
    days = {"scenario": "short", "purpose": "acceptance", "seed": 4, "days": 3}
    models.set_metrics("chosen", chosen=days)

    def judge(seed):
        evaluate_model("chosen", str(market), 6, 0.02, seed, progress=lambda share, what: None)

    for seed in (0, 6):
        with pytest.raises(InputError, match="the model was chosen"):
            judge(seed)
    assert "evaluation" not in models.get_model("chosen").metrics
    judge(7)
    found = models.get_model("chosen").metrics["evaluation"]
    assert (found["purpose"], found["seed"], found["days"]) == ("acceptance", 7, 6)


def test_the_commands_choose_and_judge_on_days_of_their_own(capsys):
    save("idle", HOLD)
    save("busy", BUY)
    assert main(["models", "choose", "idle", "busy", "--days", "6", "--hours", "0.05"]) == 0
    told = capsys.readouterr().out
    assert "for choosing" in told and "abm-desktop evaluate idle" in told
    assert main(["evaluate", "idle", "--range", "choice"]) != 0
    assert "abm-desktop models choose" in capsys.readouterr().err
    judged = ["evaluate", "idle", "--days", "6", "--hours", "0.05", "--range", "report"]
    assert main(judged) == 1, "who does nothing is not accepted"
    found = models.get_model("idle").metrics
    assert found["report"]["purpose"] == "report" and "evaluation" not in found
