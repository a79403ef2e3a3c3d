-- SPDX-License-Identifier: ISC
-- One row a source, host and MTA over ?1 <= hour < ?2.  A source that had nothing in that time
-- still has its row, with host and MTA empty: that a log was read and gave nothing is a result.
SELECT s.class, s.name, coalesce(c.host, ''), coalesce(c.mta, ''),
	coalesce(c.first_hour, -1), coalesce(c.last_hour, -1),
	coalesce(c.matched, 0), coalesce(c.ignored, 0), coalesce(c.near_miss, 0),
	coalesce(c.limit_hit, 0), s.lines, s.overlong, s.bad_time, s.unparsed
FROM source s
LEFT JOIN (
	SELECT o.source, o.host, o.mta,
		min(nullif(v.hour, 0)) AS first_hour, max(nullif(v.hour, 0)) AS last_hour,
		sum(v.matched) AS matched, sum(v.ignored) AS ignored,
		sum(v.near_miss) AS near_miss, sum(v.limit_hit) AS limit_hit
	FROM origin o CROSS JOIN coverage v ON v.origin = o.id AND v.hour >= ?1 AND v.hour < ?2
	GROUP BY o.id
	HAVING sum(v.matched + v.ignored + v.near_miss + v.limit_hit) > 0
) c ON c.source = s.id
ORDER BY s.class, s.name, 3, 4;
