"""Copies the docstrings of the built module into its stub, where editors look for docstrings: python
stub_docstrings.py.

A test compares the docstrings of the module and of the stub.
"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

STUB = Path(__file__).parent / "python" / "onroll" / "_onroll.pyi"
SHOWN = ("__arrow_c_stream__", "__reduce__")
Documented = ast.ClassDef | ast.FunctionDef


def documented(stub: str) -> str:
    """Returns the text of the stub, with the docstrings of the module."""
    from onroll import _onroll

    lines = stub.splitlines()
    for node, docstring in reversed(list(_nodes(ast.parse(stub).body, _onroll))):
        margin = " " * (node.col_offset + 4)
        text = docstring.replace("\\", "\\\\").splitlines()
        quoted = [f'{margin}"""{text[0]}'] + indent("\n".join(text[1:]), margin).splitlines()
        quoted = quoted[:-1] + [quoted[-1] + '"""'] if len(quoted) == 1 else [*quoted, f'{margin}"""']
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
            lines[body[0].lineno - 1 : body[0].end_lineno] = quoted
        elif isinstance(node, ast.FunctionDef):
            line = body[0].lineno - 1
            assert lines[line].endswith(" ..."), lines[line]
            lines[line] = lines[line].removesuffix(" ...")
            lines[line + 1 : line + 1] = quoted
        else:
            lines[body[0].lineno - 1 - _decorators(body[0]) : body[0].lineno - 1 - _decorators(body[0])] = [*quoted, ""]
    return "\n".join(lines) + "\n"


def _decorators(node: ast.stmt) -> int:
    return len(node.decorator_list) if isinstance(node, Documented) else 0


def _nodes(body: list[ast.stmt], owner: object) -> Any:
    """Yields each class and function with its docstring in the module, in the order of the stub. It yields only the
    first of several overloads.
    """
    seen = set()
    for node in body:
        if not isinstance(node, Documented) or node.name in seen or not hasattr(owner, node.name):
            continue
        seen.add(node.name)
        thing = inspect.getattr_static(owner, node.name)
        # In some versions of Python, a staticmethod object has the docstring of `staticmethod` itself.
        thing = thing.__func__ if isinstance(thing, staticmethod) else thing
        docstring = inspect.getdoc(thing)
        if docstring and (not node.name.startswith("_") or node.name in SHOWN or isinstance(node, ast.ClassDef)):
            yield node, docstring
        if isinstance(node, ast.ClassDef):
            yield from _nodes(node.body, getattr(owner, node.name))


if __name__ == "__main__":
    text = documented(STUB.read_text(encoding="utf-8"))
    STUB.write_text(text, encoding="utf-8")
    sys.exit()
