"""Runs suites one after another, and ends with one line for each suite: what passed, failed and was skipped, and why.

    python3 .ci/suites.py make test-rust test-python   # runs `make test-rust` and then `make test-python`

Each suite's output is shown while the suite runs. If a suite fails, the later suites still run, and the exit code is 1.
The counts come from the lines in which cargo, pytest and node sum up their tests. This script needs only the standard
library.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable

# The line in which each tool sums up its tests, and the tool's words for passed, failed and skipped.
CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")
PYTEST = re.compile(r"^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+) in \d+\.\d+s")
NODE = re.compile(r"^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$")
PYTEST_WORDS = {"passed": "passed", "failed": "failed", "error": "failed", "errors": "failed", "skipped": "skipped"}
NODE_WORDS = {"pass": "passed", "fail": "failed", "cancelled": "failed", "skipped": "skipped", "todo": "skipped"}

REASONS = [
    re.compile(r"^test \S.* \.\.\. ignored(?:, (?P<why>.+))?$"),
    re.compile(r"^SKIPPED \[(?P<times>\d+)\] (?:\S+:(?:\d+:)? )?(?P<why>.+)$"),
    re.compile(r"^\s*(?:ok \d+ - |﹣ ).*# (?:SKIP|TODO)(?: (?P<why>.+))?$"),
    re.compile(r"^(?P<unchecked>NOT CHECKED: .+)$"),
]
FAILURES = [
    re.compile(r"^test (.+) \.\.\. FAILED$"),
    re.compile(r"^(?:FAILED|ERROR) (\S+)"),
    re.compile(r"^\s*not ok \d+ - (.+?)(?: #.*)?$"),
    re.compile(r"^error(?:\[\w+\])?: (.+)$"),
    re.compile(r"^make(?:\[\d+\])?: \*\*\* (.+)$"),
]
MOST_NAMED = 3


class Summary:
    """Sums up the tests of one suite from its output."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.unchecked: list[str] = []
        self.failures: list[str] = []

    def add(self, line: str) -> None:
        """Counts the tests, reasons and failures in a line of the output."""
        if found := CARGO.match(line):
            for word, count in zip(("passed", "failed", "skipped"), found.groups()):
                self.counts[word] += int(count)
        elif found := PYTEST.match(line):
            for part in found[1].split(", "):
                count, word = part.split(" ")
                if counted := PYTEST_WORDS.get(word):
                    self.counts[counted] += int(count)
        elif found := NODE.match(line):
            self.counts[NODE_WORDS[found[1]]] += int(found[2])
        for pattern in REASONS:
            if found := pattern.match(line):
                parts = found.groupdict()
                if unchecked := parts.get("unchecked"):
                    self.unchecked.append(unchecked)
                else:
                    self.reasons[parts.get("why") or "no reason given"] += int(parts.get("times") or 1)
        for pattern in FAILURES:
            if (found := pattern.match(line)) and found[1] not in self.failures:
                self.failures.append(found[1])

    def line(self, suite: str, code: int, seconds: float) -> str:
        """Returns the line to print for a suite that ended with this exit code."""
        parts = [f"{suite}: {'passed' if code == 0 else 'FAILED'}"]
        if self.counts:
            parts.append(f"{self.counts['passed']:,} passed, {self.counts['failed']:,} failed, {self.counts['skipped']:,} skipped")
        parts.append(f"{seconds:.0f} s")
        line = ", ".join(parts)
        if code != 0:
            named = self.failures[:MOST_NAMED] or [f"exit code {code}"]
            more = len(self.failures) - len(named)
            line += "; failed: " + ", ".join(named) + (f" and {more} more" if more > 0 else "")
        if self.counts["skipped"]:
            reasons = self.reasons.copy()
            if (rest := self.counts["skipped"] - reasons.total()) > 0:
                reasons["no reason given"] += rest
            line += "; skipped: " + ", ".join(f"{count} ({why})" for why, count in reasons.most_common())
        return "; ".join([line, *self.unchecked])


def summarize(lines: Iterable[str]) -> Summary:
    """Returns the summary of a suite's output."""
    summary = Summary()
    for line in lines:
        summary.add(line.rstrip())
    return summary


def run(command: list[str]) -> tuple[int, Summary]:
    """Runs a command, shows its output, and returns its exit code and the summary."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert process.stdout is not None
    summary = Summary()
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        summary.add(line.rstrip())
    return process.wait(), summary


def main(make: str, suites: list[str]) -> int:
    """Runs each suite with `make`, prints the lines, and returns the exit code."""
    lines, has_failed = [], False
    for suite in suites:
        start = time.monotonic()
        code, summary = run([make, "--no-print-directory", suite])
        has_failed |= code != 0
        lines.append(summary.line(suite, code, time.monotonic() - start))
    print("\n" + "\n".join(lines))
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
