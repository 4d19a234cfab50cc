"""Every column of every chart's CSV file, computed anew from what the chart was given."""

import csv
import itertools
import math

import numpy as np
import pytest
from fake_live import make_history, make_snapshot

from abm_desktop.desk.analytics.compare import compare_runs
from abm_desktop.desk.analytics.experiments import MarketPaths
from abm_desktop.desk.analytics.fact_sessions import FactCurves
from abm_desktop.desk.analytics.likeness import Picture
from abm_desktop.desk.analytics.returns import report_returns
from abm_desktop.desk.analytics.stress import report_stress
from abm_desktop.desk.book_store import BookStore
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.desk.training_curves import TrainingHistory as Curves
from abm_desktop.desk.training_measures import MEASURES as TRAINING_MEASURES
from abm_desktop.learning.process.messages import Progress
from abm_desktop.live import TRADER_CLASSES, ActiveStress
from abm_desktop.live.run_data import RunData
from abm_desktop.metrics.likeness.responses import LAGS
from abm_desktop.metrics.likeness.scores import SCORES
from abm_desktop.ui.analytics.chart import MeasureChart
from abm_desktop.ui.analytics.class_table import ClassTable
from abm_desktop.ui.analytics.compare_charts import CompareCharts
from abm_desktop.ui.analytics.effects_chart import EffectsChart
from abm_desktop.ui.analytics.fact_charts import BandPlot, TailPlot
from abm_desktop.ui.analytics.likeness_charts import DistributionPlot, ResponsePlot
from abm_desktop.ui.analytics.pair_chart import PairChart
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.analytics.series import MEASURES
from abm_desktop.ui.analytics.stress_charts import PathPlot
from abm_desktop.ui.market.depth_chart import DepthChart
from abm_desktop.ui.market.flow_chart import FlowChart
from abm_desktop.ui.market.heatmap import Heatmap
from abm_desktop.ui.market.price_chart import PriceChart
from abm_desktop.ui.market.spread_chart import SpreadChart
from abm_desktop.ui.market.volume_chart import VolumeChart
from abm_desktop.ui.rl.agent_panel import BarChart
from abm_desktop.ui.rl.charts import TrainingChart as TrainingChart
from abm_desktop.ui.rl.result_dialog import RangeChart
from abm_desktop.ui.rl.runs import TrainingRun
from abm_desktop.ui.widgets.chart_export import chart_columns, save_csv
from abm_desktop.ui.widgets.plots import make_plot

ONE_WINDOW = True

YEAR = 252 * 6.5 * 3600
NAN = float("nan")
LEFT, RIGHT = 203.0, 893.0
CLASSES = TRADER_CLASSES[:5]


@pytest.fixture
def read(tmp_path):
    """What stands in the CSV file of a chart: numbers where all are, else texts; no empty ends."""

    def read(chart):
        file = tmp_path / "chart.csv"
        save_csv(chart, file)
        with file.open(newline="", encoding="utf-8") as stream:
            names, *rows = csv.reader(stream)
        assert len(set(names)) == len(names)
        found = {}
        lengths = [len(values) for values in chart_columns(chart).values()]
        cells = list(zip(*rows, strict=True)) or [()] * len(names)
        for name, values, length in zip(names, cells, lengths, strict=True):
            assert not any(values[length:])
            try:
                found[name] = np.array([float(v or "nan") for v in values[:length]])
            except ValueError:
                found[name] = list(values[:length])
        return found

    return read


@pytest.fixture
def own(qtbot):
    """A widget that lives to the end of the test."""
    kept = []

    def own(widget):
        kept.append(widget)
        qtbot.addWidget(widget)
        return widget

    return own


def same(found, expected):
    """Compare all columns; one that nothing is known of fails."""
    assert list(found) == list(expected)
    for name, values in expected.items():
        if isinstance(values, list):
            assert found[name] == values, name
        else:
            np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.fixture(scope="module")
