import assert from "node:assert/strict";
import { aTarget } from "../../tests/support/gate.ts";
import { placeOf } from "./compare/place.ts";
import { MAX_GLOB_TEXT } from "./glob.ts";
import { compilePathAllowlist, compilePathDenylist } from "./path_list.ts";

const path = (value: string) => placeOf(aTarget({ value }), "/srv/ws").path!;
const allows = (patterns: string[], value: string) => compilePathAllowlist(patterns)(path(value));
const denies = (patterns: string[], value: string) => compilePathDenylist(patterns)(path(value));

Deno.test("path lists take /** for a folder and all below it, and * for a name", () => {
  for (const fits of [allows, denies]) {
    assert.equal(fits(["/srv/data/**"], "/srv/data"), true);
    assert.equal(fits(["/srv/data/**"], "/srv/data/x/y"), true);
    assert.equal(fits(["/srv/data/**"], "/srv/database"), false);
    assert.equal(fits(["/**"], "/any/where"), true);
    assert.equal(fits(["/tmp/*.txt"], "/tmp/a.txt"), true);
    assert.equal(fits(["/tmp/*.txt"], "/tmp/a/b.txt"), false);
    assert.equal(fits(["/a["], "/a["), true);
    assert.equal(fits(["/a["], "/ab"), false);
    assert.equal(fits(["./**"], "a/b"), true);
    assert.equal(fits(["./**"], "/a/b"), false);
    assert.equal(fits(["src/**"], "./src//a"), true);
    assert.equal(fits(["~/notes/**"], "~/notes/a"), true);
  }
});

/** Spellings of files in /srv/key, for a deny list of it. */
const KEYS = [
  "/srv/key/a",
  "//srv///key/a/",
  "/srv/./key/a",
  "/srv/x/../key/a",
  "/../srv/key/a",
  "/srv/%6bey/a",
  "/srv/%2e/key/a",
  "/srv%2fkey%2fa",
  "/srv/%256bey/a",
  "\\srv\\key\\a",
  "/srv\\key/a",
  "/SRV/Key/A",
  "/srv/key./a",
  "/srv/key /a",
  "file:///srv/key/a",
  "file:/srv/key/a",
  "file://localhost/srv/%6bey/a",
  "../key/a",
  "../../../../../srv/key/a",
  "x/../../key/a",
  "~/a",
  "~root/a",
  "$HOME/a",
  "/srv/key\0/a",
  "/srv/%00key",
  "/srv/%c0%ae/x",
  "/srv/%25252525256bey",
  "/srv/．．/x",
  "/srv／key",
  "/srv/%u006bey",
  "file://host/srv/key",
  "/srv/key/../../srv/other",
];

Deno.test("a deny list finds a path however it is spelled", () => {
  for (const value of KEYS) assert.equal(denies(["/srv/key/**"], value), true, value);
  for (const value of ["/srv/keys", "/srv/key-ring/a", "/srv/ws/key", "key/a", "/srv/100%", "/x/é…"]) {
    assert.equal(denies(["/srv/key/**"], value), false, value);
  }
});

Deno.test("a deny list cleans its patterns, and takes a folder with a slash for all it holds", () => {
  for (
    const pattern of ["/srv/./key/**", "/srv//key/", "/srv/x/../key/a", "/srv/%6bey/a", "file:///srv/key/a"]
  ) {
    assert.equal(denies([pattern], "/srv/key/a"), true, pattern);
  }
  assert.equal(denies(["C:\\work\\**"], "c:/Work/a"), true);
  assert.equal(denies(["C:/work/**"], "file:///C:/work/a"), true);
  assert.equal(denies(["C:/work/**"], "\\\\?\\C:\\work\\a"), true);
  assert.equal(denies(["/srv/e\u0301/**"], "/srv/é/a"), true);
  assert.equal(denies(["/srv/key"], "/srv/key/a"), false);
  assert.equal(denies(["/"], "/srv"), false);
});

Deno.test("an allow list permits nothing that may lead outside of it", () => {
  const outside = [
    "/srv/data/../key",
    "/srv/data/%2e%2e/key",
    "/srv/data/%252e%252e/key",
    "/srv/data/..%2fkey",
    "/srv/data/..\\key",
    "/srv/data/%c0%ae%c0%ae/key",
    "/srv/data/．．/key",
    "/srv/data/\0",
    "/SRV/data/a",
    "../data/a",
    "~/a",
    "file:///srv/data/../key",
    "file://host/srv/data/a",
    "",
  ];
  for (const value of outside) assert.equal(allows(["/srv/data/**"], value), false, value);
  for (
    const value of [
      "/srv/data//a/",
      "/srv/x/../data/a",
      "file:///srv/data/a",
      "/srv/data/100%",
      "/srv/data/a\\b",
    ]
  ) {
    assert.equal(allows(["/srv/data/**"], value), true, value);
  }
});

