import pytest
from support.flow_maker import random_day


@pytest.fixture(scope="session")
def day():
    """Messages and books of a synthetic day of five levels."""
    return random_day(seed=1, rows=1500, depth=5)
