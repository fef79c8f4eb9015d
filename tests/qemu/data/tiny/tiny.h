/* A hand-written model of the shape that edgegen generates: y = w2 * relu(w1 * x), int8, for tests of the harness. */
#ifndef TINY_H
#define TINY_H

#include <stdint.h>

#define TINY_INPUT_SIZE 16
#define TINY_HIDDEN_SIZE 8
#define TINY_OUTPUT_SIZE 4
#define TINY_NODES 2

struct tiny {
    int8_t arena[TINY_HIDDEN_SIZE];
    uint32_t runs; /* state: runs since the last reset, added to the last output */
};

void tiny_reset(struct tiny *net);
void tiny_run(struct tiny *net, const int8_t input[TINY_INPUT_SIZE], int8_t output[TINY_OUTPUT_SIZE]);

#endif
