-- SPDX-License-Identifier: ISC
-- One row a tuple over ?1 <= hour < ?2 and ?3 <= day < ?4, with the last hour or day it was counted
-- in.  Numbers are summed before anything is joined to them.
SELECT tuple, sum(n), max(time)
FROM (
	SELECT tuple, n, hour AS time FROM count WHERE hour >= ?1 AND hour < ?2
	UNION ALL
	SELECT tuple, n, day FROM count_day WHERE day >= ?3 AND day < ?4
)
GROUP BY tuple
HAVING sum(n) > 0;
