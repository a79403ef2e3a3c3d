-- SPDX-License-Identifier: ISC
CREATE VIEW gaps AS
-- Times of which nothing is known, or not all.  n NULL: how many lines is not known.
SELECT s.class, s.name AS source,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(g.from_time, 0), 'unixepoch') AS from_utc,
	strftime('%Y-%m-%dT%H:%M:%SZ', g.to_time, 'unixepoch') AS to_utc, g.kind,
	nullif(g.n, -1) AS n, g.note
FROM gap g JOIN source s ON s.id = g.source;
