/* SPDX-License-Identifier: ISC */
#include "tls/cost.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/yaml_folder.h"
#include "base/yaml_read.h"
#include "tls/work.h"
#include <errno.h>
#include <stdlib.h>

#define NANOSECONDS 1000000		   /* of a millisecond */
#define DECIMALS 6			   /* that these are */
#define MOST (INT64_C(1000) * NANOSECONDS) /* sums of 9 thousand million of these fit */
#define OPERATIONS 12

/* As work_key_name() has them. */
static const char *const keys[OPERATIONS] = {"rsa1024", "rsa2048", "rsa3072", "rsa4096", "rsa8192",
    "ecdsa-secp256r1", "ecdsa-secp384r1", "ecdsa-secp521r1", "ed25519", "ed448"};
/* As group_fold() has them. */
static const char *const groups[OPERATIONS] = {"x25519", "x448", "secp256r1", "secp384r1",
    "secp521r1", "ffdhe2048", "ffdhe3072", "ffdhe4096", "X25519MLKEM768", "SecP256r1MLKEM768",
    "SecP384r1MLKEM1024"};
_Static_assert(ARRAY_SIZE(groups) == OPERATIONS, "the last is NULL");

struct cost {
	char *path, *measured;
	int64_t sign[OPERATIONS], verify[OPERATIONS], exchange[OPERATIONS]; /* 0: not known */
};

struct cost *cost_free(struct cost *cost)
{
	if (!cost)
		return NULL;
	free(cost->path);
	free(cost->measured);
	free(cost);
	return NULL;
}

const char *cost_name(const struct cost *cost)
{
	return cost->measured ? cost->measured : yaml_file_name(cost->path);
}

/* A decimal number whatever the locale; -EINVAL for one that is none, is 0, or too much. */
static int64_t milliseconds(struct slice text)
{
	size_t point = slice_find(text, '.'), decimals = text.n - point;
	int64_t value = 0;

	if (point == 0 || (point < text.n && decimals < 2))
		return -EINVAL;
	for (size_t i = 0; i < text.n; i++) {
		if (i == point)
			continue;
		if (text.p[i] < '0' || text.p[i] > '9' || value > MOST)
			return -EINVAL;
		if (i < point || i - point <= DECIMALS)
			value = 10 * value + (text.p[i] - '0');
	}
	decimals = point < text.n ? decimals - 1 : 0;
	for (; decimals < DECIMALS; decimals++)
		value *= value > MOST ? 1 : 10;
	return value > 0 && value <= MOST ? value : -EINVAL;
}

static size_t place_of(const char *const *names, const char *name)
{
	size_t i = 0;

	while (names[i] && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static int read_operations(struct yaml_read *in, const struct yaml *document, const char *section,
    const char *const *names, int64_t *ret)
{
	const struct yaml *map = yaml_tree_get(document, section);
	_cleanup_buffer_ struct buffer what = {0};
	int r;

	if (!map)
		return 0;
	buffer_printf(&what, "'%s'", section);
	r = yaml_want_map(in, map, names, buffer_text(&what));
	for (size_t i = 0; r == 0 && i < map->count; i++) {
		const struct yaml *value = map->items[i];
		int64_t cost = value->kind == YAML_SCALAR ? milliseconds(value->text) : -EINVAL;

		if (cost < 0)
			return yaml_fail(in, value,
			    "the cost of '%s' is milliseconds as 0.37, above 0 and at most 1000",
			    map->keys[i]->text.p);
		ret[place_of(names, map->keys[i]->text.p)] = cost;
	}
	return r;
}

static int read_costs(struct yaml_read *in, const struct yaml *document, struct cost *cost)
{
	static const char *const sections[] = {"measured", "sign", "verify", "exchange", NULL};
	int r = yaml_want_map(in, document, sections, "a file of costs");

	if (r == 0)
		r = yaml_read_text(in, document, "measured", false, &cost->measured);
	if (r == 0)
		r = read_operations(in, document, "sign", keys, cost->sign);
	if (r == 0)
		r = read_operations(in, document, "verify", keys, cost->verify);
	if (r == 0)
		r = read_operations(in, document, "exchange", groups, cost->exchange);
	if (r == 0 && !yaml_tree_get(document, "sign") && !yaml_tree_get(document, "verify") &&
	    !yaml_tree_get(document, "exchange"))
		r = yaml_fail(in, document, "a file of costs has 'sign', 'verify' or 'exchange'");
	return r;
}

int cost_load(const char *path, struct cost **ret, struct diag *d)
{
	_cleanup_cost_ struct cost *cost = memory_alloc(sizeof(*cost));
	_cleanup_yaml_ struct yaml *document = NULL;
	struct yaml_read in = {.path = path, .diag = d};
	int r = yaml_tree_load(path, &document, d);

	cost->path = memory_string(path);
	if (r == 0)
		r = read_costs(&in, document, cost);
	if (r < 0)
		return r;
	*ret = cost;
	cost = NULL;
	return 0;
}

static int64_t cost_in(const int64_t *costs, const char *const *names, const char *name)
{
	size_t place = place_of(names, name);

	return names[place] && costs[place] ? costs[place] : -1;
}

static int64_t key_cost(const struct cost *cost, const struct subject *s, bool server)
{
	_cleanup_buffer_ struct buffer name = {0};

	if (work_has_no_key(s->suite))
		return 0;
	work_key_name(s->signature ? s->signature : "", &name);
	return cost_in(server ? cost->sign : cost->verify, keys, buffer_text(&name));
}

/* The size of a finite-field group is what its cost depends on. */
static int64_t exchange_cost(const struct cost *cost, const struct subject *s)
{
	_cleanup_buffer_ struct buffer name = {0};

	if (strcmp(s->suite->kx, "rsa") == 0)
		return 0;
	if (s->group && strncmp(s->group, "dhe-", 4) == 0)
		buffer_printf(&name, "ffdhe%s", s->group + 4);
	else
		buffer_text_add(&name, s->group ? s->group : "");
	return cost_in(cost->exchange, groups, buffer_text(&name));
}

/* Whether a session is resumed without a new secret. */
static bool keeps_secret(const struct subject *s)
{
	const char *kx = s->suite->kx;

	return (s->protocol > PROTOCOL_NONE && s->protocol < PROTOCOL_TLSV1_3) ||
	       (strcmp(kx, "any") != 0 && strcmp(kx, "?") != 0);
}

struct handshake_cost cost_of(
    const struct cost *cost, const struct subject *s, int resumed, bool server)
{
	if (resumed == 1)
		return (struct handshake_cost){
		    .key = 0, .exchange = keeps_secret(s) ? 0 : exchange_cost(cost, s)};
	return (struct handshake_cost){
	    .key = key_cost(cost, s, server), .exchange = exchange_cost(cost, s)};
}
