"""The viewer's own files."""

import pytest
from litestar.exceptions import NotFoundException

from ticktape.server.viewer_files import viewer_file


@pytest.fixture
def built(tmp_path):
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>")
    (root / "assets" / "app-3f2a.js").write_text("1")
    (tmp_path / "secret.txt").write_text("not for browsers")
    return root


def test_the_page_is_asked_for_again_every_time(built):
    answer = viewer_file("", built)
    assert answer.content == b"<!doctype html>"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.media_type.startswith("text/html")


def test_a_file_named_by_its_content_is_kept_for_ever(built):
    answer = viewer_file("assets/app-3f2a.js", built)
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.media_type


@pytest.mark.parametrize(
    "name", ["../secret.txt", "assets/../../secret.txt", "nothing.js", "assets"]
)
def test_nothing_outside_and_nothing_missing_is_given(built, name):
    with pytest.raises(NotFoundException):
        viewer_file(name, built)


def test_without_a_build_the_page_says_what_to_run(tmp_path):
    answer = viewer_file("", tmp_path)
    assert answer.status_code == 503
    assert b"make ui" in answer.content
