"""Makes workbooks with four programs, each with the CSV that LibreOffice exports from its first sheet.

    python3 core/tests/workbooks/make.py FOLDER SOFFICE

FOLDER already has workbooks of rust_xlsxwriter and our own, which a test of the core writes. A second test then
compares all of them (see `make test-workbooks`).
"""

import csv
import datetime
import io
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import xlsxwriter
import xlwt
from openpyxl.styles import numbers

folder, soffice = Path(sys.argv[1]), sys.argv[2]
HEADINGS = ["Student Full Name", "Username", "Year Group", "Class", "Gender", "Pupil Premium", "Ethnicity", "SEND", "EAL"]
NAMES = ["Zoë Okafor", "Noah O’Brien", "Łukasz Nowak", "Mia 'Mo' Khan", 'Ivy "Ace" Lee', "Ada, Countess", "李 小龍", "Ana\nMaria"]
STUDENTS = [[name, f"user{i}", f"Year {i}", f"{i}A", "Female", "Yes", "WBRI", "No", "No"] for i, name in enumerate(NAMES)]
DAY = datetime.datetime(2026, 2, 7, 9, 5, 3)
# Numbers and dates, with formats that schools' files have.
SHOWN = [
    (412, "00000"), (412, "General"), (7, "0"), (7.5, "General"), (7.125, "0.00"), (1234567, "#,##0"), (0.25, "0%"),
    (-3, "0;(0)"), (0, "0;(0);\"nil\""), (123456, "00-00-00"), (7, '"ID"000'), (1.005, "0.00"), (12345678901, "0"),
    (DAY, "dd/mm/yyyy"), (DAY, "yyyy-mm-dd"), (DAY, "d-mmm"), (DAY, "dd mmmm yyyy"), (DAY, "hh:mm"), (DAY, "h:mm AM/PM"),
    (DAY, "yyyy-mm-dd hh:mm:ss"), (1.5, "[h]:mm"), (0.1, "General"), (1e-3, "General"), (99999999999, "General"),
]


def by_xlsxwriter(name: str, write, **options) -> None:
    with xlsxwriter.Workbook(folder / name, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet("Students"))


def table(rows):
    def write(book, sheet) -> None:
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value) if isinstance(value, str) else sheet.write(at, column, value)

    return write


def shown(book, sheet) -> None:
    for at, (value, code) in enumerate(SHOWN):
        form = book.add_format({"num_format": code})
        sheet.write_datetime(at, 0, value, form) if isinstance(value, datetime.datetime) else sheet.write_number(at, 0, value, form)
        sheet.write_string(at, 1, code)


def merged(book, sheet) -> None:
    sheet.merge_range("A1:I1", "Oakfield School: class list")
    for column, heading in enumerate(HEADINGS):
        sheet.write(2, column, heading)
    for at, row in enumerate(STUDENTS):
        for column, value in enumerate(row):
            sheet.write_string(at + 3, column, value)


def hidden(book, sheet) -> None:
    table([HEADINGS, *STUDENTS])(book, sheet)
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.set_column("H:H", None, None, {"hidden": True})
    sheet.autofilter(0, 0, len(STUDENTS), 8)


def formulas(book, sheet) -> None:
    sheet.write_row(0, 0, ["First", "Last", "Full", "Sum", "Wrong", "Yes"])
    sheet.write_row(1, 0, ["Zoë", "Okafor"])
    sheet.write_formula("C2", '=A2&" "&B2', None, "Zoë Okafor")
    sheet.write_formula("D2", "=1+1", None, 2)
    sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
    sheet.write_boolean("F2", True)


def rich(book, sheet) -> None:
    bold = book.add_format({"bold": True})
    sheet.write_rich_string(0, 0, "Zoë ", bold, "Okafor", " (7B)")
    sheet.write_string(1, 1, " spaces ")
    sheet.write_string(2, 2, "_x000D_ is a text")
    sheet.write_string(3, 0, "tab\tand & < > \" '")
    sheet.write_comment(0, 0, "a note")
    sheet.write_url(4, 0, "https://oakfield.example", None, "a link")


def sparse(book, sheet) -> None:
    sheet.write_string(9, 5, "F10")
    sheet.write_string(40, 30, "AE41")


def blank(book, sheet) -> None:
    form = book.add_format({"bg_color": "yellow"})
    table([HEADINGS, *STUDENTS])(book, sheet)
    for row in range(50, 60):
        for column in range(12):
            sheet.write_blank(row, column, None, form)


def dates_1904(book, sheet) -> None:
    form = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_datetime(0, 0, DAY, form)


by_xlsxwriter("xlsxwriter-table.xlsx", table([HEADINGS, *STUDENTS]))
by_xlsxwriter("xlsxwriter-shown.xlsx", shown)
by_xlsxwriter("xlsxwriter-merged.xlsx", merged)
by_xlsxwriter("xlsxwriter-hidden.xlsx", hidden)
by_xlsxwriter("xlsxwriter-formulas.xlsx", formulas)
by_xlsxwriter("xlsxwriter-rich.xlsx", rich)
by_xlsxwriter("xlsxwriter-sparse.xlsx", sparse)
by_xlsxwriter("xlsxwriter-blank.xlsx", blank)
by_xlsxwriter("xlsxwriter-1904.xlsx", dates_1904, date_1904=True)
by_xlsxwriter("xlsxwriter-inline.xlsx", table([HEADINGS, *STUDENTS]), constant_memory=True)
by_xlsxwriter("xlsxwriter-zip64.xlsx", table([HEADINGS, *STUDENTS]), use_zip64=True)
by_xlsxwriter("xlsxwriter-large.xlsx", table([HEADINGS] + [row for _ in range(300) for row in STUDENTS]))


