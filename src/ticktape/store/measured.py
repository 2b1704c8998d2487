"""How often operations on a store are done, and how long they take: for ``/metrics``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Literal, ParamSpec, TypeVar

from ticktape.ops.metrics import STORE_OPERATIONS, STORE_SECONDS

Operation = Literal["read", "checkpoint", "append", "index"]
Given = ParamSpec("Given")
Result = TypeVar("Result")


def measured(operation: Operation) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Count and time a function as an operation on a store, whether it succeeds or fails."""
    count = STORE_OPERATIONS.labels(operation)
    seconds = STORE_SECONDS.labels(operation)

    def wrap(function: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(function)
        def timed(*args: Given.args, **options: Given.kwargs) -> Result:
            began = perf_counter()
            try:
                return function(*args, **options)
            finally:
                seconds.observe(perf_counter() - began)
                count.inc()

        return timed

    return wrap
