"""What `meterway decode --format json` says, brought into the form of messages.py: values in their order, no names."""

CHOICES = {"get": 1, "set": 2, "action": 3, "get-selected": 4}
STRINGS = ("octet-string", "visible-string", "utf8-string")


def data(json):
    kind = json["type"]
    if kind == "null":
        return [kind, None]
    if kind in ("array", "structure", "compact-array"):
        return [kind, [data(item) for item in json["items"]]]
    if kind == "bit-string":
        return [kind, [json["bits"], json["hex"]]]
    return [kind, json["hex"] if kind in STRINGS else int(json["value"])]


def opened(json):
    return data(json["decrypted"]) if "decrypted" in json else None


def dlms(json):
    form = json["apdu"].rpartition("-")[2]
    if form == "notification":
        return ["dlms", form, json["invoke_id"], data(json["body"]), opened(json)]
    items = []
    for item in json["items"]:
        choice = CHOICES[item["choice"]]
        if form == "response":
            items.append([choice, item["result"], data(item["data"]), opened(item)])
            continue
        index = item["method" if choice == CHOICES["action"] else "attribute"]
        selected = [item["selector"], data(item["selection"])] if choice == CHOICES["get-selected"] else [None, None]
        items.append([choice, item["class"], item["instance"], index] + selected + [data(item["data"])])
    return ["dlms", form, json["invoke_id"], items]


def fields(listed):
    values = []
    for field in listed:
        if field["type"] == "group":
            values.append([fields(item) for item in field["items"]])
        else:
            values.append(field["hex"] if "hex" in field else field["value"])
    return values


def component(json):
    ciphered = json.get("ciphered")
    values = json.get("decrypted" if ciphered else "fields")
    return [json["cluster"], json["frame_control"], json["sequence"], json["command"], json.get("from"), json.get("frame_counter"),
            ciphered, None if values is None else fields(values)]


def gbz(json):
    found = [component(one) for one in json["components"]]
    if "alert_code" not in json:
        return ["gbz", found]
    return ["gbz", json["alert_code"], json["time"], json["count"], found, json.get("detail", "")]


def node(json):
    return [json["tag"], [node(item) for item in json["items"]] if "items" in json else json["hex"]]


def values(json):
    head = [json["kind"], json["code"], json["originator"], json["target"], int(json["counter"]), json.get("date_time", "")]
    more = json.get("supplementary", {})
    numbers = [int(more[name]) if name in more else None for name in ("counter", "originator_counter")]
    other = [more.get("party")] + numbers + [more.get("certificate")]
    content = json["content"]
    form = content["format"]
    read = {"dlms": dlms, "gbz": gbz, "asn1": lambda one: ["asn1", node(one["root"])]}[form](content)
    return head + [other, read, json.get("signature"), json.get("mac")]
