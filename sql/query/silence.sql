-- SPDX-License-Identifier: ISC
-- Sources that a service follows and that at ?1 have been silent for longer than is their way: twice
-- as long as ever in the four weeks before their latest event, and for six hours at least.  Of one
-- that spoke in less than a day of hours its way is not known.
WITH spoke AS MATERIALIZED (
	SELECT DISTINCT s.id AS source, c.hour
	FROM source s CROSS JOIN origin o ON o.source = s.id
	CROSS JOIN coverage c ON c.origin = o.id AND c.hour >= s.last_event - 2419200
	WHERE s.followed > 0 AND s.last_event > ?1 - 2419200 AND s.last_event < ?1 - 21600
), pauses AS (
	SELECT source, hour - lag(hour) OVER (PARTITION BY source ORDER BY hour) AS pause FROM spoke
)
SELECT s.name, s.last_event, max(p.pause)
FROM pauses p CROSS JOIN source s ON s.id = p.source
GROUP BY s.id
HAVING count(*) >= 24 AND ?1 - s.last_event > max(21600, 2 * max(p.pause))
ORDER BY s.class, s.name;
