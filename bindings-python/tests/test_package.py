"""Tests of the files in the wheel, and of the modules that it imports."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def test_the_wheel_has_its_licence_and_only_the_expected_files() -> None:
    files = {str(file) for file in distribution("onroll").files or [] if "__pycache__" not in str(file)}
    sources = {f"onroll/{file.name}" for file in (PACKAGE / "python" / "onroll").iterdir() if file.suffix in (".py", ".pyi", ".typed")}
    info = {file for file in files if file.startswith(f"onroll-{distribution('onroll').version}.dist-info/")}
    assert any(file.endswith("licenses/LICENSE") for file in info), info
    commands = {file for file in files if Path(file).stem == "onroll" and not file.startswith("onroll/")}
    assert len(commands) == 1, "the command"
    rest = files - info - sources - commands - {"onroll/py.typed"}
    assert sources <= files and len(rest) == 1 and next(iter(rest)).startswith("onroll/_onroll."), rest


def test_importing_the_package_needs_only_the_standard_library() -> None:
    shown = "import sys, onroll, onroll.wonde, onroll.mylogin, onroll.spark; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-I", "-c", shown], capture_output=True, text=True, check=True)
    foreign = set(run.stdout.split()) - set(sys.stdlib_module_names) - {"onroll", "__main__"}
    assert {name for name in foreign if not name.startswith(("_", "sitecustomize"))} == set()
    assert not [needed for needed in distribution("onroll").requires or [] if "extra ==" not in needed], "no package is needed"
