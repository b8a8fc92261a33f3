"""Reads rosters, creates accounts, and makes and applies plans for the given number of minutes: `soak.py 10`.

Ends with an error if memory has grown.
"""

from __future__ import annotations

import io
import sys
import time

import onroll

MOST_GROWN = 16.0
"""The limit for the growth of memory after the first tenth of the time, in megabytes. It is above 0, because allocators
keep some free memory.
"""


def resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def read(first: int, pupils: int, class_name: str, threads: int) -> onroll.Roster:
    rows = "".join(f"Pupil {n},Pupil {n},Year 5,{class_name},F,No,BAFR,No,No\r\n" for n in range(first, first + pupils))
    return onroll.read_csv((onroll.template_csv() + rows).encode(), fix=True, threads=threads)


def turn(number: int) -> None:
    """Syncs a school a year later, when a twelfth of its students and its class are new. Also checks a refused file."""
    pupils, threads = 200 + number % 7 * 300, 1 + number % 2
    accounts = onroll.create_accounts(read(0, pupils, "5A", threads))
    plan = onroll.plan(accounts, read(pupils // 12, pupils, "6A", threads))
    after = onroll.Plan.from_json(plan.to_json(passwords=True)).apply(accounts)
    after.write_credentials(io.BytesIO())
    after.write_cards(io.BytesIO())
    assert len(onroll.Accounts.from_json(after.to_json(passwords=True))) == len(after)
    assert sum(account.active for account in after) == pupils
    try:
        onroll.read_csv(onroll.template_csv().encode() + b"a,b,c\n" * pupils)
    except onroll.RosterError as error:
        assert error.report.text() and len(error.report.problems) > 0


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    begun, turns, first = time.monotonic(), 0, None
    while (elapsed := time.monotonic() - begun) < 60 * minutes:
        turn(turns)
        turns += 1
        if first is None and elapsed > 6 * minutes:
            first = resident()
    last = resident()
    first = last if first is None else first
    print(f"Python: {turns} rounds in {minutes:g} minutes; resident {first:.1f} MB after a tenth, {last:.1f} MB at the end")
    if last - first > MOST_GROWN:
        sys.exit("memory has grown")


main()
