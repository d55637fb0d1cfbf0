/*
 * Third-party data for the suites: archives of a shared folder, each unpacked once into the build
 * folder. Where the shared folder is, says the environment's CORDON_SHARED, else
 * CORDON_SHARED_USUAL; where to unpack to, CORDON_UNPACKED (these two are set by Meson).
 */
#ifndef CORDON_TESTS_SUITE_DATA_H
#define CORDON_TESTS_SUITE_DATA_H

#include "base/span.h"

/*
 * Unpacks ARCHIVE.tar.xz, such as "suites/mimekit", and gives the folder it holds, a static string
 * until the next call. When it is not there the test says so and ends with exit code 77: skipped.
 */
const char *data_unpack(const char *archive);

/* The same where the folder inside the archive has a name of its own. */
const char *data_unpack_as(const char *archive, const char *inside);

/* The path of a file that is not packed, such as "net/feeds/drop.txt", a static string until the
 * next call. Skips as data_unpack() does. */
const char *data_file(const char *file);

/* A whole file, NUL-terminated behind its end, to be freed; {NULL, 0} when it cannot be read. */
struct span data_read(const char *path);

#endif
