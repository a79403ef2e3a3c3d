/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "report/view.h"
#include <string.h>

/* The columns of the tally views, in the order in which CSV shows them.
 *
 * Titles say what a share is of: "of TLS" of all handshakes, "of all" of all sessions, "of mail" of
 * the sessions that carried mail.
 *
 * A number is only given where there is evidence for it: a flow without a session in its log has no
 * number of sessions, not 0 of them. */

static struct cell schema(const struct view_row *r _unused_)
{
	return cell_count(SCHEMA_VERSION);
}

static struct cell view_name(const struct view_row *r)
{
	return cell_text(r->result->name);
}

static struct cell host(const struct view_row *r)
{
	return r->report->by_host ? cell_text(r->row->tuple.host) : (struct cell){0};
}

static struct cell since(const struct view_row *r)
{
	return cell_count(r->report->evidence.since);
}

static struct cell until(const struct view_row *r)
{
	return cell_count(r->report->evidence.until);
}

static struct cell bucket(const struct view_row *r)
{
	return r->row->bucket ? cell_count(r->row->bucket) : (struct cell){0};
}

static struct cell mta(const struct view_row *r)
{
	return cell_text(r->row->tuple.mta);
}

static struct cell direction(const struct view_row *r)
{
	return cell_text(direction_name(r->row->tuple.direction));
}

static struct cell service(const struct view_row *r)
{
	return cell_text(service_name(r->row->tuple.service));
}

static struct cell unit_cell(int unit)
{
	return unit == UNIT_NOT_ANY ? (struct cell){0} : cell_text(unit_name((enum unit)unit));
}

static struct cell unit(const struct view_row *r)
{
	return unit_cell(r->row->unit);
}

static struct cell apart(const struct view_row *r)
{
	return cell_text(r->row->apart ? "internal" : "");
}

const struct view_column common_columns[] = {
    {{.name = "schema", .type = COLUMN_COUNT, .audience = AUDIENCE_DATA}, schema},
    {{.name = "view", .audience = AUDIENCE_DATA}, view_name},
    {{.name = "host"}, host},
    {{.name = "since_utc", .type = COLUMN_TIME, .audience = AUDIENCE_DATA}, since},
    {{.name = "until_utc", .type = COLUMN_TIME, .audience = AUDIENCE_DATA}, until},
    {{.name = "bucket_utc", .type = COLUMN_TIME}, bucket},
    {{.name = "mta"}, mta},
    {{.name = "direction", .title = "dir"}, direction},
    {{.name = "service"}, service},
    /* A table says of which rows the shares are empty for this reason. */
    {{.name = "apart", .title = "", .audience = AUDIENCE_TABLE, .blank = true}, apart},
    {{.name = "unit", .title = "session is", .spare = 1}, unit},
};
const size_t common_column_count = ARRAY_SIZE(common_columns);

/* The value of a dimension of the plan. */
static struct cell value_of(const struct view_row *r, const char *name)
{
	const struct tally_plan *plan = r->tally->plan;

	for (size_t i = 0; i < plan->dimension_count; i++)
		if (strcmp(plan->dimensions[i]->name, name) == 0)
			return cell_text(r->row->values[i].text);
	return (struct cell){0};
}

static struct cell protocol(const struct view_row *r)
{
	return value_of(r, "protocol");
}

static struct cell handshakes(const struct view_row *r)
{
	return r->row->handshakes_known ? cell_count(r->row->counts.handshakes) : (struct cell){0};
}

static struct cell handshake_unit(const struct view_row *r)
{
	return unit_cell(r->row->handshake_unit);
}

static struct cell sessions(const struct view_row *r)
{
	if (r->row->unit == UNIT_NOT_ANY || r->row->absent)
		return (struct cell){0};
	return cell_count(r->row->counts.sessions);
}

/* How many sessions carried mail is known of a row with a session that tells, and of one without
 * any session if others of its total tell. */
static bool mail_is_known(const struct view_row *r)
{
	const struct counts *c = &r->row->counts;

	if (r->row->unit == UNIT_NOT_ANY || r->row->absent)
		return false;
	return c->sessions ? c->mail_known > 0 : tally_total(r->tally, r->row)->mail_known > 0;
}

static struct cell sessions_mail(const struct view_row *r)
{
	return mail_is_known(r) ? cell_count(r->row->counts.mail) : (struct cell){0};
}

static struct cell share_sessions(const struct view_row *r)
{
	if (r->row->unit == UNIT_NOT_ANY || r->row->absent || r->row->apart)
		return (struct cell){0};
	return cell_share(r->row->counts.sessions, tally_total(r->tally, r->row)->sessions);
}

