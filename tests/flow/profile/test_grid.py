"""Which cell a price belongs to."""

import numpy as np
from tests.flow.profile.profile_oracle import Print
from tests.flow.profile.some_prints import as_array

from ticktape.flow.profile import SessionProfile
from ticktape.flow.profile.grid import new_grid
from ticktape.flow.profile.grid_kernels import BASE, LIMIT, OUTSIDE, cell_of, grid_of


def cells_that_the_inverse_misses():
    """(tick, cell) where the price times the tick's inverse is a little less than the cell."""
    ticks, cells = np.meshgrid(np.arange(1, 400), np.arange(1, 3000), indexing="ij")
    missed = np.floor(ticks * cells * (1.0 / ticks)) < cells
    return list(zip(ticks[missed].tolist(), cells[missed].tolist(), strict=True))


def test_a_price_that_the_inverse_misses_is_in_its_own_cell():
    missed = cells_that_the_inverse_misses()
    assert len(missed) > 1000
    for tick, cell in missed[::97]:
        _, inverse, counts = new_grid(tick, 0, 100, 20)
        counts[BASE], counts[LIMIT] = 0, 10**9
        prices = [cell * tick, cell * tick + tick - 1, cell * tick - 1]
        found = [cell_of(grid_of(counts, inverse), price) for price in prices]
        assert found == [cell, cell, cell - 1]


def test_prices_outside_have_no_cell():
    _, inverse, counts = new_grid(5, 0, 100, 20)
    counts[BASE], counts[LIMIT] = 10, 30
    prices = (-(2**63), 9, 10, 29, 30, 2**63 - 1)
    found = [cell_of(grid_of(counts, inverse), price) for price in prices]
    assert found == [OUTSIDE, OUTSIDE, 0, 3, OUTSIDE, OUTSIDE]


def test_prices_below_zero_have_cells():
    study = SessionProfile(250)
    study.update(as_array([Print(0, price, 1, "B") for price in (-1, -250, -251, 0)]), 0)
    assert study.levels()["price"].tolist() == [-500, -250, 0]
