-- SPDX-License-Identifier: ISC
-- Every counter with its dimensions as logged, one JSON object a row, for other programs.
SELECT json_object(
	'time_utc', strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch'),
	'span', c.span, 'n', c.n,
	'fact', d.fact, 'host', d.host, 'mta', d.mta, 'direction', d.direction,
	'service', d.service, 'unit', d.unit, 'internal', json(iif(d.internal, 'true', 'false')),
	'protocol', d.protocol, 'protocol_raw', d.protocol_raw,
	'cipher', d.cipher, 'cipher_raw', d.cipher_raw, 'bits', d.bits,
	'group', d.group_name, 'signature', d.signature, 'verify', d.verify, 'resumed', d.resumed,
	'mail', d.mail, 'auth', d.auth, 'reason', d.reason)
FROM counters c CROSS JOIN dimensions d ON d.tuple = c.tuple
WHERE c.n > 0
ORDER BY c.time, c.tuple;
