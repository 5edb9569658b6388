/* sandbox: what a process may still do in it, act by act, each in a process of its own. */
#define _GNU_SOURCE /* syscall */
#include "run/process/sandbox.h"
#include "support.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_IS_OURS = 0 }; /* the sanitizer takes some for every thing */
#else
enum { MEMORY_IS_OURS = 1 };
#endif

static char own[600], elsewhere[600], allowed[600];

/* A path in one of these folders. */
static const char *in(const char *folder, const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int write_file(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    return file >= 0 && write(file, "x", 1) == 1 ? close(file) : -1;
}

static int read_file(const char *path) {
    int file = open(path, O_RDONLY);
    return file >= 0 ? close(file) : -1;
}

static int writes_own(void) {
    return write_file(in(own, "new"));
}
static int removes_own(void) {
    return write_file(in(own, "x")) == 0 ? unlink(in(own, "x")) : -1;
}
static int renames_own(void) {
    char from[700];
    snprintf(from, sizeof from, "%s", in(own, "part"));
    return write_file(from) == 0 ? rename(from, in(own, "whole")) : -1;
}
static int reads_allowed(void) {
    return read_file(in(allowed, "data"));
}
static int reads_library(void) {
    return read_file("/usr/lib/os-release");
}
static int writes_null(void) {
    return write_file("/dev/null");
}
static void *nothing(void *data) {
    return data;
}
static int starts_thread(void) {
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) == 0 ? pthread_join(thread, NULL) : -1;
}
static int raises(void) {
    return kill(getpid(), 0);
}
static int takes_little(void) {
    char *memory = malloc(10 << 20);
    if (memory)
        memset(memory, 1, 10 << 20);
    free(memory);
    return memory ? 0 : -1;
}

static int writes_elsewhere(void) {
    return write_file(in(elsewhere, "new"));
}
static int changes_elsewhere(void) {
    return write_file(in(elsewhere, "mine"));
}
static int truncates_elsewhere(void) {
    return truncate(in(elsewhere, "mine"), 0);
}
static int removes_elsewhere(void) {
    return unlink(in(elsewhere, "mine"));
}
static int makes_folder(void) {
    return mkdir(in(own, "folder"), 0700);
}
static int makes_link(void) {
    return symlink("/etc/passwd", in(own, "link"));
}
static int makes_hard_link(void) {
    char from[700];
    snprintf(from, sizeof from, "%s", in(elsewhere, "mine"));
    return link(from, in(own, "hard"));
}
static int moves_elsewhere(void) {
    char from[700];
    snprintf(from, sizeof from, "%s", in(own, "mine"));
    return rename(from, in(elsewhere, "moved"));
}
static int writes_allowed(void) {
    return write_file(in(allowed, "data"));
}
static int reads_passwords(void) {
    return read_file("/etc/passwd");
}
static int reads_elsewhere(void) {
    return read_file(in(elsewhere, "mine"));
}
static int changes_mode(void) {
    return chmod(in(elsewhere, "mine"), 0777);
}
static int starts_program(void) {
    return execl("/bin/true", "true", (char *)NULL);
}
static int forks(void) {
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0 ? 0 : -1;
}
static int opens_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}
static int opens_local_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM, 0);
}
static int signals_parent(void) {
    return kill(getppid(), 0);
}
static int opens_ring(void) {
    return (int)syscall(SYS_io_uring_setup, 1, NULL);
}
static int takes_much(void) {
    char *memory = malloc((size_t)1 << 30);
    if (memory)
        memset(memory, 1, (size_t)1 << 30);
    free(memory);
    return memory ? 0 : -1;
}

typedef struct act {
    const char *name;
    int (*run)(void);
    bool may;
} act;

#define ACT(name, may)                                                                             \
    { #name, name, may }

static const act acts[] = {ACT(writes_own, true),
                           ACT(removes_own, true),
                           ACT(renames_own, true),
                           ACT(reads_allowed, true),
                           ACT(reads_library, true),
                           ACT(writes_null, true),
                           ACT(starts_thread, true),
                           ACT(raises, true),
                           ACT(takes_little, true),
                           ACT(writes_elsewhere, false),
                           ACT(changes_elsewhere, false),
                           ACT(truncates_elsewhere, false),
                           ACT(removes_elsewhere, false),
                           ACT(makes_folder, false),
                           ACT(makes_link, false),
                           ACT(makes_hard_link, false),
                           ACT(moves_elsewhere, false),
                           ACT(writes_allowed, false),
                           ACT(reads_passwords, false),
                           ACT(reads_elsewhere, false),
                           ACT(changes_mode, false),
                           ACT(starts_program, false),
                           ACT(forks, false),
                           ACT(opens_socket, false),
                           ACT(opens_local_socket, false),
                           ACT(signals_parent, false),
                           ACT(opens_ring, false),
                           ACT(takes_much, !MEMORY_IS_OURS)};

/* 0: it could; 1: it could not; 2: there is no sandbox. */
static int try_inside(const act *what) {
    const char *reads[] = {allowed, NULL, "/not/there"};
    lead_sandbox sandbox = {
        .reads = reads, .read_count = 3, .writes = own, .memory = MEMORY_IS_OURS ? 400e6 : 1e15};
    pid_t child = fork();
    if (child == 0) {
        if (lead_sandbox_enter(&sandbox) != LEAD_OK)
            _exit(2);
        _exit(what->run() < 0 ? 1 : 0);
    }
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    return WEXITSTATUS(code);
}

static void in_the_sandbox(void **state) {
    (void)state;
    if (*lead_sandbox_lacks()) {
        print_message("skipped: this kernel has no %s\n", lead_sandbox_lacks());
        skip();
    }
    snprintf(own, sizeof own, "%s", test_path("own"));
    snprintf(elsewhere, sizeof elsewhere, "%s", test_path("elsewhere"));
    snprintf(allowed, sizeof allowed, "%s", test_path("allowed"));
    assert_ok(lead_directory_make(own));
    assert_ok(lead_directory_make(elsewhere));
    assert_ok(lead_directory_make(allowed));
    test_file("elsewhere/mine", "mine");
    test_file("own/mine", "mine");
    test_file("allowed/data", "data");
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (try_inside(&acts[i]) != (acts[i].may ? 0 : 1))
            fail_msg("%s: %d", acts[i].name, try_inside(&acts[i]));
    char *text;
    size_t length;
    assert_ok(lead_file_read(test_path("elsewhere/mine"), 100, &text, &length));
    assert_string_equal(text, "mine");
    free(text);
}

/* The acts are possible outside: the sandbox is what stops them. */
static void outside(void **state) {
    (void)state;
    if (*lead_sandbox_lacks())
        skip();
    static int (*const possible[])(void) = {writes_elsewhere, reads_passwords, forks,
                                            opens_socket,     changes_mode,    makes_folder,
                                            takes_much};
    for (size_t i = 0; i < sizeof possible / sizeof *possible; i++)
        assert_true(possible[i]() >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_the_sandbox), cmocka_unit_test(outside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
