/* SPDX-License-Identifier: ISC */
#include "parse/literal.h"

#include "base/memory.h"
#include "parse/window.h"
#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define HEADS 4096 /* a power of two, many times the literals: chains are short */

struct literal {
	struct slice text;
	size_t offset;	 /* of the window in the text */
	uint32_t window; /* its first three bytes */
	unsigned number;
	struct literal *next; /* in the chain of its window's hash */
};

struct literal_set {
	struct literal *literals;
	size_t count;
	/* For each byte of a window: the buckets that may have that byte there, by its
	 * value and by its halves (what a vector shuffle can look up). */
	unsigned char exact[WINDOW][256];
	unsigned char low[WINDOW][16], high[WINDOW][16];
	bool vector;
	uint64_t filter[WINDOW_HASHES / 64]; /* of windows, two bits for each, by their hashes */
	struct literal *heads[HEADS];	     /* by the hash of its first three bytes */
};

static uint32_t window_at(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
}

static size_t head_of(uint32_t window)
{
	return window * UINT32_C(2654435761) >> 20 & (HEADS - 1);
}

/* A second hash: a text that comes with every line must not pass by the chance of one. */
static inline size_t other_hash(const char *p)
{
	return slice_half_word(p) * UINT32_C(2246822519) >> 16;
}

static inline bool is_filtered(const struct literal_set *set, const char *p)
{
	size_t a = window_hash(p), b = other_hash(p);

	return set->filter[a / 64] >> (a % 64) & set->filter[b / 64] >> (b % 64) & 1;
}

static void allow(struct literal_set *set, size_t place, unsigned c, unsigned char bucket)
{
	set->exact[place][c] |= bucket;
	set->low[place][c & 15] |= bucket;
	set->high[place][c >> 4] |= bucket;
}

static void fill_bucket(struct literal_set *set, const struct literal *l, unsigned bucket)
{
	for (size_t k = 0; k < WINDOW; k++)
		for (unsigned c = 0; c < 256; c++)
			if (k >= window_length(l->text) ||
			    c == (unsigned char)l->text.p[l->offset + k])
				allow(set, k, c, (unsigned char)(1u << bucket));
}

static void pass(struct literal_set *set, size_t hash)
{
	set->filter[hash / 64] |= UINT64_C(1) << (hash % 64);
}

/* Behind a window that is shorter any byte may follow. */
static void fill_filter(struct literal_set *set, const struct literal *l)
{
	size_t n = window_length(l->text);
	unsigned more = n < WINDOW ? 256 : 1;
	char window[WINDOW] = {0};

	memcpy(window, l->text.p + l->offset, n);
	for (unsigned c = 0; c < more; c++) {
		if (n < WINDOW)
			window[n] = (char)c;
		pass(set, window_hash(window));
		pass(set, other_hash(window));
	}
}

static void fill_chains(struct literal_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct literal *l = &set->literals[i];
		struct literal **head;

		l->window = window_at(l->text.p + l->offset);
		head = &set->heads[head_of(l->window)];
		l->next = *head;
		*head = l;
	}
}

static bool have_vector(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
#else
	return false;
#endif
}

struct literal_set *literal_set_new(const struct slice *literals, size_t count, bool portable)
{
	struct literal_set *set;
	struct window *windows;

