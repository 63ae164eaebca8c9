"""Errors about calls of this package that a person wrote by mistake: each names what was meant."""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["check_path", "check_policy_path", "refuse_unknown"]


def refuse_unknown(what: str, given: Iterable[str], function: Callable[..., Any], otherwise: str = "") -> None:
    """Refuse options that a function does not have.

    :param otherwise: what to do with one that is like none of its own
    :raises TypeError: with the option that was meant, as far as that is known
    """
    known = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY or one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    known = [name for name in known if name != "self"]
    for name in given:
        if name in known:
            continue
        meant = _meant(name, known)
        advice = f"did you mean {meant}?" if meant else otherwise or f"use one of {', '.join(known)}"
        raise TypeError(f"{what} has no option {name!r}: {advice}")


def _meant(name: str, known: list[str]) -> str | None:
    plain = {one.replace("_", ""): one for one in known}
    typed = name.replace("_", "").replace("-", "").lower()
    close = difflib.get_close_matches(typed, plain, n=1, cutoff=0.8)
    if close:
        return plain[close[0]]
    words = set(name.lower().split("_"))
    inside = [one for one in known if words <= set(one.split("_"))]
    first = [one for one in inside if one.startswith(name.lower())]
    for found in (inside, first):
        if len(found) == 1:
            return found[0]
    return None


def check_path(what: str, value: object) -> None:
    """:raises TypeError: for anything that is no path"""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{what} is a path, not {_article(value)}")


def check_policy_path(value: object) -> None:
    """:raises TypeError: for anything that is no path, and ValueError for the text of a policy"""
    if isinstance(value, Mapping):
        raise TypeError("policy_path is the path of a policy, not what it holds: write it to a file first")
    check_path("policy_path", value)
    if isinstance(value, str) and "\n" in value:
        raise ValueError("policy_path is the path of a policy, not its text: write it to a file first")


def _article(value: object) -> str:
    return "None" if value is None else f"a value of the type {type(value).__name__}"
