/* Preloaded into a test's program: counts writes, syncs and truncations below one folder; lets the n-th fail, kills the
   program there, or records them all. Shared memory (-shm) is left alone: SQLite builds it anew. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[1024];
static long counted, chosen;
static int failure, lasting, recording = -1;

/* Below `in`, let the n-th operation fail with `error` (0: end the program there), and all later ones if `stays`. */
void fault_at(const char *in, long n, int error, int stays) {
    snprintf(folder, sizeof folder, "%s", in);
    counted = 0, chosen = n, failure = error, lasting = stays;
}

/* Record every operation to this descriptor: kind, length of the path, offset, length of the data; path; data. */
void fault_record(const char *in, int descriptor) {
    fault_at(in, 0, 0, 0);
    recording = descriptor;
}

long fault_count(void) { return counted; }

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int is_ours(int descriptor, char *path, size_t room) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = folder[0] ? readlink(link, path, room - 1) : -1;
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0 && (length < 4 || strcmp(path + length - 4, "-shm") != 0);
}

/* Return whether the operation fails. */
static int meets(int descriptor, char kind, const void *data, uint64_t size, int64_t offset) {
    char path[4096];
    if (!is_ours(descriptor, path, sizeof path)) return 0;
    if (recording >= 0) {
        ssize_t (*put)(int, const void *, size_t) = real("write");
        if (offset < 0) offset = lseek(descriptor, 0, SEEK_CUR);
        uint64_t head[4] = {(uint64_t)kind, strlen(path), (uint64_t)offset, data ? size : 0};
        uint64_t length = data ? 0 : size;
        put(recording, head, sizeof head);
        put(recording, &length, sizeof length);
        put(recording, path, strlen(path));
        if (data) put(recording, data, size);
    }
    counted++;
    if (!chosen || counted < chosen || (counted > chosen && !lasting)) return 0;
    if (!failure) kill(getpid(), SIGKILL);
    errno = failure;
    return 1;
}

#define WRITES(name, type) \
    ssize_t name(int d, const void *data, size_t size, type offset) { \
        ssize_t (*next)(int, const void *, size_t, type) = real(#name); \
        return meets(d, 'w', data, size, offset) ? -1 : next(d, data, size, offset); \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int d, const void *data, size_t size) {
    ssize_t (*next)(int, const void *, size_t) = real("write");
    return meets(d, 'w', data, size, -1) ? -1 : next(d, data, size);
}

#define SYNCS(name) \
    int name(int d) { \
        int (*next)(int) = real(#name); \
        return meets(d, 's', 0, 0, 0) ? -1 : next(d); \
    }
SYNCS(fsync)
SYNCS(fdatasync)

#define CUTS(name, type) \
    int name(int d, type size) { \
        int (*next)(int, type) = real(#name); \
        return meets(d, 't', 0, size, 0) ? -1 : next(d, size); \
    }
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)
