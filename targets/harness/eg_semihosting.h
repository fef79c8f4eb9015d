/* The harness's port over Arm semihosting, which RISC-V shares. SPDX-License-Identifier: 0BSD
 *
 * Included by exactly one source of a port, after it has defined
 *   static int32_t eg_semihost(uint32_t operation, volatile void *argument);
 * Operations and their parameter blocks are those of "Semihosting for AArch32 and AArch64", release 2.0.
 */
#ifndef EG_SEMIHOSTING_H
#define EG_SEMIHOSTING_H

#include <stdint.h>

#include "eg_port.h"

#define SYS_OPEN 0x01u
#define SYS_CLOSE 0x02u
#define SYS_WRITE 0x05u
#define SYS_READ 0x06u
#define SYS_GET_CMDLINE 0x15u
#define SYS_EXIT_EXTENDED 0x20u

#define OPEN_READ_BINARY 1u
#define OPEN_WRITE_BINARY 5u
#define APPLICATION_EXIT 0x20026u

#define COMMAND_BYTES 256u
#define MAX_ARGUMENTS 8

void eg_semihosting_main(void) __attribute__((noreturn));

static uint32_t address_of(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

int eg_port_open(const char *name, int mode)
{
    uint32_t length = 0;
    while (name[length] != '\0') {
        length++;
    }
    volatile uint32_t block[3];
    block[0] = address_of(name);
    block[1] = mode == EG_PORT_WRITE ? OPEN_WRITE_BINARY : OPEN_READ_BINARY;
    block[2] = length;
    return (int)eg_semihost(SYS_OPEN, block);
}

/* Both calls return how many bytes they did not move. */
static int32_t moved(uint32_t operation, int handle, uint32_t address, uint32_t size)
{
    volatile uint32_t block[3];
    block[0] = (uint32_t)handle;
    block[1] = address;
    block[2] = size;
    const int32_t left = eg_semihost(operation, block);
    return left < 0 || (uint32_t)left > size ? -1 : (int32_t)(size - (uint32_t)left);
}

int32_t eg_port_read(int handle, void *data, uint32_t size)
{
    return moved(SYS_READ, handle, address_of(data), size);
}

int32_t eg_port_write(int handle, const void *data, uint32_t size)
{
    return moved(SYS_WRITE, handle, address_of(data), size);
}

void eg_port_close(int handle)
{
    volatile uint32_t block[1];
    block[0] = (uint32_t)handle;
    (void)eg_semihost(SYS_CLOSE, block);
}

void eg_port_exit(int code)
{
    volatile uint32_t block[2];
    block[0] = APPLICATION_EXIT;
    block[1] = (uint32_t)code;
    for (;;) {
        (void)eg_semihost(SYS_EXIT_EXTENDED, block);
    }
}

/* Splits the command line at spaces: the file names that edgegen gives have none. */
void eg_semihosting_main(void)
{
    static char command[COMMAND_BYTES];
    static char *argv[MAX_ARGUMENTS];
    volatile uint32_t block[2];
    int argc = 0;

    block[0] = address_of(command);
    block[1] = COMMAND_BYTES;
    if (eg_semihost(SYS_GET_CMDLINE, block) == 0) {
        char previous = ' ';
        for (char *c = command; *c != '\0'; c++) {
            const char now = *c;
            if (now == ' ') {
                *c = '\0';
            } else if (previous == ' ' && argc < MAX_ARGUMENTS) {
                argv[argc++] = c;
            }
            previous = now;
        }
    }
    eg_port_exit(eg_harness_main(argc, argv));
}

#endif
