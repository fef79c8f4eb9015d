/* Port of the harness to a hosted system: files through stdio. SPDX-License-Identifier: 0BSD */
#include <stdio.h>
#include <stdlib.h>

#include "eg_port.h"

#define MAX_FILES 8

static FILE *files[MAX_FILES];

int eg_port_open(const char *name, int mode)
{
    for (int handle = 0; handle < MAX_FILES; handle++) {
        if (files[handle] == NULL) {
            files[handle] = fopen(name, mode == EG_PORT_WRITE ? "wb" : "rb");
            return files[handle] == NULL ? -1 : handle;
        }
    }
    return -1;
}

int32_t eg_port_read(int handle, void *data, uint32_t size)
{
    const size_t got = fread(data, 1, size, files[handle]);
    return ferror(files[handle]) ? -1 : (int32_t)got;
}

int32_t eg_port_write(int handle, const void *data, uint32_t size)
{
    return fwrite(data, 1, size, files[handle]) == size ? (int32_t)size : -1;
}

void eg_port_close(int handle)
{
    if (fclose(files[handle]) != 0) {
        exit(EXIT_FAILURE);
    }
    files[handle] = NULL;
}

uint32_t *eg_port_stack_limit(void)
{
    return NULL;
}

void eg_port_exit(int code)
{
    exit(code);
}

int main(int argc, char **argv)
{
    return eg_harness_main(argc - 1, argv + 1);
}
