-- SPDX-License-Identifier: ISC
-- Gaps over ?1 <= time < ?2, one row a source and kind: how many, and how many lines or entries are
-- known to have been lost.  One of which nobody knows when it began counts where it ended.
SELECT s.name, g.kind, count(*), sum(max(g.n, 0))
FROM gap g JOIN source s ON s.id = g.source
WHERE max(g.from_time, g.to_time) >= ?1
	AND min(coalesce(nullif(g.from_time, 0), g.to_time), g.to_time) < ?2
GROUP BY s.id, g.kind
ORDER BY s.class, s.name, g.kind;
