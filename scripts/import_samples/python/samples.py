"""Where samples are written, and how: without the paths and addresses of the machine that made them."""

import json
import os
import re

# Machine paths in tracebacks say where the sample was made, which is nobody's business.
_PATH = re.compile(r"(?:/[\w.+-]+)+/(site-packages|node_modules|import_samples|samples|lib/python[\d.]+)/")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def scrub(text: str) -> str:
    return _ADDRESS.sub("http://model.invalid", _PATH.sub(r"/\1/", text))


def folder() -> str:
    return os.environ["SAMPLES"]


def write(name: str, text: str) -> None:
    text = scrub(text)
    with open(os.path.join(folder(), name), "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else text + "\n")


def write_json(name: str, value) -> None:
    write(name, json.dumps(value, indent=1, ensure_ascii=False, default=str))


def write_lines(name: str, values) -> None:
    write(name, "".join(json.dumps(value, ensure_ascii=False, default=str) + "\n" for value in values))
