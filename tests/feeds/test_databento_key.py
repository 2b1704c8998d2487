"""Where the key comes from, and that it is never shown."""

import pytest

from ticktape.feeds.databento_key import ApiKey, find_key
from ticktape.tape.errors import AuthenticationError


@pytest.fixture(autouse=True)
def no_key_around(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABENTO_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_callers_key_comes_first(monkeypatch):
    monkeypatch.setenv("DATABENTO_API_KEY", "db-environment")
    assert find_key("db-caller").reveal() == "db-caller"
    assert find_key(ApiKey("db-wrapped")).reveal() == "db-wrapped"


def test_the_environment_comes_before_the_file(monkeypatch, no_key_around):
    (no_key_around / ".env").write_text("DATABENTO_API_KEY=db-file\n")
    assert find_key().reveal() == "db-file"
    monkeypatch.setenv("DATABENTO_API_KEY", "db-environment")
    assert find_key().reveal() == "db-environment"


def test_a_file_may_have_other_lines_and_quotes(no_key_around):
    (no_key_around / ".env").write_text("# keys\nOTHER=1\nexport DATABENTO_API_KEY='db-file'\n")
    assert find_key().reveal() == "db-file"


def test_no_key_says_where_to_put_one():
    with pytest.raises(AuthenticationError, match=r"DATABENTO_API_KEY .* \.env"):
        find_key()


def test_a_key_prints_as_stars():
    key = ApiKey("db-secret")
    assert "secret" not in f"{key} {key!r}"
