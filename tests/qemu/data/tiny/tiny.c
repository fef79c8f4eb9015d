#include "tiny.h"

#include <stddef.h>

#include "tiny_weights.h"

#ifdef EG_HOOK
void eg_hook(uint32_t index, const void *data, uint32_t size);
#define EG_NODE_DONE(index, pointer, bytes) eg_hook((index), (pointer), (uint32_t)(bytes))
#else
#define EG_NODE_DONE(index, pointer, bytes) ((void)0)
#endif

/* A kernel that both nodes share. */
__attribute__((noinline)) static void dense(const int8_t *w, const int8_t *x, int8_t *y, int32_t rows, int32_t cols,
                                            int32_t lo)
{
    for (int32_t r = 0; r < rows; r++) {
        int32_t acc = 0;
        for (int32_t c = 0; c < cols; c++) {
            acc += w[r * cols + c] * x[c];
        }
        acc = acc / 64;
        acc = acc < lo ? lo : acc > 127 ? 127 : acc;
        y[r] = (int8_t)acc;
    }
}

__attribute__((noinline)) static void tiny_n00_fully_connected(const int8_t *x, int8_t *y)
{
    dense(tiny_w1[0], x, y, TINY_HIDDEN_SIZE, TINY_INPUT_SIZE, 0);
}

__attribute__((noinline)) static void tiny_n01_fully_connected(const int8_t *x, int8_t *y)
{
    dense(tiny_w2[0], x, y, TINY_OUTPUT_SIZE, TINY_HIDDEN_SIZE, -128);
}

void tiny_reset(struct tiny *net)
{
    net->runs = 0;
}

void tiny_run(struct tiny *net, const int8_t input[TINY_INPUT_SIZE], int8_t output[TINY_OUTPUT_SIZE])
{
    tiny_n00_fully_connected(input, net->arena);
    EG_NODE_DONE(0u, net->arena, TINY_HIDDEN_SIZE);
    tiny_n01_fully_connected(net->arena, output);
    EG_NODE_DONE(1u, output, TINY_OUTPUT_SIZE);
    output[TINY_OUTPUT_SIZE - 1] = (int8_t)((output[TINY_OUTPUT_SIZE - 1] + (int32_t)net->runs) & 0x7F);
    net->runs++;
}
