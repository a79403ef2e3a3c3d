-- SPDX-License-Identifier: ISC
CREATE VIEW handshakes_by_day AS
-- Handshakes of each UTC day by direction, service and protocol; internal ones left out.  A day of
-- the store's zone counts for the UTC day that its noon is in.
SELECT date(iif(c.span = 'day', c.time + 43200, c.time), 'unixepoch') AS day_utc, d.direction,
	d.service, d.protocol, sum(c.n) AS n
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'handshake' AND c.n > 0 AND c.time > 0 AND d.internal = 0
GROUP BY 1, 2, 3, 4;
