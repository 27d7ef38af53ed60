/* SPDX-License-Identifier: MIT */
/* machine.c - see machine.h. */
#include "machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- CPUs ---- */

/* CPUs in the affinity mask. The mask grows with the machine, and the kernel
 * refuses one that is too small for it: EINVAL. */
static double
cpus_by_affinity(void)
{
    for (int most = 1024; most <= 1 << 20; most *= 2) {
        cpu_set_t *set = CPU_ALLOC(most);
        size_t size = CPU_ALLOC_SIZE(most);
        int count = 0;
        if (set && sched_getaffinity(0, size, set) == 0)
            count = CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (count)
            return count;
    }
    return 1;
}

/* Read one line of a file; false if there is none. */
static bool
read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, size, file);
    if (file)
        fclose(file);
    return read;
}

/* The quota of one control group of version 2: "max 100000" or "150000 100000",
 * microseconds of CPU time in each period of so many. */
static double
quota_v2(const char *group)
{
    char path[PATH_MAX], line[64];
    double quota, period;
    snprintf(path, sizeof path, "%s/cpu.max", group);
    if (read_line(path, line, sizeof line) &&
        sscanf(line, "%lf %lf", &quota, &period) == 2 && period > 0)
        return quota / period;
    return INT_MAX;
}

/* The same of version 1, in two files; a quota of -1 is none. */
static double
quota_v1(const char *group)
{
    char path[PATH_MAX], line[64];
    double quota, period;
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", group);
    if (!read_line(path, line, sizeof line) ||
        sscanf(line, "%lf", &quota) != 1 || quota <= 0)
        return INT_MAX;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", group);
    if (!read_line(path, line, sizeof line) ||
        sscanf(line, "%lf", &period) != 1 || period <= 0)
        return INT_MAX;
    return quota / period;
}

/* The least quota of a group and of all around it. */
static double
least_quota(double (*quota)(const char *group), const char *root,
            const char *group)
{
    char path[PATH_MAX];
    double least = INT_MAX;
    int length = snprintf(path, sizeof path, "%s%s", root, group);
    if (length < 0 || length >= (int)sizeof path)
        return least;
    for (;;) {
        double here = quota(path);
        least = here < least ? here : least;
        char *slash = strrchr(path, '/');
        if (!slash || slash < path + strlen(root))
            return least;
        *slash = '\0';
    }
}

/* Our groups, one a line of /proc/self/cgroup: "3:cpu,cpuacct:/some/group", or
 * "0::/some/group" in version 2. */
static double
cpus_by_quota(void)
{
    char line[PATH_MAX];
    double least = INT_MAX;
    FILE *groups = fopen("/proc/self/cgroup", "re");
    while (groups && fgets(line, sizeof line, groups)) {
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        controllers++;
        bool version_2 = !controllers[0];
        char root[PATH_MAX];
        snprintf(root, sizeof root, "/sys/fs/cgroup%s%s", version_2 ? "" : "/",
                 controllers);
        double here = least_quota(version_2 ? quota_v2 : quota_v1, root, group);
        least = here < least ? here : least;
    }
    if (groups)
        fclose(groups);
    return least;
}

double
machine_cpus(void)
{
    double may = cpus_by_affinity(), quota = cpus_by_quota();
    return quota < may ? quota : may;
}

void
machine_stay_here(void)
{
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((unsigned)sched_getcpu() % CPU_SETSIZE, &here);
    sched_setaffinity(0, sizeof here, &here);
}

/* ---- Memory ---- */

struct machine_memory
machine_memory(void)
{
    struct machine_memory m = {0};
    char line[128];
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status)) {
        sscanf(line, "VmSize: %lf kB", &m.mapped);
        sscanf(line, "RssAnon: %lf kB", &m.resident);
        sscanf(line, "VmHWM: %lf kB", &m.peak);
    }
    if (status)
        fclose(status);
    return m;
}

/* ---- The network ---- */

/* To connect a datagram socket sends nothing, but asks for the way. */
int
machine_loopback(void)
{
    struct sockaddr_in self = {.sin_family = AF_INET,
                               .sin_port = htons(9),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = 0;
    if (fd < 0 || connect(fd, (struct sockaddr *)&self, sizeof self) != 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    return error;
}
