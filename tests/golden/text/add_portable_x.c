/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ADD_PORTABLE_X_HOT_SECTION
#define ADD_PORTABLE_X_HOT_SECTION
#endif

struct add_portable_x_add_s8_portable_xx_double_params {
    int32_t count;
    int32_t b_inner;
    int32_t b_count;
    int32_t a_multiplier;
    int32_t b_multiplier;
    int32_t multiplier;
    int16_t a_zero;
    int16_t b_zero;
    int16_t a_shift;
    int16_t b_shift;
    int16_t shift;
    int16_t left_shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
};

/* add: y = clamp(requantize(a scaled + b scaled)); element i of a meets element (i / b_inner) % b_count of b. */
static ADD_PORTABLE_X_HOT_SECTION void add_portable_x_add_s8_portable_xx_double(const struct add_portable_x_add_s8_portable_xx_double_params *p, const int8_t *a, const int8_t *b, int8_t *y)
{
    int32_t j = 0;
    int32_t inner = 0;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t wide_a = eg_shift_left((int32_t)a[i] - p->a_zero, p->left_shift);
        const int32_t wide_b = eg_shift_left((int32_t)b[j] - p->b_zero, p->left_shift);
        int32_t sum = eg_requantize_double(wide_a, p->a_multiplier, p->a_shift);
        sum += eg_requantize_double(wide_b, p->b_multiplier, p->b_shift);
        sum = eg_requantize_double(sum, p->multiplier, p->shift) + p->zero_point;
        y[i] = (int8_t)eg_clamp(sum, p->lo, p->hi);
        inner++;
        if (inner == p->b_inner) {
            inner = 0;
            j = (j + 1 == p->b_count) ? 0 : (j + 1);
        }
    }
}

/* 0: add from ADD #0 'add' in tiny.tflite
 * int8[1x6x6x8], int8[1x6x6x8] to int8[1x6x6x8]; kernel portable, format - */
static ADD_PORTABLE_X_HOT_SECTION EG_NOINLINE void add_portable_x_n00_add(const int8_t *x0, const int8_t *x1, int8_t *y)
{
    static const struct add_portable_x_add_s8_portable_xx_double_params p = {
        .count = 288,
        .b_inner = 1,
        .b_count = 288,
        .a_multiplier = 1073741824,
        .b_multiplier = 1073741824,
        .multiplier = 1073741824,
        .a_zero = 3,
        .b_zero = 3,
        .a_shift = 0,
        .b_shift = 0,
        .shift = -19,
        .left_shift = 20,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
    };
    add_portable_x_add_s8_portable_xx_double(&p, x0, x1, y);
}

ADD_PORTABLE_X_HOT_SECTION
