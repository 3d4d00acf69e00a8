/* Makes one call fail: the N-th write, pwrite, fsync, fdatasync or ftruncate on a file below a folder. Preloaded
 * by `storage fail-io`. From the environment:
 *   FAIL_IO_UNDER   the folder
 *   FAIL_IO_AT      N, from 1
 *   FAIL_IO_ERRNO   what it answers
 *   FAIL_IO_EVER    1: every call after it fails too
 *   FAIL_IO_COUNT   file outside the folder for the number of calls, written at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

/* 1 when this call has to fail. Our programs use one thread. */
static int fails(int fd) {
    const char *under = getenv("FAIL_IO_UNDER");
    char link[64], path[4096];
    if (!under) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, under, strlen(under)) != 0) return 0;
    calls++;
    long at = number("FAIL_IO_AT");
    if (calls == at || (calls > at && number("FAIL_IO_EVER"))) {
        errno = (int)number("FAIL_IO_ERRNO");
        return 1;
    }
    return 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) { return fails(fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails(fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
int fsync(int fd) { return fails(fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails(fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { return fails(fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails(fd) ? -1 : REAL(ftruncate64)(fd, size); }

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAIL_IO_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", calls);
        fclose(file);
    }
}
