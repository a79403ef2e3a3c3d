-- SPDX-License-Identifier: ISC
-- One row a source, host and MTA over ?1 <= hour < ?2 and ?3 <= day < ?4.  A source that had nothing
-- in that time still has its row, with host and MTA empty: that a log was read and gave nothing is
-- a result.
SELECT s.class, s.name, o.host, o.mta,
	coalesce(min(nullif(v.time, 0)), -1), coalesce(max(nullif(v.time, 0)), -1),
	sum(v.matched), sum(v.ignored), sum(v.near_miss), sum(v.limit_hit),
	s.lines, s.overlong, s.bad_time, s.unparsed,
	(SELECT coalesce(sum(max(0, min(g.to_time, ?2) - max(g.from_time, ?1))), 0) FROM gap g
		WHERE g.source = s.id AND g.from_time > 0),
	s.last_event, s.evicted,
	(SELECT count(*) FROM gap g WHERE g.source = s.id AND max(g.from_time, g.to_time) >= ?1
		AND min(coalesce(nullif(g.from_time, 0), g.to_time), g.to_time) < ?2)
FROM (
	SELECT c.origin, c.hour AS time, c.matched, c.ignored, c.near_miss, c.limit_hit
	FROM origin o CROSS JOIN coverage c ON c.origin = o.id AND c.hour >= ?1 AND c.hour < ?2
	UNION ALL
	SELECT c.origin, c.day, c.matched, c.ignored, c.near_miss, c.limit_hit
	FROM origin o CROSS JOIN coverage_day c ON c.origin = o.id AND c.day >= ?3 AND c.day < ?4
) v
CROSS JOIN origin o ON o.id = v.origin
CROSS JOIN source s ON s.id = o.source
GROUP BY o.id
UNION ALL
SELECT s.class, s.name, '', '', -1, -1, 0, 0, 0, 0, s.lines, s.overlong, s.bad_time, s.unparsed,
	(SELECT coalesce(sum(max(0, min(g.to_time, ?2) - max(g.from_time, ?1))), 0) FROM gap g
		WHERE g.source = s.id AND g.from_time > 0),
	s.last_event, s.evicted,
	(SELECT count(*) FROM gap g WHERE g.source = s.id AND max(g.from_time, g.to_time) >= ?1
		AND min(coalesce(nullif(g.from_time, 0), g.to_time), g.to_time) < ?2)
FROM source s
WHERE NOT EXISTS (
	SELECT 1
	FROM origin o CROSS JOIN coverage v ON v.origin = o.id AND v.hour >= ?1 AND v.hour < ?2
	WHERE o.source = s.id
) AND NOT EXISTS (
	SELECT 1
	FROM origin o CROSS JOIN coverage_day v ON v.origin = o.id AND v.day >= ?3 AND v.day < ?4
	WHERE o.source = s.id
)
ORDER BY 1, 2, 3, 4;
