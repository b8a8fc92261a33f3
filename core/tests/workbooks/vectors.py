"""Makes the workbooks of `tests/vectors/read/workbooks`. They are kept in Git, so run this only to change them.

    python3 core/tests/workbooks/vectors.py SOFFICE

It needs the packages in `requirements.txt` and msoffcrypto-tool.
"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import xlsxwriter

FOLDER = Path(__file__).parent.parent / "vectors/read/workbooks"
HEADINGS = ["Student Full Name", "Username", "Year Group", "Class", "Gender", "Pupil Premium", "Ethnicity", "SEND", "EAL"]
ZOE = ["Zoë Okafor", "Zoë Okafor", "Year 5", "5A", "Female", "No", "BAFR", "No", "Yes"]
NOAH = ["Noah Khan", "Noah Khan", "Year 5", "5A", "Male", "No", "APKN", "K", "No"]
ADA = ["Ada Lee", "Ada Lee", "Year 5", "5B", "F", "Yes", "WBRI", "No", "No"]


def rows(sheet, table, start=0):
    for at, row in enumerate(table, start):
        for column, value in enumerate(row):
            sheet.write_string(at, column, value)


def make(name, write, *sheets, **options):
    with xlsxwriter.Workbook(FOLDER / name, {"in_memory": True, **options}) as book:
        write(book, *[book.add_worksheet(sheet) for sheet in sheets])


def shown(book, sheet):
    rows(sheet, [HEADINGS])
    for at, (name, username, class_name) in enumerate([("Zoë Okafor", 412, 5), ("Noah Khan", 7, None)], 1):
        rows(sheet, [[name, "", "Year 5", "", "Female", "No", "WBRI", "No", "No"]], at)
        sheet.write_number(at, 1, username, book.add_format({"num_format": "00000"}))
        if class_name:
            sheet.write_number(at, 3, class_name)
        else:
            sheet.write_number(at, 3, 46060, book.add_format({"num_format": "d-mmm"}))


def titled(book, sheet):
    sheet.write_string(0, 0, "Oakfield School")
    rows(sheet, [HEADINGS, ZOE, NOAH, ADA], 2)
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.set_column("G:G", None, None, {"hidden": True})


def merged(book, sheet):
    rows(sheet, [HEADINGS, ZOE, [*NOAH[:7], "No", "No"]])
    sheet.merge_range("D2:D3", "5A")


def several(book, *sheets):
    for at, sheet in enumerate(sheets):
        rows(sheet, [HEADINGS, [ZOE, [*NOAH[:7], "No", "No"]][at % 2]])


def with_lookup(book, students, lookup, staff):
    rows(students, [HEADINGS, ZOE])
    rows(lookup, [["Code", "Meaning"], ["WBRI", "White British"]])
    rows(staff, [HEADINGS, NOAH])
    staff.hide()


def source_ids(book, sheet):
    rows(sheet, [[*HEADINGS, "Source ID"]])
    for at, name in enumerate(["Zoë Okafor", "Noah Khan", "Ada Lee", "Tom Dell", "Mia Hall"], 1):
        rows(sheet, [[name, name, "Year 5", "5A", "Female", "No", "WBRI", "No", "No"]], at)
    sheet.write_formula(1, 9, "=VLOOKUP(A2,A9:B9,2,FALSE)", None, "#N/A")
    sheet.write_number(2, 9, 46060, book.add_format({"num_format": "d-mmm"}))
    sheet.write_number(3, 9, 0)
    sheet.write_number(4, 9, 412)
    sheet.write_number(5, 9, 413, book.add_format({"num_format": "00000"}))


def dates(book, sheet):
    day, time = (book.add_format({"num_format": shown}) for shown in ("dd/mm/yyyy", "hh:mm:ss"))
    rows(sheet, [HEADINGS])
    for at, name in enumerate(["Zoë Okafor", "Noah Khan", "Ada Lee"], 1):
        rows(sheet, [[name, name, "7", "7A", "Female", "No", "WBRI", "No", "No"]], at)
    sheet.write_number(1, 2, 7, day)
    sheet.write_number(2, 3, 301 / 1440, time)
    sheet.write_string(3, 3, "2025-05-01 0:00:00")


make("table.xlsx", lambda book, sheet: rows(sheet, [HEADINGS, ZOE, NOAH, ADA]), "Students")
make("shown.xlsx", shown, "Students")
make("titled.xlsx", titled, "Students")
make("merged.xlsx", merged, "Students")
make("two-sheets.xlsx", several, "Year 5", "Year 6")
make("lookup.xlsx", with_lookup, "Students", "Lookup", "Staff")
make("empty.xlsx", lambda book, sheet: None, "Sheet1")
make("source-ids.xlsx", source_ids, "Students")
make("dates.xlsx", dates, "Students")
make("1904.xlsx", shown, "Students", date_1904=True)

book = openpyxl.Workbook()
sheet = book.active
sheet.append(HEADINGS)
sheet.append([*ZOE[:1], "=A2", *ZOE[2:]])
sheet.append([*NOAH[:1], "=A3", *NOAH[2:7], "No", "No"])
sheet.append(["Ada Lee", "Ada Lee", "Year 5", "=C2", "Female", "No", "WBRI", "No", "No"])
book.save(FOLDER / "formulas.xlsx")

book = openpyxl.Workbook()
chart = openpyxl.chart.BarChart()
chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1, max_row=2))
book.create_chartsheet("Chart").add_chart(chart)
book.remove(book.active)
book.save(FOLDER / "chart-only.xlsx")

for kind in ("ods", "xls:MS Excel 97"):
    subprocess.run([sys.argv[1], "--headless", "--convert-to", kind, "--outdir", FOLDER, FOLDER / "table.xlsx"], check=True)


def rewritten(source, target, change):
    """Writes a copy of an archive with changed parts."""
    with zipfile.ZipFile(FOLDER / source) as old, zipfile.ZipFile(FOLDER / target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            name, data = change(entry.filename, old.read(entry.filename))
            if name:
                new.writestr(name, data)


def strict(name, data):
    for old, new in [
        (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    ]:
        data = data.replace(old, new)
    return name, data


def macro(name, data):
    if name == "[Content_Types].xml":
        data = data.replace(b"spreadsheetml.sheet.main+xml", b"macroEnabled.main+xml").replace(
            b"openxmlformats-officedocument.macroEnabled", b"ms-excel.sheet.macroEnabled")
        data = data.replace(b"<Default", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default', 1)
    return name, data


rewritten("table.xlsx", "strict.xlsx", strict)
rewritten("table.xlsx", "macro.xlsm", macro)
rewritten("table.xlsx", "word.docx", lambda name, data: (name.replace("xl/workbook.xml", "word/document.xml"), data))
rewritten("table.xlsx", "damaged.xlsx", lambda name, data: (name, data[: len(data) // 2] if "sheet1" in name else data))
rewritten("table.ods", "protected.ods", lambda name, data: (name, data.replace(
    b"</manifest:manifest>", b'<manifest:file-entry manifest:full-path="x"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>')))
with zipfile.ZipFile(FOLDER / "archive.zip", "w") as archive:
    archive.writestr("students.csv", ",".join(HEADINGS))
with (FOLDER / "table.xlsx").open("rb") as plain, (FOLDER / "protected.xlsx").open("wb") as encrypted:
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", encrypted)
# One cell far to the right and far down. A program that reserves memory for every cell up to this one needs 10 GB.
with xlsxwriter.Workbook(FOLDER / "sparse.xlsx") as book:
    book.add_worksheet().write_string(19_999, 16_383, "x")

CASES = [
    ("a workbook is read like its CSV", "table.xlsx", {"fix": True}),
    ("an OpenDocument workbook is read", "table.ods", {"fix": True}),
    ("an old Excel workbook is read", "table.xls", {"fix": True}),
    ("a strict Open XML workbook is read", "strict.xlsx", {"fix": True}),
    ("macros in a workbook are ignored", "macro.xlsm", {"fix": True}),
    ("a problem names its cell", "table.xlsx", {}),
    ("numbers are read as shown, and a class that became a date is an error", "shown.xlsx", {}),
    ("dates may be counted from 1904", "1904.xlsx", {}),
    ("titles are left out, and hidden rows and columns are warned about", "titled.xlsx", {"fix": True}),
    ("hidden rows and columns are warned about beside other problems", "titled.xlsx", {}),
    ("a merged cell fills the rows that it covers", "merged.xlsx", {}),
    ("two sheets of students need a choice", "two-sheets.xlsx", {}),
    ("the chosen sheet is read", "two-sheets.xlsx", {"sheet": "Year 6"}),
    ("a chosen sheet that does not exist is an error", "two-sheets.xlsx", {"sheet": "Year 7"}),
    ("a sheet of codes and a hidden sheet are not chosen", "lookup.xlsx", {}),
    ("a hidden sheet is read if it is named", "lookup.xlsx", {"sheet": "staff", "fix": True}),
    ("formulas without stored values are errors", "formulas.xlsx", {}),
    ("formulas without stored values are not fixed", "formulas.xlsx", {"fix": True}),
    ("a workbook with only a chart", "chart-only.xlsx", {}),
    ("an empty workbook", "empty.xlsx", {}),
    ("a workbook with a password", "protected.xlsx", {}),
    ("an OpenDocument workbook with a password", "protected.ods", {}),
    ("a Word document", "word.docx", {}),
    ("a zip archive", "archive.zip", {}),
    ("a damaged workbook", "damaged.xlsx", {}),
    ("a single cell far to the right and far down", "sparse.xlsx", {}),
    ("source ids that are errors, dates or 0", "source-ids.xlsx", {}),
    ("numbers and classes that are formatted as dates and times", "dates.xlsx", {}),
]

cases = [{"name": name, "file": f"workbooks/{file}", **({"options": options} if options else {}), "students": None} for name, file, options in CASES]
target = FOLDER.parent / "workbooks.json"
if not target.exists():
    target.write_text(json.dumps(cases, ensure_ascii=False, indent=1), encoding="utf-8")
