"""Plugins as they are installed: found by name, imported when asked for, and unable to stop one another."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from socialdesk import hookimpl
from socialdesk.connector import Connector, Settings
from socialdesk.errors import ConfigError, PluginError
from socialdesk.models import ExternalId, Labels, Mention
from socialdesk.registry import Registry
from tests.pure.toys import Chirp

GOOD = """
from socialdesk import hookimpl
from socialdesk.connector import Connector, Settings
class Config(Settings):
    token: str = ""
class One(Connector[Config, Config]):
    platform = {platform!r}
    Config = Config
@hookimpl
def socialdesk_connectors():
    return [One]
"""

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make a distribution that could have been installed: a module and its entry point."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def one(platform: str, source: str | None = None, *, dist: str = "", group: str = "socialdesk") -> Path:
        dist = dist or f"toy-{platform}"
        module = dist.replace("-", "_")
        (tmp_path / f"{module}.py").write_text((source or GOOD).replace("{platform!r}", repr(platform)))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{platform} = {module}\n")
        return tmp_path

    return one


def in_a_new_process(folder: Path, code: str) -> Any:
    program = f"import sys, json; sys.path.insert(0, {str(folder)!r})\nfrom socialdesk.registry import Registry\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_what_is_installed_and_removed_meanwhile_is_noticed(install: Install) -> None:
    """What is installed is read once, and again where that changed."""
    folder = install("early")
    assert "early" in Registry().platforms()
    install("late")
    assert {"early", "late"} <= set(Registry().platforms())
    shutil.rmtree(folder / "toy_late-1.0.dist-info")
    assert "late" not in Registry().platforms()


def test_a_plugin_is_imported_when_it_is_asked_for_and_not_before(install: Install) -> None:
    install("one")
    folder = install("two")
    told = in_a_new_process(
        folder,
        "r = Registry(); names = r.platforms()\n"
        "before = [m for m in sys.modules if m.startswith('toy_')]\n"
        "r.connector('one')\n"
        "print(json.dumps([list(names), before, [m for m in sys.modules if m.startswith('toy_')]]))",
    )
    assert {"one", "two"} <= set(told[0])
    assert told[1:] == [[], ["toy_one"]]


def test_what_is_not_allowed_is_not_imported(install: Install) -> None:
    install("reg_a")
    install("reg_b")
    install("reg_hooks", "raise SystemError('imported')", group="socialdesk.hooks")
    registry = Registry(allow=["reg_a"])
    assert registry.platforms() == ("reg_a",)
    assert registry.connector("reg_a").platform == "reg_a"
    with pytest.raises(ConfigError, match="not among those allowed"):
        registry.connector("reg_b")
    assert registry.load_hooks() == ()
    assert "toy_reg_b" not in sys.modules


def test_two_plugins_for_one_platform_are_refused_by_name(install: Install) -> None:
    install("twice", dist="toy-first")
    install("twice", dist="toy-second")
    with pytest.raises(ConfigError, match="toy-first and toy-second"):
        Registry().connector("twice")
    assert "toy_first" not in sys.modules


BROKEN = {
    "imports": ("import nothing_of_that_name", "ModuleNotFoundError"),
    "other": (GOOD.replace("{platform!r}", "'elsewhere'"), "exactly one connector"),
    "hookless": (GOOD.replace("@hookimpl", ""), "exactly one connector"),
    "unheard": (GOOD + "\n@hookimpl\ndef socialdesk_nonsense(): pass\n", "socialdesk_nonsense"),
    "arguments": (GOOD + "\n@hookimpl\ndef socialdesk_enrich(tweet): pass\n", "tweet"),
    "raises": (GOOD.replace("return [One]", "raise RuntimeError('no')"), "RuntimeError"),
}


def test_broken_plugins_are_told_by_name_and_stop_no_other(install: Install) -> None:
    install("aa_fine")
    install("zz_fine")
    for name, (source, _) in BROKEN.items():
        install(f"broken_{name}", source)
    registry = Registry(allow=["aa_fine", "zz_fine", *(f"broken_{name}" for name in BROKEN)])
    plugins = {plugin.platform: plugin for plugin in registry.plugins()}
    assert plugins["aa_fine"].problem is plugins["zz_fine"].problem is None
    assert (plugins["zz_fine"].distribution, plugins["zz_fine"].version) == ("toy-zz_fine", "1.0")
    for name, (_, words) in BROKEN.items():
        problem = plugins[f"broken_{name}"].problem
        assert problem is not None
        assert words in problem
        assert f"toy-broken_{name}" in problem
        with pytest.raises(PluginError):
            registry.connector(f"broken_{name}")
    registry.register(Enricher(), "mine")  # a broken plugin left nothing behind that would stop this


def test_a_platform_without_a_plugin_says_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"chirp(?s:.*)socialdesk-nowhere"):
        Registry(extra=[Chirp]).connector("nowhere")


class Enricher:
    @hookimpl
    def socialdesk_enrich(self, mention: Mention) -> Labels:
        return Labels(language="en")


def test_hooks_of_the_helpdesks_own() -> None:
    registry, mine = Registry(), Enricher()
    registry.register(mine, "mine")
    mention = Mention(id=ExternalId("a", "p", "1"), kind="mention")
    assert registry.hook.socialdesk_enrich(mention=mention, before=None) == [Labels(language="en")]
    with pytest.raises(PluginError):
        registry.register(mine, "mine")
    with pytest.raises(PluginError):
        registry.register(Enricher(), "mine")
    assert len(registry.hook.socialdesk_enrich(mention=mention, before=None)) == 1, "the first stays"

    class Wrong:
        @hookimpl
        def socialdesk_enrich(self, tweet: object) -> None: ...

    with pytest.raises(PluginError, match="tweet"):
        registry.register(Wrong())
    assert len(registry.hook.socialdesk_enrich(mention=mention, before=None)) == 1


def test_hook_plugins_that_break_are_told_and_the_others_work(install: Install) -> None:
    install("bad_hooks", "1 / 0", group="socialdesk.hooks")
    source = "from socialdesk import hookimpl\n@hookimpl\ndef socialdesk_enrich(mention): return 7\n"
    install("good_hooks", source, group="socialdesk.hooks")
    registry = Registry()
    (problem,) = registry.load_hooks()
    assert "bad_hooks (toy-bad_hooks): ZeroDivisionError" in problem
    mention = Mention(id=ExternalId("a", "p", "1"), kind="mention")
    assert 7 in registry.hook.socialdesk_enrich(mention=mention, before=None)
    registry.load_hooks()
    assert registry.hook.socialdesk_enrich(mention=mention, before=None) == [7]


class Account(Settings):
    token: SecretStr
    rate: int = 1
    region: str = "eu"


class Shared(Settings):
    key: SecretStr
    secret: SecretStr
    region: str = "us"


class Divided(Connector[Account, Shared]):
    platform = "divided"
    Config = Account
    App = Shared


CANARY = "canary-5f0c1e"


def test_flat_settings_are_divided_between_account_and_app() -> None:
    registry = Registry(extra=[Divided])
    flat = {"token": "t", "key": "k", "secret": "s", "region": "asia"}
    connector = registry.connect("divided", flat)
    assert connector.config == Account(token=SecretStr("t"), region="asia")
    assert connector.app == Shared(key=SecretStr("k"), secret=SecretStr("s"))
    apart = registry.connect("divided", {"token": "t"}, {"key": "k", "secret": "s", "region": "x"})
    assert apart.app.region == "x"
    whole = registry.connect("divided", Account(token=SecretStr("t")), connector.app)
    assert whole.app is connector.app
    with pytest.raises(ConfigError):
        registry.connect("divided", {**flat, "token": "t"}, {"key": "k"})


def test_all_mistakes_are_told_at_once_and_no_value() -> None:
    registry = Registry(extra=[Divided])
    with pytest.raises(ConfigError) as caught:
        registry.connect("divided", {"rate": CANARY, "tokn": CANARY, "key": 5, "region": [CANARY]})
    problems = caught.value.problems
    assert {problem.split(":")[0] for problem in problems} == {
        "token",
        "rate",
        "tokn",
        "key",
        "secret",
        "region",
    }
    assert any("known: token, rate, region" in problem for problem in problems)
    shown = f"{caught.value} {caught.value!r} {problems!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert CANARY not in shown
