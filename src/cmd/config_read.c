/* SPDX-License-Identifier: ISC */
#include "cmd/config_read.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/word.h"
#include "base/yaml_read.h"
#include "base/zone.h"
#include "store/peer_policy.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400)
#define KEPT_MAX (INT64_C(100) * 366 * DAY)

static const char *const trust_words[] = {
    [CONFIG_TRUST_UNITS] = "units", [CONFIG_TRUST_USERS] = "users", [CONFIG_TRUST_ANY] = "any"};

_Static_assert(ARRAY_SIZE(trust_words) == CONFIG_TRUST_MAX, "a word for each");

static int trust_from(struct slice word)
{
	return word_find(trust_words, CONFIG_TRUST_MAX, word);
}

/* A key that is there with nothing behind it, as a list has whose items are all comments. */
static bool is_empty(const struct yaml *node)
{
	return !node || (node->kind == YAML_SCALAR && node->plain && node->text.n == 0);
}

/* A path from the root of the file system; one that is relative would depend on who reads it. */
static int read_path(struct yaml_read *in, const struct yaml *node, const char *what, char **ret)
{
	int r = yaml_want_text(in, node, what);

	if (r < 0)
		return r;
	if (node->text.n == 0 || node->text.p[0] != '/' || memchr(node->text.p, '\0', node->text.n))
		return yaml_fail(in, node, "'%s' is an absolute path, such as %s", what,
		    strcmp(what, "store") == 0 ? MAILTLS_STATE "/mailtls.db" : "/var/log/mail.log");
	*ret = memory_copy(node->text.p, node->text.n);
	return 0;
}

static int read_store(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_path(in, node, "store", &c->store);
}

static int read_zone(struct yaml_read *in, const struct yaml *node, struct zone **ret)
{
	_cleanup_diag_ struct diag d = {0};
	int r = yaml_want_text(in, node, "timezone");

	if (r < 0)
		return r;
	if (node->text.n == 0)
		return yaml_fail(in, node, "'timezone' is a name such as Europe/Berlin or UTC");
	return zone_open(node->text.p, ret, &d) < 0 ? yaml_fail(in, node, "%s", d.text) : 0;
}

static int read_timezone(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	_cleanup_zone_ struct zone *zone = NULL;
	int r = read_zone(in, node, &zone);

	if (r == 0)
		c->timezone = memory_copy(node->text.p, node->text.n);
	return r;
}

/* Ended by NULL, also where there are none. */
static int read_folders(struct yaml_read *in, const struct yaml *node, const char *key, char ***ret)
{
	size_t count = node->kind == YAML_LIST ? node->count : !is_empty(node);

	*ret = memory_grow(*ret, count + 1, sizeof(**ret));
	memset(*ret, 0, (count + 1) * sizeof(**ret));
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = node->kind == YAML_LIST ? node->items[i] : node;
		int r = yaml_want_text(in, item, key);

		if (r == 0 && (item->text.n == 0 || item->text.p[0] != '/'))
			r = yaml_fail(in, item,
			    "'%s' is a list of folders, each an absolute path such as %s/%s", key,
			    MAILTLS_SYSCONF, key);
		if (r < 0)
			return r;
		(*ret)[i] = memory_copy(item->text.p, item->text.n);
	}
	return 0;
}

static int read_patterns(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_folders(in, node, "patterns", &c->patterns);
}

static int read_policies(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_folders(in, node, "policies", &c->policies);
}

static int read_peers(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	c->peers = node->kind == YAML_SCALAR ? peers_from(node->text) : -EINVAL;
	return c->peers >= 0 ? 0 : yaml_fail(in, node, "'peers' is off, weak or all");
}

static int read_peer_addresses(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	c->peer_addresses = node->kind == YAML_SCALAR ? peer_addresses_from(node->text) : -EINVAL;
	return c->peer_addresses >= 0
		   ? 0
		   : yaml_fail(in, node, "'peer_addresses' is full, net, hash or none");
}