static struct cell share_mail(const struct view_row *r)
{
	if (!mail_is_known(r) || r->row->apart)
		return (struct cell){0};
	return cell_share(r->row->counts.mail, tally_total(r->tally, r->row)->mail);
}

static struct cell share_handshakes(const struct view_row *r)
{
	if (r->row->apart)
		return (struct cell){0};
	return cell_share(r->row->counts.handshakes, tally_total(r->tally, r->row)->handshakes);
}

static struct cell failures(const struct view_row *r)
{
	return r->row->failures_known ? cell_count(r->row->counts.failures) : (struct cell){0};
}

static struct cell last_seen(const struct view_row *r)
{
	return r->row->last_seen ? cell_count(r->row->last_seen) : (struct cell){0};
}

static struct cell peers(const struct view_row *r)
{
	return r->row->peers < 0 ? (struct cell){0} : cell_count(r->row->peers);
}

static struct cell new_peers(const struct view_row *r)
{
	return r->row->new_peers < 0 ? (struct cell){0} : cell_count(r->row->new_peers);
}

static const struct view_column protocols_columns[] = {
    {{.name = "protocol", .kept = true}, protocol},
    {{.name = "handshakes", .type = COLUMN_COUNT}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 4}, handshake_unit},
    {{.name = "share_handshakes",
	 .title = "of TLS",
	 .type = COLUMN_FRACTION,
	 .audience = AUDIENCE_TABLE,
	 .spare = 1},
	share_handshakes},
    {{.name = "sessions", .type = COLUMN_COUNT}, sessions},
    {{.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT, .spare = 3},
	sessions_mail},
    {{.name = "share", .title = "of all", .type = COLUMN_FRACTION}, share_sessions},
    {{.name = "share_mail", .title = "of mail", .type = COLUMN_FRACTION}, share_mail},
    {{.name = "peers", .type = COLUMN_COUNT, .spare = 2}, peers},
    {{.name = "new_peers", .title = "new", .type = COLUMN_COUNT, .spare = 2}, new_peers},
};

const struct tally_view protocols_tally = {
    .dimensions = {"protocol"},
    .by_flow = true,
    .peers = true,
    .columns = protocols_columns,
    .column_count = ARRAY_SIZE(protocols_columns),
};

/* One row for each bucket, flow and value of --by (protocol if there is no --by): what was counted,
 * and its share of all handshakes and of all sessions of the same bucket and flow. */
static const struct view_column trend_columns[] = {
    {{.name = "handshakes", .type = COLUMN_COUNT}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 4}, handshake_unit},
    {{.name = "share_handshakes", .title = "of TLS", .type = COLUMN_FRACTION, .spare = 2},
	share_handshakes},
    {{.name = "failures", .title = "failed", .type = COLUMN_COUNT, .spare = 1}, failures},
    {{.name = "sessions", .type = COLUMN_COUNT}, sessions},
    {{.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT, .spare = 3},
	sessions_mail},
    {{.name = "share", .title = "of all", .type = COLUMN_FRACTION}, share_sessions},
};

const struct tally_view trend_tally = {
    .dimensions = {"protocol"},
    .by_replaces = true,
    .failures = true,
    .columns = trend_columns,
    .column_count = ARRAY_SIZE(trend_columns),
};

/* All spellings of the row: one, or those that were folded into it. */
static struct cell cipher_raw(const struct view_row *r)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (r->row->spelling_count < 2)
		return r->row->spelling_count ? cell_text(r->row->spellings[0]) : (struct cell){0};
	for (size_t i = 0; i < r->row->spelling_count; i++) {
		buffer_text_add(&text, i ? " | " : "");
		buffer_text_add(&text, r->row->spellings[i]);
	}
	return cell_text(result_text(r->result, buffer_text(&text)));
}

/* With --raw the dimension holds the spelling; this column has the suite's name all the same. */
static struct cell cipher(const struct view_row *r)
{
	return cell_text(r->row->tuple.cipher);
}

/* "?" is the tokeniser's word for a token that it does not know. */
static struct cell property(const char *word)
{
	return word && strcmp(word, "?") != 0 ? cell_text(word) : (struct cell){0};
}

static struct cell kx(const struct view_row *r)
{
	return property(r->row->tuple.suite.kx);
}

static struct cell auth(const struct view_row *r)
{
	return property(r->row->tuple.suite.auth);
}

static struct cell enc(const struct view_row *r)
{
	return property(r->row->tuple.suite.enc);
}

static struct cell mode(const struct view_row *r)
{
	return property(r->row->tuple.suite.mode);
}

