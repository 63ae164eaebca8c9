import type { Entry } from "../entry.ts";

/** The commands under "Keys and trust" (the goal of the command table). */
export const KEYS_AND_TRUST: readonly Entry[] = [
  {
    name: "keys init",
    summary: "Create a key pair",
    goal: "Keys and trust",
    load: () => import("../keys/init.ts"),
  },
  {
    name: "keys rotate",
    summary: "Create a new key pair and keep the old one",
    goal: "Keys and trust",
    load: () => import("../keys/rotate.ts"),
  },
  {
    name: "keys verify",
    summary: "Check that a key pair belongs together",
    goal: "Keys and trust",
    load: () => import("../keys/verify.ts"),
  },
  {
    name: "keys trust add",
    summary: "Trust a public key in this folder",
    goal: "Keys and trust",
    load: () => import("../keys/trust_add.ts"),
  },
  {
    name: "keys trust list",
    summary: "List the trusted keys",
    goal: "Keys and trust",
    load: () => import("../keys/trust_list.ts"),
  },
  {
    name: "keys trust remove",
    summary: "Stop trusting a key",
    goal: "Keys and trust",
    load: () => import("../keys/trust_remove.ts"),
  },
  {
    name: "registry pack",
    summary: "Make a signed pack of the files in a folder",
    goal: "Keys and trust",
    load: () => import("../registry/pack.ts"),
  },
  {
    name: "registry install",
    summary: "Check, store and pin a signed pack",
    goal: "Keys and trust",
    load: () => import("../registry/install.ts"),
  },
  {
    name: "registry list",
    summary: "List the packs of the cache",
    goal: "Keys and trust",
    load: () => import("../registry/list.ts"),
  },
  {
    name: "registry verify",
    summary: "Verify a registry pack, offline",
    goal: "Keys and trust",
    load: () => import("../registry/verify.ts"),
  },
  {
    name: "registry show",
    summary: "Show the manifest of a pack in the cache",
    goal: "Keys and trust",
    load: () => import("../registry/show.ts"),
  },
  {
    name: "registry remove",
    summary: "Remove a pack from the cache",
    goal: "Keys and trust",
    load: () => import("../registry/remove.ts"),
  },
  {
    name: "registry publisher add",
    summary: "Let a trusted key speak for a publisher",
    goal: "Keys and trust",
    load: () => import("../registry/publisher/add.ts"),
  },
  {
    name: "registry publisher list",
    summary: "List publishers and their keys",
    goal: "Keys and trust",
    load: () => import("../registry/publisher/list.ts"),
  },
  {
    name: "registry publisher remove",
    summary: "Forget the keys of a publisher",
    goal: "Keys and trust",
    load: () => import("../registry/publisher/remove.ts"),
  },
];
