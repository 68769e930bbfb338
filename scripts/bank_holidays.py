#!/usr/bin/env python3
"""spec/bank_holidays.tsv -> the array of standard/calendar/working_days.cpp, ordered by date."""
import csv
import datetime
import sys


def main(path, output):
    with open(path, encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    dates = [datetime.date.fromisoformat(row["date"]) for row in rows]
    if any(a >= b for a, b in zip(dates, dates[1:])):
        sys.exit("bank_holidays.tsv: dates rise, and none stands there twice")
    years = {day.year for day in dates}
    if years != set(range(dates[0].year, dates[-1].year + 1)):
        sys.exit("bank_holidays.tsv: a year is missing")
    out = ["// Made by scripts/bank_holidays.py from spec/bank_holidays.tsv.", "inline constexpr BankHoliday kBankHolidays[] = {"]
    for day, row in zip(dates, rows):
        proclaimed = {"yes": "true", "no": "false"}[row["proclaimed"]]
        out.append(f"    {{{day.year}, {day.month}, {day.day}, \"{row['name']}\", {proclaimed}, \"{row['source']}\"}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])
