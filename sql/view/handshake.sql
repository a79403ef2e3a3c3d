-- SPDX-License-Identifier: ISC
CREATE VIEW handshake AS
-- TLS connections that were established: n of this combination in the hour that begins at
-- hour_utc, or in the day that begins then (span says which).  NULL: the log does not tell
-- (hour_utc: its stamp cannot be true).
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal,
	d.protocol, d.cipher, d.bits, d.kx, d.cipher_auth, d.enc, d.mode, d.mac, d.pfs, d.aead,
	d.group_name, d.post_quantum, d.signature, d.verify, d.resumed,
	d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'handshake' AND c.n > 0;
