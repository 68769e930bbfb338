#!/usr/bin/env python3
"""spec/delivery_classes.tsv and delivery_members.tsv -> the enumeration DeliveryClass, its rows, and the class of every
service (services.tsv), device alert and DCC alert. A member's code stands for what begins with it ("6" for 6.4.1) unless
a longer one is named; "*" for every code of its kind."""
import sys

from spec_rows import rows


def enumerator(name):
    return "".join(word.capitalize() for word in name.split("_"))


def main(classes_path, members_path, services_path, alerts_path, output):
    classes, members = rows(classes_path), rows(members_path)
    names = [row["class"] for row in classes]
    codes = [int(row["code"]) for row in classes]
    if codes != list(range(1, len(codes) + 1)):
        sys.exit("delivery_classes.tsv: codes are 1, 2, 3... and never change: the store keeps them")
    services = [row["service_reference_variant"] for row in rows(services_path)]
    alerts = {row["code"] for row in rows(alerts_path)}
    of = {"service": {}, "device_alert": {}, "dcc_alert": {}}
    for row in members:
        if row["class"] not in names:
            sys.exit(f"delivery_members.tsv: no class {row['class']}")
        if row["code"] in of[row["kind"]]:
            sys.exit(f"delivery_members.tsv: {row['kind']} {row['code']} stands there twice")
        if row["kind"] == "device_alert" and row["code"] != "*" and row["code"] not in alerts:
            sys.exit(f"delivery_members.tsv: no device alert {row['code']}")
        of[row["kind"]][row["code"]] = row["class"]
    lines = ["// Made by scripts/delivery_classes.py from spec/delivery_classes.tsv and spec/delivery_members.tsv.",
             "#ifdef METERWAY_DELIVERY_CLASS_ENUM"]
    lines += [f"{enumerator(name)} = {code}," for name, code in zip(names, codes)]
    lines += ["#else", "inline constexpr ClassRow kClasses[] = {"]
    lines += [f"    {{DeliveryClass::{enumerator(r['class'])}, \"{r['class']}\", {r['order']}, {r['waits_at_most']}}},"
              for r in classes]
    lines += ["};", "inline constexpr MemberRow kServices[] = {"]
    for service in sorted(services):
        parts = service.split(".")
        known = [of["service"].get(".".join(parts[:n])) for n in range(len(parts), 0, -1)]
        known = [name for name in known if name]
        if not known:
            sys.exit(f"delivery_members.tsv: service {service} has no class")
        lines.append(f"    {{\"{service}\", DeliveryClass::{enumerator(known[0])}}},")
    for kind, array in (("device_alert", "kDeviceAlerts"), ("dcc_alert", "kDccAlerts")):
        lines += ["};", f"inline constexpr MemberRow {array}[] = {{"]
        lines += [f"    {{\"{code}\", DeliveryClass::{enumerator(name)}}}," for code, name in sorted(of[kind].items())]
    lines += ["};", "#endif", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:6])
