"""Tests of suites.py: `python3 .ci/test_suites.py`."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import suites

CARGO = """\
test a ... ok
test b ... ignored, needs the workbooks
test c::d ... FAILED
test result: FAILED. 10 passed; 1 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s
test result: ok. 5 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s
"""
PYTEST = """\
..s.
SKIPPED [2] tests/test_printing.py:192: LibreOffice Writer is not installed: apt-get install libreoffice-writer
SKIPPED [1] tests/test_a.py: could not import 'numpy'
FAILED tests/test_a.py::test_b - AssertionError: 1 failed in 2.00s
1 failed, 940 passed, 3 skipped, 1 warning in 65.02s (0:01:05)
Success: no issues found in 40 source files
"""
NODE = """\
ok 1 - reads a file # SKIP no Chromium
    not ok 2 - writes a file
# tests 4
# pass 2
# fail 1
# cancelled 0
# skipped 1
# todo 0
"""
NODE_SPEC = "﹣ prints (0.1ms) # SKIP\nℹ tests 3\nℹ pass 2\nℹ fail 0\nℹ skipped 1\n"


def line(output: str, code: int = 0) -> str:
    return suites.summarize(output.splitlines()).line("test-x", code, 1.2)


class Lines(unittest.TestCase):
    def test_adds_up_the_counts_of_all_cargo_test_binaries(self) -> None:
        expected = "test-x: FAILED, 15 passed, 1 failed, 3 skipped, 1 s; failed: c::d; skipped: 2 (no reason given), 1 (needs the workbooks)"
        self.assertEqual(line(CARGO, 2), expected)

    def test_reads_the_counts_and_skip_reasons_and_failures_from_pytest_output(self) -> None:
        self.assertEqual(
            line(PYTEST, 2),
            "test-x: FAILED, 940 passed, 1 failed, 3 skipped, 1 s; failed: tests/test_a.py::test_b; skipped: "
            "2 (LibreOffice Writer is not installed: apt-get install libreoffice-writer), 1 (could not import 'numpy')",
        )
        self.assertEqual(line("12 passed in 0.10s"), "test-x: passed, 12 passed, 0 failed, 0 skipped, 1 s")

    def test_reads_the_output_of_both_node_test_reporters(self) -> None:
        self.assertEqual(line(NODE, 1), "test-x: FAILED, 2 passed, 1 failed, 1 skipped, 1 s; failed: writes a file; skipped: 1 (no Chromium)")
        self.assertEqual(line(NODE_SPEC), "test-x: passed, 2 passed, 0 failed, 1 skipped, 1 s; skipped: 1 (no reason given)")

    def test_adds_up_the_counts_of_several_tools_in_one_suite(self) -> None:
        self.assertIn("17 passed, 1 failed, 4 skipped", line(CARGO + NODE_SPEC))

    def test_repeats_the_line_that_says_what_was_not_checked(self) -> None:
        self.assertEqual(line("NOT CHECKED: PostgreSQL, because it is not installed here.\n"), "test-x: passed, 1 s; NOT CHECKED: PostgreSQL, because it is not installed here.")

    def test_shows_the_error_if_a_suite_ran_no_tests(self) -> None:
        output = "error[E0308]: mismatched types\nmake: *** [Makefile:9: lint] Error 101\n"
        self.assertEqual(line(output, 2), "test-x: FAILED, 1 s; failed: mismatched types, [Makefile:9: lint] Error 101")
        self.assertEqual(line("", 137), "test-x: FAILED, 1 s; failed: exit code 137")


class Runs(unittest.TestCase):
    def test_runs_every_suite_and_fails_if_one_suite_fails(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "Makefile").write_text("good:\n\t@echo 3 passed in 0.10s\nbad:\n\t@false\n", encoding="utf-8")
            for names, code in [(["good"], 0), (["bad", "good"], 1), (["good", "bad"], 1)]:
                command = [sys.executable, str(Path(suites.__file__)), "make", *names]
                ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual(ended.returncode, code, names)
                last = ended.stdout.splitlines()[-len(names) :]
                self.assertEqual([line.split(",")[0] for line in last], [f"{n}: {'passed' if n == 'good' else 'FAILED'}" for n in names])


if __name__ == "__main__":
    unittest.main()
