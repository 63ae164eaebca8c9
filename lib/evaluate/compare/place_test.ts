import assert from "node:assert/strict";
import fc from "fast-check";
import { isNetworkUrl, scpHost } from "./place.ts";

Deno.test("URLs of network protocols are found in values of any kind", () => {
  for (
    const url of [
      "https://a.test/",
      "HTTPS:a.test",
      "http:/\\a.test",
      " \thttps://a.test",
      "ht\ntps://a.test",
      "sftp://a.test/x",
      "git+ssh://a.test/x",
      "svn+https://a.test/x",
      "ldaps://a.test",
      "postgres://a.test/db",
      "jdbc:mysql://a.test/db",
      "mongodb+srv://a.test",
      "git::https://a.test/x",
      "ext::ssh a.test",
      "jdbc:oracle:thin:@a.test:1521:x",
      "jdbc:h2:tcp://a.test/x",
      "bolt+s://a.test",
      "docker://a.test/image",
      "webdavs://a.test",
      "hdfs://a.test/x",
      "//a.test/x",
      "\\\\a.test\\share",
    ]
  ) assert.ok(isNetworkUrl("other", url), url);
  for (
    const other of [
      "orders",
      "a.test",
      "s3://bucket/key",
      "file:///a",
      "/srv/a",
      "c:/a",
      "arn:aws:s3:::b",
      "jdbc:sqlite:/a.db",
      "jdbc:h2:~/a",
      "a::b",
      "---",
    ]
  ) {
    assert.ok(!isNetworkUrl("other", other), other);
  }
  assert.ok(!isNetworkUrl("path", "//srv/a"));
  assert.ok(isNetworkUrl("path", "https://a.test/"));
});

Deno.test("the host of user@host:path is found", () => {
  assert.equal(scpHost("repo", "git@a.test:team/x.git"), "a.test");
  for (const value of ["a.test:x", "git@a.test", "git@a.test/x:y", "a b@a.test:x"]) {
    assert.equal(scpHost("repo", value), undefined, value);
  }
  assert.equal(scpHost("path", "git@a.test:x"), undefined);
});

Deno.test("no text breaks the search for hosts", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    isNetworkUrl("other", value);
    scpHost("other", value);
  }));
});
