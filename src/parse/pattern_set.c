/* SPDX-License-Identifier: ISC */
#include "parse/pattern_set.h"

#include "base/memory.h"
#include "base/thread.h"
#include "base/yaml_folder.h"
#include <errno.h>
#include <stdlib.h>

#define REASONS_FILE "reasons.yaml"

/* STARTTLS holds TLS. */
static const char *const near_miss_words[] = {"TLS", "SSL", "cipher"};

/* The place of the word in near_miss_words, which is its number too; -1 if the text holds none. */
static int near_miss_word(struct slice text)
{
	for (size_t i = 0; i < ARRAY_SIZE(near_miss_words); i++)
		if (memmem(text.p, text.n, near_miss_words[i], strlen(near_miss_words[i])))
			return (int)i;
	return -1;
}

bool speaks_of_tls(struct slice text)
{
	return near_miss_word(text) >= 0;
}

struct pattern_set *pattern_set_free(struct pattern_set *set)
{
	if (!set)
		return NULL;
	for (size_t i = 0; i < set->count; i++)
		mta_free(set->mtas[i]);
	free(set->mtas);
	reasons_free(set->reasons, set->reason_count);
	literal_set_free(set->literals);
	free(set);
	return NULL;
}

/* A file that is read, beside others. */
struct reading {
	const char *path;
	struct mta *mta; /* or NULL: it holds reasons */
	struct reason *reasons;
	size_t reason_count;
	int result;
	struct diag why;
};

struct readings {
	struct reading *p;
	size_t count;
	bool compiled; /* or notes only */
};

static int load(struct reading *file, bool compiled)
{
	int r;

	if (strcmp(yaml_file_name(file->path), REASONS_FILE) == 0)
		return reasons_load(file->path, &file->reasons, &file->reason_count, &file->why);
	r = pattern_file_load(file->path, &file->mta, &file->why);
	return r == 0 && compiled ? pattern_file_compile(file->mta, &file->why) : r;
}

static void read_one(void *context, size_t number)
{
	const struct readings *files = context;

	files->p[number].result = load(&files->p[number], files->compiled);
}

/* Plain ones come last: a header that names its program proves more than the look of a line. */
static void place_mta(struct pattern_set *set, struct mta *mta)
{
	set->mtas = memory_grow(set->mtas, set->count + 1, sizeof(struct mta *));
	set->mtas[set->count++] = mta;
	for (size_t i = set->count; mta->header != HEADER_PLAIN && i > 1; i--) {
		if (set->mtas[i - 2]->header != HEADER_PLAIN)
			break;
		set->mtas[i - 1] = set->mtas[i - 2];
		set->mtas[i - 2] = mta;
	}
}

static int add_mta(struct pattern_set *set, struct reading *file, struct diag *d)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->mtas[i]->name, file->mta->name) == 0)
			return diag_set(d, EINVAL, file->path, 1, 1,
			    "mta '%s' is already described by '%s'", file->mta->name,
			    set->mtas[i]->path);
	place_mta(set, file->mta);
	file->mta = NULL;
	return 0;
}

static int add_file(struct pattern_set *set, struct reading *file, struct diag *d)
{
	if (file->result < 0) {
		diag_move(d, &file->why);
		return file->result;
	}
	if (file->mta)
		return add_mta(set, file, d);
	reasons_free(set->reasons, set->reason_count);
	set->reasons = file->reasons;
	set->reason_count = file->reason_count;
	file->reasons = NULL;
	file->reason_count = 0;
	return 0;
}

struct literal_list {
	struct slice *texts;
	size_t count;
};

static unsigned literal_number(struct literal_list *list, struct slice text)
{
	for (size_t i = 0; i < list->count; i++)
		if (slice_equal(list->texts[i], text))
			return (unsigned)i;
	list->texts = memory_grow(list->texts, list->count + 1, sizeof(*list->texts));
	list->texts[list->count++] = text;
	/* Too many are refused when the search is made. */
	return list->count <= LITERALS_MAX ? (unsigned)list->count - 1 : 0;
}

