"""What the functions over the ``gait`` executable share: how input is handed over, and how an answer is read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Union

from .errors import GaitCommandError
from .intents import IntentRequest
from .process import Finished
from .values import AmbiguousJson, encode, read_object

StrPath = Union[str, "os.PathLike[str]"]
DEFAULT_TIMEOUT = 30.0


def options_of(options: Mapping[str, StrPath | None]) -> list[str]:
    """The options that were given, each with its value.

    An empty value is given too: the executable refuses it where it would demand nothing.
    """
    words: list[str] = []
    for name, value in options.items():
        if value is not None:
            words += [name, os.fspath(value)]
    return words


def working_folder(cwd: StrPath | None) -> str | None:
    """The folder that relative paths of a gate count from for good.

    A tool that may change the working folder would else choose the policy that decides its next call.
    """
    try:
        return os.path.abspath(cwd if cwd is not None else "")
    except OSError:
        return None  # the folder was removed: nothing that is relative will be found


def list_of(values: Iterable[StrPath] | None) -> str | None:
    """The value of an option that takes several, separated by commas."""
    given = [os.fspath(value) for value in values or ()]
    return ",".join(given) if given else None


@contextmanager
def temporary_json(name: str, value: IntentRequest | Mapping[str, Any]) -> Iterator[str]:
    """A file for the command alone: its folder is private, and is removed afterwards."""
    content = encode(value, indent=2) + "\n"
    with tempfile.TemporaryDirectory(prefix="gait-") as folder:
        path = Path(folder) / name
        path.write_text(content, encoding="utf-8")
        yield str(path)


def answer_of(finished: Finished) -> dict[str, Any]:
    try:
        return read_object(finished.stdout)
    except AmbiguousJson as error:
        last = finished.stderr.strip().splitlines()[-1:] or ["nothing on standard error"]
        raise GaitCommandError(
            f"{finished.command[0]} ended with {finished.exit_code} and did not answer in JSON: {error}; {last[0]}",
            command=finished.command,
            exit_code=finished.exit_code,
            stdout=finished.stdout,
            stderr=finished.stderr,
        ) from error


def failure_of(finished: Finished, payload: Mapping[str, Any]) -> GaitCommandError:
    text = str(payload.get("error") or f"{finished.command[0]} ended with {finished.exit_code}")
    return GaitCommandError(
        text,
        hint=str(payload.get("hint") or ""),
        command=finished.command,
        exit_code=finished.exit_code,
        stdout=finished.stdout,
        stderr=finished.stderr,
    )


def successful(finished: Finished, *needed: str) -> dict[str, Any]:
    """The answer of a command that must have succeeded and must name these members."""
    payload = answer_of(finished)
    if finished.exit_code != 0 or payload.get("ok") is not True:
        raise failure_of(finished, payload)
    for name in needed:
        if not isinstance(payload.get(name), str) or not payload[name]:
            raise failure_of(finished, {"error": f"the answer lacks {name}"})
    return payload
