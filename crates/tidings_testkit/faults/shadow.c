/*
 * shadow: what would be on the disk after a power cut.
 *
 *   SHADOW=/path/to/folder LD_PRELOAD=shadow.so tidings serve --data DIR ...
 *
 * After each successful fsync or fdatasync of a regular file, that file is copied into $SHADOW under its
 * own base name; an unlinked file goes from there too. A test then kills the program with SIGKILL and
 * starts it again on $SHADOW instead of DIR: everything written but never synced is gone, as it would be
 * when the power fails. (SIGKILL alone loses nothing, because the kernel keeps the written pages.)
 *
 * The model is strict, and it is a model: nothing unsynced survives; each file is taken by itself, by
 * its base name, so all files must lie in one folder, and a file that is synced must be open for reading;
 * a copy is put in place whole, so torn and reordered writes do not occur; folder entries count as durable.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096

/* Where the copy of `path` lives, in `shadow` (of 2 * PATH_BYTES_MAX bytes). 0 if there is none. */
static int shadow_path(const char *path, char *shadow)
{
	const char *folder = getenv("SHADOW");
	const char *base = strrchr(path, '/');
	if (!folder || !base)
		return 0;
	snprintf(shadow, 2 * PATH_BYTES_MAX, "%s%s", folder, base);
	return 1;
}

/*
 * Copies the whole file into `to`. 1 if all of it arrived. It reads through the caller's own descriptor:
 * opening and closing the file once more would drop the POSIX locks that SQLite holds on it.
 */
static int copy(int from, int to)
{
	char buffer[1 << 16];
	off_t offset = 0;
	for (;;) {
		ssize_t count = pread(from, buffer, sizeof buffer, offset);
		if (count == 0)
			return 1;
		if (count < 0 || write(to, buffer, (size_t)count) != count)
			return 0;
		offset += count;
	}
}

static void take_copy(int fd)
{
	char link[64], path[PATH_BYTES_MAX], target[2 * PATH_BYTES_MAX];
	char part[2 * PATH_BYTES_MAX + 64];
	struct stat status;

	int is_linked_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink > 0;
	if (!is_linked_file)
		return;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return;
	path[length] = '\0';
	if (!shadow_path(path, target))
		return;
	/* Threads may sync one file at the same time, hence a partial file of their own. */
	snprintf(part, sizeof part, "%s.part%d", target, (int)gettid());

	int to = open(part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	int is_whole = to >= 0 && copy(fd, to);
	if (to >= 0)
		close(to);
	if (!is_whole || rename(part, target) != 0) {
		/* A test that went on without this copy would report losses that are none. */
		fprintf(stderr, "[shadow] could not copy %s: %s\n", path, strerror(errno));
		abort();
	}
}

static int sync_and_copy(int (*real)(int), int fd)
{
	int result = real(fd);
	if (result == 0) {
		int before = errno;
		take_copy(fd);
		errno = before;
	}
	return result;
}

int fsync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fsync");
	return sync_and_copy(real, fd);
}

int fdatasync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fdatasync");
	return sync_and_copy(real, fd);
}

int unlink(const char *path)
{
	static int (*real)(const char *);
	if (!real)
		real = dlsym(RTLD_NEXT, "unlink");
	int result = real(path);
	char shadow[2 * PATH_BYTES_MAX];
	if (result == 0 && shadow_path(path, shadow)) {
		int before = errno;
		real(shadow);
		errno = before;
	}
	return result;
}
