"""A voice agent that promises a refund: the gate decides, the sentence is spoken on an allow, and the call is sealed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import REPOSITORY, Failed, gait, out_folder, run_named, write_json  # noqa: E402

HERE = Path(__file__).resolve().parent
FRAMEWORK = "voice_reference"
CALL = "call_12"
AT = "2026-03-02T09:00:0{}Z"
PROMISE = {"commitment_class": "refund", "currency": "EUR", "refund_ceiling_cents": 4000}


def run(scenario: str) -> None:
    out = out_folder(FRAMEWORK) / scenario
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    succeed("keys", "init", "--out-dir", str(out / "keys"), "--prefix", "voice")
    demo = succeed("demo")
    intent, trace, token = out / "refund.json", out / "trace.json", out / "say_token.json"
    write_json(intent, commitment(3))
    _, minted = gait(
        *["voice", "token", "mint", "--intent", str(intent), "--policy", str(HERE / f"policy_{scenario}.yaml")],
        *["--key-mode", "prod", "--private-key", str(out / "keys/voice_private.key")],
        *["--trace-out", str(trace), "--out", str(token), "--json"],
    )
    verdict = minted.get("verdict")
    # INVARIANT: nothing is spoken without a token that verifies.
    spoken = verdict == "allow" and token.is_file() and verified(token, out / "keys/voice_public.key")
    record = out / "call_record.json"
    write_json(record, call_record(verdict or "block", spoken, str(REPOSITORY / demo["bundle"]), minted))
    pack = out / "callpack.zip"
    succeed("voice", "pack", "build", str(record), "--out", str(pack), "--private-key", str(out / "keys/voice_private.key"))
    succeed("voice", "pack", "verify", str(pack), "--public-key", str(out / "keys/voice_public.key"))
    print(f"framework={FRAMEWORK}")
    print(f"scenario={scenario}")
    print(f"verdict={verdict}")
    print(f"speak_emitted={'true' if spoken else 'false'}")
    print(f"trace_path={minted.get('trace_path') or trace}")
    print(f"call_record={record}")
    print(f"callpack_path={pack}")
    if spoken:
        print(f"token_path={token}")
    if verdict != scenario or spoken is not (scenario == "allow"):
        raise Failed(f"expected the verdict {scenario}, got {verdict}: {minted.get('error')}")


def verified(token: Path, public_key: Path) -> bool:
    status, answer = gait(
        *["voice", "token", "verify", "--token", str(token), "--public-key", str(public_key), "--call-id", CALL],
        *["--turn-index", "4", "--call-seq", "3", "--commitment-class", "refund"],
        *["--amount-cents", "4000", "--currency", "EUR", "--strict", "--json"],
    )
    return status == 0 and answer.get("ok") is True


def commitment(call_seq: int) -> Dict[str, Any]:
    context = {"identity": "agent.desk", "workspace": "/srv/desk", "risk_class": "low"}
    return {"created_at": AT.format(2), "call_id": CALL, "turn_index": 4, "call_seq": call_seq, **PROMISE, "context": context}


def call_record(verdict: str, spoken: bool, runpack: str, minted: Dict[str, Any]) -> Dict[str, Any]:
    """What happened in the call: heard, declared, decided, and spoken only after an allow."""

    def event(second: int, kind: str, **others: Any) -> Dict[str, Any]:
        return {
            "created_at": AT.format(second), "call_id": CALL, "call_seq": second, "turn_index": 4,
            "event_type": kind, **others,
        }  # fmt: skip

    decision = {"call_id": CALL, "call_seq": 4, "turn_index": 4, "commitment_class": "refund", "verdict": verdict}
    events: List[Dict[str, Any]] = [
        event(1, "asr.final"),
        event(3, "commitment.declared", commitment_class="refund"),
        event(4, "gate.decision", commitment_class="refund"),
    ]
    receipts: List[Dict[str, Any]] = []
    if spoken:
        token_id = str(minted.get("token_id") or "say_1")
        events += [
            event(5, "tts.request", commitment_class="refund", say_token_id=token_id),
            event(6, "tts.emitted", commitment_class="refund", say_token_id=token_id),
        ]
        receipts.append(
            {
                "call_id": CALL, "call_seq": 6, "turn_index": 4, "commitment_class": "refund",
                "say_token_id": token_id, "spoken_digest": "d2" * 32, "emitted_at": AT.format(6),
            }  # fmt: skip
        )
    else:
        # What the caller hears instead binds nobody: "I pass you on to a colleague."
        events += [event(5, "tts.request"), event(6, "tts.emitted")]
    events += [event(7, "tool.intent"), event(8, "tool.result")]
    return {
        "created_at": "2026-03-02T09:05:00Z",
        "call_id": CALL,
        "runpack_path": runpack,
        "events": events,
        "commitments": [commitment(3)],
        "gate_decisions": [decision],
        "speak_receipts": receipts,
    }


def succeed(*arguments: str) -> Dict[str, Any]:
    status, answer = gait(*arguments, "--json")
    if status != 0:
        raise Failed(f"gait {' '.join(arguments[:3])} ended with {status}: {answer.get('error')}")
    return answer


if __name__ == "__main__":
    run_named("A promise of a voice agent that the gate decides.", run)
