"""Counter-based random numbers: draw n of stream k is a pure function of (k, n).

A stream is any record with the fields ``key`` (uint64) and ``draws`` (uint64). Each agent has its
own, keyed by (seed, class, index in class), so that adding an agent leaves the others' draws as
they were (common random numbers; the mixing function is the SplitMix64 finaliser of Steele, Lea and
Flood 2014).
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MUL1 = np.uint64(0xBF58476D1CE4E5B9)
_MUL2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ONE = np.uint64(1)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


@kernel
def mix(x):
    """A bijection of uint64 whose output bits all depend on all input bits."""
    x = (x ^ (x >> _S30)) * _MUL1
    x = (x ^ (x >> _S27)) * _MUL2
    return x ^ (x >> _S31)


@kernel
def stream_key(seed, trader_class, index):
    """The key of the stream of one agent, from three integers."""
    k = mix(np.uint64(seed) + _GAMMA)
    k = mix(k ^ (np.uint64(trader_class) + _ONE) * _MUL1)
    return mix(k ^ (np.uint64(index) + _ONE) * _MUL2)


@kernel
def uniform(stream):
    """Next draw from the open interval (0, 1)."""
    stream.draws += _ONE
    bits = mix(stream.key + stream.draws * _GAMMA) >> _S11
    return (np.float64(bits) + 0.5) * _TO_UNIT


@kernel
def exponential(stream):
    """Next draw from the exponential distribution with mean 1."""
    return -math.log(uniform(stream))


@kernel
def normal(stream):
    """Next draw from the standard normal distribution (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(uniform(stream)))
    return radius * math.cos(2.0 * math.pi * uniform(stream))


@kernel
def pareto(stream, minimum, tail):
    """Next draw with P(X > x) = (minimum / x) ** tail, x >= minimum."""
    return minimum * uniform(stream) ** (-1.0 / tail)