	if (count > LITERALS_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (literals[i].n < LITERAL_LENGTH_MIN)
			return NULL;
	set = memory_alloc(sizeof(*set));
	set->literals = memory_array(count, sizeof(*set->literals));
	set->count = count;
	set->vector = !portable && have_vector();
	windows = memory_array(count, sizeof(*windows));
	windows_choose(literals, count, windows);
	for (size_t i = 0; i < count; i++) {
		set->literals[i] = (struct literal){
		    .text = {memory_copy(literals[i].p, literals[i].n), literals[i].n},
		    .offset = windows[i].offset,
		    .number = (unsigned)i,
		};
		fill_bucket(set, &set->literals[i], windows[i].bucket);
		fill_filter(set, &set->literals[i]);
	}
	free(windows);
	fill_chains(set);
	return set;
}

struct literal_set *literal_set_free(struct literal_set *set)
{
	if (!set)
		return NULL;
	for (size_t i = 0; i < set->count; i++)
		free((char *)set->literals[i].text.p);
	free(set->literals);
	free(set);
	return NULL;
}

bool literal_set_is_vector(const struct literal_set *set)
{
	return set->vector;
}

/* The line that the scan is in. */
struct scan {
	const struct literal_set *set;
	const char *start, *end;     /* of the block */
	const char *line, *line_end; /* of the line with the last hit; NULL before the first */
	struct literal_bits found;
	literal_line_fn call;
	void *context;
};

static void finish_line(struct scan *s)
{
	if (s->line)
		s->call(s->context, (struct slice){s->line, (size_t)(s->line_end - s->line)},
		    &s->found);
	s->line = NULL;
}

static void hit(struct scan *s, const char *at, unsigned number)
{
	if (s->line && at >= s->line_end)
		finish_line(s);
	if (!s->line) {
		const char *before = memrchr(s->start, '\n', (size_t)(at - s->start));

		s->line = before ? before + 1 : s->start;
		s->line_end = memchr(at, '\n', (size_t)(s->end - at));
		if (!s->line_end)
			s->line_end = s->end;
		s->found = (struct literal_bits){{0}};
	}
	literal_bits_set(&s->found, number);
}

/* The bytes at p may be some literal's window: is a literal around them? */
static void verify(struct scan *s, const char *p)
{
	uint32_t window = window_at(p);

	for (const struct literal *l = s->set->heads[head_of(window)]; l; l = l->next) {
		if (l->window != window || (size_t)(p - s->start) < l->offset ||
		    (size_t)(s->end - p) < l->text.n - l->offset)
			continue;
		if (slice_equal((struct slice){p - l->offset, l->text.n}, l->text))
			hit(s, p, l->number);
	}
}

static inline bool is_window(const struct literal_set *set, const char *at)
{
	const unsigned char *p = (const unsigned char *)at;

	return set->exact[0][p[0]] & set->exact[1][p[1]] & set->exact[2][p[2]] &
		   set->exact[3][p[3]] &&
	       is_filtered(set, at);
}

#if defined(__x86_64__)
/* How many places in 32 bytes may be windows no processor foresees.  So nothing is decided by it:
 * first the places of a stretch of the text are noted, some at once whether there are as many or
 * not, then those are kept that the filter knows, then these are looked at. */
#define STRETCH 4096
#define AT_ONCE 4

/* The buckets that may have these bytes at a place of their windows, by the bytes' halves. */
__attribute__((target("avx2"))) static inline __m256i lookup(
    const struct literal_set *set, size_t place, __m256i low, __m256i high)
{
	__m256i l = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->low[place]));
	__m256i h = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->high[place]));

	return _mm256_and_si256(_mm256_shuffle_epi8(l, low), _mm256_shuffle_epi8(h, high));
}

/* What stands n places before each of `now`; `before` is the vector before it. */
#define PLACES_BEFORE(n, now, before)                                                              \
	_mm256_alignr_epi8(now, _mm256_permute2x128_si256(before, now, 0x21), 16 - (n))

