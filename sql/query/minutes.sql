-- SPDX-License-Identifier: ISC
-- Minutes of ?1 <= minute < ?2.  Minute 0 is of no time.
SELECT m.minute, p.host, p.direction, p.internal, m.handshakes, m.failures
FROM minute m CROSS JOIN place p ON p.id = m.place
WHERE m.minute >= max(?1, 60) AND m.minute < ?2 AND m.handshakes + m.failures > 0
ORDER BY m.minute, p.host, p.direction, p.internal;
