-- SPDX-License-Identifier: ISC
-- One row an hour and tuple over ?1 <= hour < ?2, and one a day and tuple over ?3 <= day < ?4 where
-- hours were rolled up, both straight along their primary keys.
SELECT hour, tuple, n
FROM count
WHERE hour >= ?1 AND hour < ?2 AND n > 0
UNION ALL
SELECT day, tuple, n
FROM count_day
WHERE day >= ?3 AND day < ?4 AND n > 0
ORDER BY 1, 2;
