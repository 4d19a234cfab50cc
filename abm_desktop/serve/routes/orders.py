"""Orders placed by hand, and the account that they make."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from abm_desktop.live.commands import CancelOrder, CancelOrders, ModifyOrder, PlaceOrder
from abm_desktop.live.types import OwnAccount
from abm_desktop.scenario.bounds import Lots
from abm_desktop.serve.answers import CommandAnswer, known
from abm_desktop.serve.routes.common import Asked, Session

router = APIRouter(tags=["orders"])

Place = Annotated[int, Path(ge=0, lt=2**31)]


class Order(BaseModel):
    """An order that rests in the book."""

    order: tuple[int, int]
    """Its name: slot and number."""
    side: int
    """+1 buys, -1 sells."""
    price: float
    size: int
    """Lots that are left."""
    ahead: int
    """Lots before it in the queue of its price."""


class NewOrder(BaseModel):
    """An order to place."""

    side: int
    """+1 buys, -1 sells."""
    size: Lots
    price: float | None = None
    """Limit; null takes what is there."""


class OrderChange(BaseModel):
    """How an order shall be; fewer lots at its price keep its place in the queue."""

    price: float
    size: Lots


class Account(BaseModel):
    """What the person and the clients hold together."""

    position: int
    """Lots, negative if sold short."""
    pnl: float
    """Currency since the open, marked at mid."""
    break_even: float | None
    traded: int
    """Lots bought and sold."""


@router.get("/orders")
async def list_orders(session: Session) -> list[Order]:
    """The orders that rest in the book, the oldest first."""
    own = session.snapshot().own
    return [
        Order(order=o.key, side=o.side, price=o.price, size=o.size, ahead=o.ahead)
        for o in (own.orders if own is not None else ())
    ]


@router.post("/orders", status_code=201)
async def place(given: NewOrder, asked: Asked) -> CommandAnswer:
    """Place an order. The answer tells what was filled at once, and the name of what rests."""
    return await asked.do(PlaceOrder, side=given.side, price=given.price, size=given.size)


@router.put("/orders/{slot}/{number}")
async def modify(slot: Place, number: Place, given: OrderChange, asked: Asked) -> CommandAnswer:
    """Change an order."""
    return await asked.do(ModifyOrder, order=(slot, number), price=given.price, size=given.size)


@router.delete("/orders/{slot}/{number}")
async def cancel(slot: Place, number: Place, asked: Asked) -> CommandAnswer:
    """Cancel an order."""
    return await asked.do(CancelOrder, order=(slot, number))


@router.delete("/orders")
async def cancel_all(asked: Asked) -> CommandAnswer:
    """Cancel every order placed by hand."""
    return await asked.do(CancelOrders)


@router.get("/account")
async def account(session: Session) -> Account:
    """Position and profit of what was placed by hand."""
    own = session.snapshot().own or OwnAccount(0, 0.0, float("nan"), 0)
    return Account(
        position=own.position, pnl=own.pnl, break_even=known(own.break_even), traded=own.traded
    )
