"""Lines and what may answer them."""

from __future__ import annotations

from typing import Any

from ..models import GateEvalResult
from ..values import AmbiguousJson, read_object

# An answer is about a kilobyte; whatever is much longer is none.
MAX_ANSWER = 4 << 20
STATUS_OF = {"allow": 0, "dry_run": 0, "block": 3, "require_approval": 4}


class Garbage(ValueError):
    """What came is not an answer to anything that was asked."""


class AnswerSplitter:
    """Cuts what comes into lines, with bounded memory."""

    def __init__(self) -> None:
        self._held = bytearray()

    def push(self, data: bytes) -> list[bytes]:
        self._held += data
        if len(self._held) > MAX_ANSWER:
            raise Garbage("an answer has no end")
        if b"\n" not in data:
            return []
        *lines, rest = self._held.split(b"\n")
        self._held = bytearray(rest)
        return [bytes(line) for line in lines]


def read_answer(line: bytes) -> tuple[int, dict[str, Any]]:
    """The number of the line that is answered, and the answer.

    :raises Garbage: for anything that is no answer, and for one that contradicts itself
    """
    try:
        answer = read_object(line.decode("utf-8"))
    except (AmbiguousJson, UnicodeDecodeError) as error:
        raise Garbage(f"{_shown(line)} is no answer: {error}") from error
    number, ok, verdict, status = (answer.get(name) for name in ("id", "ok", "verdict", "exit_code"))
    if type(number) is not int or type(ok) is not bool or type(status) is not int or not isinstance(verdict, str):
        raise Garbage(f"{_shown(line)} is no answer")
    if ok and STATUS_OF.get(verdict) != status:
        raise Garbage(f"the verdict {verdict} does not go with the status {status}")
    if not ok and (verdict != "block" or status == 0):
        raise Garbage("an error is answered with something else than a block")
    return number, answer


def decision_of(answer: dict[str, Any]) -> GateEvalResult:
    """The decision of an answer that has one."""
    return GateEvalResult.from_dict(answer, answer["exit_code"])


def _shown(line: bytes) -> str:
    text = line[:80].decode("utf-8", "replace")
    return repr(text + ("…" if len(line) > 80 else ""))
