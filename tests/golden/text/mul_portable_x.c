/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MUL_PORTABLE_X_HOT_SECTION
#define MUL_PORTABLE_X_HOT_SECTION
#endif

struct mul_portable_x_mul_s8_portable_xx_double_params {
    int32_t count;
    int32_t b_inner;
    int32_t b_count;
    int32_t multiplier;
    int16_t a_zero;
    int16_t b_zero;
    int16_t shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
};

/* mul: y = clamp(requantize((a - a_zero) * (b - b_zero))); a's element i meets b's element (i / b_inner) % b_count. */
static MUL_PORTABLE_X_HOT_SECTION void mul_portable_x_mul_s8_portable_xx_double(const struct mul_portable_x_mul_s8_portable_xx_double_params *p, const int8_t *a, const int8_t *b, int8_t *y)
{
    int32_t j = 0;
    int32_t inner = 0;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t product = ((int32_t)a[i] - p->a_zero) * ((int32_t)b[j] - p->b_zero);
        const int32_t value = eg_requantize_double(product, p->multiplier, p->shift) + p->zero_point;
        y[i] = (int8_t)eg_clamp(value, p->lo, p->hi);
        inner++;
        if (inner == p->b_inner) {
            inner = 0;
            j = (j + 1 == p->b_count) ? 0 : (j + 1);
        }
    }
}

/* 0: mul from MUL #0 'mul' in tiny.tflite
 * int8[1x6x6x8], int8[1x6x6x8] to int8[1x6x6x8]; kernel portable, format - */
static MUL_PORTABLE_X_HOT_SECTION EG_NOINLINE void mul_portable_x_n00_mul(const int8_t *x0, const int8_t *x1, int8_t *y)
{
    static const struct mul_portable_x_mul_s8_portable_xx_double_params p = {
        .count = 288,
        .b_inner = 1,
        .b_count = 288,
        .multiplier = 1374389535,
        .a_zero = 3,
        .b_zero = -5,
        .shift = -5,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
    };
    mul_portable_x_mul_s8_portable_xx_double(&p, x0, x1, y);
}

MUL_PORTABLE_X_HOT_SECTION
