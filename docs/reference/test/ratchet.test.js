import assert from "node:assert/strict";
import { test } from "node:test";
import { SETS, load } from "../vectors/file.js";
import { follow } from "../vectors/script.js";

for (const set of SETS) {
  for (const session of load(set, "ratchet").sessions) {
    test(`${set}: ${session.name}`, () => follow(session, assert));
  }
}
