"""A gate that waits in the middle of a call, so that a test does something meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from fakes import gate as fake_gate

# Answers the first call, then writes a file when it has the second one, and waits for another file.
WAITS = fake_gate(
    "allow(line()['id'])\nl = line(); open('asked', 'w').close()\n"
    "while not os.path.exists('answer'): time.sleep(0.001)\nallow(l['id'])\n"
    "for text in sys.stdin: allow(json.loads(text)['id'])"
)


def until(name: str) -> None:
    while not Path(name).exists():
        time.sleep(0.001)


def when_asked(do) -> threading.Thread:
    """Do something in another thread as soon as the gate has the second call, then let the gate answer."""

    def run() -> None:
        until("asked")
        do()
        Path("answer").touch()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