static struct cell mac(const struct view_row *r)
{
	return property(r->row->tuple.suite.mac);
}

/* What the name says; what the log says where the name does not. */
static struct cell bits(const struct view_row *r)
{
	const struct tuple *t = &r->row->tuple;
	int value = t->suite.bits >= 0 ? t->suite.bits : t->bits;

	return value >= 0 && *t->cipher ? cell_count(value) : (struct cell){0};
}

static struct cell pfs(const struct view_row *r)
{
	return cell_flag(*r->row->tuple.cipher ? cipher_forward_secret(&r->row->tuple.suite) : -1);
}

static struct cell aead(const struct view_row *r)
{
	return cell_flag(*r->row->tuple.cipher ? cipher_aead(&r->row->tuple.suite) : -1);
}

static struct cell verdict(const struct view_row *r)
{
	return judge_cell(&r->report->judge, 0, &r->row->tuple, true);
}

static const struct view_column ciphers_columns[] = {
    {{.name = "cipher_raw", .title = "as logged", .spare = 9}, cipher_raw},
    {{.name = "cipher", .kept = true}, cipher},
    {{.name = "protocol"}, protocol},
    {{.name = "kx", .spare = 4}, kx},
    {{.name = "auth", .spare = 4}, auth},
    {{.name = "enc", .spare = 5}, enc},
    {{.name = "mode", .spare = 5}, mode},
    {{.name = "mac", .spare = 5}, mac},
    {{.name = "bits", .type = COLUMN_COUNT, .spare = 3}, bits},
    {{.name = "pfs", .type = COLUMN_FLAG, .spare = 2}, pfs},
    {{.name = "aead", .type = COLUMN_FLAG, .spare = 2}, aead},
    {{.name = "verdict"}, verdict},
    {{.name = "handshakes", .title = "count", .type = COLUMN_COUNT}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 7}, handshake_unit},
    {{.name = "share", .type = COLUMN_FRACTION}, share_handshakes},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 6}, last_seen},
};

const struct tally_view ciphers_tally = {
    .dimensions = {"cipher", "protocol"},
    .handshakes_only = true,
    .judged = true,
    .columns = ciphers_columns,
    .column_count = ARRAY_SIZE(ciphers_columns),
};

static struct cell group(const struct view_row *r)
{
	return value_of(r, "group");
}

static struct cell pq(const struct view_row *r)
{
	return cell_text(post_quantum_name(r->row->tuple.post_quantum));
}

static const struct view_column groups_columns[] = {
    {{.name = "group", .kept = true}, group},
    {{.name = "pq", .title = "post-quantum"}, pq},
    {{.name = "handshakes", .title = "count", .type = COLUMN_COUNT}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 2}, handshake_unit},
    {{.name = "share", .type = COLUMN_FRACTION}, share_handshakes},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 1}, last_seen},
};

const struct tally_view groups_tally = {
    .dimensions = {"group"},
    .handshakes_only = true,
    .columns = groups_columns,
    .column_count = ARRAY_SIZE(groups_columns),
};

/* "RSA-PSS 2048" is an algorithm and a size; "ECDSA secp256r1" names its curve and no size. */
static size_t algorithm_length(const char *signature)
{
	const char *space = strrchr(signature, ' ');

	if (!space || space[1 + strspn(space + 1, "0123456789")] || !space[1])
		return strlen(signature);
	return (size_t)(space - signature);
}

static struct cell sig(const struct view_row *r)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct cell whole = value_of(r, "signature");

	if (!whole.known)
		return whole;
	buffer_append(&text, whole.text, algorithm_length(whole.text));
	return cell_text(result_text(r->result, buffer_text(&text)));
}

static struct cell sig_bits(const struct view_row *r)
{
	struct cell whole = value_of(r, "signature");
	const char *size = whole.known ? whole.text + algorithm_length(whole.text) : "";

	return *size ? cell_count(strtol(size, NULL, 10)) : (struct cell){0};
}

static const struct view_column signatures_columns[] = {
    {{.name = "sig", .title = "signature", .kept = true}, sig},
    {{.name = "sig_bits", .title = "bits", .type = COLUMN_COUNT}, sig_bits},
    {{.name = "handshakes", .title = "count", .type = COLUMN_COUNT}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 2}, handshake_unit},
    {{.name = "share", .type = COLUMN_FRACTION}, share_handshakes},
};

const struct tally_view signatures_tally = {
    .dimensions = {"signature"},
    .handshakes_only = true,
    .columns = signatures_columns,
    .column_count = ARRAY_SIZE(signatures_columns),
};
