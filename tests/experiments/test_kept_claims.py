"""A page of claims keeps what it told: of runs on other machines, until something changed."""

import json

import pandas as pd
import pytest

from abm_desktop.experiments.reproduction import kept, page
from abm_desktop.experiments.reproduction.claim import PublishedClaim, SecondTry
from abm_desktop.experiments.reproduction.contrasts import ClaimContrast, Power, verdict
from abm_desktop.experiments.reproduction.trial import ClaimFinding, Tried
from abm_desktop.experiments.running.registration import market_digest
from abm_desktop.inputs import InputError
from abm_desktop.paths import docs_dir
from abm_desktop.scenario import find_scenario, load_scenario

TEST = {"says": "it falls", "measure": "x", "sign": -1, "bound": 0.1, "why": "so"}
CELLS = {"of": [{"arm": "trained"}], "against": [{"arm": "control"}]}


@pytest.fixture
def claim():
    return PublishedClaim.model_validate(
        {
            "number": 9,
            "work": "Nobody (2026)",
            "claim": "Prices fall.",
            "experiment": {"name": "x", "rl": {"shares": [0]}},
            "test": [TEST | CELLS],
            "again": [{"market": "calm", "seeds": 40}],
        }
    )


def tried(claim, market="calm", *, attempt=1, mean=-0.5, missing=0):
    values = pd.DataFrame(
        {"side": "of 1", "policy": ["", "p"], "seed": 3, "fork": 0, "value": [1.5, float("nan")]}
    )
    found = ClaimContrast(mean, 0.1, 29.0, float("nan"), 30, 30, 0, values)
    so = verdict(claim.test[0], found)
    digest = market_digest(load_scenario(find_scenario(market)))
    finding = ClaimFinding(claim.test[0], found, Power(0.2, float("nan")), so)
    words = ("Registered before run 1.",)
    return Tried(claim, market, (finding,), so, words, 60, missing, attempt, digest)


def test_a_page_is_made_again_of_what_it_keeps(claim, tmp_path):
    page.write_page(tmp_path / "page.md", [claim], [tried(claim)])
    text, values = (tmp_path / "page.md").read_text(), (tmp_path / kept.VALUES).read_text()
    page.write_page(tmp_path / "page.md", [claim], kept.with_kept([], tmp_path, [claim]))
    assert (tmp_path / "page.md").read_text() == text and "**confirmed**" in text
    assert (tmp_path / kept.VALUES).read_text() == values


def test_own_runs_go_before_what_was_kept_unless_they_are_a_part(claim, tmp_path):
    kept.keep([tried(claim), tried(claim, "amzn_2012")], tmp_path)
    mine = tried(claim, mean=0.5)
    found = kept.with_kept([mine], tmp_path, [claim])
    assert {one.market: one.verdict for one in found} == {
        "calm": "refuted", "amzn_2012": "confirmed",
    }  # fmt: skip
    part = tried(claim, mean=0.5, missing=7)
    assert kept.with_kept([part], tmp_path, [claim])[1].verdict == "confirmed"


def test_nothing_is_kept_of_another_claim_or_market(claim, tmp_path):
    kept.keep([tried(claim)], tmp_path)
    other = claim.model_copy(update={"claim": "Prices rise."})
    assert kept.kept(tmp_path, [other]) == [] and len(kept.kept(tmp_path, [claim])) == 1
    file = tmp_path / kept.RECORD
    record = json.loads(file.read_text())
    record["tries"][0]["digest"] = "that of an earlier calibration"
    file.write_text(json.dumps(record))
    assert kept.kept(tmp_path, [claim]) == []
    del record["tries"][0]["digest"]
    file.write_text(json.dumps(record))
    with pytest.raises(InputError, match="lacks what a try has"):
        kept.kept(tmp_path, [claim])


def test_of_two_tries_both_are_shown_and_the_second_counts(claim):
    first, second = tried(claim, mean=-0.1), tried(claim, attempt=2)
    text = page.page([claim], [first, second])
    assert "| cannot be told; again: **confirmed** |" in text
    assert "Again in `calm`, in other markets: **confirmed**." in text
    assert "In `calm`: 1 confirmed, 0 refuted, 0 cannot be told." in text
    assert "in a market or more: 1." in text
    assert "Again in `calm`, in other markets: not run yet." in page.page([claim], [first])


def test_a_second_try_has_markets_of_its_own(claim):
    first, pilot, second = (
        claim.design("calm"),
        claim.design("calm", pilot=True),
        claim.design("calm", attempt=2),
    )
    assert claim.tries("calm") == (1, 2) and claim.tries("amzn_2012") == (1,)
    assert second.seeds == 40 and len({d.first_seed for d in (first, pilot, second)}) == 3
    assert claim.design("calm", pilot=True, seeds=4, attempt=2) == claim.design(
        "calm", pilot=True, seeds=4
    )
    for market in ("dr1", "calm"):
        twice = [*claim.again, SecondTry(market=market, seeds=4)]
        with pytest.raises(ValueError, match=r'is "dr1", none|is "calm", a second time'):
            PublishedClaim.model_validate(claim.model_dump() | {"again": twice})


def test_the_page_that_ships_is_what_it_keeps():
    """Nobody wrote into it, and its numbers give its verdicts."""
    from abm_desktop.experiments.reproduction.claim import find_claims

    claims = [claim for _, claim in find_claims([])]
    found = kept.kept(docs_dir(), claims)
    assert page.page(claims, found) == (docs_dir() / "reproductions.md").read_text()
