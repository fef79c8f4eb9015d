/* eg_move.h -- copying and filling bytes. SPDX-License-Identifier: 0BSD */
#ifndef EG_MOVE_H
#define EG_MOVE_H

#include <stdint.h>

/* count bytes from x to y, which do not overlap. */
static inline void eg_copy_bytes(int8_t *y, const int8_t *x, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        y[i] = x[i];
    }
}

static inline void eg_fill_bytes(int8_t *y, int32_t value, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        y[i] = (int8_t)value;
    }
}

#endif /* EG_MOVE_H */
