// Makes the vectors of this implementation: node vectors/make.js. They are the same each time.

import "./make/people.js";
import "./make/invite.js";
import "./make/handshake.js";
import "./make/ratchet.js";
import "./make/vault.js";
