"""Cleans an export with polars, and lists what a person must correct.

python examples/clean_up.py export.csv roster.csv

In an export from an MIS, the headings and their order differ from the template. The export also has columns that you do
not need. polars selects and renames the columns. onroll checks every row, applies the safe fixes and writes the roster.
"""

from __future__ import annotations

import sys

import onroll
import polars

HEADINGS = {
    "Legal Name": "full_name",
    "School Email": "username",
    "Year": "year_group",
    "Reg Group": "class_name",
    "Gender": "gender",
    "PP": "pupil_premium",
    "Ethnicity": "ethnicity",
    "SEN Status": "send",
    "EAL": "eal",
}


def clean_up(source: str, dest: str) -> int:
    """Returns 0 if the roster was written, and 1 if a person must correct the export first."""
    export = polars.read_csv(source, infer_schema=False).select(HEADINGS.keys()).rename(HEADINGS)
    try:
        roster = onroll.Roster.from_arrow(export, sign_in="sso", fix=True)
    except onroll.RosterError as error:
        print(error.report.text())
        return 1
    roster.write_csv(dest)
    by_year = polars.DataFrame(roster).group_by("year_group").len().sort("year_group")
    print(f"{len(roster)} students in {dest}, {roster.report.fixed_count} cells put right")
    for year, count in by_year.iter_rows():
        print(f"  {year}: {count}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: clean_up.py EXPORT.csv ROSTER.csv")
    sys.exit(clean_up(sys.argv[1], sys.argv[2]))
