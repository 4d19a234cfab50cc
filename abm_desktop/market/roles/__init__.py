"""What an RL trader can be: a directional trader with or without memory, a maker, an executor, ...

Each role is one object (:class:`.role.Role`), registered here by its name, and whoever needs to
know something of a role asks the object. A role of one's own is registered with :func:`register`,
before anything names it. Nothing here is compiled, so that commands, lists and forms need not wait.
"""

from __future__ import annotations

from abm_desktop.inputs import InputError, shown
from abm_desktop.market.roles.directional import ACTION_NAMES, Directional
from abm_desktop.market.roles.executor import Executor
from abm_desktop.market.roles.maker import Maker
from abm_desktop.market.roles.numbers import DIRECTIONAL, OBSERVATION_NAMES
from abm_desktop.market.roles.queueing_roles import QueueingExecutor, QueueingMaker
from abm_desktop.market.roles.remembering import Remembering
from abm_desktop.market.roles.remembering_roles import RememberingExecutor, RememberingMaker
from abm_desktop.market.roles.role import Role
from abm_desktop.market.roles.sizes import LONGEST_SECONDS, MOST_LOTS, RoleSizes
from abm_desktop.market.roles.sizing import SizedTrader

__all__ = [
    "ACTION_NAMES",
    "DEFAULT_ROLE",
    "LONGEST_SECONDS",
    "MOST_LOTS",
    "OBSERVATION_NAMES",
    "Role",
    "RoleSizes",
    "action_names",
    "check_role",
    "compiled_width",
    "find_role",
    "observation_names",
    "register",
    "role_names",
    "role_of_network",
    "role_with_actions",
    "roles",
    "unregister",
]

_roles: dict[str, Role] = {}
_CODES = 5
"""Number of compiled sides."""


def register(role: Role) -> Role:
    """Make a role known by its name; returns it.

    Raises :class:`InputError` if another has the name, or it does not fit its compiled side.
    """
    if not isinstance(role, Role):
        raise InputError(
            f"must be an object of a class of Role, not {shown(role)}",
            key="role",
            remedy="register an instance: register(MyRole())",
        )
    if role.name in _roles:
        raise InputError(f"there is a role {role.name!r} already", key="role")
    if not 0 <= role.code < _CODES:
        raise InputError(f"there is no compiled side {role.code}", key=f"{role.name}.code")
    if len(role.sides) != len(role.actions) or len(role.own_features) != len(role.own_observations):
        raise InputError("sides and features do not fit actions and observations", key=role.name)
    side = max(
        (known for known in _roles.values() if known.code == role.code),
        key=lambda known: len(known.observations),
        default=role,
    )
    if len(role.observations) > len(side.observations) or len(role.actions) > len(side.actions):
        raise InputError(
            f"sees or does more than its compiled side, that of {side.noun}", key=role.name
        )
    if (role.remembers, role.has_parent) != (side.remembers, side.has_parent):
        raise InputError(f"remembers other things than {side.noun}", key=role.name)
    if role.code == DIRECTIONAL and len(role.actions) != len(ACTION_NAMES):
        raise InputError(f"must have the {len(ACTION_NAMES)} actions of its side", key=role.name)
    _roles[role.name] = role
    return role


def unregister(name: str) -> None:
    """Forget a role of one's own. Raises :class:`InputError` if there is none, or it ships."""
    if find_role(name).name in _SHIPPED:
        raise InputError(f"the role {name} ships with the program", key="role")
    del _roles[name]


def roles() -> tuple[Role, ...]:
    """All roles, in the order in which they were registered."""
    return tuple(_roles.values())


def role_names() -> tuple[str, ...]:
    """Their names."""
    return tuple(_roles)


def find_role(name: str) -> Role:
    """The role of this name. Raises :class:`InputError` if there is none."""
    if not isinstance(name, str) or name not in _roles:
        raise InputError(f"there is no role {shown(name)}; the roles are {', '.join(_roles)}")
    return _roles[name]


def check_role(name: str) -> str:
    """``name`` itself. Raises :class:`InputError` if there is no such role."""
    return find_role(name).name


def observation_names(role: str) -> tuple[str, ...]:
    """Names of a role's observations: the 13 of every trader, and the role's own."""
    return find_role(role).observations


def action_names(role: str) -> tuple[str, ...]:
    """Names of a role's actions, in the order of their numbers."""
    return find_role(role).actions


def compiled_width(code: int) -> int:
    """Number of observations that a compiled side writes, of which a role sees the first."""
    return max(len(role.observations) for role in _roles.values() if role.code == code)


def role_of_network(code: int, inputs: int, outputs: int) -> Role | None:
    """The first role of a compiled side whose policies have so many inputs and outputs."""
    for role in _roles.values():
        if (role.code, len(role.observations), len(role.actions)) == (code, inputs, outputs):
            return role
    return None


def role_with_actions(actions: tuple[str, ...]) -> Role:
    """The first role with these actions; the default one if none has."""
    for role in _roles.values():
        if role.actions == tuple(actions):
            return role
    return find_role(DEFAULT_ROLE)


for _role in (
    *(Directional(), Maker(), Executor(), Remembering()),
    *(RememberingMaker(), RememberingExecutor(), SizedTrader()),
    *(QueueingMaker(), QueueingExecutor()),
):
    _roles[_role.name] = _role
_SHIPPED = frozenset(_roles)
DEFAULT_ROLE = next(role.name for role in _roles.values() if role.is_default)
