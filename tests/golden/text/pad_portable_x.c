/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef PAD_PORTABLE_X_HOT_SECTION
#define PAD_PORTABLE_X_HOT_SECTION
#endif

struct pad_portable_x_pad_s8_portable_params {
    int32_t before_0;
    int32_t size_0;
    int32_t total_0;
    int32_t before_1;
    int32_t size_1;
    int32_t total_1;
    int32_t before_2;
    int32_t size_2;
    int32_t total_2;
    int32_t before_3;
    int32_t size_3;
    int32_t total_3;
    int32_t value;
};

/* pad: y is filled with the value, then x's runs are copied to their places. Portable C. */
static PAD_PORTABLE_X_HOT_SECTION void pad_portable_x_pad_s8_portable(const struct pad_portable_x_pad_s8_portable_params *p, const int8_t *x, int8_t *y)
{
    const int8_t *in = x;
    eg_fill_bytes(y, p->value, p->total_0 * p->total_1 * p->total_2 * p->total_3);
    for (int32_t i = 0; i < p->size_0; i++) {
        for (int32_t j = 0; j < p->size_1; j++) {
            for (int32_t k = 0; k < p->size_2; k++) {
                const int32_t row = ((i + p->before_0) * p->total_1 + j + p->before_1) * p->total_2 + k + p->before_2;
                eg_copy_bytes(&y[row * p->total_3 + p->before_3], in, p->size_3);
                in += p->size_3;
            }
        }
    }
}

/* 0: pad from PAD #0 'pad' in tiny.tflite
 * int8[1x6x6x8] to int8[1x9x7x8]; kernel portable, format - */
static PAD_PORTABLE_X_HOT_SECTION EG_NOINLINE void pad_portable_x_n00_pad(const int8_t *x, int8_t *y)
{
    static const struct pad_portable_x_pad_s8_portable_params p = {
        .before_0 = 0,
        .size_0 = 1,
        .total_0 = 1,
        .before_1 = 0,
        .size_1 = 1,
        .total_1 = 1,
        .before_2 = 1,
        .size_2 = 6,
        .total_2 = 9,
        .before_3 = 0,
        .size_3 = 48,
        .total_3 = 56,
        .value = 3,
    };
    pad_portable_x_pad_s8_portable(&p, x, y);
}

PAD_PORTABLE_X_HOT_SECTION
