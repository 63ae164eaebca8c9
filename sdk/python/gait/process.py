"""Run a command to its end, within a deadline, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import GaitCommandError

MISSING = 127


@dataclass(frozen=True)
class Finished:
    """What a command ended with."""

    command: list[str]
    exit_code: int
    stdout: str
    stderr: str


def run(command: Sequence[str], *, cwd: str | os.PathLike[str] | None, timeout: float) -> Finished:
    """Run a command without standard input and collect what it prints.

    :raises GaitCommandError: when it can't be started, or does not end in time; then it was killed
    """
    words = list(command)
    if cwd is not None and not os.path.isdir(cwd):
        raise GaitCommandError(f"cwd not found: {os.fspath(cwd)}", command=words, exit_code=-1)
    try:
        child = subprocess.Popen(
            words,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise GaitCommandError(
            f"executable not found: {words[0]} (set gait_bin or GAIT_BIN, or put gait on the PATH)",
            command=words,
            exit_code=MISSING,
        ) from error
    except OSError as error:
        raise GaitCommandError(
            f"cannot run {words[0]}: {error.strerror}", command=words, exit_code=MISSING
        ) from error
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise GaitCommandError(
            f"{words[0]} timed out after {timeout:g} s", command=words, exit_code=-1
        ) from error
    finally:
        # Whoever the command started may still hold its outputs; the group goes with it, also on KeyboardInterrupt.
        end_group(child)
    return Finished(words, child.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def end_group(child: subprocess.Popen[Any]) -> None:
    """Kill a child that is still there, with all that it started, and reap it."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            child.kill()
        child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            stream.close()
