-- SPDX-License-Identifier: ISC
CREATE VIEW minutes AS
-- Handshakes and failures of each minute, by host and direction.
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', m.minute, 'unixepoch') AS minute_utc, p.host,
	nullif(p.direction, 'unknown') AS direction, p.internal, m.handshakes, m.failures
FROM minute m JOIN place p ON p.id = m.place;
