import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { artifactOf, samplePublicKey, serving, signedPack } from "../support/registry.ts";

function withKey(test: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(async (stage) => {
    await stage.write("k.key", await samplePublicKey(1));
    await test(stage);
  });
}

const FLAGS = ["--public-key", "k.key", "--cache-dir", "cache", "--json"];

const install = (stage: Stage, ...more: string[]) => stage.gait("registry", "install", ...more, ...FLAGS);

const BAD_NAMES = [
  "../../evil",
  "..",
  ".",
  "a/b",
  "a\\b",
  "pins",
  "PINS",
  "nul",
  "a.",
  "a b",
  "\u0000a",
  "-a",
  " a",
  "x".repeat(129),
  "ａ",
];

for (const member of ["pack_name", "pack_version"]) {
  Deno.test(`item 19: a signed ${member} can't leave the cache: install 2, verify 6, list skips`, () =>
    withKey(async (stage) => {
      for (const name of BAD_NAMES) {
        await stage.write("in/p.json", await signedPack({ [member]: name }));
        await stage.write("in/evil.pin", "secret of another file");
        const { code, json } = await install(stage, "in/p.json");
        assert.deepEqual([code, json.error_detail], [2, "unsafe_name"], name);
        const verified = await stage.gait("registry", "verify", "in/p.json", ...FLAGS);
        assert.equal(verified.code, 6, name);
        assert.ok(!verified.stdout.includes("secret of"));
        assert.deepEqual(await stage.files(), ["in/evil.pin", "in/p.json", "k.key"]);
      }
      await stage.write("cache/a/1/x/registry_pack.json", await signedPack({ [member]: "../x" }));
      const listed = await stage.gait`registry list --cache-dir cache --json`;
      assert.deepEqual([listed.code, listed.json.packs, listed.json.skipped.length], [0, undefined, 1]);
      for (const name of ["..", "pins", "a/b"]) {
        assert.equal((await stage.gait("registry", "remove", name, "--cache-dir", "cache")).code, 6);
      }
    }));
}

Deno.test("item 17: a link in the place of a folder of the cache is not followed by what is written", () =>
  withKey(async (stage) => {
    await stage.write("p.json", await signedPack());
    for (const folder of ["guardrails", "pins"]) {
      await Deno.mkdir(stage.path("cache"), { recursive: true });
      await Deno.mkdir(stage.path("elsewhere"), { recursive: true });
      await Deno.symlink("../elsewhere", stage.path(`cache/${folder}`));
      assert.equal((await install(stage, "p.json")).code, 8, folder);
      assert.deepEqual([...Deno.readDirSync(stage.path("elsewhere"))], []);
      await Deno.remove(stage.path("cache"), { recursive: true });
    }
    await stage.write("outside", "kept");
    await stage.write("cache/guardrails/2.1.0/x/note", "");
    await Deno.symlink("../../../../outside", stage.path("cache/guardrails/2.1.0/x/registry_pack.json"));
    assert.equal((await stage.gait`registry remove guardrails --cache-dir cache`).code, 0);
    assert.equal(await stage.read("outside"), "kept");
  }));

Deno.test("a folder in the place of a pin is refused before anything is written", () =>
  withKey(async (stage) => {
    await stage.write("p.json", await signedPack());
    await Deno.mkdir(stage.path("cache/pins/guardrails.pin"), { recursive: true });
    assert.equal((await install(stage, "p.json")).code, 8);
    assert.deepEqual((await stage.files()).filter((path) => path.startsWith("cache/")), []);
  }));

Deno.test("item 17: a pin that is a link shows no other file", () =>
  withKey(async (stage) => {
    await stage.write("p.json", await signedPack());
    await stage.write("secret", "very secret");
    await Deno.mkdir(stage.path("cache/pins"), { recursive: true });
    await Deno.symlink("../../secret", stage.path("cache/pins/guardrails.pin"));
    const { code, stdout } = await stage.gait("registry", "verify", "p.json", ...FLAGS);
    assert.equal(code, 6);
    assert.ok(!stdout.includes("very secret"));
  }));

Deno.test("items 8 to 10: what reads in two ways is no manifest", () =>
  withKey(async (stage) => {
    const good = await signedPack();
    const bad: [string, string | Uint8Array][] = [
      ["duplicate key", good.replace("{", '{"publisher":"evil",')],
      ["escaped duplicate", good.replace("{", '{"pu\\u0062lisher":"evil",')],
      ["rounded number", good.replace("{", '{"provenance":{"n":0.1234567890123456789},')],
      ["byte order mark", "\ufeff" + good],
      [
        "broken text",
        Uint8Array.of(
          ...new TextEncoder().encode(good.replace("acme", "X")).map((b) => b === 0x58 ? 0xff : b),
        ),
      ],
      ["trailing data", good + "{}"],
      ["deep", "[".repeat(20_000)],
      ["no object", "[]"],
      ["wrong type", good.replace('"acme"', "5")],
      ["no time", good.replace("2026-05-01T", "2026-13-01T")],
      ["empty", ""],
    ];
    for (const [what, content] of bad) {
      await stage.write("p.json", content);
      const { code, json } = await install(stage, "p.json");
      assert.deepEqual([code, json.failure_kind], [2, "source_unreadable"], what);
      assert.equal((await stage.gait("registry", "verify", "p.json", ...FLAGS)).code, 6, what);
    }
    await assert.rejects(Deno.stat(stage.path("cache")), Deno.errors.NotFound);
  }));