/* A time as span.h reads it, within bounds that are told. */
static int read_span(struct yaml_read *in, const struct yaml *node, const char *key, int64_t least,
    int64_t most, int64_t *ret)
{
	_cleanup_diag_ struct diag d = {0};
	int r = yaml_want_text(in, node, key);
	int64_t seconds;

	if (r < 0)
		return r;
	if (span_parse(node->text.n ? node->text.p : "", &seconds, &d) < 0)
		return yaml_fail(in, node, "%s", d.text);
	if (seconds < least)
		return yaml_fail(in, node, "'%s' is %lld%s at least", key,
		    (long long)(least % DAY ? least : least / DAY), least % DAY ? "s" : "d");
	if (seconds > most)
		return yaml_fail(in, node, "'%s' is %lldd at most", key, (long long)(most / DAY));
	*ret = seconds;
	return 0;
}

static int read_poll(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_span(in, node, "poll", 1, DAY, &c->poll);
}

static int read_retention(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	static const char *const names[] = {
	    "hours", "minutes", "peers", "reasons", "imports", NULL};
	int64_t *const kept[] = {&c->retention.hours, &c->retention.minutes, &c->retention.peers,
	    &c->retention.reasons, &c->retention.imports};
	int r = is_empty(node) ? 0 : yaml_want_map(in, node, names, "'retention'");

	for (size_t i = 0; r == 0 && names[i] && node->kind == YAML_MAP; i++) {
		const struct yaml *value = yaml_tree_get(node, names[i]);

		if (!value)
			continue;
		if (value->kind == YAML_SCALAR && slice_is(value->text, "forever"))
			*kept[i] = RETENTION_FOREVER;
		else
			r = read_span(in, value, names[i], DAY, KEPT_MAX, kept[i]);
	}
	return r;
}

static int read_network(struct yaml_read *in, const struct yaml *node, struct networks *list)
{
	_cleanup_diag_ struct diag d = {0};
	struct network network;
	int r = yaml_want_text(in, node, "a network");

	if (r < 0)
		return r;
	if (network_parse(node->text, &network, &d) < 0)
		return yaml_fail(in, node, "%s", d.text);
	r = networks_add(list, &network);
	if (r == -EEXIST)
		return yaml_fail(in, node, "'%.*s' is named twice", SLICE_FMT(node->text));
	return r < 0 ? yaml_fail(in, node, "more than %d networks", NETWORKS_MAX) : 0;
}

static int read_networks(
    struct yaml_read *in, const struct yaml *node, const char *what, struct networks *list)
{
	int r = is_empty(node) ? 0 : yaml_want_list(in, node, what);

	for (size_t i = 0; r == 0 && node->kind == YAML_LIST && i < node->count; i++)
		r = read_network(in, node->items[i], list);
	return r;
}

static int read_internal(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_networks(in, node, "'internal'", &c->internal);
}

static int read_trusted_proxies(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	return read_networks(in, node, "'trusted_proxies'", &c->internal);
}

static int read_files(struct yaml_read *in, const struct yaml *node, struct config_source *source)
{
	static const char *const names[] = {"path", "host", "timezone", NULL};
	const struct yaml *zone = yaml_tree_get(node, "timezone");
	int r = yaml_want_map(in, node, names, "a source of files");

	source->kind = CONFIG_FILES;
	if (r == 0)
		r = read_path(in, yaml_tree_get(node, "path"), "path", &source->path);
	if (r == 0)
		r = yaml_read_text(in, node, "host", false, &source->host);
	if (r == 0 && source->host && !*source->host)
		r = yaml_fail(in, yaml_tree_get(node, "host"), "'host' is the name of a machine");
	if (r == 0 && zone)
		r = read_zone(in, zone, &source->zone);
	return r;
}

/* local, or a folder of journal files. */
static int read_journal_place(
    struct yaml_read *in, const struct yaml *node, struct config_source *source)
{
	bool local = node->kind == YAML_SCALAR && slice_is(node->text, "local");

	if (!local && (node->kind != YAML_SCALAR || node->text.n == 0 || node->text.p[0] != '/'))
		return yaml_fail(in, node,
		    "'journal' is local, for this machine's, or the absolute path of a folder of "
		    "journal files");
	if (!local)
		source->directory = memory_copy(node->text.p, node->text.n);
	/* The users of other machines are others. */
	source->trust = local ? CONFIG_TRUST_USERS : CONFIG_TRUST_ANY;
	return 0;
}

