/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef TRANSPOSE_PORTABLE_X_HOT_SECTION
#define TRANSPOSE_PORTABLE_X_HOT_SECTION
#endif

struct transpose_portable_x_transpose_s8_portable_params {
    int32_t size_0;
    int32_t size_1;
    int32_t size_2;
    int32_t size_3;
    int32_t step_0;
    int32_t step_1;
    int32_t step_2;
    int32_t step_3;
};

/* transpose: y in order, x by strides. Portable C. */
static TRANSPOSE_PORTABLE_X_HOT_SECTION void transpose_portable_x_transpose_s8_portable(const struct transpose_portable_x_transpose_s8_portable_params *p, const int8_t *x, int8_t *y)
{
    int8_t *out = y;
    for (int32_t i = 0; i < p->size_0; i++) {
        for (int32_t j = 0; j < p->size_1; j++) {
            for (int32_t k = 0; k < p->size_2; k++) {
                const int8_t *in = &x[i * p->step_0 + j * p->step_1 + k * p->step_2];
                for (int32_t l = 0; l < p->size_3; l++) {
                    *out++ = *in;
                    in += p->step_3;
                }
            }
        }
    }
}

/* 0: transpose from TRANSPOSE #0 'transpose' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel portable, format - */
static TRANSPOSE_PORTABLE_X_HOT_SECTION EG_NOINLINE void transpose_portable_x_n00_transpose(const int8_t *x, int8_t *y)
{
    static const struct transpose_portable_x_transpose_s8_portable_params p = {
        .size_0 = 1,
        .size_1 = 6,
        .size_2 = 6,
        .size_3 = 8,
        .step_0 = 0,
        .step_1 = 8,
        .step_2 = 48,
        .step_3 = 1,
    };
    transpose_portable_x_transpose_s8_portable(&p, x, y);
}

TRANSPOSE_PORTABLE_X_HOT_SECTION
