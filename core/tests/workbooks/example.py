"""Makes `core/examples/oakfield-office.xlsx`, as a school office would. Run this only to change the example.

    python3 core/tests/workbooks/example.py
"""

import csv
from pathlib import Path

import xlsxwriter

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
with (EXAMPLES / "oakfield.csv").open(encoding="utf-8-sig", newline="") as file:
    headings, *students = [row for row in csv.reader(file) if any(row)]
students = students[:36]
# The values that an office types.
changes = {2: {4: "F"}, 5: {6: "White British"}, 7: {5: "Y"}, 9: {6: "Martian"}, 12: {0: "  {0}"}, 14: {4: "Girl"}, 20: {7: "maybe"}, 25: {2: ""}}
with xlsxwriter.Workbook(EXAMPLES / "oakfield-office.xlsx") as book:
    title = book.add_format({"bold": True, "font_size": 14})
    heading = book.add_format({"bold": True, "bg_color": "#1F4E78", "font_color": "white", "border": 1})
    cell = book.add_format({"border": 1})
    padded = book.add_format({"border": 1, "num_format": "00000"})
    day = book.add_format({"border": 1, "num_format": "d-mmm"})
    sheet = book.add_worksheet("Pupils")
    sheet.merge_range("A1:K1", "Oakfield Primary School: pupils, autumn term", title)
    for column, text in enumerate([*headings, "House", "Adm No"]):
        sheet.write_string(2, column, text, heading)
    for at, row in enumerate(students):
        for column, text in enumerate(row):
            text = changes.get(at, {}).get(column, text).format(text)
            sheet.write_string(at + 3, column, text, cell)
        sheet.write_string(at + 3, 9, ["Oak", "Ash", "Elm"][at % 3], cell)
        sheet.write_number(at + 3, 10, 4100 + at, padded)
    # A class that Excel took for a date.
    sheet.write_number(20, 3, 46060, day)
    sheet.set_row(31, None, None, {"hidden": True})
    sheet.set_column("A:A", 22)
    sheet.set_column("B:K", 13)
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, 2 + len(students), 10)
    codes = book.add_worksheet("Codes")
    codes.write_row(0, 0, ["Code", "Meaning"], heading)
    codes.write_row(1, 0, ["WBRI", "White British"])
