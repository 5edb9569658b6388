/* ask: see ask.h. */
#include "cli/study/slurm/ask.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int start(const char *const *arguments, int said, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, said, STDOUT_FILENO);
    if (!error) /* posix_spawn takes the arguments as not constant, and changes none */
        error = posix_spawnp(pid, arguments[0], &actions, NULL, (char *const *)(uintptr_t)arguments,
                             environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* All that comes; what follows a NUL byte does not matter. */
static lead_status take_all(int end, char **text) {
    FILE *file = fdopen(end, "r");
    size_t room = 0;
    *text = NULL;
    if (!file) {
        close(end);
        return lead_fail(LEAD_MEMORY, "no memory for what a program says");
    }
    bool empty = getdelim(text, &room, '\0', file) < 0;
    bool failed = ferror(file);
    fclose(file);
    if (empty) {
        free(*text);
        *text = NULL;
        LEAD_TRY(lead_string_copy("", text));
    }
    return failed ? lead_fail(LEAD_IO, "what a program says cannot be read") : LEAD_OK;
}

static lead_status wait_for(pid_t pid, const char *name) {
    int code = 0;
    while (waitpid(pid, &code, 0) < 0)
        if (errno != EINTR)
            return lead_fail(LEAD_IO, "%s: %s", name, strerror(errno));
    if (WIFSIGNALED(code))
        return lead_fail(LEAD_IO, "%s was ended by signal %d", name, WTERMSIG(code));
    return WEXITSTATUS(code) == 0
               ? LEAD_OK
               : lead_fail(LEAD_IO, "%s ended with status %d", name, WEXITSTATUS(code));
}

lead_status lead_slurm_ask(const char *const *arguments, char **text) {
    int ends[2];
    pid_t pid;
    if (pipe(ends) != 0)
        return lead_fail(LEAD_IO, "a pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fflush(stdout);
    int error = start(arguments, ends[1], &pid);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return lead_fail(LEAD_UNAVAILABLE, "there is no %s here: %s", arguments[0],
                         strerror(error));
    }
    lead_status status = take_all(ends[0], text), ended = wait_for(pid, arguments[0]);
    if (status == LEAD_OK)
        status = ended;
    if (status != LEAD_OK)
        free(*text);
    return status;
}
