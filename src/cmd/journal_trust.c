/* SPDX-License-Identifier: ISC */
#include "cmd/journal_trust.h"

#include "base/memory.h"
#include <pwd.h>
#include <stdlib.h>

struct journal_trust {
	enum config_trust trust;
	const char **units; /* borrowed names */
	size_t unit_count;
	int64_t *users;
	size_t user_count;
};

static void add_units(struct journal_trust *t, char *const *units)
{
	for (; units && *units; units++) {
		t->units = memory_grow(t->units, t->unit_count + 2, sizeof(*t->units));
		t->units[t->unit_count++] = *units;
	}
	t->units[t->unit_count] = NULL;
}

static void add_user(struct journal_trust *t, int64_t user)
{
	t->users = memory_grow(t->users, t->user_count + 1, sizeof(*t->users));
	t->users[t->user_count++] = user;
}

static void add_users(struct journal_trust *t, char *const *names)
{
	for (; names && *names; names++) {
		const struct passwd *user = getpwnam(*names);

		if (user)
			add_user(t, user->pw_uid);
	}
}

struct journal_trust *journal_trust_new(
    const struct pattern_set *patterns, char *const *units, enum config_trust trust)
{
	struct journal_trust *t = memory_alloc(sizeof(*t));

	t->trust = trust;
	t->units = memory_array(1, sizeof(*t->units));
	add_user(t, 0);
	for (size_t i = 0; i < patterns->count; i++) {
		add_units(t, patterns->mtas[i]->units);
		add_users(t, patterns->mtas[i]->users);
	}
	add_units(t, units);
	return t;
}

struct journal_trust *journal_trust_free(struct journal_trust *t)
{
	if (!t)
		return NULL;
	free(t->units);
	free(t->users);
	free(t);
	return NULL;
}

bool journal_trusts(const struct journal_trust *t, const struct journal_record *entry)
{
	if (t->trust == CONFIG_TRUST_ANY)
		return true;
	for (size_t i = 0; i < t->unit_count; i++)
		if (slice_is(entry->unit, t->units[i]))
			return true;
	for (size_t i = 0; t->trust == CONFIG_TRUST_USERS && i < t->user_count; i++)
		if (entry->uid == t->users[i])
			return true;
	return false;
}

const char *const *journal_trust_units(const struct journal_trust *t)
{
	return t->units;
}
