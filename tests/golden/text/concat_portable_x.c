/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONCAT_PORTABLE_X_HOT_SECTION
#define CONCAT_PORTABLE_X_HOT_SECTION
#endif

struct concat_portable_x_concat_s8_portable_2_params {
    int32_t outer;
    int32_t run_0;
    int32_t run_1;
};

/* concat: a run of each operand in turn. Portable C. */
static CONCAT_PORTABLE_X_HOT_SECTION void concat_portable_x_concat_s8_portable_2(const struct concat_portable_x_concat_s8_portable_2_params *p, const int8_t *x0, const int8_t *x1, int8_t *y)
{
    int8_t *out = y;
    for (int32_t i = 0; i < p->outer; i++) {
        eg_copy_bytes(out, &x0[i * p->run_0], p->run_0);
        out += p->run_0;
        eg_copy_bytes(out, &x1[i * p->run_1], p->run_1);
        out += p->run_1;
    }
}

/* 0: concat from CONCAT #0 'concat' in tiny.tflite
 * int8[1x6x6x8], int8[1x6x6x8] to int8[1x6x6x16]; kernel portable, format - */
static CONCAT_PORTABLE_X_HOT_SECTION EG_NOINLINE void concat_portable_x_n00_concat(const int8_t *x0, const int8_t *x1, int8_t *y)
{
    static const struct concat_portable_x_concat_s8_portable_2_params p = {
        .outer = 36,
        .run_0 = 8,
        .run_1 = 8,
    };
    concat_portable_x_concat_s8_portable_2(&p, x0, x1, y);
}

CONCAT_PORTABLE_X_HOT_SECTION
