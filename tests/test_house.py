"""The house rules that no linter knows: what the project's files must and must not say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import ticktape
from ticktape.bench.report import markdown_table
from ticktape.cli.main import COMMANDS
from ticktape.cli.warm_up import KERNEL_PACKAGES

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "ticktape"


def project_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of the project's own files")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode()


def relative(paths) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def locked(name: str) -> dict[str, int]:
    """Give the hashes of each package in a lock file, counted."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / "requirements" / name).read_text())
    counts: dict[str, int] = {}
    for entry in entries:
        if package := re.match(r"([a-z0-9._-]+)==", entry):
            counts[package[1]] = entry.count("--hash=sha256:")
    return counts


def package_name(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-").replace(".", "-")


def test_the_newest_entry_of_the_changelog_is_this_version():
    entries = re.findall(r"(?m)^## \[([^]]+)\] - \S+", (ROOT / "CHANGELOG.md").read_text())
    assert entries[0] == ticktape.__version__


def test_the_viewer_has_the_version_of_the_package():
    viewer = json.loads((ROOT / "ui" / "package.json").read_text())
    assert viewer["version"] == ticktape.__version__


def test_no_file_names_the_host_of_a_package_registry():
    hosts = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org")
    sources = ("index" + "-url", '"resolved": ' + '"http', "registry =" + " http")
    # Build files only call options of that kind by name, to switch them off.
    allowed = {"Makefile"}
    named = [
        path
        for path in project_files()
        if path.name not in allowed and any(word in text_of(path) for word in (*hosts, *sources))
    ]
    assert relative(named) == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "node.txt", "uv.txt", "peers.txt"])
def test_every_locked_package_has_its_hashes(name):
    counts = locked(name)
    assert counts
    assert [package for package, hashes in counts.items() if hashes == 0] == []


def test_the_locks_hold_every_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [package_name(entry) for entry in project["project"]["dependencies"]]
    for_development = [package_name(entry) for entry in project["dependency-groups"]["dev"]]
    assert set(needed) <= set(locked("run.txt"))
    assert {*needed, *for_development} <= set(locked("dev.txt"))


def test_the_viewers_lock_holds_the_packages_of_every_platform():
    packages = json.loads((ROOT / "ui" / "package-lock.json").read_text())["packages"]
    optional = {
        name for entry in packages.values() for name in entry.get("optionalDependencies", ())
    }
    assert {name for name in optional if f"node_modules/{name}" not in packages} == set()


def test_development_and_running_use_the_same_versions():
    pins = [
        set(re.findall(r"(?m)^\S+==\S+", (ROOT / "requirements" / name).read_text()))
        for name in ("run.txt", "dev.txt")
    ]
    assert pins[0] <= pins[1]


def test_no_source_file_is_longer_than_400_lines():
    suffixes = {".py", ".ts", ".tsx", ".css"}
    long = [
        path
        for path in project_files()
        if path.suffix in suffixes and len(text_of(path).splitlines()) > 400
    ]
    assert relative(long) == []


def test_every_file_is_named_after_its_subject():
    vague = re.compile(r"(^|_)(utils?|helpers?|manager|common|misc)$")
    assert relative(path for path in SOURCES.rglob("*.py") if vague.search(path.stem)) == []


def test_every_package_with_kernels_can_be_warmed_up():
    folders = {path.parent for path in SOURCES.rglob("*kernels.py")} - {SOURCES / "ops"}
    packages = {".".join(("ticktape", *folder.relative_to(SOURCES).parts)) for folder in folders}
    assert packages == set(KERNEL_PACKAGES)
    assert [folder for folder in folders if not (folder / "warm_up.py").exists()] == []


def test_kernels_stand_in_kernel_files_only():
    strays = [
        path
        for path in SOURCES.rglob("*.py")
        if re.search(r"(?m)^@kernel\b", path.read_text()) and not path.stem.endswith("kernels")
    ]
    assert relative(strays) == []


def test_every_link_between_pages_leads_somewhere():
    broken = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


@pytest.mark.parametrize(("name", "brief"), [("README.md", True), ("docs/performance.md", False)])
def test_published_figures_are_those_that_were_measured(name, brief):
    begin, end = "<!-- figures: written by make bench -->\n", "\n<!-- end of figures -->"
    published = (ROOT / name).read_text().partition(begin)[2].partition(end)[0]
    measured = ROOT / "docs" / "performance.json"
    if measured.exists():
        assert published == markdown_table(json.loads(measured.read_text()), brief=brief)
    else:
        assert published == "Not measured yet: run `make bench`."


def test_the_readme_names_every_command():
    page = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"ticktape {name}" not in page] == []


def test_every_make_target_the_pages_name_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    named = {name for page in pages() for name in re.findall(r"`make ([a-z-]+)", page.read_text())}
    assert named - targets == set()


def test_no_secret_is_in_the_example_of_the_environment():
    settings = re.findall(r"(?m)^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text())
    assert ("DATABENTO_API_KEY", "") in settings
    assert ROOT / ".env" not in project_files()


def test_scripts_can_be_run():
    scripts = [ROOT / ".ci" / "run", *(ROOT / "scripts").iterdir()]
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
