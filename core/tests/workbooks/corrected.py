"""Opens every test vector's corrected file in LibreOffice, and compares the values shown with those in the file.

    python3 core/tests/workbooks/corrected.py FOLDER SOFFICE

LibreOffice reads each file as if a person opened it, and exports what it shows. Python's csv module reads the file
itself.
"""

import csv
import re
import subprocess
import sys
from pathlib import Path

folder, soffice = Path(sys.argv[1]), sys.argv[2]
shown = folder / "shown"
# Read UTF-8 and English (UK), and write each cell as it is shown.
READ, WRITTEN = "CSV:44,34,76,1,,2057", "csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true"
files = sorted(folder.glob("*.csv"))
# LibreOffice opens no more than about 250 files in one run.
for start in range(0, len(files), 200):
    command = [soffice, "--headless", f"--infilter={READ}", "--convert-to", WRITTEN, "--outdir", shown, *files[start : start + 200]]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = [[re.sub(r"\r\n?", "\n", cell) for cell in row] for row in csv.reader(file)]
    for row in read:
        while row and not row[-1]:
            row.pop()
    while read and not read[-1]:
        read.pop()
    return read


# Spreadsheets convert these values when they open a CSV, in the school's own file and in ours. No CSV can prevent that.
# If a class or a username is such a value, the report says so ('excel-risk', 'excel-mangled').
MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
CONVERTED = re.compile(
    r"[0-9]{1,15}(\.[0-9]+)?|[0-9.]+E\+[0-9]+|[0-9]{1,2}/[0-9]{1,2}(/[0-9]{2,4})?|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+"
    rf"|[0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}})?|[0-9]{{1,2}}[- ]{MONTH}|([0-9]{{1,2}}[- ])?{MONTH}[- ][0-9]{{1,4}}|true|false",
    re.I,
)
compared, wrong = 0, []


def converted(cell: str) -> str:
    # LibreOffice leaves NULs out. We refuse them.
    cell = cell.replace("\0", "")
    return "(a number, a date or a truth value)" if CONVERTED.fullmatch(cell) else cell


for path in files:
    ours, theirs = rows(path), rows(shown / path.name)
    compared += 1
    ours, theirs = [[[converted(cell) for cell in row] for row in file] for file in (ours, theirs)]
    if ours != theirs:
        differ = [(a, b) for a, b in zip(ours, theirs) if a != b] or [(f"{len(ours)} rows", f"{len(theirs)} rows")]
        wrong.append(f"{path.name}: ours {differ[0][0]}, theirs {differ[0][1]}")
assert not wrong, f"{len(wrong)} of {compared}:\n" + "\n".join(wrong)
assert compared >= 100, f"{compared} files"
print(f"{compared} corrected files are shown by LibreOffice as they stand")
