import { utf8 } from "../formats/bytes.ts";
import { canonicalize } from "../formats/json/mod.ts";
import type { Head } from "./record_head.ts";

/** What stands in the lines of records between what differs from one to the next. */

/** Bytes made of the head of a record: those of the record before where its head says the same. */
function repeated(form: (head: Head) => string): (head: Head) => Uint8Array {
  let last: Head | undefined;
  let bytes = utf8("");
  return (head) => {
    if (last !== head && (last === undefined || !isSame(last, head))) bytes = utf8(form(head));
    last = head;
    return bytes;
  };
}

function isSame(left: Head, right: Head): boolean {
  return left.created_at === right.created_at && left.run_id === right.run_id &&
    left.producer_version === right.producer_version && left.schema_id === right.schema_id &&
    left.schema_version === right.schema_version;
}

const restOf = (head: Head) =>
  `"run_id":${canonicalize(head.run_id)},"schema_id":${canonicalize(head.schema_id)},` +
  `"schema_version":${canonicalize(head.schema_version)}`;
const producerOf = (head: Head) => `"producer_version":${canonicalize(head.producer_version)}`;
const timeOf = (head: Head) => `"created_at":${canonicalize(head.created_at)},"intent_id":`;

/** Around the digest, the id and the name of the tool. */
export const INTENT_PARTS = {
  args: utf8(`{"args":`),
  digestBehindArgs: utf8(`,"args_digest":`),
  digest: utf8(`{"args_digest":`),
  time: repeated((head) => `,${timeOf(head)}`),
  head: repeated((head) => `,${producerOf(head)},${restOf(head)},"tool_name":`),
};

/** Around the id, the result, its digest and the status. */
export const RESULT_PARTS = {
  time: repeated((head) => `{${timeOf(head)}`),
  producer: repeated((head) => `,${producerOf(head)},`),
  result: utf8(`"result":`),
  digestBehindResult: utf8(`,"result_digest":`),
  digest: utf8(`"result_digest":`),
  head: repeated((head) => `,${restOf(head)},"status":`),
};

export const CLOSE = utf8("}");
