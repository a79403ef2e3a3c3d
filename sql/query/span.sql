-- SPDX-License-Identifier: ISC
-- The first day and hour and the last hour and day with a counter, from both ends of the primary
-- keys.  Days lie before all hours.
SELECT
	coalesce((SELECT day FROM count_day WHERE day > 0 AND n > 0 ORDER BY day LIMIT 1),
		(SELECT hour FROM count WHERE hour > 0 AND n > 0 ORDER BY hour LIMIT 1)),
	coalesce((SELECT hour FROM count WHERE hour > 0 AND n > 0 ORDER BY hour DESC LIMIT 1),
		(SELECT day FROM count_day WHERE day > 0 AND n > 0 ORDER BY day DESC LIMIT 1));
