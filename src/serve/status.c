/*
 * One writer a number, or an addition; so nothing is locked, and a role that dies in the midst of
 * it leaves nothing locked behind. The memory is sealed against being cut off: whoever could do
 * that would end all other roles at their next look.
 */
#include "serve/status.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEALS   (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define FILLING 1ULL     /* a slot's `since` while its digest is written */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2, "shared by processes");

/* The calling thread's slot + 1; 0: none. And where it looks first for the next. */
static _Thread_local int here;
static _Thread_local unsigned hint;

static struct status *map(int fd)
{
	void *p = mmap(NULL, sizeof(struct status), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

struct status *status_make(int *ret_fd)
{
	int fd = memfd_create("cordon-status", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct status *s = NULL;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, sizeof(*s)) == 0 && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		s = map(fd);
	if (!s) {
		close(fd);
		return NULL;
	}
	atomic_store(&s->started, (int64_t)time(NULL));
	*ret_fd = fd;
	return s;
}

struct status *status_take(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &st) < 0 ||
		st.st_size != (off_t)sizeof(struct status)) {
		errno = EBADMSG;
		return NULL;
	}
	return map(fd);
}

void status_drop(struct status *s)
{
	if (s)
		munmap(s, sizeof(*s));
}

void status_time(struct status *s, uint64_t nanoseconds)
{
	unsigned i = 0;

	while (i < STATUS_BUCKETS - 1 && nanoseconds >= DELAYS_FIRST << i)
		i++;
	atomic_fetch_add_explicit(&s->bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->nanoseconds, nanoseconds, memory_order_relaxed);
}

uint64_t status_quantile(const struct status *s, double share)
{
	uint64_t n[STATUS_BUCKETS];

	for (int i = 0; i < STATUS_BUCKETS; i++)
		n[i] = atomic_load_explicit(&s->bucket[i], memory_order_relaxed);
	return delays_quantile(n, share);
}

int status_take_up(struct status *s, const struct digest *d, uint64_t now)
{
	for (unsigned n = 0; n < STATUS_SLOTS; n++) {
		unsigned i = (hint + n) % STATUS_SLOTS;
		uint64_t none = 0;

		if (!atomic_compare_exchange_strong_explicit(&s->slot[i].since, &none, FILLING,
			    memory_order_acquire, memory_order_relaxed))
			continue;
		s->slot[i].digest = *d;
		atomic_store_explicit(&s->slot[i].killer, 0, memory_order_relaxed);
		atomic_store_explicit(
			&s->slot[i].since, now > FILLING ? now : FILLING + 1, memory_order_release);
		hint = i;
		here = (int)i + 1;
		return (int)i;
	}
	return -1;
}

void status_put_down(struct status *s, int slot)
{
	if (slot < 0 || slot >= STATUS_SLOTS)
		return;
	if (here == slot + 1)
		here = 0;
	atomic_store_explicit(&s->slot[slot].since, 0, memory_order_release);
}

int status_slot_here(void)
{
	return here - 1;
}

bool status_slot_read(const struct status *s, int slot, uint64_t *ret_since, struct digest *ret)
{
	uint64_t since = atomic_load_explicit(&s->slot[slot].since, memory_order_acquire);

	if (since <= FILLING)
		return false;
	*ret = s->slot[slot].digest;
	*ret_since = since;
	return true;
}

enum status_suspicion status_suspicion(const struct status *s, const struct digest *d)
{
	uint32_t n = atomic_load_explicit(&s->suspects, memory_order_acquire);

	for (uint32_t i = 0; i < n && i < STATUS_SUSPECTS; i++)
		if (!memcmp(&s->suspect[i].digest, d, sizeof(*d)))
			return s->suspect[i].deaths > 1 ? STATUS_SPECIMEN : STATUS_SUSPECT;
	return STATUS_CLEAN;
}
