"""What the scripts that make C++ of spec/ have in common: a table's rows, a text and a date as C++ writes them."""
import csv
import datetime


def rows(path):
    """The rows below the heading, each a dictionary by column; lines that begin with # are left out."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def filled_rows(path):
    """As rows(), with nothing in place of "-"."""
    return [{column: "" if value == "-" else value for column, value in row.items()} for row in rows(path)]


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def day(value):
    """A date of records with dates; "-": without end."""
    if value == "-":
        return "Date::max()"
    read = datetime.date.fromisoformat(value)
    return f"day({read.year}, {read.month}, {read.day})"
