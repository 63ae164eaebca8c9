/** The members that every token begins with, in the order of the specification. */
export const TOKEN_HEAD = ["schema_id", "schema_version", "created_at", "producer_version", "token_id"];
