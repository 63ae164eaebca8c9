/// <reference lib="dom" />

/** Name of the channel on which tabs of this page hand the token to each other, and of its place in the tab. */
const NAME = "gait-ui";

/** How long other tabs get to answer, in milliseconds. */
const PATIENCE = 250;

let token = "";

/** The token of this tab; empty if it has none. */
export function currentToken(): string {
  return token;
}

/** Keep a token as long as the tab lives, so that a reload needs no new link. */
export function keepToken(given: string): void {
  token = given;
  sessionStorage.setItem(NAME, given);
}

/** Forget a token that the server refused. */
export function dropToken(): void {
  token = "";
  sessionStorage.removeItem(NAME);
}

/**
 * Find the token: by the code in the fragment of the address, which is removed at once; in this tab, before a reload; or
 * from another tab of this page, which has the same origin.
 *
 * @returns whether there is one
 */
export async function findToken(): Promise<boolean> {
  const code = /^#code=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, "", location.pathname);
    if (await redeem(code)) return true;
  }
  const held = sessionStorage.getItem(NAME) ?? await askTabs();
  if (held === undefined) return false;
  keepToken(held);
  return true;
}

/** Exchange a code for the token. */
async function redeem(code: string): Promise<boolean> {
  try {
    const answer = await fetch("/api/session", {
      method: "POST",
      headers: { authorization: `Bearer ${code}`, "content-type": "application/json" },
      body: "{}",
    });
    if (!answer.ok) return false;
    keepToken((await answer.json()).token);
    return true;
  } catch {
    return false;
  }
}

/** Take what a person pasted: the link, its code, or the token itself. */
export async function acceptPasted(text: string): Promise<boolean> {
  const pasted = text.trim();
  const code = /(?:#code=)?([0-9a-f]{32})$/.exec(pasted)?.[1];
  if (code !== undefined && await redeem(code)) return true;
  keepToken(pasted);
  return pasted !== "";
}

const channel = new BroadcastChannel(NAME);

let shares = true;

/** Whether other tabs get the token. Not while the server is gone: something else may serve its address by then. */
export function shareToken(now: boolean): void {
  shares = now;
}

channel.addEventListener("message", ({ data }: MessageEvent) => {
  if (data === "ask" && token !== "" && shares) channel.postMessage({ token });
});

function askTabs(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const done = (found?: string) => {
      clearTimeout(timer);
      channel.removeEventListener("message", listen);
      resolve(found);
    };
    const listen = ({ data }: MessageEvent) => {
      if (typeof data?.token === "string") done(data.token);
    };
    const timer = setTimeout(done, PATIENCE);
    channel.addEventListener("message", listen);
    channel.postMessage("ask");
  });
}
