#!/usr/bin/env python3
"""What src/portal/web/build.sh made -> a C++ file that has it inside: portal_files.py OUT_OF_BUILD OUTPUT. Reads
OUT_OF_BUILD/files.txt (relative paths, a line each, below OUT_OF_BUILD/files), lays compressed forms beside OUTPUT, and names
every file with its type and SHA-256. A name with a hash in it (assets/main-1A2B3C4D.js) is for ever."""
import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json",
         ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}
PACKED = {".html", ".js", ".css", ".svg", ".json", ".txt", ".webmanifest"}
FOR_EVER = re.compile(r"^assets/.*-[0-9A-Za-z]{8}\.\w+$")


def part(name, file):
    """An object of the assembler: what is in the file, from name to name_end."""
    return (f'__asm__(".section .rodata\\n.global {name}\\n.global {name}_end\\n.balign 16\\n{name}:\\n'
            f'.incbin \\"{file}\\"\\n{name}_end:\\n.byte 0\\n.previous\\n");\n'
            f'extern "C" const char {name}[], {name}_end[];\n')


def main(built, output):
    built, output = pathlib.Path(built), pathlib.Path(output)
    packed = output.parent / "packed"
    packed.mkdir(parents=True, exist_ok=True)
    names = sorted(line for line in (built / "files.txt").read_text(encoding="utf-8").splitlines() if line)
    if "index.html" not in names:
        sys.exit("files.txt: no index.html")
    parts, rows = [], []
    for number, name in enumerate(names):
        file = built / "files" / name
        kind = TYPES.get(file.suffix)
        if kind is None:
            sys.exit(f"{name}: what is a {file.suffix}?")
        content = file.read_bytes()
        symbol = f"meterway_page_{number}"
        parts.append(part(symbol, file.resolve()))
        row = [f'"/{name}"', f'"{kind}"', f'"{hashlib.sha256(content).hexdigest()}"', "true" if FOR_EVER.match(name) else "false",
               f"{{{symbol}, {len(content)}}}"]
        small = gzip.compress(content, 9, mtime=0)
        if file.suffix in PACKED and len(small) < len(content):
            laid = packed / f"{number}.gz"
            laid.write_bytes(small)
            parts.append(part(symbol + "_gz", laid.resolve()))
            row.append(f"{{{symbol}_gz, {len(small)}}}")
        else:
            row.append("{}")
        rows.append("    {" + ", ".join(row) + "},\n")
    output.write_text('// Made by scripts/portal_files.py.\n#include "apps/pages.h"\n\n' + "".join(parts) +
                      "\nnamespace meterway::apps {\n\nstd::span<const portal::StaticFile> pages() {\n"
                      "  static const portal::StaticFile kFiles[] = {\n" + "".join(rows) + "  };\n  return kFiles;\n}\n\n"
                      "}  // namespace meterway::apps\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