Deno.test("items 1 and 3: artifacts with paths that leave their place, or meet, are refused before one is read", () =>
  withKey(async (stage) => {
    const one = await artifactOf("a.md", "a");
    await stage.write("a.md", "a");
    const lists = [
      ...[
        "../a.md",
        "/a.md",
        "a\\b",
        "c:a",
        "x/../a.md",
        "./a.md",
        "a//b",
        "con",
        "x/nul.md",
        "a.",
        "a ",
        "a\u0000",
        "",
      ]
        .map((path) => [{ ...one, path }]),
      [one, one],
      [one, { ...one, path: "A.MD" }],
      [{ ...one, path: "é" }, { ...one, path: "e\u0301" }],
      [one, { ...one, path: "a.md/b" }],
      [{ ...one, sha256: "ab" }],
    ];
    for (const artifacts of lists) {
      await stage.write("p.json", await signedPack({ artifacts }));
      const { code, json } = await install(stage, "p.json", "--with-artifacts");
      assert.deepEqual([code, json.error_detail], [2, "unsafe_artifact"], JSON.stringify(artifacts));
    }
    await assert.rejects(Deno.stat(stage.path("cache")), Deno.errors.NotFound);
  }));

Deno.test("redirects are followed at most nine times, and never to a scheme or host that is not allowed", () =>
  withKey(async (stage) => {
    const manifest = await signedPack();
    const asked: string[] = [];
    await serving((request) => {
      const url = new URL(request.url);
      asked.push(url.pathname);
      const [, kind, left] = url.pathname.split("/");
      if (kind === "hop") {
        return Number(left) === 0
          ? new Response(manifest)
          : new Response(null, { status: 302, headers: { location: `/hop/${Number(left) - 1}` } });
      }
      const to: Record<string, string> = {
        host: `http://localhost:${url.port}/hop/0`,
        user: `http://u:hidden@127.0.0.1:${url.port}/hop/0`,
        file: "file:///etc/passwd",
        data: "data:application/json,{}",
        junk: "http://",
      };
      return new Response(null, { status: 307, headers: { location: to[kind!]! } });
    }, async (origin) => {
      const flags = ["--allow-host", "127.0.0.1", "--allow-insecure-http"];
      assert.equal((await install(stage, `${origin}/hop/9`, ...flags)).code, 0);
      await Deno.remove(stage.path("cache"), { recursive: true });
      const many = await install(stage, `${origin}/hop/10`, ...flags);
      assert.deepEqual([many.code, many.json.error_detail], [2, "too_many_redirects"]);
      for (
        const [kind, detail] of [
          ["host", "host_not_allowed"],
          ["user", "credentials_in_address"],
          ["file", "scheme_not_allowed"],
          ["data", "scheme_not_allowed"],
          ["junk", "bad_redirect"],
        ]
      ) {
        asked.length = 0;
        const { code, json, stdout } = await install(stage, `${origin}/${kind}`, ...flags);
        assert.deepEqual([code, json.error_detail], [2, detail], kind);
        assert.deepEqual(asked, [`/${kind}`]);
        assert.ok(!stdout.includes("hidden"));
      }
      assert.equal(
        (await install(stage, `${origin}/host`, ...flags, "--allow-host", "127.0.0.1,localhost")).code,
        0,
      );
    });
  }));

Deno.test("items 20 and 47: a user or password in an address is neither sent nor printed", () =>
  withKey(async (stage) => {
    let asked = 0;
    await serving(() => new Response(`${++asked}`), async (origin) => {
      const host = origin.slice("http://".length);
      for (
        const [user, address] of [
          ["me:hunter2@", `http://me:hunter2@${host}/p.json`],
          ["hunter2@", `http://hunter2@${host}/p.json`],
          ["broken", "http://me:hunter2@exa mple/p.json"],
          ["one slash", `http:/me:hunter2@${host}/p.json`],
          ["another scheme", `ftp://me:hunter2@${host}/p.json`],
        ]
      ) {
        const { code, stdout, stderr } = await install(
          stage,
          address!,
          ...["--allow-host", "127.0.0.1", "--allow-insecure-http", "--allow-cached-fallback"],
          ...["--pin", "0".repeat(64)],
        );
        assert.equal(code, 2, user);
        assert.ok(!(stdout + stderr).includes("hunter2"), user);
      }
    });
    assert.equal(asked, 0);
  }));

