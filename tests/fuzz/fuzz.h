/* What the fuzzers share: the readers take paths, so each input becomes a file in memory. */
#ifndef FUZZ_H
#define FUZZ_H

#include "../scratch.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file with that ending that holds the input. */
static inline const char *fuzz_file(const uint8_t *data, size_t size, const char *ending) {
    static char path[300];
    const char *under = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
    snprintf(path, sizeof path, "%s/input%s", scratch_folder(under), ending);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    return path;
}

#endif
