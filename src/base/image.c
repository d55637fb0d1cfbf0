#include "base/image.h"

#include "base/file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* The 64 bytes before the payload, as they stand in the file. */
struct head {
	char magic[8];
	uint32_t version, reserved;
	uint64_t length;
	XXH128_canonical_t checksum;
	char zero[24];
};
_Static_assert(sizeof(struct head) == 64, "the image's head is 64 bytes");

static XXH128_canonical_t checksum_of(struct span payload)
{
	XXH128_canonical_t sum;

	XXH128_canonicalFromHash(&sum, XXH3_128bits(payload.p ? payload.p : "", payload.n));
	return sum;
}

/* What is written as zero must be: a damaged byte there is a damaged file as anywhere. */
static bool is_padding(const struct head *h)
{
	static const char zero[sizeof(h->zero)];

	return h->reserved == 0 && memcmp(h->zero, zero, sizeof(zero)) == 0;
}

static int check(const char *path, const struct image *image, const char magic[8], uint32_t version,
	struct err *err)
{
	const struct head *h = image->map;

	if (image->map_bytes < sizeof(*h) || memcmp(h->magic, magic, 8))
		return err_set(
			err, -EBADMSG, "%s: not the image it should be; make it again", path);
	if (le32toh(h->version) != version)
		return err_set(err, -EBADMSG,
			"%s: image version %u, this program reads %u; make it again", path,
			le32toh(h->version), version);
	XXH128_canonical_t sum = checksum_of(image->payload);

	if (le64toh(h->length) != image->payload.n || !is_padding(h) ||
		memcmp(&sum, &h->checksum, sizeof(sum)))
		return err_set(err, -EBADMSG, "%s: damaged (checksum); make it again", path);
	return 0;
}

int image_open(const char *path, const char magic[8], uint32_t version, struct image *ret_image,
	struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return err_sys(err, -errno, "%s", path);
	if (fstat(fd, &st) < 0 || st.st_size == 0) {
		close(fd);
		return err_set(err, -EBADMSG, "%s: empty; make it again", path);
	}
	struct image image = {.map_bytes = (size_t)st.st_size};

	image.map = mmap(NULL, image.map_bytes, PROT_READ, MAP_SHARED, fd, 0);
	int failure = errno;

	close(fd);
	if (image.map == MAP_FAILED)
		return err_sys(err, -failure, "%s", path);
	image.payload = span_skip((struct span){image.map, image.map_bytes}, sizeof(struct head));
	int rc = check(path, &image, magic, version, err);

	if (rc < 0)
		image_close(&image);
	else
		*ret_image = image;
	return rc;
}

void image_close(struct image *image)
{
	if (image->map)
		munmap(image->map, image->map_bytes);
	*image = (struct image){0};
}

int image_write_pieces(const char *path, const char magic[8], uint32_t version,
	const struct span *pieces, size_t n, struct err *err)
{
	struct head h = {.version = htole32(version)};
	struct span all[IMAGE_PIECES_MOST + 1] = {{(const char *)&h, sizeof(h)}};
	XXH3_state_t *sum = XXH3_createState();
	uint64_t length = 0;

	if (n > IMAGE_PIECES_MOST || !sum) {
		XXH3_freeState(sum);
		return err_sys(err, sum ? -EINVAL : -ENOMEM, "%s", path);
	}
	XXH3_128bits_reset(sum);
	for (size_t i = 0; i < n; i++) {
		all[i + 1] = pieces[i];
		length += pieces[i].n;
		if (pieces[i].n)
			XXH3_128bits_update(sum, pieces[i].p, pieces[i].n);
	}
	memcpy(h.magic, magic, 8);
	h.length = htole64(length);
	XXH128_canonicalFromHash(&h.checksum, XXH3_128bits_digest(sum));
	XXH3_freeState(sum);
	return file_replace(path, all, n + 1, err);
}

int image_write(const char *path, const char magic[8], uint32_t version, struct span payload,
	struct err *err)
{
	return image_write_pieces(path, magic, version, &payload, 1, err);
}
