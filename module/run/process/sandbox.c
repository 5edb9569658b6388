/* sandbox: see sandbox.h. */
#define _GNU_SOURCE /* syscall, O_PATH, CLONE_THREAD */
#include "run/process/sandbox.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <math.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static lead_status failed(const char *what) {
    return lead_fail(LEAD_IO, "%s: %s", what, strerror(errno));
}

/* --- files (Landlock) ------------------------------------------------------------------------- */

/* Rights that headers of Debian 12 do not know yet. */
enum { REFER = 1 << 13, TRUNCATE = 1 << 14 };

enum {
    READ_FILE = LANDLOCK_ACCESS_FS_READ_FILE,
    READ = READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    CHANGE = LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE,
    WRITE = READ | CHANGE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE,
    OF_FILES = READ_FILE | CHANGE /* rights that a rule on one file may have */
};

/* What the kernel knows rights of; 0: none. */
static int landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

/* All rights of that version are asked for by rule. */
static uint64_t handled_rights(int version) {
    return ((1u << 13) - 1) | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0);
}

/* A path that is not there needs no rule. */
static lead_status allow(int rules, int version, const char *path, uint64_t rights) {
    struct stat about;
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return LEAD_OK;
    if (fstat(file, &about) == 0 && !S_ISDIR(about.st_mode))
        rights &= OF_FILES;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled_rights(version),
                                              .parent_fd = file};
    long added = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    lead_status status = added == 0 ? LEAD_OK : failed(path);
    close(file);
    return status;
}

/* Where shared libraries are, liblead's own among them: torch and its parts are loaded late. */
static lead_status allow_libraries(int rules, int version) {
    static const char *const places[] = {"/usr",
                                         "/lib",
                                         "/lib64",
                                         "/opt",
                                         "/etc/ld.so.cache",
                                         "/etc/localtime",
                                         "/proc",
                                         "/sys",
                                         "/dev/urandom",
                                         "/dev/random",
                                         "/dev/zero",
                                         "/run/nvidia-persistenced"};
    Dl_info own;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        LEAD_TRY(allow(rules, version, places[i], READ));
    const char *slash =
        dladdr((const void *)places, &own) && own.dli_fname ? strrchr(own.dli_fname, '/') : NULL;
    if (!slash)
        return LEAD_OK;
    char folder[4096];
    int length =
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - own.dli_fname) + 1, own.dli_fname);
    return length < (int)sizeof folder ? allow(rules, version, folder, READ) : LEAD_OK;
}

/* /dev/null, and the devices of a GPU, which CUDA reads and writes. */
static lead_status allow_devices(int rules, int version) {
    glob_t found;
    LEAD_TRY(allow(rules, version, "/dev/null", OF_FILES));
    if (glob("/dev/nvidia*", 0, NULL, &found) != 0)
        return LEAD_OK;
    lead_status status = LEAD_OK;
    for (size_t i = 0; i < found.gl_pathc && status == LEAD_OK; i++)
        status = allow(rules, version, found.gl_pathv[i], READ | CHANGE);
    globfree(&found);
    return status == LEAD_OK ? allow(rules, version, "/dev/shm", WRITE) : status;
}

static lead_status add_rules(int rules, int version, const lead_sandbox *sandbox) {
    LEAD_TRY(allow_libraries(rules, version));
    LEAD_TRY(allow_devices(rules, version));
    for (int i = 0; i < sandbox->read_count; i++)
        if (sandbox->reads[i])
            LEAD_TRY(allow(rules, version, sandbox->reads[i], READ));
    return allow(rules, version, sandbox->writes, WRITE);
}

static lead_status limit_files(const lead_sandbox *sandbox) {
    int version = landlock_version();
    if (version == 0)
        return LEAD_OK;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = handled_rights(version)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0)
        return failed("Landlock");
    lead_status status = add_rules(rules, version, sandbox);
    if (status == LEAD_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        status = failed("Landlock");
    close(rules);
    return status;
}

/* --- calls (seccomp) -------------------------------------------------------------------------- */

#if defined(__x86_64__)
enum { OWN_ARCHITECTURE = (int)AUDIT_ARCH_X86_64, CALLS_MOST = 0x40000000 };
#define HAS_FILTER 1
#elif defined(__aarch64__)
enum { OWN_ARCHITECTURE = (int)AUDIT_ARCH_AARCH64, CALLS_MOST = 0x40000000 };
#define HAS_FILTER 1
#else
enum { OWN_ARCHITECTURE = 0, CALLS_MOST = 0x40000000 };
#define HAS_FILTER 0
#endif

/* Programs, processes, sockets; other processes' insides; what only an administrator does, since
 * one may run this; and what reaches files around Landlock. */
