-- SPDX-License-Identifier: ISC
-- One row an hour and tuple over ?1 <= hour < ?2, straight along the primary key.
SELECT hour, tuple, n
FROM count
WHERE hour >= ?1 AND hour < ?2 AND n > 0
ORDER BY hour, tuple;
