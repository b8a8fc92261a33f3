"""Tests that the examples in docstrings are right, and that they show every public class, function and member."""

from __future__ import annotations

import doctest
import inspect
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import onroll
import pytest
from conftest import CORE, MESSY, OAKFIELD, SEPTEMBER
from onroll import mylogin, testing, types, wonde

# `onroll.spark` is not in this list, because it needs Java. It has its own tests and example program.
MODULES = (onroll, wonde, mylogin, testing)
FILES = {
    "students.csv": OAKFIELD,
    "september.csv": SEPTEMBER,
    "uploaded.csv": MESSY,
    "export.csv": CORE / "examples" / "oakfield-mis.csv",
}
# Public names without an example. Keep this set empty, and write an example instead.
NOT_SHOWN: set[str] = set()


def documented() -> Iterator[tuple[str, Any]]:
    """Yields the modules, and the public classes and functions of each, with their names."""
    seen: set[int] = set()
    for module in MODULES:
        yield module.__name__, module
        for name in module.__all__:
            item = getattr(module, name)
            # Aliases and dicts in `onroll.types` have nothing to call, so they need no examples.
            is_code = isinstance(item, type) or inspect.isroutine(item)
            if is_code and id(item) not in seen and getattr(types, name, None) is not item:
                seen.add(id(item))
                yield f"{module.__name__}.{name}", item


DOCUMENTED = dict(documented())


def example(item: Any) -> str:
    """Returns the code of the examples in a docstring, without comments."""
    examples = doctest.DocTestParser().get_examples(item.__doc__ or "")
    return re.sub(r"  # .*", "", "".join(part.source for part in examples))


def members(item: type) -> list[str]:
    return [name for name in vars(item) if not name.startswith("_")]


def shown() -> dict[str, bool]:
    """Returns the public names, and for each name whether an example shows it. The example can be in the docstring of
    the name itself, or of the class or module to which the name belongs.
    """
    names = {}
    for path, item in DOCUMENTED.items():
        if isinstance(item, ModuleType):
            continue
        module, name = path.rsplit(".", 1)
        of_module = example(DOCUMENTED[module])
        own = example(item)
        names[path] = bool(own) or bool(re.search(rf"\b{name}\b", of_module))
        if isinstance(item, type):
            # An async client has the same methods as a Client, whose example shows them.
            of_class = own + of_module + (example(DOCUMENTED[f"{module}.Client"]) if name == "AsyncClient" else "")
            for member in members(item):
                is_shown = re.search(rf"\.{member}\b", of_class) or example(getattr(item, member))
                names[f"{path}.{member}"] = bool(is_shown)
    return names


def test_every_public_name_appears_in_a_docstring_example() -> None:
    names = shown()
    assert len(names) > 300 and "onroll.Roster.write_csv" in names and "onroll.wonde.Client.snapshot" in names
    assert {name for name, is_shown in names.items() if not is_shown} == NOT_SHOWN


@pytest.mark.parametrize("path", DOCUMENTED)
def test_docstring_examples_produce_the_output_that_they_show(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in FILES.items():
        shutil.copy(source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    item = DOCUMENTED[path]
    module = DOCUMENTED.get(path.rsplit(".", 1)[0])
    names = {**vars(module if isinstance(module, ModuleType) else item), "onroll": onroll, "mylogin": mylogin, "wonde": wonde}
    inner = members(item) if isinstance(item, type) else []
    for text in [item.__doc__, *(getattr(item, name).__doc__ for name in inner)]:
        test = doctest.DocTestParser().get_doctest(text or "", dict(names), path, None, None)
        said: list[str] = []
        doctest.DocTestRunner().run(test, out=said.append)
        assert not said, "".join(said)