static int read_journal(struct yaml_read *in, const struct yaml *node, struct config_source *source)
{
	static const char *const names[] = {"journal", "namespace", "units", "trust", NULL};
	const struct yaml *trust = yaml_tree_get(node, "trust");
	int r = yaml_want_map(in, node, names, "a source that is a journal"), word;

	source->kind = CONFIG_JOURNAL;
	if (r == 0)
		r = read_journal_place(in, yaml_tree_get(node, "journal"), source);
	if (r == 0)
		r = yaml_read_text(in, node, "namespace", false, &source->namespace);
	if (r == 0 && source->namespace && (source->directory || !*source->namespace))
		r = yaml_fail(in, yaml_tree_get(node, "namespace"),
		    "'namespace' is the name of a journal of this machine, or * for all: it goes "
		    "with 'journal: local'");
	if (r == 0)
		r = yaml_read_texts(in, node, "units", &source->units);
	if (r == 0 && trust) {
		word = trust->kind == YAML_SCALAR ? trust_from(trust->text) : -EINVAL;
		if (word < 0)
			return yaml_fail(in, trust, "'trust' is units, users or any");
		source->trust = (enum config_trust)word;
	}
	return r;
}

static bool texts_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_source(const struct config_source *a, const struct config_source *b)
{
	return a->kind == b->kind && texts_equal(a->path, b->path) &&
	       texts_equal(a->directory, b->directory) && texts_equal(a->namespace, b->namespace);
}

static int read_source(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	struct config_source *source;
	int r;

	if (node->kind != YAML_MAP ||
	    !yaml_tree_get(node, "path") == !yaml_tree_get(node, "journal"))
		return yaml_fail(in, node,
		    "a source is a mapping with either 'path' (a file, or a pattern such as "
		    "/var/log/*/mail.log) or 'journal'");
	if (c->source_count == CONFIG_SOURCES_MAX)
		return yaml_fail(in, node, "more than %d sources", CONFIG_SOURCES_MAX);
	c->sources = memory_grow(c->sources, c->source_count + 1, sizeof(*c->sources));
	source = &c->sources[c->source_count++];
	*source = (struct config_source){.line = node->line, .column = node->column};
	r = yaml_tree_get(node, "path") ? read_files(in, node, source)
					: read_journal(in, node, source);
	for (size_t i = 0; r == 0 && i + 1 < c->source_count; i++)
		if (same_source(&c->sources[i], source))
			r = yaml_fail(
			    in, node, "the source of line %u is named again", c->sources[i].line);
	return r;
}

static int read_sources(struct yaml_read *in, const struct yaml *node, struct config *c)
{
	int r = is_empty(node) ? 0 : yaml_want_list(in, node, "'sources'");

	for (size_t i = 0; r == 0 && node->kind == YAML_LIST && i < node->count; i++)
		r = read_source(in, node->items[i], c);
	return r;
}

static const struct {
	const char *name;
	int (*read)(struct yaml_read *in, const struct yaml *node, struct config *c);
} keys[] = {
    {"store", read_store},
    {"timezone", read_timezone},
    {"sources", read_sources},
    {"patterns", read_patterns},
    {"policies", read_policies},
    {"peers", read_peers},
    {"peer_addresses", read_peer_addresses},
    {"retention", read_retention},
    {"internal", read_internal},
    {"trusted_proxies", read_trusted_proxies},
    {"poll", read_poll},
};

int config_read(const struct yaml *root, const char *name, struct config *c, struct diag *d)
{
	struct yaml_read in = {name, d};
	const char *names[ARRAY_SIZE(keys) + 1] = {NULL};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		names[i] = keys[i].name;
	r = yaml_want_map(&in, root, names, "the configuration");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(keys); i++) {
		const struct yaml *node = yaml_tree_get(root, keys[i].name);

		if (node)
			r = keys[i].read(&in, node, c);
	}
	return r;
}
