/*
 * ff ("failing fsync"): a disk that reports an I/O error when it is asked to sync.
 *
 *   FF_AT=8 LD_PRELOAD=ff.so tidings serve ...                  the 8th sync fails, the others work
 *   FF_AT=8 FF_FOREVER=1 LD_PRELOAD=ff.so tidings serve ...     so does every later one
 *
 * fsync and fdatasync are counted together, from 1, over the whole process; the failing call does not
 * reach the disk and returns EIO. Each failure is announced on stderr, so that a test can tell "the
 * fault struck and was handled" from "the fault never struck". Without FF_AT nothing fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int syncs;

static int must_fail(void)
{
	const char *setting = getenv("FF_AT");
	int fail_at = setting ? atoi(setting) : 0;
	int number = atomic_fetch_add(&syncs, 1) + 1;
	if (fail_at == 0 || number < fail_at)
		return 0;
	if (number > fail_at && !getenv("FF_FOREVER"))
		return 0;
	fprintf(stderr, "[ff] sync #%d -> EIO\n", number);
	errno = EIO;
	return 1;
}

int fsync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fsync");
	return must_fail() ? -1 : real(fd);
}

int fdatasync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fdatasync");
	return must_fail() ? -1 : real(fd);
}