Deno.test("answers that are cut short, too large, compressed bombs, or no manifest install nothing", () =>
  withKey(async (stage) => {
    const manifest = await signedPack();
    const huge = new Uint8Array(6 * 1024 * 1024).fill(0x20);
    const bomb = new Blob([huge]).stream().pipeThrough(new CompressionStream("gzip"));
    const packed = new Uint8Array(await new Response(bomb).arrayBuffer());
    const tries: Record<string, number> = {};
    await serving((request) => {
      const { pathname } = new URL(request.url);
      tries[pathname] = (tries[pathname] ?? 0) + 1;
      switch (pathname) {
        case "/large":
          return new Response(huge);
        case "/bomb":
          return new Response(packed, { headers: { "content-encoding": "gzip" } });
        case "/html":
          return new Response("<html>");
        case "/lying":
          return new Response(manifest.replace("acme", "evil"));
        case "/gzip":
          return new Response(
            new Blob([manifest]).stream().pipeThrough(new CompressionStream("gzip")),
            { headers: { "content-encoding": "gzip" } },
          );
        default:
          return new Response(null, { status: 206 });
      }
    }, async (origin) => {
      const flags = ["--allow-host", "127.0.0.1", "--allow-insecure-http", "--retry-base-delay", "1ms"];
      for (
        const [path, kind] of [
          ["/large", "network_permanent"],
          ["/bomb", "network_permanent"],
          ["/html", "source_unreadable"],
          ["/lying", "trust"],
          ["/partial", "network_permanent"],
        ]
      ) {
        const { code, json } = await install(stage, `${origin}${path}`, ...flags);
        assert.deepEqual([code, json.failure_kind, tries[path!]], [2, kind, 1], path);
      }
      await assert.rejects(Deno.stat(stage.path("cache")), Deno.errors.NotFound);
      assert.equal((await install(stage, `${origin}/gzip`, ...flags)).code, 0);
    });
  }));

Deno.test("a proxy that the environment names never sees what is asked of loopback", () =>
  withKey(async (stage) => {
    let seen = 0;
    const manifest = await signedPack();
    await serving(
      () => new Response(`${++seen}`),
      (proxy) =>
        serving(() => new Response(manifest), async (origin) => {
          const { code } = await stage.gaitWith(
            { env: { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NO_PROXY: "" } },
            "registry",
            "install",
            `${origin}/p.json`,
            "--allow-host",
            "127.0.0.1",
            "--allow-insecure-http",
            ...FLAGS,
          );
          assert.equal(code, 0);
        }),
    );
    assert.equal(seen, 0);
  }));

Deno.test("item 46: what list, show and install print of a manifest is escaped", () =>
  withKey(async (stage) => {
    await stage.write("p.json", await signedPack({ use_case: "\u001b[2J\u202e", risk_class: "a\nb" }));
    await install(stage, "p.json");
    for (const command of ["show guardrails", "list"]) {
      const { stdout } = await stage.gait("registry", ...command.split(" "), "--cache-dir", "cache");
      for (const raw of ["\u001b", "\u202e", "a\nb"]) assert.ok(!stdout.includes(raw), command);
    }
  }));

Deno.test("items 26 to 31: a cached manifest that was changed is neither verified nor taken as a fallback", () =>
  withKey(async (stage) => {
    await stage.write("p.json", await signedPack());
    const { json } = await install(stage, "p.json");
    await stage.write(
      json.metadata_path,
      (await stage.read(json.metadata_path)).replace("2026-05-01", "2026-05-02"),
    );
    const flags = ["--allow-host", "h.test", "--allow-cached-fallback", "--pin", json.digest];
    const fallback = await install(stage, "https://h.test/p.json", ...flags);
    assert.deepEqual([fallback.code, fallback.json.error_detail], [2, "pin_mismatch"]);
    const listed = await stage.gait`registry list --cache-dir cache --json`;
    assert.deepEqual([listed.json.packs[0].pin_verified, listed.json.packs[0].misplaced], [false, true]);
  }));

Deno.test("item 24: a pin that comes while artifacts are fetched counts for --require-pin-match and for warnings", () =>
  withKey(async (stage) => {
    const slow = await signedPack({ artifacts: [await artifactOf("a.txt", "a")] });
    const other = await signedPack({ pack_version: "3.0.0" });
    await stage.write("other.json", other);
    const answer = async (request: Request) => {
      if (!request.url.endsWith("a.txt")) return new Response(slow);
      assert.equal((await install(stage, "other.json")).code, 0);
      return new Response("a");
    };
    await serving(answer, async (origin) => {
      const fetched = (...more: string[]) =>
        install(
          stage,
          `${origin}/p.json`,
          ...["--with-artifacts", "--allow-insecure-http", "--allow-host", "127.0.0.1", ...more],
        );
      const refused = await fetched("--require-pin-match");
      assert.deepEqual([refused.code, refused.json.error_detail], [2, "pin_changed"]);
      const pinned = await stage.read("cache/pins/guardrails.pin");
      assert.deepEqual(
        (await stage.files()).filter((path) => path.startsWith("cache/guardrails/2")),
        [],
      );
      await Deno.remove(stage.path("cache"), { recursive: true });
      const replaced = await fetched();
      assert.deepEqual([replaced.code, replaced.json.warnings?.length], [0, 2]);
      assert.notEqual(await stage.read("cache/pins/guardrails.pin"), pinned);
    });
  }));