def by_openpyxl(name: str, write) -> None:
    book = openpyxl.Workbook()
    write(book.active)
    book.save(folder / name)


def op_table(sheet) -> None:
    for row in [HEADINGS, *STUDENTS]:
        sheet.append(row)


def op_shown(sheet) -> None:
    for at, (value, code) in enumerate(SHOWN, 1):
        sheet.cell(at, 1, value).number_format = code
        sheet.cell(at, 2, code)


def op_merged(sheet) -> None:
    sheet["A1"] = "Class list"
    sheet.merge_cells("A1:D1")
    for row in [HEADINGS, *STUDENTS]:
        sheet.append(row)


def op_hidden(sheet) -> None:
    op_table(sheet)
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True


def op_spaces(sheet) -> None:
    sheet["B2"] = "  two before and one after "
    sheet["B3"] = "line\r\nbreaks\nin a cell"
    sheet["B4"] = True
    sheet["B5"] = "=notaformula"
    sheet["B5"].data_type = "s"
    sheet["B6"] = 1.0
    sheet["B7"] = "00412"
    sheet["B8"] = "412"


def op_dates(sheet) -> None:
    for at, form in enumerate([numbers.FORMAT_DATE_XLSX15, numbers.FORMAT_DATE_XLSX16, numbers.FORMAT_DATE_DDMMYY], 1):
        sheet.cell(at, 1, DAY).number_format = form


for name, write in [("table", op_table), ("shown", op_shown), ("merged", op_merged), ("hidden", op_hidden), ("spaces", op_spaces),
                    ("dates", op_dates)]:
    by_openpyxl(f"openpyxl-{name}.xlsx", write)

book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("Students")
for row in [HEADINGS, *STUDENTS]:
    sheet.append(row)
book.save(folder / "openpyxl-write-only.xlsx")

book = xlwt.Workbook()
sheet = book.add_sheet("Students")
for at, row in enumerate([HEADINGS, *STUDENTS]):
    for column, value in enumerate(row):
        sheet.write(at, column, value)
for at, (value, code) in enumerate(SHOWN):
    sheet.write(20 + at, 0, value, xlwt.easyxf(num_format_str=code))
sheet.write(50, 2, True)
book.save(str(folder / "xlwt-table.xls"))
# The shared texts of this workbook fill more than one record. Some have one byte for each letter, and some have two.
book = xlwt.Workbook()
sheet = book.add_sheet("Students")
for at in range(400):
    for column in range(6):
        sheet.write(at, column, f"{'Łukasz' if (at + column) % 3 else 'Lucas'} number {at} of column {column} " + "x" * (at % 50))
book.save(str(folder / "xlwt-long.xls"))

# LibreOffice writes a table and the workbooks of other programs in each of its own formats.
out = io.StringIO()
csv.writer(out).writerows([HEADINGS, *STUDENTS])
(folder / "libreoffice-table.csv").write_text(out.getvalue(), encoding="utf-8")


def convert(to: str, *files: Path, into: Path, **options: str) -> None:
    command = [soffice, "--headless", "--convert-to", to, "--outdir", into, *options.values(), *files]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


made = folder / "made"
made.mkdir(exist_ok=True)
READ_AS_TEXT = "--infilter=CSV:44,34,76,1,," + "2057"
sources = [folder / f"xlsxwriter-{name}.xlsx" for name in ("shown", "hidden", "formulas", "rich", "merged", "1904", "blank")]
for kind in ("xlsx", "ods", "xls:MS Excel 97"):
    convert(kind, folder / "libreoffice-table.csv", into=made, read=READ_AS_TEXT)
    # If LibreOffice has not calculated a formula, an old workbook stores a different value from the one that
    # LibreOffice shows.
    convert(kind, *(each for each in sources if "xls:" not in kind or "formulas" not in each.name), into=made)
for path in made.iterdir():
    path.rename(folder / ("libreoffice-" + path.name.removeprefix("libreoffice-").replace("xlsxwriter-", "")))
made.rmdir()
(folder / "libreoffice-table.csv").unlink()

exported = folder / "exported"
exported.mkdir(exist_ok=True)
for kind in ("xlsx", "ods", "xls"):
    # Write UTF-8, each field as it is shown, and only the first sheet.
    convert("csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,false", *folder.glob(f"*.{kind}"), into=exported)
    for path in exported.glob("*.csv"):
        # LibreOffice may add the name of the sheet to the name of the workbook, with a hyphen between them.
        stem = path.stem
        of = next(book for book in folder.glob(f"*.{kind}") if stem == book.stem or stem.startswith(f"{book.stem}-"))
        shutil.move(path, folder / f"{of.name}.csv")
exported.rmdir()
print(len(list(folder.glob("*.csv"))), "workbooks")
