"""Settings: which source wins, and what a wrong value says."""

import pytest

from ticktape.ops.config import SettingsError, load_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("PORT", "HOST", "CONFIG", "DEV"):
        monkeypatch.delenv(f"TICKTAPE_{name}", raising=False)
    return tmp_path


def test_without_anything_it_serves_this_machine_alone():
    settings = load_settings()
    assert (settings.host, settings.port, settings.gateway_port) == ("127.0.0.1", 8080, 13000)
    assert settings.dev is False


def test_options_win_over_environment_over_dotenv_over_the_file(empty_folder, monkeypatch):
    (empty_folder / "ticktape.toml").write_text("port = 1\nhost = '::1'\ndataset = 'XNAS.ITCH'\n")
    assert load_settings().port == 1
    (empty_folder / ".env").write_text("TICKTAPE_PORT=2\n")
    assert load_settings().port == 2
    monkeypatch.setenv("TICKTAPE_PORT", "3")
    assert load_settings().port == 3
    settings = load_settings(port=4, host=None)
    assert (settings.port, settings.host, settings.dataset) == (4, "::1", "XNAS.ITCH")


def test_the_file_may_be_elsewhere(empty_folder, monkeypatch):
    (empty_folder / "mine.toml").write_text("port = 9\n")
    monkeypatch.setenv("TICKTAPE_CONFIG", str(empty_folder / "mine.toml"))
    assert load_settings().port == 9


def test_a_wrong_value_is_named(monkeypatch):
    monkeypatch.setenv("TICKTAPE_PORT", "eighty")
    with pytest.raises(SettingsError, match="eighty"):
        load_settings()
    with pytest.raises(SettingsError, match="port"):
        load_settings(port=70_000)


def test_a_file_that_is_no_toml_is_named(empty_folder):
    (empty_folder / "ticktape.toml").write_text("port = = 1")
    with pytest.raises(SettingsError, match=r"ticktape\.toml"):
        load_settings()
