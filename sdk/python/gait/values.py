"""What may stand in an intent: plain values of JSON, and a few types that have one obvious form of it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import PurePath
from typing import Any


def utc_text(moment: datetime) -> str:
    """A time as RFC 3339 in UTC; one without a time zone counts as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """The value as JSON has it.

    :raises TypeError: for a set, bytes, or anything else without an obvious form: no digest would hold it
    :raises ValueError: for NaN and the infinities
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number of JSON")
        return float(value)
    if isinstance(value, Mapping):
        members = {str(key): plain(item) for key, item in value.items()}
        if len(members) != len(value):
            raise ValueError("two keys of a mapping have the same text")
        return members
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime):
        return utc_text(value)
    for name in ("model_dump", "dict", "to_dict"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            return plain(method())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"a value of the type {type(value).__name__} has no form in JSON")


def encode(value: Any, *, indent: int | None = None) -> str:
    """The value as JSON text.

    :raises TypeError: as :func:`plain` does
    :raises ValueError: for what JSON does not have, and for a value that holds itself
    """
    try:
        separators = (",", ":") if indent is None else None
        return json.dumps(plain(value), allow_nan=False, indent=indent, separators=separators)
    except RecursionError as error:
        raise ValueError("a value is nested too deeply, or holds itself") from error


class AmbiguousJson(ValueError):
    """A text that is not exactly one JSON object, or names a member twice."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise AmbiguousJson("a member occurs twice")
    return members


def _no_number(text: str) -> Any:
    raise AmbiguousJson(f"{text} is no number of JSON")


# What Python reads beside JSON, NaN and the infinities, other readers of the same text refuse.
_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_number)


def read_object(text: str) -> dict[str, Any]:
    """Read one JSON object.

    :raises AmbiguousJson: for anything else
    """
    try:
        value = _DECODER.decode(text)
    except AmbiguousJson:
        raise
    except (ValueError, RecursionError) as error:
        raise AmbiguousJson(f"it is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise AmbiguousJson("it is no JSON object")
    return value
