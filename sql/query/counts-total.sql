-- SPDX-License-Identifier: ISC
-- One row a tuple over ?1 <= hour < ?2.  Numbers are summed before anything is joined to them.
SELECT tuple, sum(n)
FROM count
WHERE hour >= ?1 AND hour < ?2
GROUP BY tuple
HAVING sum(n) > 0;