/* At which of 32 bytes a window may end, a bit each; `before` goes from one vector to the next. */
__attribute__((target("avx2"))) static inline unsigned window_ends(
    const struct literal_set *set, __m256i bytes, __m256i before[WINDOW - 1])
{
	_Static_assert(WINDOW == 4, "a window has four places");
	const __m256i half = _mm256_set1_epi8(15);
	__m256i low = _mm256_and_si256(bytes, half);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
	__m256i now[WINDOW - 1] = {
	    lookup(set, 0, low, high), lookup(set, 1, low, high), lookup(set, 2, low, high)};
	__m256i found = lookup(set, 3, low, high);

	found = _mm256_and_si256(found, PLACES_BEFORE(1, now[2], before[2]));
	found = _mm256_and_si256(found, PLACES_BEFORE(2, now[1], before[1]));
	found = _mm256_and_si256(found, PLACES_BEFORE(3, now[0], before[0]));
	memcpy(before, now, sizeof(now));
	return ~(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
}

/* Notes where the bits are, as base and up; room for AT_ONCE more than there are. */
__attribute__((target("avx2,popcnt,bmi"))) static inline size_t note_bits(
    uint16_t *to, unsigned bits, size_t base)
{
	size_t count = (unsigned)__builtin_popcount(bits), i = 0;

	do {
#pragma GCC unroll 4
		for (size_t k = 0; k < AT_ONCE; k++, bits &= bits - 1)
			to[i + k] = (uint16_t)(base + _tzcnt_u32(bits));
		i += AT_ONCE;
	} while (i < count);
	return count;
}

/* 32 bytes at a time, and the windows that end there; *ret_end is where the vectors do. */
__attribute__((target("avx2,popcnt,bmi"))) static size_t scan_vector(
    struct scan *s, const char **ret_end)
{
	const struct literal_set *set = s->set;
	const __m256i newline = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
	__m256i before[WINDOW - 1] = {zero, zero, zero};
	struct {
		unsigned bits, at;
	} vector[STRETCH / 32];
	uint16_t maybe[STRETCH + AT_ONCE];
	const char *from = s->start;
	size_t lines = 0;

	while (s->end - from >= 32) {
		size_t left = (size_t)(s->end - from) & ~(size_t)31;
		size_t stretch = left < STRETCH ? left : STRETCH;
		size_t vectors = 0, maybes = 0, windows = 0;

		for (size_t i = 0; i < stretch; i += 32) {
			__m256i bytes = _mm256_loadu_si256((const __m256i *)(from + i));

			lines += (unsigned)__builtin_popcount(
			    (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, newline)));
			vector[vectors].bits = window_ends(set, bytes, before);
			vector[vectors].at = (unsigned)i;
			vectors += vector[vectors].bits != 0;
		}
		for (size_t i = 0; i < vectors; i++)
			maybes += note_bits(&maybe[maybes], vector[i].bits, vector[i].at);
		for (size_t i = 0; i < maybes; i++) {
			maybe[windows] = maybe[i];
			windows += is_filtered(set, from + maybe[i] - (WINDOW - 1));
		}
		for (size_t i = 0; i < windows; i++)
			verify(s, from + maybe[i] - (WINDOW - 1));
		from += stretch;
	}
	*ret_end = from;
	return lines;
}
#endif

/* Windows that end at `from` or behind, byte for byte, and LFs from there on. */
static size_t scan_bytes(struct scan *s, const char *from)
{
	const char *p = from - s->start < WINDOW ? s->start : from - (WINDOW - 1);
	const char *last = s->end - s->start < WINDOW ? p : s->end - (WINDOW - 1);
	size_t lines = 0;

	for (const char *counted = p; counted < from; counted++)
		lines -= *counted == '\n';
	for (; p < last; p++) {
		lines += *p == '\n';
		if (is_window(s->set, p))
			verify(s, p);
	}
	for (; p < s->end; p++) {
		lines += *p == '\n';
		if (s->end - p >= LITERAL_LENGTH_MIN)
			verify(s, p);
	}
	return lines;
}

static size_t scan_text(struct scan *s)
{
	const char *from = s->start;
	size_t lines = 0;

#if defined(__x86_64__)
	if (s->set->vector)
		lines = scan_vector(s, &from);
#endif
	lines += scan_bytes(s, from);
	finish_line(s);
	return lines;
}

size_t literal_scan(
    const struct literal_set *set, struct slice block, literal_line_fn line, void *context)
{
	struct scan s = {
	    .set = set,
	    .start = block.p,
	    .end = block.p + block.n,
	    .call = line,
	    .context = context,
	};

	return scan_text(&s);
}

struct found_line {
	struct slice line;
	struct literal_bits found;
};

static void keep_line(void *context, struct slice line, const struct literal_bits *found)
{
	const struct found_line kept = {line, *found};

	buffer_append(context, &kept, sizeof(kept));
}

void literal_lines_find(
    struct literal_lines *lines, const struct literal_set *set, struct slice block)
{
	buffer_clear(&lines->found);
	lines->newlines = literal_scan(set, block, keep_line, &lines->found);
}

void literal_lines_tell(const struct literal_lines *lines, literal_line_fn line, void *context)
{
	const struct found_line *found = (const struct found_line *)lines->found.p;

	for (size_t i = 0; i < lines->found.n / sizeof(*found); i++)
		line(context, found[i].line, &found[i].found);
}

static void keep_found(void *context, struct slice line _unused_, const struct literal_bits *found)
{
	literal_bits_add(context, found);
}

void literal_find(const struct literal_set *set, struct slice text, struct literal_bits *ret)
{
	*ret = (struct literal_bits){{0}};
	literal_scan(set, text, keep_found, ret);
}