/* The fewer literals are searched, the fewer places of a log look like one.  A line that speaks of
 * TLS is looked at in any case, so a literal that holds such a word needs no search of its own; and
 * only such lines need to be known as harmless (`ignore`).  Which literal it is, is then seen in
 * the line. */
static void number_literals(struct pattern_set *set, struct literal_list *list, struct pattern *p)
{
	for (size_t i = 0; i < p->literal_count; i++) {
		int word = near_miss_word(p->literals[i]);

		p->confirm = p->confirm || word >= 0 || p->ignore;
		if (word >= 0)
			literal_bits_set(&p->bits, (unsigned)word);
		else if (p->ignore)
			p->bits = set->near_miss;
		else
			literal_bits_set(&p->bits, literal_number(list, p->literals[i]));
	}
}

static int build_search(struct pattern_set *set, bool portable, struct diag *d)
{
	struct literal_list list = {0};

	for (size_t i = 0; i < ARRAY_SIZE(near_miss_words); i++)
		literal_bits_set(
		    &set->near_miss, literal_number(&list, slice_of(near_miss_words[i])));
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->mtas[i]->pattern_count; k++)
			number_literals(set, &list, &set->mtas[i]->patterns[k]);
	literal_set_free(set->literals);
	set->literals = literal_set_new(list.texts, list.count, portable);
	free(list.texts);
	if (!set->literals)
		return diag_set(d, E2BIG, NULL, 0, 0,
		    "the pattern files have more than %d literals", LITERALS_MAX);
	return 0;
}

bool pattern_set_hurry(struct pattern_set *set)
{
	bool all = true;

	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->mtas[i]->pattern_count; k++)
			all &= regex_hurry(set->mtas[i]->patterns[k].regex);
	return all;
}

void pattern_set_use_portable_scan(struct pattern_set *set)
{
	struct diag none = {0};

	build_search(set, true, &none);
	diag_free(&none);
}

static void readings_free(struct readings *files)
{
	for (size_t i = 0; i < files->count; i++) {
		mta_free(files->p[i].mta);
		reasons_free(files->p[i].reasons, files->p[i].reason_count);
		diag_free(&files->p[i].why);
	}
	free(files->p);
}

/* Of several files that are wrong the first is told. */
static int read_files(
    struct pattern_set *set, const struct yaml_folder *list, bool compiled, struct diag *d)
{
	struct readings files = {
	    .p = memory_array(list->count, sizeof(*files.p)),
	    .count = list->count,
	    .compiled = compiled,
	};
	int r = 0;

	for (size_t i = 0; i < list->count; i++)
		files.p[i].path = list->paths[i];
	threads_each(files.count, read_one, &files);
	for (size_t i = 0; r == 0 && i < files.count; i++)
		r = add_file(set, &files.p[i], d);
	readings_free(&files);
	return r;
}

static int read_set(
    const char *const *paths, size_t count, bool compiled, struct pattern_set **ret, struct diag *d)
{
	_cleanup_pattern_set_ struct pattern_set *set = memory_alloc(sizeof(*set));
	_cleanup_yaml_folder_ struct yaml_folder list = {0};
	int r = yaml_folder_list(paths, count, &list, d);

	if (r == 0)
		r = read_files(set, &list, compiled, d);
	if (r == 0 && set->count == 0)
		r = diag_set(
		    d, ENOENT, count ? paths[count - 1] : NULL, 0, 0, "holds no pattern file");
	if (r == 0 && compiled)
		r = build_search(set, false, d);
	if (r < 0)
		return r;
	*ret = set;
	set = NULL;
	return 0;
}

int pattern_set_read_notes(
    const char *const *paths, size_t count, struct pattern_set **ret, struct diag *d)
{
	return read_set(paths, count, false, ret, d);
}

int pattern_set_read(
    const char *const *paths, size_t count, struct pattern_set **ret, struct diag *d)
{
	return read_set(paths, count, true, ret, d);
}
