#!/usr/bin/env python3
"""spec/alert_routes.tsv -> rows of gbcs::AlertRoute: alert_routes.py <alert_routes.tsv> <device_alerts.tsv> <output.inc>."""
import sys

from spec_rows import rows, text

PROTECTION = {"signature": "Signature", "mac": "Mac", "-": "None"}
RECIPIENTS = {"supplier": "Supplier", "network_operator": "NetworkOperator", "broker": "AccessControlBroker",
              "wan_provider": "WanProvider", "load_controller": "LoadController"}
SURE = {"firm": "Firm", "told unconfirmed": "ToldUnconfirmed", "unconfirmed": "Unconfirmed"}
TYPES = {"ESME", "GSME", "GPF", "CHF", "PPMID", "HCALCS", "SAPC"}
USERS = {"IS", "ES", "GS", "ED", "GT", "RSA", "OU", "LC"}
LOGS = {"security", "event", "power", "alcs", "-"}


def row(r):
    where = f"alert_routes.tsv: {r['alert']} of {r['devices']}"
    devices, recipients, told = r["devices"].split(), r["recipients"].split(), r["told"].split()
    logged = r["message"] == "-"
    if not devices or not set(devices) <= TYPES:
        sys.exit(f"{where}: devices")
    if logged != (r["protection"] == "-") or logged != (recipients == ["-"]):
        sys.exit(f"{where}: message, protection and recipients stand together or not at all")
    signer = recipients == ["signer"]
    roles = [] if logged or signer else [RECIPIENTS[name] for name in recipients]
    if len(roles) > 2 or (len(roles) == 2 and r["protection"] != "signature"):
        sys.exit(f"{where}: two recipients at most, and a MAC is for one")
    if told not in (["-"], ["addressee"]) and not set(told) <= USERS:
        sys.exit(f"{where}: told")
    to_dcc = roles[:1] in (["AccessControlBroker"], ["WanProvider"])
    if not logged and (told == ["addressee"]) == to_dcc:
        sys.exit(f"{where}: a User is told as addressee, broker and WAN provider are none")
    if r["log"] not in LOGS:
        sys.exit(f"{where}: log")
    if r["throttled"] not in ("yes", "never"):
        sys.exit(f"{where}: throttled")
    first, second = ([f"PartyRole::{name}" for name in roles] + ["PartyRole::Other"] * 2)[:2]
    return (f"AlertRoute{{0x{r['alert']}, {text(r['devices'])}, {{0x{'0' if logged else r['message']}}}, "
            f"AlertProtection::{PROTECTION[r['protection']]}, {first}, {second}, {'true' if signer else 'false'}, "
            f"{text('' if told == ['-'] else r['told'])}, AlertSure::{SURE[r['how_sure']]}, "
            f"{'true' if r['throttled'] == 'yes' else 'false'}, "
            f"{text('' if r['log'] == '-' else r['log'])}, {text(r['source'])}}},")


def main(routes_path, names_path, output):
    routes = rows(routes_path)
    codes = [r["alert"] for r in routes]
    if codes != sorted(codes):
        sys.exit("alert_routes.tsv: sorted by code")
    seen = set()
    for r in routes:
        for device in r["devices"].split():
            if (r["alert"], device) in seen:
                sys.exit(f"alert_routes.tsv: {r['alert']} of {device} stands there twice")
            seen.add((r["alert"], device))
    names = {r["code"] for r in rows(names_path)}
    if set(codes) != names:
        sys.exit(f"alert_routes.tsv: routes and names of alerts differ in {sorted(set(codes) ^ names)}")
    with open(output, "w", encoding="utf-8") as file:
        file.write("// Made by scripts/alert_routes.py from spec/alert_routes.tsv.\n")
        file.write("\n".join(row(r) for r in routes) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
