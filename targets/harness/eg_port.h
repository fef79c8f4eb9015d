/* What the test harness asks of a port: files by name, memory for the stack, and an end. SPDX-License-Identifier: 0BSD
 *
 * A port is a folder with the start-up code, a linker script link.ld where the system has none, and these functions.
 * They may not call the model, and must not need the C library: what the model pulls in is then the model's own.
 */
#ifndef EG_PORT_H
#define EG_PORT_H

#include <stdint.h>

#define EG_PORT_READ 0
#define EG_PORT_WRITE 1

/* Opens a file, EG_PORT_WRITE empties it first. Returns a handle, or -1. */
int eg_port_open(const char *name, int mode);

/* Read or write at the file's position. Return the bytes moved, fewer at the file's end, -1 on an error. */
int32_t eg_port_read(int handle, void *data, uint32_t size);
int32_t eg_port_write(int handle, const void *data, uint32_t size);

void eg_port_close(int handle);

/* Lowest word of the stack, which grows down towards it; a null pointer where the stack is not ours to measure. */
uint32_t *eg_port_stack_limit(void);

/* Ends the program: the emulator's exit status is `code`. */
void eg_port_exit(int code) __attribute__((noreturn));

/* The harness. Ports call it with the program's arguments, without the program's name. */
int eg_harness_main(int argc, char **argv);

#endif
