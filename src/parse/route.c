/* SPDX-License-Identifier: ISC */
#include "parse/route.h"

#include "base/memory.h"
#include <stdlib.h>

#define WAYS 1024      /* places, a power of two; most logs have some fifty */
#define WAYS_KEPT 512  /* then all are forgotten: strangers can make lines with any literals */
#define PLACES_TRIED 8 /* of one way */

struct way {
	struct literal_bits found;
	const struct ident *const *claims;
	uint32_t first, count; /* its steps */
	bool used;
};

struct route_map {
	const struct mta *const *mtas;
	size_t mta_count, kept;
	struct way ways[WAYS];
	struct buffer steps; /* of all ways */
};

struct route_map *route_map_new(const struct mta *const *mtas, size_t count)
{
	struct route_map *map = memory_alloc(sizeof(*map));

	map->mtas = mtas;
	map->mta_count = count;
	return map;
}

struct route_map *route_map_free(struct route_map *map)
{
	if (!map)
		return NULL;
	buffer_free(&map->steps);
	free(map);
	return NULL;
}

void route_map_forget(struct route_map *map)
{
	memset(map->ways, 0, sizeof(map->ways));
	map->kept = 0;
	buffer_clear(&map->steps);
}

static size_t first_place(const struct literal_bits *found, const struct ident *const *claims)
{
	uint64_t hash = (uint64_t)(uintptr_t)claims;

	for (size_t i = 0; i < ARRAY_SIZE(found->word); i++)
		hash = (hash ^ found->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return hash >> 32;
}

static bool is_way(
    const struct way *way, const struct literal_bits *found, const struct ident *const *claims)
{
	return way->used && way->claims == claims &&
	       memcmp(&way->found, found, sizeof(*found)) == 0;
}

static void add_steps(struct route_map *map, struct way *way, size_t mta)
{
	const struct mta *of = map->mtas[mta];
	bool known = of->header == HEADER_SYSLOG;
	const struct ident *ident = known && way->claims ? way->claims[mta] : NULL;

	if (known && !ident)
		return;
	for (size_t i = 0; i < of->pattern_count; i++) {
		struct route_step step = {&of->patterns[i], ident, mta};

		if (!literal_bits_meet(&step.pattern->bits, &way->found) ||
		    (ident && !pattern_is_from(step.pattern, ident)))
			continue;
		buffer_append(&map->steps, &step, sizeof(step));
		way->count++;
	}
}

static void find_way(struct route_map *map, struct way *way)
{
	way->used = true;
	way->first = (uint32_t)(map->steps.n / sizeof(struct route_step));
	for (size_t i = 0; i < map->mta_count; i++)
		add_steps(map, way, i);
}

/* Its place, or a free one.  Where others have all that it may be at, or there are too many, they
 * have to go. */
static struct way *place_of(
    struct route_map *map, const struct literal_bits *found, const struct ident *const *claims)
{
	size_t first = first_place(found, claims);

	for (size_t i = first; i < first + PLACES_TRIED; i++) {
		struct way *way = &map->ways[i % WAYS];

		if (is_way(way, found, claims))
			return way;
		if (!way->used && map->kept < WAYS_KEPT)
			return way;
	}
	route_map_forget(map);
	return &map->ways[first % WAYS];
}

struct route route_find(
    struct route_map *map, const struct literal_bits *found, const struct ident *const *claims)
{
	struct way *way = place_of(map, found, claims);
	const struct route_step *steps;

	if (!way->used) {
		*way = (struct way){.found = *found, .claims = claims};
		find_way(map, way);
		map->kept++;
	}
	if (!way->count)
		return (struct route){NULL, NULL};
	steps = (const struct route_step *)map->steps.p + way->first;
	return (struct route){steps, steps + way->count};
}
