-- SPDX-License-Identifier: ISC
-- One row a tuple over ?1 <= hour < ?2, with the last hour it was counted in.  Numbers are summed before anything is joined to them.
SELECT tuple, sum(n), max(hour)
FROM count
WHERE hour >= ?1 AND hour < ?2
GROUP BY tuple
HAVING sum(n) > 0;
