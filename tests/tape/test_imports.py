import subprocess
import sys


def test_the_tape_package_imports_nothing_slow():
    program = "import sys, ticktape.tape; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert not loaded & {"pandas", "polars", "pyarrow", "numba", "databento"}
