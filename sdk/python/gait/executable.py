"""Which executable is run: the one that is named, else that of ``GAIT_BIN``, else ``gait`` on the PATH."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Union

GaitBin = Union[str, "os.PathLike[str]", Sequence[str]]

DEFAULT_BIN = "gait"


def command_prefix(gait_bin: GaitBin = DEFAULT_BIN) -> list[str]:
    """The command and its first arguments.

    A sequence is a whole prefix, such as ``["deno", "run", …]``. ``GAIT_BIN`` counts where nothing else than
    ``"gait"`` is named; it holds a path, or a command line as a shell would split it.
    """
    if not isinstance(gait_bin, (str, os.PathLike)):
        prefix = [os.fspath(part) for part in gait_bin]
        if not prefix or not prefix[0]:
            raise ValueError("gait_bin must not be empty")
        return prefix
    name = os.fspath(gait_bin)
    if not name.strip():
        raise ValueError("gait_bin must not be empty")
    if name == DEFAULT_BIN:
        given = os.environ.get("GAIT_BIN", "").strip()
        if given:
            return [_anchored(given)] if os.path.exists(given) else shlex.split(given)
        return [name]
    return [_anchored(name)]


def _anchored(name: str) -> str:
    """A path counts from the folder of the caller, also where the command runs in another one."""
    return os.path.abspath(name) if os.path.dirname(name) else name