def snapshot():
    """A quarter of an hour with gaps in the quotes, and some fills of an auction."""
    found = make_snapshot(900)
    found.history.best_bid[300:320] = NAN
    found.history.best_ask[310:340] = NAN
    found.fills["auction"][500:520] = 1
    return found


def on_show(history):
    """Places of the samples on show: those within, and one more at each end."""
    inside = [k for k, t in enumerate(history.time) if LEFT <= t <= RIGHT]
    return np.array([inside[0] - 1, *inside, inside[-1] + 1])


def test_price_and_spread(own, read, snapshot):
    h = snapshot.history
    k = on_show(h)
    price = own(PriceChart(StressLog()))
    assert read_nothing(price)
    price.show_snapshot(snapshot, LEFT, RIGHT)
    names = ("time", "mid", "fundamental", "best_bid", "best_ask", "bid_depth", "ask_depth")
    same(read(price), {name: getattr(h, name)[k] for name in names})
    spread = own(SpreadChart(StressLog()))
    spread.show_snapshot(snapshot, LEFT, RIGHT)
    ticks = [round((h.best_ask[j] - h.best_bid[j]) / 0.01, 2) for j in k]
    same(read(spread), {"time": h.time[k], "spread in ticks": np.array(ticks)})


def read_nothing(chart):
    """Whether a chart that was shown nothing has no numbers, and says so without a fault."""
    return not any(len(values) for values in chart_columns(chart).values())


