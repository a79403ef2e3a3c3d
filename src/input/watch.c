/* SPDX-License-Identifier: ISC */
#include "input/watch.h"

#include "base/memory.h"
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>

struct watch {
	int fd;
};

int watch_new(struct watch **ret)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct watch *w;

	if (fd < 0)
		return -errno;
	w = memory_alloc(sizeof(*w));
	w->fd = fd;
	*ret = w;
	return 0;
}

struct watch *watch_free(struct watch *w)
{
	if (!w)
		return NULL;
	close_p(&w->fd);
	free(w);
	return NULL;
}

int watch_descriptor(const struct watch *w)
{
	return w->fd;
}

int watch_folder(struct watch *w, const char *path)
{
	int r = inotify_add_watch(w->fd, path,
	    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB |
		IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);

	return r < 0 ? -errno : 0;
}

int watch_file(struct watch *w, int descriptor)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	if (inotify_add_watch(w->fd, path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF) <
	    0)
		return -errno;
	return 0;
}

bool watch_take(struct watch *w)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool names = false;
	ssize_t n;

	while ((n = read(w->fd, events, sizeof(events))) > 0)
		for (char *p = events; p < events + n;) {
			const struct inotify_event *event = (const struct inotify_event *)p;

			names |= event->mask != IN_MODIFY;
			p += sizeof(*event) + event->len;
		}
	return names;
}