Deno.test("a wildcard of an allow list matches neither .. nor an unknown folder", () => {
  for (const value of ["..", "../a", "../../a", "~/a", "$HOME/a", "~"]) {
    for (const pattern of ["*", "*/a", "*/*/a", "?", "??/a", "./**"]) {
      assert.equal(allows([pattern], value), false, `${pattern} ${value}`);
    }
  }
  assert.equal(allows(["../*"], "../a"), true);
  assert.equal(allows(["../**"], "../../a"), false);
  assert.equal(allows(["~/**"], "~/../a"), false);
});

Deno.test("a home folder is denied unless the deny list is about it", () => {
  assert.equal(denies(["~/.ssh/**"], "~/.ssh/key"), true);
  assert.equal(denies(["~/.ssh/**"], "~/notes"), false);
  assert.equal(denies(["~/.ssh/**"], "~ana/notes"), true);
  assert.equal(denies(["~/.ssh/**", "/etc/**"], "~/notes"), true);
});

Deno.test("path lists know nothing about a text that is too long for a glob", () => {
  const long = "/" + "a".repeat(MAX_GLOB_TEXT);
  assert.equal(denies(["/*"], long), true);
  assert.equal(allows(["/*"], long), false);
  assert.equal(allows([long], long), true);
  assert.equal(allows(["/**"], long), true);
  assert.equal(denies(["/b"], long), false);
});

Deno.test("a deny list sees through what nobody sees, streams of NTFS, and letters that are another in capitals", () => {
  const patterns = ["/srv/secret.txt", "/srv/.git/**", "/srv/*:hidden"];
  for (
    const value of [
      "/srv/sec\u200bret.txt",
      "/srv/.g\u200cit/config",
      "/srv/secret.txt::$DATA",
      "/srv/secret.txt:x",
      "/\u017frv/secret.txt",
    ]
  ) assert.ok(denies(patterns, value), value);
  assert.ok(!denies(patterns, "/srv/public.txt:x"));
});

Deno.test("a deny list finds a file under the names that systems give to every file", () => {
  const names: readonly (readonly [pattern: string, values: readonly string[]])[] = [
    ["/etc/**", [
      "/proc/self/root/etc/shadow",
      "/proc/1/root/etc/shadow",
      "/proc/self/task/12/root/etc/shadow",
      "//proc/./thread-self//root/etc/shadow",
      "/proc/self/root/proc/self/root/etc/shadow",
      "/proc/self/root/../etc/shadow",
      "/proc/self/root/../proc/1/root/../etc/shadow",
      "/%70roc/self/root/etc/shadow",
      "file:///proc/self/root/etc/shadow",
      "../../proc/self/root/etc/shadow",
      "/private/etc/shadow",
      "/System/Volumes/Data/private/etc/shadow",
      "/proc/self/fd/3/shadow",
      "/dev/fd/3/shadow",
    ]],
    ["/private/var/**", ["/var/log/a"]],
    ["/srv/ws/key", ["/proc/self/cwd/key", "/proc/self/cwd/x/../key"]],
    ["/srv/key", ["/proc/self/cwd/../key"]],
    ["C:/work/**", [
      "//?/C:/work/a",
      "//./c:/work/a",
      "\\\\localhost\\C$\\work\\a",
      "//127.0.0.1/c$/work/a",
      "\\\\?\\UNC\\localhost\\c$\\work\\a",
      "/mnt/c/work/a",
      "/cygdrive/c/Work/a",
    ]],
  ];
  for (const [pattern, values] of names) {
    for (const value of values) assert.ok(denies([pattern], value), `${pattern} ${value}`);
  }
  for (
    const value of ["/proc/self/status", "/proc/self/rootx/etc/a", "/proc/self/fd", "/privately/etc/a"]
  ) {
    assert.ok(!denies(["/etc/**", "/srv/key"], value), value);
  }
});

Deno.test("an open file of a process is on no allow list: it can be any folder", () => {
  for (const value of ["/proc/self/fd/3/a", "/dev/fd/3"]) assert.ok(!allows(["/**"], value), value);
  assert.ok(allows(["/proc/**"], "/proc/self/status"));
});