static const int refused_calls[] = {
    SYS_execve,
    SYS_execveat,
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_tkill,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_open_by_handle_at,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_setpriority,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_utimensat,
    SYS_truncate,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
    SYS_mknod,
#endif
};

enum { REFUSED = sizeof refused_calls / sizeof *refused_calls, PROGRAM_MOST = 2 * REFUSED + 32 };

typedef struct filter {
    struct sock_filter program[PROGRAM_MOST];
    unsigned short length;
} filter;

static void add(filter *self, struct sock_filter instruction) {
    self->program[self->length++] = instruction;
}

static void load(filter *self, size_t offset) {
    add(self, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void answer(filter *self, uint32_t result) {
    add(self, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

/* The next instruction is for what is loaded when it is `value`, else the one after it. */
static void when(filter *self, uint32_t value) {
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
}

/* This call only with that first argument. */
static void only_with(filter *self, int call, uint32_t argument) {
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4));
    load(self, offsetof(struct seccomp_data, args[0]));
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument, 0, 1));
    answer(self, SECCOMP_RET_ALLOW);
    answer(self, SECCOMP_RET_ERRNO | EPERM);
}

static void make_filter(filter *self) {
    *self = (filter){.length = 0};
    load(self, offsetof(struct seccomp_data, arch));
    add(self,
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)OWN_ARCHITECTURE, 1, 0));
    answer(self, SECCOMP_RET_KILL_PROCESS);
    load(self, offsetof(struct seccomp_data, nr));
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_MOST, 0, 1));
    answer(self, SECCOMP_RET_ERRNO | ENOSYS);
    for (int i = 0; i < REFUSED; i++) {
        when(self, (uint32_t)refused_calls[i]);
        answer(self, SECCOMP_RET_ERRNO | EPERM);
    }
    when(self, SYS_clone3); /* its flags are out of reach: the C library then takes clone */
    answer(self, SECCOMP_RET_ERRNO | ENOSYS);
    only_with(self, SYS_kill, (uint32_t)getpid());
    only_with(self, SYS_tgkill, (uint32_t)getpid());
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4));
    load(self, offsetof(struct seccomp_data, args[0]));
    add(self, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
    answer(self, SECCOMP_RET_ALLOW);
    answer(self, SECCOMP_RET_ERRNO | EPERM);
    answer(self, SECCOMP_RET_ALLOW);
}

static bool has_filters(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return HAS_FILTER && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static lead_status limit_calls(void) {
    filter all;
    if (!has_filters())
        return LEAD_OK;
    make_filter(&all);
    struct sock_fprog program = {.len = all.length, .filter = all.program};
    /* For the threads that libraries have begun, too. */
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
        return failed("seccomp");
    return LEAD_OK;
}

/* --- memory ----------------------------------------------------------------------------------- */

/* Bytes that programs could still take; NaN where the system does not tell. */
static double free_memory(void) {
    char line[200];
    double sum = NAN, kilobytes;
    FILE *file = fopen("/proc/meminfo", "r");
    if (!file)
        return NAN;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %lf kB", &kilobytes) == 1 ||
            sscanf(line, "SwapFree: %lf kB", &kilobytes) == 1)
            sum = (isnan(sum) ? 0 : sum) + 1024 * kilobytes;
    fclose(file);
    return sum;
}

/* What is written to counts, not addresses: libraries and GPUs reserve many more of these. */
static lead_status limit_memory(double bytes) {
    struct rlimit limit;
    if (bytes <= 0)
        bytes = fmax(0.75 * free_memory(), 1e9);
    if (isnan(bytes) || getrlimit(RLIMIT_DATA, &limit) != 0)
        return LEAD_OK;
    rlim_t wanted = (rlim_t)fmin(bytes, 9e18);
    if (limit.rlim_max != RLIM_INFINITY && wanted > limit.rlim_max)
        wanted = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = wanted;
    return setrlimit(RLIMIT_DATA, &limit) == 0 ? LEAD_OK : failed("a limit on memory");
}

/* --- all -------------------------------------------------------------------------------------- */

const char *lead_sandbox_lacks(void) {
    bool files = landlock_version() > 0, calls = has_filters();
    return files && calls ? ""
           : files        ? "seccomp (a model could start programs and open sockets)"
           : calls        ? "Landlock (a model could read and write your files)"
                          : "Landlock and seccomp (a model could do what you can)";
}

lead_status lead_sandbox_enter(const lead_sandbox *sandbox) {
    LEAD_TRY(limit_memory(sandbox->memory));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed("no new privileges");
    LEAD_TRY(limit_files(sandbox));
    return limit_calls();
}
