-- SPDX-License-Identifier: ISC
CREATE VIEW counters AS
-- All counters: n of that combination in the hour, or where hours were rolled up in the day, that
-- begins at that second.  span says which.
SELECT hour AS time, 'hour' AS span, tuple, n FROM count
UNION ALL
SELECT day, 'day', tuple, n FROM count_day;