Deno.test("a way up that is hidden by what nobody sees is on no allow list", () => {
  for (const value of ["/srv/..\u200b/x", "/srv/.\u200b./x"]) assert.ok(!allows(["/srv/**"], value), value);
});

Deno.test("a deny list finds a file under the second names that Linux, Windows and shells on it give to folders", () => {
  const names: readonly (readonly [pattern: string, value: string])[] = [
    ["/run/secrets/**", "/var/run/secrets/kubernetes.io/serviceaccount/token"],
    ["/var/run/docker.sock", "/run/docker.sock"],
    ["/run/lock/**", "/var/lock/a"],
    ["/usr/bin/**", "/bin/ls"],
    ["/sbin/**", "/usr/sbin/init"],
    ["/usr/lib64/**", "/proc/1/root/lib64/ld.so"],
    ["C:/Users/**", "/c/Users/ana"],
    ["C:/Users/**", "C:Users\\ana"],
    ["C:/Users/**", "C:..\\..\\Users\\ana"],
    ["C:/Users/**", "C:\\Documents and Settings\\ana"],
    ["C:/ProgramData/**", "C:/Documents and Settings/All Users/x"],
    ["C:/Windows/System32/**", "c:\\windows\\sysnative\\config\\SAM"],
    ["C:/Users/**", "\\\\desktop-7\\C$\\Users\\ana"],
    ["C:/Users/**", "file:///C|/Users/ana"],
    ["C:/Users/**", "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume2\\Users\\ana"],
    ["C:/Users/**", "\\\\.\\Volume{4c1b02c1}\\Users\\ana"],
    ["C:/Users/**", "%USERPROFILE%\\x"],
    ["/etc/**", "\\\\wsl$\\Ubuntu\\etc\\shadow"],
    ["/etc/**", "//wsl.localhost/Ubuntu/etc/shadow"],
  ];
  for (const [pattern, value] of names) assert.ok(denies([pattern], value), `${pattern} ${value}`);
  for (const value of ["/var/running", "/binary/ls", "/c/Work", "/x/../etc", "C:Work", "100%/a%", "/a/%b%"]) {
    assert.ok(!denies(["/run/**", "/usr/bin/**", "C:/Users/**", "/a/etc"], value), value);
  }
  assert.ok(denies(["%APPDATA%/**"], "%APPDATA%\\x") && !denies(["%APPDATA%/keys/**"], "%APPDATA%/x"));
  assert.ok(!allows(["*/**", "*/*"], "%APPDATA%/x") && allows(["%APPDATA%/**"], "%APPDATA%/x"));
});

Deno.test("a URL that some programs take for a file is on no list of allowed paths, and on each of denied ones", () => {
  for (
    const value of [
      "fi\tle:///etc/shadow",
      "\u0001file:///etc/shadow",
      "url:file:///etc/shadow",
      "jar:file:///etc/shadow!/x",
      "view-source:file:///etc/shadow",
      "git+file:///etc/x",
      "local_file:///etc/shadow",
      "php://filter/resource=/etc/shadow",
      "sqlite:////etc/x.db",
      "jdbc:sqlite:/etc/x.db",
      "http+unix://%2Frun%2Fdocker.sock/x",
    ]
  ) {
    assert.ok(denies(["/srv/**"], value), value);
    assert.ok(!allows(["/**", "*/**", value], value), value);
  }
  for (const value of ["php.ini", "a/file:x", "my-file:x", "zip:90210"]) {
    assert.ok(!denies(["/etc/**"], value), value);
  }
});

/** Paths that a shell, or a tool that expands patterns, takes to /srv/key/a. */
const PATTERNS_OF_KEY = [
  "/srv/k*/a",
  "/srv/*/a",
  "/srv/?ey/a",
  "/srv/[k]ey/a",
  "/srv/[!x]ey/a",
  "/s{rv,x}/key/a",
  "/srv/k{,e}y/a",
  "/srv/{x,key}/{a,b}",
  "/srv/**",
  "/**/a",
  "/{srv/key,x}/a",
  "/srv/ws/{a,../../key}/a",
  "/srv/ws/.*/key/a",
  "/srv/ws/.{.,x}/key/a",
  "/srv/ws/{.,x}./key/a",
  "../k*/a",
  "/SRV/K*/A",
  "/srv/%6b*/a",
  "\\srv\\k*\\a",
];

testDenied("a deny list sees a pattern that may name what it lists", PATTERNS_OF_KEY, ["/srv/key/**"]);
testDenied("a deny list sees it file by file", PATTERNS_OF_KEY, ["/srv/key/a"]);
testDenied("a deny list sees it through its own wildcards", PATTERNS_OF_KEY, ["/srv/k*/?"]);

