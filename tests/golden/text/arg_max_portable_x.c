/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ARG_MAX_PORTABLE_X_HOT_SECTION
#define ARG_MAX_PORTABLE_X_HOT_SECTION
#endif

struct arg_max_portable_x_arg_max_s8_portable_params {
    int32_t rows;
    int32_t columns;
};

/* arg_max: index of the first largest element of each row. Portable C. */
static ARG_MAX_PORTABLE_X_HOT_SECTION void arg_max_portable_x_arg_max_s8_portable(const struct arg_max_portable_x_arg_max_s8_portable_params *p, const int8_t *x, int32_t *y)
{
    const int8_t *in = x;
    for (int32_t row = 0; row < p->rows; row++) {
        int32_t best = 0;
        for (int32_t i = 1; i < p->columns; i++) {
            if (in[i] > in[best]) {
                best = i;
            }
        }
        y[row] = best;
        in += p->columns;
    }
}

/* 0: arg_max from LARGEST #0 'largest' in tiny.tflite
 * int8[1x12] to int32[1x1]; kernel portable, format - */
static ARG_MAX_PORTABLE_X_HOT_SECTION EG_NOINLINE void arg_max_portable_x_n00_arg_max(const int8_t *x, int32_t *y)
{
    static const struct arg_max_portable_x_arg_max_s8_portable_params p = {
        .rows = 1,
        .columns = 12,
    };
    arg_max_portable_x_arg_max_s8_portable(&p, x, y);
}

ARG_MAX_PORTABLE_X_HOT_SECTION
