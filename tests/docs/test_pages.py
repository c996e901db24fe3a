"""The pages show code that runs, lead to pages that exist, and say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.chirp import load

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
sync = load("docs_sync", DOCS / "sync.py")
generate = load("docs_generate", DOCS / "generate.py")
PAGES = list(sync.pages())
DJANGO = ("desk", "management/commands/run_desk", "models", "settings", "views")

_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_block_is_the_section_of_a_file(page: Path) -> None:
    text = page.read_text("utf-8")
    assert sync.strays(text) == 0, "a fenced block without an include comment above it"
    assert sync.synced(text) == text, "run: python docs/sync.py"


def test_every_block_comes_from_a_file_that_a_test_runs() -> None:
    tested = {
        "examples/embed.py": "tests/docs/test_embedding.py",
        "examples/first_steps.sh": "tests/packaging/test_dev.py",
        **dict.fromkeys(
            (f"examples/django_helpdesk/{name}.py" for name in DJANGO), "tests/docs/test_frameworks.py"
        ),
        "examples/driver.py": "tests/docs/test_examples.py",
        "examples/fastapi_helpdesk.py": "tests/docs/test_frameworks.py",
        "examples/first_inbox.py": "tests/docs/test_first_inbox.py",
        "examples/first_inbox.txt": "tests/docs/test_first_inbox.py",
        "examples/flask_celery_helpdesk.py": "tests/docs/test_frameworks.py",
        "examples/hear_hello.py": "tests/docs/test_tutorial.py",
        "examples/hello_plugin/pyproject.toml": "tests/docs/test_tutorial.py",
        "examples/hello_plugin/socialdesk_chirp.py": "tests/contract/test_chirp.py",
        "examples/hello_plugin/tests/test_chirp.py": "tests/contract/test_chirp.py",
        "examples/simulate_mastodon.py": "tests/docs/test_simulating.py",
        "examples/ten_lines/pyproject.toml": "tests/docs/test_tutorial.py",
        "examples/ten_lines/socialdesk_hello.py": "tests/docs/test_examples.py",
        "examples/tutorial.sh": "tests/docs/test_tutorial.py",
    }
    shown = {match["path"] for page in PAGES for match in sync.BLOCK.finditer(page.read_text("utf-8"))}
    ours = {path for path in shown if path.startswith("examples/")}
    new = {path for path in ours - set(tested) if not _is_run(path)}
    assert new == set(), "name here the test that runs it"
    assert [path for path in tested.values() if not (ROOT / path).is_file()] == []


def _is_run(path: str) -> bool:
    """Whether some test outside of this file names the example."""
    tests = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "plugins").rglob("test_*.py")]
    name = Path(path).name
    return any(name in test.read_text("utf-8") for test in tests if test != Path(__file__).resolve())


def test_an_indented_block_of_a_written_page_is_no_hiding_place() -> None:
    handmade = [page for page in PAGES if page.is_relative_to(DOCS) and page.parent.name != "reference"]
    assert len(handmade) >= 4
    for page in handmade:
        outside = _FENCED.sub("", page.read_text("utf-8"))
        indented = [line for line in outside.splitlines() if line.startswith("    ")]
        assert indented == [], f"{_name(page)}: show code in a fenced block that is included from a file"


def _anchors(text: str) -> set[str]:
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text("utf-8"))
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in _anchors(target.read_text("utf-8")), f"{link}: there is no such heading"


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    ahead = [DOCS / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = [link.partition("#")[0] for link in _LINK.findall(page.read_text("utf-8"))]
        ahead += [(page.parent / link).resolve() for link in links if link and ":" not in link]
    assert [_name(page) for page in PAGES if page.is_relative_to(DOCS) and page not in reached] == []


def test_the_reference_says_what_the_code_says() -> None:
    stale = [_name(path) for path, text in generate.files().items() if path.read_text("utf-8") != text]
    assert stale == [], "run: python docs/generate.py"


def test_the_reference_names_every_method_hook_and_error() -> None:
    connector = (DOCS / "reference" / "connector.md").read_text("utf-8")
    for method in ("fetch", "parse", "send", "find_sent", "read_limits", "queries", "moderate"):
        assert re.search(rf"^### `(?:async )?{method}\(", connector, re.MULTILINE)
    hooks = (DOCS / "reference" / "hooks.md").read_text("utf-8")
    assert len(re.findall(r"^## `socialdesk_\w+\(", hooks, re.MULTILINE)) == 5
    errors = (DOCS / "reference" / "errors.md").read_text("utf-8")
    for name in ("ConfigError", "PluginError", "AuthError", "RateLimited", "Unavailable", "DeliveryUnknown"):
        assert f"\n## {name}\n" in errors
    assert "`stale_page`" in errors


class TestSync:
    """The tool itself."""

    def test_a_section_is_taken_without_marks_and_indentation(self, tmp_path: Path) -> None:
        source = tmp_path / "a.py"
        source.write_text("x = 1\nclass A:\n    # [part]\n    # [inner]\n    y = 2\n\n    # [end]\n", "utf-8")
        assert sync.section(source, "part") == "y = 2\n"
        assert sync.section(source, None) == "x = 1\nclass A:\n    y = 2\n"

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("x = 1\n", "0 sections"),
            ("# [part]\nx = 1\n", "no # \\[end\\]"),
            ("# [part]\n# [part]\n", "2 sections"),
        ],
    )
    def test_a_section_that_is_not_there_is_an_error(self, tmp_path: Path, text: str, problem: str) -> None:
        (tmp_path / "a.py").write_text(text, "utf-8")
        with pytest.raises(sync.IncludeError, match=problem):
            sync.section(tmp_path / "a.py", "part")

    def test_a_stale_block_is_rewritten(self) -> None:
        before = "<!-- include: examples/hello_plugin/pyproject.toml [entry] -->\n```toml\nold\n```\n"
        after = sync.synced(before)
        assert 'chirp = "socialdesk_chirp"' in after
        assert "old" not in after
        assert sync.synced(after) == after

    def test_a_block_without_a_source_is_seen(self) -> None:
        assert sync.strays("text\n\n```python\nprint()\n```\n") == 1
        assert sync.strays("<!-- include: a.py -->\n```python\nprint()\n```\n") == 0
