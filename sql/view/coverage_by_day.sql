-- SPDX-License-Identifier: ISC
CREATE VIEW coverage_by_day AS
-- What became of the lines that looked like TLS, by UTC day, source, host and MTA.  near_miss:
-- speaks of TLS and no pattern took it.  limit_hit: a pattern gave up on it.  A day of the store's
-- zone counts for the UTC day that its noon is in.
SELECT date(nullif(c.time, 0), 'unixepoch') AS day_utc, s.class, s.name AS source, o.host, o.mta,
	sum(c.matched) AS matched, sum(c.ignored) AS ignored, sum(c.near_miss) AS near_miss,
	sum(c.limit_hit) AS limit_hit
FROM (
	SELECT origin, hour AS time, matched, ignored, near_miss, limit_hit FROM coverage
	UNION ALL
	SELECT origin, day + 43200, matched, ignored, near_miss, limit_hit FROM coverage_day
) c JOIN origin o ON o.id = c.origin JOIN source s ON s.id = o.source
GROUP BY 1, 2, 3, 4, 5;
