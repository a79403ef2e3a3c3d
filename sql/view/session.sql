-- SPDX-License-Identifier: ISC
CREATE VIEW session AS
-- What was carried: sessions, messages, deliveries or logins (unit says which; never add different
-- units).  protocol 'none' is clear text, 'unknown' is encrypted and the log does not say how.
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal,
	d.protocol, d.cipher, d.bits, d.kx, d.cipher_auth, d.enc, d.mode, d.mac, d.pfs, d.aead,
	d.group_name, d.post_quantum, d.signature, d.verify, d.resumed, d.mail, d.auth,
	d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'session' AND c.n > 0;
