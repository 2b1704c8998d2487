"""Options that belong to one source of a command: typed for another they are refused by name."""

import pytest

SIMULATOR = {"--rate": -5, "--seed": 2, "--pre-open": 1}
LIVE = {"--schema": "mbo", "--dataset": "GLBX.MDP3"}
# Each source of a command with its own options. None of them lets the command start anything: a
# rate that is none, a tape that is not there, no key, no gateway.
COMMANDS = {
    "up": {
        "--demo": (["--demo"], SIMULATOR),
        "--replay": (["--replay", "none.dbn"], {"--speed": 10, "--loop": None, "--paused": None}),
        "--live": (["--live", "ES.FUT"], {**LIVE, "--upstream": "127.0.0.1:9"}),
    },
    "gateway": {
        "tapes": (["none.dbn"], {"--speed": 10, "--loop": None, "--shared": None}),
        "the simulator": (["simulator"], {**SIMULATOR, "--speed": 10}),
        "--upstream": (
            ["--upstream", "nowhere"],
            {**LIVE, "--symbols": "ES.FUT", "--buffer": "kept", "--buffer-bytes": 1 << 30},
        ),
    },
}
SOURCES = [(command, chosen) for command, sources in COMMANDS.items() for chosen in sources]


def options_of(command):
    """Give every option that is of some source, with a value."""
    return {name: value for _, own in COMMANDS[command].values() for name, value in own.items()}


REFUSED = [
    (command, chosen, option)
    for command, chosen in SOURCES
    for option in options_of(command)
    if option not in COMMANDS[command][chosen][1]
]


def typed(command, chosen, *others):
    """Give a command line: a source with all its own options, and others."""
    arguments, own = COMMANDS[command][chosen]
    values = options_of(command)
    words = [word for name in (*own, *others) for word in (name, values[name]) if word is not None]
    return [command, *arguments, *words]


@pytest.fixture(autouse=True)
def nothing_to_reach(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABENTO_API_KEY", raising=False)


@pytest.mark.parametrize(("command", "chosen", "option"), REFUSED)
def test_an_option_of_another_source_is_refused_by_name(ticktape, command, chosen, option):
    status, out, err = ticktape(*typed(command, chosen, option))
    owners = [source for source, (_, own) in COMMANDS[command].items() if option in own]
    said = f"{option} is an option of {' and '.join(owners)}, not of {chosen}; leave it out"
    assert (status, out, err) == (2, "", f"error: {said}\n")


@pytest.mark.parametrize(("command", "chosen"), SOURCES)
def test_the_options_of_the_chosen_source_are_taken(ticktape, command, chosen):
    status, _, err = ticktape(*typed(command, chosen))
    assert status in {1, 2}
    assert "is an option of" not in err


def test_an_option_typed_with_the_value_it_has_anyway_is_refused_too(ticktape):
    status, _, err = ticktape(*typed("up", "--demo"), "--speed", "1")
    assert status == 2
    assert "--speed is an option of --replay, not of --demo" in err


def test_without_a_source_it_is_the_demo_that_is_chosen(ticktape):
    status, _, err = ticktape("up", "--rate", "-5", "--paused")
    assert status == 2
    assert "--paused is an option of --replay, not of --demo" in err