@pytest.mark.parametrize("left", [203.0, 210.0, 0.0])
def test_volume_has_whole_bars_only(own, read, snapshot, left):
    h, chart = snapshot.history, own(VolumeChart(StressLog()))
    assert read_nothing(chart)
    chart.show_snapshot(snapshot, left, RIGHT)
    found = read(chart)
    width = 10.0
    begins = np.arange(left // width * width, snapshot.time, width)
    total = np.append(h.volume, snapshot.volume)
    time = np.append(h.time, snapshot.time)
    lots = [
        total[time <= min(a + width, RIGHT + 1)][-1] - total[time <= a][-1]
        for a in begins
    ]  # fmt: skip
    same(found, {"time": begins[begins < RIGHT], "lots": np.array(lots)[begins < RIGHT]})


def test_flow(own, read, snapshot):
    chart = own(FlowChart(StressLog()))
    chart.show_snapshot(snapshot, LEFT, RIGHT)
    found = read(chart)
    fills = snapshot.fills[snapshot.fills["auction"] == 0]
    begins = np.arange(200.0, 891.0, 10.0)
    expected = {"time": begins}
    for k, name in enumerate(CLASSES):
        mine = fills[fills["taker_class"] == k]
        second = mine["time"] / 1e9
        expected[name] = np.array(
            [
                (mine["size"] * mine["side"])[(second >= a) & (second < a + 10.0)].sum()
                for a in begins
            ]
        )
    same(found, expected)


def test_depth(own, read, snapshot):
    chart = own(DepthChart())
    assert read_nothing(chart)
    chart.show_snapshot(snapshot)
    expected = {}
    for side, levels in (("bid", snapshot.bids), ("ask", snapshot.asks)):
        expected[f"price {side}"] = levels[:, 0]
        expected[f"lots {side}"] = np.array([sum(levels[: k + 1, 1]) for k in range(len(levels))])
    same(read(chart), expected)


# -- the Analytics tab ------------------------------------------------------------------------


def mean_before(time, values, seconds=60.0):
    """Mean of the known values of the last ``seconds`` up to each time."""
    out = []
    for t in time:
        known = values[(time > t - seconds) & (time <= t) & ~np.isnan(values)]
        out.append(known.mean() if len(known) else NAN)
    return np.array(out)


def filled(snapshot, role, kind, until, window):
    """Lots, or currency, that a class filled in the last ``window`` seconds of bars of 10 s."""
    fills, second = snapshot.fills, snapshot.fills["time"] / 1e9
    of = (fills[f"{role}_class"] == kind) & (second < until) & (second >= until - window)
    return fills[of]


def expected_of(key, snapshot):
    """Columns of a measure, computed sample by sample."""
    h, k = snapshot.history, on_show(snapshot.history)
    time = h.time
    if key == "volatility":
        grid = np.arange(0.0, 891.0, 10.0)
        squares = np.diff(np.log(h.mid[grid.astype(int)])) ** 2
        at, rate = grid[3:], []
        for end in range(3, len(grid)):
            some = squares[max(0, end - 30) : end]
            rate.append(100 * math.sqrt(some.sum() * YEAR / (10.0 * len(some))))
        near = (at >= 200.0) & (at <= 900.0)
        return {"time": at[near], "volatility": np.array(rate)[near]}
    if key == "spread":
        spread = 1e4 * (h.best_ask - h.best_bid) / ((h.best_ask + h.best_bid) / 2)
        return {"time": time[k], "spread": mean_before(time, spread)[k]}
    if key == "depth":
        sides = {side: mean_before(time, getattr(h, f"{side}_depth"))[k] for side in ("bid", "ask")}
        return {"time": time[k], **sides}
    if key == "imbalance":
        ratio = (h.bid_depth - h.ask_depth) / (h.bid_depth + h.ask_depth)
        return {"time": time[k], "imbalance": mean_before(time, ratio)[k]}
    if key == "amihud":
        minutes = np.arange(0, 841, 60)
        value = []
        for end in range(1, len(minutes)):
            each = [
                1e6 * abs(math.log(h.mid[b] / h.mid[a])) / ((h.volume[b] - h.volume[a]) * h.mid[b])
                for a, b in itertools.pairwise(minutes[: end + 1])
                if h.volume[b] > h.volume[a]
            ]
            value.append(np.mean(each[-30:]) if len(each) >= 5 else NAN)
        near = minutes[1:] >= 180
        return {"time": minutes[1:][near], "illiquidity": np.array(value)[near]}
    if key == "vpin":
        return None  # in a test of its own
    if key == "order_to_trade":
        ratio = []
        for j, t in enumerate(time):
            past = [i for i in range(len(time)) if time[i] <= t - 60.0]
            first = past[-1] if past else 0
            fills = h.trades[j] - h.trades[first]
            ratio.append((h.messages[j] - h.messages[first]) / fills if fills else NAN)
        return {"time": time[k], "ratio": np.array(ratio)[k]}
    titles = ("Noise", "Market makers", "Fundamental", "Momentum", "Institutions")
    if key in ("pnl", "inventory", "flow"):
        table = h.class_pnl if key == "pnl" else h.class_inventory
        if key == "flow":
            first = [max([i for i in range(len(time)) if time[i] <= t - 60.0] or [0]) for t in time]
            table = table - table[first]
        return {"time": time[k], **{title: table[k, c] for c, title in enumerate(titles)}}
    ends = np.arange(200.0, 901.0, 10.0)
    out = {title: [] for title in titles}
    for end in ends:
        lots, money = np.zeros(5), np.zeros(5)
        for c in range(5):
            for role in ("maker", "taker"):
                fills = filled(snapshot, role, c, end, 60.0)
                money[c] += (fills["size"] * fills["price"]).sum() * 0.01
                if role == key.partition("_")[0]:
                    lots[c] += fills["size"][fills["auction"] == 0].sum()
        for c, title in enumerate(titles):
            out[title].append(money[c] if key == "turnover" else 100 * lots[c] / lots.sum())
    return {"time": ends, **{title: np.array(values) for title, values in out.items()}}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_measures_of_the_analytics_tab(own, read, snapshot, measure):
    chart, flow = own(MeasureChart(measure, StressLog())), TraderFlow()
    flow.take(snapshot)
    chart.show_snapshot(snapshot, flow, LEFT, RIGHT)
    found = read(chart.plot)
    expected = expected_of(measure.key, snapshot)
    if expected is not None:
        same(found, expected)
        return
    # VPIN: buckets of a usual minute's volume, filled trade by trade.
    fills = snapshot.fills[snapshot.fills["auction"] == 0]
    minute = fills["time"] // 60_000_000_000
    per_minute = np.bincount(minute.astype(int), fills["size"])[: int(flow.end[-1] // 60)]
    bucket = round(float(np.median(per_minute)))
    sign = np.repeat(np.sign(fills["side"]), fills["size"])
    full = sign[: len(sign) // bucket * bucket].reshape(-1, bucket)
    exact = np.abs(full.sum(axis=1)) / bucket
    mean = np.array([exact[max(0, k - 49) : k + 1].mean() for k in range(4, len(exact))])
    assert list(found) == ["time", "VPIN"]
    # The chart knows bars of ten seconds, and divides one that crosses the end of a bucket.
    assert abs(found["VPIN"][-1] - mean[-1]) < 0.05
    ends = np.repeat(fills["time"] / 1e9, fills["size"])[bucket - 1 :: bucket][4:]
    near = ends >= LEFT - 60
    assert np.abs(found["time"][-5:] - ends[near][: len(exact)][-5:]).max() < 11.0


def test_curves_of_other_times_have_times_of_their_own(own, read):
    from abm_desktop.ui.analytics.chart import MeasurePlot
    from abm_desktop.ui.analytics.series import Curve

    plot = own(MeasurePlot())
    one, two = np.arange(5.0), np.arange(4.0) + 0.5
    plot.shown = [
        Curve(name, "accent", t, 10.0 * t)
        for name, t in (("A", one), ("B", two), ("C", one), ("D", one))
    ]
    same(
        read(plot),
        {"time": one, "A": 10 * one, "time B": two, "B": 10 * two, "time C": one, "C": 10 * one,
         "D": 10 * one},
    )  # fmt: skip


def test_accounts_by_class(own, read, snapshot):
    table, flow = own(ClassTable()), TraderFlow()
    flow.take(snapshot)
    table.show_snapshot(snapshot, flow)
    accounts = snapshot.classes
    made = np.array([a.maker_volume for a in accounts], float)
    taken = np.array([a.taker_volume for a in accounts], float)
    money = [
        sum(
            (part["size"] * part["price"]).sum() * 0.01
            for role in ("maker", "taker")
            for part in (snapshot.fills[snapshot.fills[f"{role}_class"] == k],)
        )
        for k in range(5)
    ]
    same(
        read(table),
        {
            "Type": list(CLASSES),
            "Traders": np.full(5, 5.0),
            "Inventory": np.array([a.inventory for a in accounts], float),
            "PnL": np.array([a.pnl for a in accounts]),
            "Made": made,
            "Taken": taken,
            "Maker": made / made.sum(),
            "Taker": taken / taken.sum(),
            "Share": (made + taken) / (made + taken).sum(),
            "Turnover": np.array(money),
            "Messages": np.full(5, 5000.0),
        },
    )


def run_of(name, seed, n=1500):
    history = make_history(n, seed)
    return RunData(
        name=name, seed=seed, is_replay=False, tick=0.01, lot=1, history=history,
        fills=make_snapshot(n).fills,
    )  # fmt: skip


def test_runs_of_one_name_side_by_side(own, read):
    runs = [run_of("calm", 1), run_of("calm", 2, 1200)]
    charts = own(CompareCharts())
    charts.show_reports(["calm (out)", "calm (out)"], compare_runs(runs))
    for key, plot in charts.plots.items():
        expected = {}
        for end, run in zip(("", " (2)"), runs, strict=True):
            h = run.history
            step = max(1, math.ceil((len(h) - 1) / 1200))
            k = np.arange(0, len(h), step)
            if key == "price":
                values = 100 * (h.mid[k] / h.mid[0] - 1)
            elif key == "spread":
                spread = 1e4 * (h.best_ask - h.best_bid) / ((h.best_ask + h.best_bid) / 2)
                values = mean_before(h.time, spread)[k]
            else:
                grid = np.arange(0, len(h), 10)
                squares = np.diff(np.log(h.mid[grid])) ** 2
                rate = [
                    100 * math.sqrt(some.sum() * YEAR / (10.0 * len(some)))
                    for end in range(3, len(grid))
                    for some in (squares[max(0, end - 30) : end],)
                ]
                values = np.interp(k, grid[3:], rate, left=NAN)
            expected[f"calm (out) time{end}"] = h.time[k]
            expected[f"calm (out){end}"] = values
        same(read(plot), expected)


def test_returns(read, window):
    run = run_of("calm", 3)
    report = report_returns(run, 10.0)
    window.analytics.show_page("returns")
    page = window.analytics.page("returns")
    page.report = None
    assert all(read_nothing(plot) for plot in (page.histogram, page.quantiles, page.signature))
    page._show(report)
    price = run.history.mid[::10]
    r = np.diff(np.log(price))
    z = (r - r.mean()) / r.std()
    reach = min(max(math.ceil(np.abs(z).max()), 4), 12)
    width = 2 * reach / 61
    middles = np.array([-reach + (k + 0.5) * width for k in range(61)])
    inside = [((z > m - width / 2) & (z <= m + width / 2)).sum() for m in middles]
    normal = [
        0.5 * (math.erf((m + width / 2) / math.sqrt(2)) - math.erf((m - width / 2) / math.sqrt(2)))
        for m in middles
    ]
    same(
        read(page.histogram),
        {
            "standard deviations": middles,
            "density": np.array(inside) / len(z) / width,
            "normal density": np.array(normal) / width,
        },
    )
    found = read(page.quantiles)
    assert list(found) == ["normal quantile", "quantile of returns"]
    np.testing.assert_allclose(found["quantile of returns"], np.sort(z))
    share = [0.5 * (1 + math.erf(q / math.sqrt(2))) for q in found["normal quantile"]]
    np.testing.assert_allclose(share, (np.arange(len(z)) + 0.5) / len(z))
    for plot, x in ((page.plain, r), (page.absolute, np.abs(r))):
        lags = min(50, len(r) // 4)
        d = x - x.mean()
        rho = [(d[:-k] * d[k:]).mean() / (d * d).mean() for k in range(1, lags + 1)]
        same(
            read(plot),
            {
                "lag": np.arange(1.0, lags + 1),
                "autocorrelation": np.array(rho),
                "band": np.full(lags, 2 / math.sqrt(len(r))),
            },
        )
    steps = np.array([1, 2, 5, 10, 20, 30, 60, 120, 300], float)
    logs = np.log(run.history.mid)
    rate = [np.mean((logs[int(s) :] - logs[: -int(s)]) ** 2) / s for s in steps]
    same(
        read(page.signature),
        {
            "seconds between prices": steps,
            "volatility in % a year": 100 * np.sqrt(np.array(rate) * YEAR),
        },
    )


@pytest.mark.parametrize("log", [False, True])
def test_curves_of_the_facts(qtbot, read, log):
    band = np.array([[0.3, 0.2, -0.1], [0.1, 0.05, -0.2], [0.5, 0.4, 0.0]])
    plot = BandPlot("lag", log=log)
    qtbot.addWidget(plot)
    plot.show_band(band)
    names = ("autocorrelation", "low", "high")
    same(read(plot), {"lag": np.arange(1, 4), **dict(zip(names, band, strict=True))})

    size, share, normal = np.array([0.2, 1.0, 3.0]), np.array([0.75, 0.5, 0.25]), np.zeros(3) + 0.1
    curves = FactCurves(np.zeros(20), 0.1, band, band, size, share, normal)
    tail = TailPlot()
    qtbot.addWidget(tail)
    tail.show_tail(curves)
    same(
        read(tail),
        {"standard deviations": size, "share beyond": share, "normal share beyond": normal},
    )


def test_paths_around_a_stress(own, read):
    run = run_of("calm", 4)
    h, start = run.history, 600.0
    report = report_stress(run, ActiveStress("flash_crash", 0.05, start, start + 60.0), 0.0)
    usual = np.median(h.mid[(h.time >= start - 60) & (h.time <= start)])
    # Every other second, since 1,200 would be more than 900 points; the last has no sample.
    k = np.arange(300, 1500, 2)
    wanted = {
        "price": 100 * (h.mid / usual - 1)[k],
        "value": 100 * (h.fundamental / usual - 1)[k],
        "spread_ticks": np.rint(h.best_ask / 0.01)[k] - np.rint(h.best_bid / 0.01)[k],
        "depth": 0.5 * (np.floor(h.bid_depth) + np.floor(h.ask_depth))[k],  # lots are whole
    }
    for names in (("price", "value"), ("spread_ticks",), ("depth",)):
        plot = own(PathPlot([(name, name, "mid") for name in names]))
        assert read_nothing(plot)
        plot.show_paths(report)
        columns = {name: np.append(wanted[name], NAN) for name in names}
        same(read(plot), {"time": np.append(h.time[k], 1500.0), **columns})


def test_copies_of_a_market(own, read):
    minutes = np.arange(-2.0, 4.0)
    paths = [
        MarketPaths(7, group, minutes, {"without": 100.0 + k * minutes, "PPO 10 %": 99.0 + minutes})
        for k, group in enumerate(("calm", "flash crash"))
    ]
    chart = own(PairChart())
    assert read_nothing(chart.plots[0])
    chart.show_market(paths, ["PPO 10 %"])
    same(read(chart.plots[1]), {"minutes": minutes, **paths[1].prices})
    told = {f"{p.group} minutes": minutes for p in paths}
    told |= {f"{p.group} {name}": v for p in paths for name, v in p.prices.items()}
    found = read(chart)
    same(found, {name: told[name] for name in found})
    assert set(found) == set(told)


@pytest.mark.parametrize(("low", "high", "row"), [(99.98, 100.03, 1), (95.0, 105.0, 10)])
def test_books_behind_the_price(qapp, read, low, high, row):
    books = BookStore()
    # No book from 40 s on for a third of the time shown: nothing is known of it.
    times = [*range(0, 41, 2), *range(80, 101, 2)]
    for k, time in enumerate(times):
        books.take(
            make_snapshot(
                30, time=float(time), bids=np.array([[100.0, 10.0 + k, 1.0], [99.99, 5.0, 1.0]]),
                asks=np.array([[100.01, 20.0 + k, 1.0]]),
            )
        )  # fmt: skip
    heat = Heatmap(books)
    assert list(heat.export_columns()) == ["time"]
    heat.show_books(0.01, 10.0, 100.0, low, high, 100.0)
    found = read(heat)
    shown = [(time, k) for k, time in enumerate(times) if time >= 10]
    np.testing.assert_allclose(found["time"], [time for time, _k in shown])
    prices = [name for name in found if name != "time"]
    if row == 1:
        assert prices == ["99.98", "99.99", "100.00", "100.01", "100.02"]
        assert found["99.98"].tolist() == found["100.02"].tolist() == [0.0] * len(shown)
        assert found["99.99"].tolist() == [5.0] * len(shown)
        assert found["100.00"].tolist() == [10.0 + k for _t, k in shown]
        assert found["100.01"].tolist() == [20.0 + k for _t, k in shown]
    else:
        assert prices[0] == "95.00 to 95.09" and prices[-1] == "104.90 to 104.99"
        assert found["99.90 to 99.99"].tolist() == [5.0] * len(shown)
        assert found["100.00 to 100.09"].tolist() == [30.0 + 2 * k for _t, k in shown]


def test_effects(own, read):
    effects = [
        {
            "measure": "stress_rv_10s", "group": "calm" if k < 2 else "flash crash", "kind": "PPO",
            "level": f"{10 * k} %", "ratio": k % 2 == 0, "change": 0.1 * k, "low": -0.1,
            "high": None if k == 1 else 0.4, "p": 0.01 * k, "p_holm": None, "pairs": 8, "d_z": 1.0,
        }
        for k in range(4)
    ]  # fmt: skip
    chart = own(EffectsChart())
    chart.show_effects(effects, ["PPO"], [e["level"] for e in effects])
    for shown, part in ((chart, effects), (chart.plots[0], effects[:2])):
        found = read(shown)
        assert list(found) == [
            "measure", "group", "kind", "level", "ratio", "change", "low", "high", "p", "p_holm",
            "pairs",
        ]  # fmt: skip
        for name, values in found.items():
            told = [e[name] for e in part]
            if name == "ratio":
                assert values == [str(value) for value in told]
            elif isinstance(values, list):
                assert values == told
            else:
                np.testing.assert_allclose(values, [NAN if v is None else v for v in told])


def test_tables_have_every_column_and_numbers_that_programs_read(own, read):
    table = own(ReportTable("runs", ["Measure", "one", "two", "Δ", "two", "Δ"]))
    texts = ["Fall, largest", "−1.50 %", "1,234,567 lots", "+0.5", "–", "> 12,000 s"]
    table.show_rows([[TableCell(text) for text in texts]])
    found = read(table)
    assert found == {
        "Measure": ["Fall, largest"], "one": ["-1.50 %"], "two": ["1234567 lots"], "Δ": [0.5],
        "two (2)": ["–"], "Δ (2)": ["> 12000 s"],
    }  # fmt: skip


def test_charts_without_columns_of_their_own_keep_curves_of_one_name_apart(own, read):
    plot = own(make_plot())
    for k in (1.0, 2.0):
        plot.add_line("accent", name="run").setData(np.arange(3.0), k * np.arange(3.0))
    plot.add_line("accent")
    x = np.arange(3.0)
    same(read(plot), {"run x": x, "run y": x, "run x (2)": x, "run y (2)": 2 * x})


# -- the RL tab -------------------------------------------------------------------------------


def training(name, rows, shift):
    """A run of ``rows`` iterations; the reward is known from the third on."""
    curves = Curves(
        Progress(
            iteration=k + 1, iterations=rows, env_steps=100 * (k + 1), elapsed_seconds=30.0 * k,
            reward_mean=None if k < 2 else shift + k, episode_length_mean=None if k < 2 else 9.0,
            pnl_mean=None if k < 2 else 2.0 * k, position_mean=0.1 * k,
            action_shares=(0.2, 0.5, 0.3), actions=("SELL", "HOLD", "BUY"),
            losses={"policy_loss": 0.1 * k, "entropy": 1.0}, steps_per_second=500.0,
            learning_rate=3e-4, episodes=k, sample_seconds=1.0, learn_seconds=1.0, eta_seconds=1.0,
        )
        for k in range(rows)
    )  # fmt: skip
    return TrainingRun(name, "PPO", rows, curves)


@pytest.mark.parametrize("weight", [0.0, 0.6])
def test_training_curves(own, read, weight):
    now, before = training("now", 6, 1.0), training("before", 4, 5.0)
    known = {
        "reward": lambda run, k: {"now": 1.0, "before": 5.0}[run] + k if k > 1 else NAN,
        "pnl": lambda run, k: 2.0 * k if k > 1 else NAN,
        "speed": lambda run, k: 500.0,
        "policy_loss": lambda run, k: 0.1 * k,
        "entropy": lambda run, k: 1.0,
        "learning_rate": lambda run, k: 3e-4,
        "position": lambda run, k: 10.0 * k,
        "length": lambda run, k: 9.0 if k > 1 else NAN,
    }
    for measure in TRAINING_MEASURES:
        chart = own(TrainingChart(measure))
        chart.show_runs(now, [before], "Decisions", weight, 600.0)
        expected = {}
        for run, rows in (("before", 4), ("now", 6)):
            curves = {"": known.get(measure.key, lambda run, k: NAN)}
            if measure.key == "actions":
                shares = {"SELL": 20.0, "HOLD": 50.0, "BUY": 30.0}
                curves = {n: lambda run, k, v=v: v for n, v in shares.items()}
            for name, value in curves.items():
                values = np.array([value(run, k) for k in range(rows)])
                some = ~np.isnan(values)
                title = f"{run} {name}".strip()
                expected[f"{title} Decisions"] = 100.0 * np.arange(1, rows + 1)[some]
                expected[title] = values[some]
                if weight:
                    smooth, last, left = [], 0.0, 1.0
                    for v in values[some]:
                        last, left = weight * last + (1 - weight) * v, left * weight
                        smooth.append(last / (1 - left))
                    expected[f"{title} smoothed by 0.6"] = np.array(smooth)
        same(read_plot(read, chart), expected)


def read_plot(read, chart):
    chart.plot.export_columns = chart.export_columns
    return read(chart.plot)


def test_bars_and_ranges(own, read):
    bars = own(BarChart(["a", "b"], -1.0, 1.0, ["accent"], 2))
    bars.show_values(np.array([0.25, -0.125]))
    same(read(bars), {"name": ["a", "b"], "value": np.array([0.25, -0.125])})
    ranges = own(RangeChart(["a", "b"], [1.5, 2.5], [(1.0, 2.0), None], 1.0, "x"))
    same(
        read(ranges),
        {
            "name": ["a", "b"],
            "value": np.array([1.5, 2.5]),
            "low": np.array([1.0, NAN]),
            "high": np.array([2.0, NAN]),
        },
    )


def test_likeness_of_two_days(own, read):
    plot = own(DistributionPlot())
    assert plot.export_columns() == {}
    shares = np.array([[0.25, 0.75], [1.0, 0.0]])
    picture = Picture(np.array([0.0, 1.0, 3.0]), shares)
    plot.show_picture(SCORES[0], ("x", "y"), picture)
    same(
        read(plot),
        {
            "from": np.array([0.0, 1.0]), "to": np.array([1.0, 3.0]),
            "share of A": shares[0], "share of B": shares[1],
        },
    )  # fmt: skip
    plot.show_picture(SCORES[0], ("x", "y"), None)
    assert plot.export_columns() == {}
    response = own(ResponsePlot())
    assert response.export_columns() == {}
    rows = (np.arange(len(LAGS)) / 8, np.full(len(LAGS), NAN))
    response.show_responses(("x", "y"), rows)
    same(read(response), {"events": np.array(LAGS), "A": rows[0], "B": rows[1]})


def test_every_chart_that_can_be_saved_as_numbers_is_in_this_file():
    """A new ``export_columns`` needs a check here; these are the classes that have one."""
    import re
    from pathlib import Path

    import abm_desktop.ui as ui

    found = set()
    for file in Path(ui.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        parts = re.split(r"^class (\w+)", text, flags=re.M)
        found |= {
            name
            for name, body in zip(parts[1::2], parts[2::2], strict=True)
            if "def export_columns" in body
        }
    assert found == {
        "AutocorrelationPlot", "BandPlot", "BarChart", "ClassTable", "DepthChart",
        "DistributionPlot", "EffectsChart", "FlowChart", "GroupPlot", "Heatmap",
        "MeasurePlot", "OverlayPlot", "PairChart", "PairPlot", "PathPlot", "PriceChart",
        "RangeChart", "ReportTable", "ResponsePlot", "SpreadChart", "TailPlot", "TrainingChart",
        "VolumeChart",
    }  # fmt: skip
