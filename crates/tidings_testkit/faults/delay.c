/*
 * delay: a disk whose sync is slow.
 *
 *   SYNC_DELAY_MS=200 LD_PRELOAD=delay.so tidings serve ...
 *
 * Every fsync and fdatasync takes SYNC_DELAY_MS longer than the real one. An answer that promises
 * durability must then come that much later; one that comes at once was sent before the sync.
 *
 * LD_PRELOAD reaches dynamically linked programs only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void)
{
	const char *delay_ms = getenv("SYNC_DELAY_MS");
	if (delay_ms)
		usleep(1000u * (useconds_t)atoi(delay_ms));
}

int fsync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fsync");
	int result = real(fd);
	wait_longer();
	return result;
}

int fdatasync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fdatasync");
	int result = real(fd);
	wait_longer();
	return result;
}
