-- SPDX-License-Identifier: ISC
-- The first and the last hour with a counter, from both ends of the primary key.
SELECT
	(SELECT hour FROM count WHERE hour > 0 AND n > 0 ORDER BY hour LIMIT 1),
	(SELECT hour FROM count WHERE hour > 0 AND n > 0 ORDER BY hour DESC LIMIT 1);
