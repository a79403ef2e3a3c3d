/* SPDX-License-Identifier: ISC */
#include "store/source_list.h"

#include "base/buffer.h"
#include "store/handle.h"

int store_followed(struct store *s, followed_source_fn row, void *context, struct diag *d)
{
	_cleanup_buffer_ struct buffer name = {0}, class = {0}, position = {0};
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT s.name, s.class, s.lines, s.bytes, s.followed, s.last_read, s.last_event,"
	    " (SELECT count(*) FROM gap WHERE source = s.id),"
	    " (SELECT max(to_time) FROM gap WHERE source = s.id), t.name, t.offset, s.untrusted, "
	    "s.evicted"
	    " FROM source s"
	    " LEFT JOIN stream t ON t.id = (SELECT max(id) FROM stream WHERE source = s.id)"
	    " WHERE s.followed > 0 ORDER BY s.class, s.name",
	    "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&name);
		buffer_clear(&class);
		buffer_clear(&position);
		buffer_add(&name, column_text(st, 0));
		buffer_add(&class, column_text(st, 1));
		buffer_add(&position, column_text(st, 9));
		r = row(context, &(struct followed_source){
				     .name = buffer_text(&name),
				     .class = buffer_text(&class),
				     .lines = column_integer(st, 2),
				     .bytes = column_integer(st, 3),
				     .since = column_integer(st, 4),
				     .last_read = column_integer(st, 5),
				     .last_event = column_integer(st, 6),
				     .gaps = column_integer(st, 7),
				     .last_gap = column_integer(st, 8),
				     .position = buffer_text(&position),
				     .offset = column_integer(st, 10),
				     .untrusted = column_integer(st, 11),
				     .evicted = column_integer(st, 12),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int store_last_event(
    struct store *s, const char *class, struct slice source, int64_t *ret, struct diag *d)
{
	return database_integer(s->db, d, 0, ret,
	    "SELECT max(last_event) FROM source WHERE class = ?1 AND name = ?2", "zs", class,
	    source);
}
