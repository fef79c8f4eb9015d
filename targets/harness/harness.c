/* Runs a generated model over a file of vectors. SPDX-License-Identifier: 0BSD
 *
 * Arguments: vectors, outputs, report, and with EG_HOOK nodes: four file names.
 *   vectors  all inputs of vector 0 in model order, then those of vector 1, ...; raw, as in memory
 *   outputs  all outputs of vector 0, then those of vector 1, ...
 *   report   two 32-bit numbers: vectors run, bytes of stack used at most by one run (0xFFFFFFFF: not measured)
 *   nodes    for every node of every vector: 32-bit index, 32-bit size, the node's output
 * The exit status is 0 or one of EG_H_*.
 */
#include <stddef.h>
#include <stdint.h>

#include "eg_port.h"
#include "harness_model.h"

#define EG_H_ARGUMENTS 10
#define EG_H_NO_FILE 11
#define EG_H_SHORT_VECTOR 12
#define EG_H_WRITE_FAILED 13
#define EG_H_STACK_FULL 14
#define EG_H_OPEN_FAILED 15

#define EG_H_PAINT 0xA5C35A3Cu
#define EG_H_UNMEASURED 0xFFFFFFFFu

/* The one object that is the model's own RAM; its name is looked up in the linked file. */
EG_H_NET eg_harness_net;

void eg_harness_run(void);
#ifdef EG_HOOK
void eg_hook(uint32_t index, const void *data, uint32_t size);

static int eg_h_nodes = -1;

void eg_hook(uint32_t index, const void *data, uint32_t size)
{
    uint32_t head[2];
    head[0] = index;
    head[1] = size;
    if (eg_port_write(eg_h_nodes, head, sizeof head) != (int32_t)sizeof head
        || eg_port_write(eg_h_nodes, data, size) != (int32_t)size) {
        eg_port_exit(EG_H_WRITE_FAILED);
    }
}
#endif

/* Where the stack was when the model was called. */
static uintptr_t eg_h_frame;

/* Apart, so that the profile knows by address when the model has returned: here, hence no jump in place of the call. */
__attribute__((noinline)) void eg_harness_run(void)
{
    eg_h_frame = (uintptr_t)__builtin_frame_address(0);
    EG_H_RUN(&eg_harness_net);
    __asm__ volatile("" ::: "memory");
}

/* Paints the stack from its limit up to a little below this frame; returns the end of the painted words. */
__attribute__((noinline)) static uint32_t *paint(uint32_t *limit)
{
    uint32_t *const end = (uint32_t *)__builtin_frame_address(0) - 8;
    for (volatile uint32_t *word = limit; word < end; word++) {
        *word = EG_H_PAINT;
    }
    return end;
}

static uint32_t run_and_measure(void)
{
    uint32_t *const limit = eg_port_stack_limit();
    if (limit == NULL) {
        eg_harness_run();
        return EG_H_UNMEASURED;
    }
    const uint32_t *const end = paint(limit);
    eg_harness_run();
    const volatile uint32_t *word = limit;
    while (word < end && *word == EG_H_PAINT) {
        word++;
    }
    if (word == limit) {
        eg_port_exit(EG_H_STACK_FULL);
    }
    return (uint32_t)(eg_h_frame - (uintptr_t)word);
}

/* Fills the model's inputs; 0 at the file's end. */
static int read_vector(int file)
{
    for (uint32_t i = 0; i < EG_H_INPUTS; i++) {
        const int32_t got = eg_port_read(file, eg_h_inputs[i].data, eg_h_inputs[i].size);
        if (i == 0u && got == 0) {
            return 0;
        }
        if (got != (int32_t)eg_h_inputs[i].size) {
            eg_port_exit(EG_H_SHORT_VECTOR);
        }
    }
    return 1;
}

static void write_all(int file, const void *data, uint32_t size)
{
    if (eg_port_write(file, data, size) != (int32_t)size) {
        eg_port_exit(EG_H_WRITE_FAILED);
    }
}

static int open_file(const char *name, int mode)
{
    const int file = eg_port_open(name, mode);
    if (file < 0) {
        eg_port_exit(EG_H_NO_FILE);
    }
    return file;
}

int eg_harness_main(int argc, char **argv)
{
#ifdef EG_HOOK
    if (argc != 4) {
        return EG_H_ARGUMENTS;
    }
    eg_h_nodes = open_file(argv[3], EG_PORT_WRITE);
#else
    if (argc != 3) {
        return EG_H_ARGUMENTS;
    }
#endif
    const int vectors = open_file(argv[0], EG_PORT_READ);
    const int outputs = open_file(argv[1], EG_PORT_WRITE);
    uint32_t report[2] = { 0u, 0u };
    uint32_t until_reset = 1u;

    if (EG_H_OPEN(&eg_harness_net) != 0) {
        return EG_H_OPEN_FAILED;
    }
    while (read_vector(vectors)) {
        if (--until_reset == 0u) {
            EG_H_RESET(&eg_harness_net);
            until_reset = EG_H_SEQUENCE;
        }
        const uint32_t used = run_and_measure();
        report[1] = used > report[1] ? used : report[1];
        for (uint32_t i = 0; i < EG_H_OUTPUTS; i++) {
            write_all(outputs, eg_h_outputs[i].data, eg_h_outputs[i].size);
        }
        report[0]++;
    }
    const int file = open_file(argv[2], EG_PORT_WRITE);
    write_all(file, report, sizeof report);
    eg_port_close(file);
    eg_port_close(outputs);
    eg_port_close(vectors);
#ifdef EG_HOOK
    eg_port_close(eg_h_nodes);
#endif
    return 0;
}
