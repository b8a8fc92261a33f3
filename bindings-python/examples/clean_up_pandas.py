"""Cleans an export with pandas, and lists what a person must correct.

python examples/clean_up_pandas.py export.csv roster.csv

`dtype=str` and `keep_default_na=False` are necessary. Without them, pandas would turn numeric usernames into numbers,
and the name Null into a missing value.
"""

from __future__ import annotations

import sys

import onroll
import pandas
from clean_up import HEADINGS


def clean_up(source: str, dest: str) -> int:
    """Returns 0 if the roster was written, and 1 if a person must correct the export first."""
    export = pandas.read_csv(source, dtype=str, keep_default_na=False)
    export = export[list(HEADINGS)]
    export.columns = list(HEADINGS.values())
    try:
        roster = onroll.Roster.from_arrow(export, sign_in="sso", fix=True)
    except onroll.RosterError as error:
        print(error.report.text())
        return 1
    roster.write_csv(dest)
    print(f"{len(roster)} students in {dest}")
    print(roster.to_pandas().groupby("year_group").size().to_string())
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: clean_up_pandas.py EXPORT.csv ROSTER.csv")
    sys.exit(clean_up(sys.argv[1], sys.argv[2]))
