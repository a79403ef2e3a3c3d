-- SPDX-License-Identifier: ISC
-- Sources of which entries were left out, as their senders are none of mail's.
SELECT name, untrusted, lines FROM source WHERE untrusted > 0 ORDER BY class, name;
