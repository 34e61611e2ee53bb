// The whole reference implementation. Begin with README.md.

export * as account from "./account.js";
export * as handshake from "./handshake.js";
export * as invite from "./invite.js";
export * as ratchet from "./ratchet.js";
export * as suite from "./suite.js";
export * as vault from "./vault.js";
export * as wire from "./wire.js";
