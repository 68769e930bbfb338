#!/usr/bin/env python3
"""Writes docs/reference from the tables of spec/: a page a table, with what the table says of itself on top, and an index.

reference_docs.py          writes the pages
reference_docs.py --check  fails when a page is not what its table says
"""
import pathlib
import sys

import spec_rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
# page, title, table, columns that are shown: all, or some by (column, heading).
PAGES = (
    ("pages", "Pages of the portal", "pages", (("path", "Path"), ("title", "Title"), ("area", "Area"), ("functions", "Needs one of"),
                                               ("api", "Reads"), ("meaning", "What it is for"))),
    ("routes", "The JSON interface: every route", "api_routes", (("method", "Method"), ("path", "Path"), ("function", "Function"),
                                                                 ("query", "Query"), ("takes", "Takes"), ("gives", "Gives"), ("summary", "What it does"))),
    ("job-types", "Job types", "job_types", None),
    ("services", "The service request variants", "services", (
        ("service_reference_variant", "Variant"), ("name", "Name"), ("critical", "Critical"), ("eligible_user_roles", "Roles"),
        ("on_demand", "On demand"), ("future_dated_pattern", "Future dated"), ("dcc_scheduled", "Scheduled"), ("non_device", "Not to a device"),
        ("command_variants_permitted", "Command variants"), ("web_service_per_variant", "Web service"), ("gbcs_use_case_tags", "Use cases"))),
    ("use-cases", "GBCS use cases", "use_cases", (("code", "Code"), ("use_case", "Use case"), ("name", "Name"), ("services", "Services"),
                                                  ("payload", "Payload"), ("devices", "Devices"), ("command", "Command"), ("response", "Response"), ("alert", "Alert"))),
    ("response-codes", "Response codes", "responses", None),
    ("refusals", "Refusals, and the code that each is answered with", "refusals", None),
    ("alert-routes", "Alerts of devices: who tells whom", "alert_routes", (
        ("alert", "Alert"), ("devices", "Devices"), ("message", "Message"), ("protection", "Protection"), ("recipients", "The device tells"),
        ("told", "The DCC tells"), ("how_sure", "How sure"), ("throttled", "Throttled"))),
    ("dcc-alerts", "DCC alerts", "dcc_alerts", None),
    ("delivery-classes", "Classes of delivery", "delivery_classes", None),
    ("rules", "Dated rules", "dated_rules", None),
    ("event-areas", "Areas of events", "event_areas", None),
    ("job-kinds", "Bulk jobs", "job_kinds", None),
    ("job-columns", "Bulk jobs: the columns of their files", "job_columns", None),
    ("incident-categories", "How the category of an incident is reckoned", "incident_categories", None),
    ("record-kinds", "Kinds of record", "ledger_kinds", None),
    ("device-states", "States of devices in the inventory", "device_states", None),
)


def head_comment(name):
    """What the table says of itself, without the marks; one paragraph."""
    lines = []
    for line in (ROOT / "spec" / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").rstrip())
    return " ".join(lines)


def cell(value):
    return "" if value == "-" else value.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def table(name, columns):
    rows = spec_rows.rows(ROOT / "spec" / f"{name}.tsv")
    columns = columns or [(column, column.replace("_", " ").capitalize()) for column in rows[0]]
    out = ["| " + " | ".join(title for _, title in columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    out += ["| " + " | ".join(cell(row[column]) for column, _ in columns) + " |" for row in rows]
    return len(rows), out


def permissions():
    """Functions by job type: who has it, and which part of it is his."""
    rows = spec_rows.rows(ROOT / "spec" / "permissions.tsv")
    kinds = [row["job_type"] for row in spec_rows.rows(ROOT / "spec" / "job_types.tsv") if row["job_type"] != "operator"]
    functions = list(dict.fromkeys(row["function"] for row in rows))
    notes, out = [], ["| Function | " + " | ".join(kinds) + " |", "| --- | " + " | ".join("---" for _ in kinds) + " |"]
    for function in functions:
        marks = dict.fromkeys(kinds, "")
        for row in (row for row in rows if row["function"] == function):
            mark = "yes"
            if row["scope"] != "-":
                if row["scope"] not in notes:
                    notes.append(row["scope"])
                mark = f"({notes.index(row['scope']) + 1})"
            named = row["job_types"].split(",")
            for kind in kinds:
                if kind in named or "anybody" in named or ("anyone" in named and kind != "public"):
                    marks[kind] = "yes" if "yes" in (marks[kind], mark) else mark
        out.append(f"| `{function}` | " + " | ".join(marks[kind] for kind in kinds) + " |")
    out += ["", "The operator's token may do everything. Of what is numbered a part alone is his:", ""]
    out += [f"{number}. {cell(note)}" for number, note in enumerate(notes, 1)]
    return len(functions), out


def pages():
    """name: text, of every page."""
    made, index = {}, []
    for page, title, name, columns in PAGES:
        count, lines = table(name, columns)
        made[page] = "\n".join([f"# {title}", "", f"Written by `scripts/reference_docs.py` from `spec/{name}.tsv`: {count} rows.", "",
                                cell(head_comment(name)), "", *lines, ""])
        index.append(f"| [{title}]({page}.md) | `spec/{name}.tsv` | {count} |")
    count, lines = permissions()
    made["permissions"] = "\n".join(["# Who may do what", "", "Written by `scripts/reference_docs.py` from `spec/permissions.tsv` and "
                                     f"`spec/job_types.tsv`: {count} functions. What no row gives is denied.", "", *lines, ""])
    index.append(f"| [Who may do what](permissions.md) | `spec/permissions.tsv` | {count} |")
    index.append("| [Services, their forms and their tests](forms.md) | `spec/services.tsv`, `spec/transform_use_cases.tsv` | |")
    made["README"] = "\n".join(["# Reference", "", "Pages that are written from the tables the program runs by; a test holds each against its table.", "",
                                "| Page | From | Rows |", "| --- | --- | --- |", *index, ""])
    return made


def main():
    check = sys.argv[1:] == ["--check"]
    wrong = []
    for name, text in pages().items():
        path = FOLDER / f"{name}.md"
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"docs/reference/{name}.md is not what its table says: run scripts/reference_docs.py")
        else:
            path.write_text(text, encoding="utf-8")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main())
