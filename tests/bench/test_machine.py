"""What is told of the machine that figures were measured on."""

from ticktape.bench.machine import CoreTicks, core_ticks, describe_machine, stolen_share
from ticktape.bench.report import machine_line


def test_the_time_that_a_host_gave_to_others_is_told(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 2 3\n")
    assert core_ticks(stat) == CoreTicks(35, 1_000)
    assert stolen_share(CoreTicks(35, 1_000), CoreTicks(85, 1_200)) == 0.25
    line = machine_line(describe_machine() | {"stolen_share": 0.25})
    assert "its host gave 25.0% of the cores' time to others meanwhile" in line
    assert "host" not in machine_line(describe_machine() | {"stolen_share": 0.0})


def test_a_system_that_tells_nothing_has_stolen_nothing(tmp_path):
    assert core_ticks(tmp_path / "none") == CoreTicks(0, 0)
    assert stolen_share(CoreTicks(0, 0), CoreTicks(0, 0)) == 0