function testDenied(name: string, values: readonly string[], patterns: string[]): void {
  Deno.test(name, () => {
    for (const value of values) assert.equal(denies(patterns, value), true, value);
  });
}

Deno.test("a deny list leaves alone what a pattern in a path can't name", () => {
  for (
    const value of [
      "/srv/x*/a",
      "/srv/ke?/b/c",
      "/srv/[slug]/a",
      "/srv/{x,y}/key",
      "/srv/ws/{a,b}.txt",
      "/srv/ws/{{name}}/a",
      "/srv/key*",
      "/tmp/[key]/a",
    ]
  ) assert.equal(denies(["/srv/kez/a", "/srv/key/d/a"], value), false, value);
});

Deno.test("an allow list holds no path whose pattern leads out of its folder, or is more than its own", () => {
  for (
    const value of [
      "/srv/ws/*",
      "/srv/ws/{a,b}",
      "/srv/ws/app/[slug]/page.tsx",
      "/srv/ws/**/a",
      "/srv/ws/{{x}}",
    ]
  ) {
    assert.equal(allows(["/srv/ws/**"], value), true, value);
  }
  for (
    const value of [
      "/srv/ws/{a,../../key}/a",
      "/srv/ws/{a,../x}",
      "/srv/ws/.*/key",
      "/srv/ws/.?/key",
      "/srv/ws/.[.]/key",
      "/srv/ws/{.,x}./key",
      "/srv/ws/{..,x}/key",
      "/srv/ws/{.*,x}/key",
      "/srv/ws/{.?,x}/key",
      `/srv/ws/.{.,${"a".repeat(MAX_GLOB_TEXT)}}/key`,
      `/srv/ws/{..,${"a".repeat(MAX_GLOB_TEXT)}}/key`,
    ]
  ) assert.equal(allows(["/srv/ws/**", "/**"], value), false, value);
  assert.equal(allows(["/srv/w?/a"], "/srv/w*/a"), false);
  assert.equal(allows(["/srv/w*/a"], "/srv/w*/a"), true);
  assert.equal(allows(["/srv/*/a"], "/srv/[slug]/a"), true);
});

Deno.test("a deny list sees a short name of Windows", () => {
  for (
    const [pattern, value] of [
      ["C:/Program Files/**", "C:\\PROGRA~1\\x"],
      ["C:/Program Files/**", "c:/progra~2/x"],
      ["C:/secrets-of-payroll.xlsx", "C:/SECRET~1.XLS"],
      ["C:/work/.env", "C:/work/ENV~1"],
      ["C:/work/.env.local", "C:/work/ENV~1.LOC"],
      ["C:/secrets-of-payroll/**", "C:/SE3F2A~1/x"],
      ["C:/gehälter/**", "C:/GEHLTE~1/x"],
      ["C:/*/.ssh/**", "C:/USERSX~1/SSH~1/id"],
      ["/mnt/c/secrets/**", "/mnt/c/SECRET~1/x"],
      ["/srv/ws/secrets/**", "SECRET~1/x"],
    ] as const
  ) assert.equal(denies([pattern], value), true, `${pattern} ${value}`);
  for (
    const [pattern, value] of [
      ["C:/Users/*/.ssh/**", "C:/Users/RUNNER~1/AppData/Local/Temp/x"],
      ["C:/work/secrets/**", "C:/work/notes~1"],
      ["/srv/ws/secrets/**", "/srv/ws/secrets-of-old~12345678/x"],
      ["/srv/ws/a.txt", "/srv/ws/a~1"],
    ] as const
  ) assert.equal(denies([pattern], value), false, `${pattern} ${value}`);
});

Deno.test("an allow list holds a short name only where its pattern has it", () => {
  assert.equal(allows(["C:/work/**"], "C:/work/SECRET~1/x"), false);
  assert.equal(allows(["C:/work/*.txt"], "C:/work/NOTES~1.txt"), false);
  assert.equal(allows(["C:/Users/RUNNER~1/**"], "C:/Users/RUNNER~1/x"), true);
  assert.equal(allows(["C:/Users/RUNNER~1/**"], "C:/Users/RUNNER~1/SECRET~1"), false);
  assert.equal(allows(["C:/work/NOTES~1.TXT"], "C:/work/NOTES~1.TXT"), true);
  assert.equal(allows(["/srv/**"], "/srv/notes.txt~1"), true);
});
