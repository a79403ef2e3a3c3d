-- SPDX-License-Identifier: ISC
-- The words of failures of the days ?1 <= day < ?2, along the index that keeps them unique.
SELECT day, mta, direction, service, internal, reason, raw, n
FROM reason_day
WHERE day >= ?1 AND day < ?2 AND n > 0
ORDER BY day, mta, direction, service, internal, reason, raw;
