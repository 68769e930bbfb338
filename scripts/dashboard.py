#!/usr/bin/env python3
"""deploy/grafana/panels.tsv -> deploy/grafana/meterway.json; --check compares, and holds every name in the dashboard and in the
alarms against spec/metrics.tsv, both ways."""
import json
import pathlib
import re
import sys

from spec_rows import rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "deploy/grafana/meterway.json"
WIDTH, SOURCE = 24, {"type": "prometheus", "uid": "${source}"}
SIZES = {"stat": (4, 4), "timeseries": (8, 7)}


def panels():
    out, row, x, y, height = [], None, 0, 0, 0
    for one in rows(ROOT / "deploy/grafana/panels.tsv"):
        if one["row"] != row:
            row, x, y = one["row"], 0, y + height
            out.append({"id": len(out) + 1, "type": "row", "title": row, "collapsed": False, "panels": [],
                        "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
            y, height = y + 1, 0
        w, h = SIZES[one["kind"]]
        if x + w > WIDTH:
            x, y = 0, y + height
        height = h
        targets = []
        for n, target in enumerate(one["expression"].split(" ; ")):
            expression, legend = target.split(" => ")
            targets.append({"refId": chr(ord("A") + n), "datasource": SOURCE, "expr": narrowed(expression), "legendFormat": legend})
        out.append({"id": len(out) + 1, "type": one["kind"], "title": one["title"], "description": one["meaning"], "datasource": SOURCE,
                    "gridPos": {"x": x, "y": y, "w": w, "h": h}, "targets": targets,
                    "fieldConfig": {"defaults": {"unit": one["unit"]}, "overrides": []}})
        x += w
    return out


def narrowed(expression):
    """Each metric of the node that is chosen above."""
    return re.sub(r"\b((?:meterway|process)_[a-z_]+)", r'\1{instance=~"$node"}', expression)


def dashboard():
    variables = [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"},
                 {"name": "node", "type": "query", "label": "Node", "datasource": SOURCE, "query": "label_values(meterway_build_info, instance)",
                  "multi": True, "includeAll": True, "refresh": 2}]
    return {"title": "Meterway", "uid": "meterway", "schemaVersion": 38, "version": 1, "timezone": "utc", "editable": True, "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"}, "tags": ["meterway"], "templating": {"list": variables}, "panels": panels()}


def names_in(text):
    """Without the endings of a histogram's series."""
    table = {row["name"]: row["type"] for row in rows(ROOT / "spec/metrics.tsv")}
    found = set()
    for name in re.findall(r"\b(?:meterway|process)_[a-z_]+\b", text):
        stem = re.sub(r"_(bucket|sum|count)$", "", name)
        found.add(stem if table.get(stem) == "histogram" else name)
    return found


def main(arguments):
    made = json.dumps(dashboard(), indent=1) + "\n"
    if arguments != ["--check"]:
        PLACE.write_text(made, encoding="utf-8")
        return
    problems = []
    if not PLACE.exists() or PLACE.read_text(encoding="utf-8") != made:
        problems.append("deploy/grafana/meterway.json is not what panels.tsv says: run scripts/dashboard.py")
    table = {row["name"] for row in rows(ROOT / "spec/metrics.tsv")}
    shown = names_in(" ".join(row["expression"] for row in rows(ROOT / "deploy/grafana/panels.tsv")))
    text = (ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8")
    alarms = names_in(text)
    classes = {row["class"] for row in rows(ROOT / "spec/delivery_classes.tsv")}
    problems += [f"no delivery class: {name}" for name in re.findall(r'class="(\w+)"', text) if name not in classes]
    problems += [f"no row of spec/metrics.tsv: {name}" for name in sorted((shown | alarms) - table)]
    problems += [f"on no panel: {name}" for name in sorted(table - shown)]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(sys.argv[1:])
