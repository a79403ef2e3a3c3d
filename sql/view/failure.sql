-- SPDX-License-Identifier: ISC
CREATE VIEW failure AS
-- Handshakes that did not complete, and refusals by policy, by class of reason.
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal, d.reason,
	d.protocol, d.cipher, d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'failure' AND c.n > 0;
