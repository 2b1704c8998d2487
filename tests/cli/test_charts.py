"""Small charts made of characters."""

import pytest

from ticktape.cli.charts import bar, column_chart


def test_columns_rise_from_the_least_value_to_the_greatest():
    assert column_chart([0, 1, 2, 3, 4, 5, 6, 7], 8) == ["▁▂▃▄▅▆▇█"]


def test_a_taller_chart_has_more_steps():
    assert column_chart([0, 15], 2, 2) == [" █", "▁█"]


def test_values_that_are_all_equal_are_a_low_line():
    assert column_chart([5, 5, 5], 9, 2) == ["", "▁▁▁"]


def test_more_values_than_columns_are_told_by_the_last_of_each_share():
    assert column_chart([9, 0, 9, 7], 2) == column_chart([0, 7], 2)


def test_nothing_is_drawn_of_nothing():
    assert column_chart([], 5, 2) == ["", ""]


@pytest.mark.parametrize(
    ("value", "drawn"), [(0, ""), (8, "████"), (4, "██"), (3, "█▌"), (0.01, "▏"), (99, "████")]
)
def test_a_bar_is_as_long_as_its_value(value, drawn):
    assert bar(value, 8, 4) == drawn
