"""Rules for messages and trades: resting time, order-to-trade cap, halts of some, fees and tax.

Each looks at one trader at a time; windows are per trader and begin again when they have run out.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.state import (
    ACCEPTED,
    AI_HALTED,
    BLOCKED,
    CANCEL,
    MARKET_MAKER,
    MODIFY,
    MOMENTUM,
    RL,
    THROTTLED,
    TOO_YOUNG,
)

_KILL_WINDOW = 60.0


@kernel
def _roll_window(m, rules, a):
    """Begin a trader's window again when it has run out."""
    length = _KILL_WINDOW
    if rules.order_to_trade_cap_on != 0:
        length = rules.order_to_trade_cap_window
    if m.now - a.window_start >= nanoseconds(length):
        a.window_start = m.now
        a.window_messages = 0
        a.window_trades = 0
        a.window_equity = a.cash + a.inventory * m.mid


@kernel
def screen(m, rules, a, intent, born, expired):
    """Judge one message before it reaches the book: ACCEPTED, or why not.

    ``born`` is when the order to be cancelled was placed, ns. Expiries are the venue's own and
    always pass.
    """
    if expired:
        return ACCEPTED
    if a.blocked != 0 and intent.kind != CANCEL:
        return BLOCKED
    if m.now < m.ai_halt_end and a.kind == RL and intent.kind != CANCEL and rules.ai_halt_on != 0:
        return AI_HALTED
    takes_away = intent.kind == CANCEL or intent.kind == MODIFY
    if takes_away and rules.minimum_resting_time_on != 0:
        if m.now - born < nanoseconds(rules.minimum_resting_time_time):
            return TOO_YOUNG
    _roll_window(m, rules, a)
    a.window_messages += 1
    if rules.order_to_trade_cap_on != 0 and intent.kind != CANCEL:
        most = rules.order_to_trade_cap_ratio * max(np.int64(a.window_trades), 1)
        if a.window_messages > most:
            return THROTTLED
    return ACCEPTED


@kernel
def pay(m, a, account, amount):
    """Move a fee of ``amount`` tick-lots from a trader and its class to the venue's fee account.

    Accounts are whole tick-lots: the fraction is carried over to the next payer.
    """
    owed = amount + m.fee_fraction
    whole = np.int64(owed)
    m.fee_fraction = owed - whole
    a.cash -= whole
    account.cash -= whole
    m.fees += whole


@kernel
def tax_trade(m, rules, taker, maker, of_taker, of_maker, notional):
    """Charge the transaction tax on one fill of ``notional`` tick-lots."""
    tax = notional * rules.transaction_tax_rate
    pay(m, taker, of_taker, tax)
    if rules.transaction_tax_makers_exempt == 0.0:
        pay(m, maker, of_maker, tax)


@kernel
def watch(m, rules, a):
    """After a trade or message of a trader: does the kill switch block it now?"""
    # Only those who trade for their own account: the others' positions are their business.
    if a.blocked != 0 or not (a.kind == MARKET_MAKER or a.kind == MOMENTUM or a.kind == RL):
        return False
    beyond = False
    if rules.kill_switch_inventory > 0.0:
        beyond = abs(a.inventory) > rules.kill_switch_inventory
    if rules.kill_switch_loss > 0.0:
        loss = a.window_equity - (a.cash + a.inventory * m.mid)
        beyond = beyond or loss > rules.kill_switch_loss
    if rules.kill_switch_messages > 0.0:
        beyond = beyond or a.window_messages > rules.kill_switch_messages
    if beyond:
        a.blocked = 1
        m.blocked_traders += 1
    return beyond
