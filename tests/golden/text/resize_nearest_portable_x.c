static const uint16_t resize_nearest_portable_x_n00_resize_nearest_rows[5] EG_ALIGN(8) RESIZE_NEAREST_PORTABLE_X_WEIGHTS_SECTION = {
    0U, 0U, 1U, 1U, 2U,
};

static const uint16_t resize_nearest_portable_x_n00_resize_nearest_columns[4] EG_ALIGN(8) RESIZE_NEAREST_PORTABLE_X_WEIGHTS_SECTION = {
    0U, 1U, 1U, 2U,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef RESIZE_NEAREST_PORTABLE_X_HOT_SECTION
#define RESIZE_NEAREST_PORTABLE_X_HOT_SECTION
#endif

struct resize_nearest_portable_x_resize_nearest_s8_portable_params {
    int32_t out_h;
    int32_t out_w;
    int32_t in_w;
    int32_t channels;
};

/* resize_nearest: every output position is one position of x. Portable C. */
static RESIZE_NEAREST_PORTABLE_X_HOT_SECTION void resize_nearest_portable_x_resize_nearest_s8_portable(const struct resize_nearest_portable_x_resize_nearest_s8_portable_params *p, const uint16_t *rows, const uint16_t *columns, const int8_t *x,
    int8_t *y)
{
    int8_t *out = y;
    for (int32_t i = 0; i < p->out_h; i++) {
        const int8_t *in = &x[(int32_t)rows[i] * p->in_w * p->channels];
        for (int32_t j = 0; j < p->out_w; j++) {
            eg_copy_bytes(out, &in[(int32_t)columns[j] * p->channels], p->channels);
            out += p->channels;
        }
    }
}

/* 0: resize_nearest from RESIZE #0 'resize' in tiny.tflite
 * int8[1x6x6x8] to int8[1x5x4x8]; kernel portable, format - */
static RESIZE_NEAREST_PORTABLE_X_HOT_SECTION EG_NOINLINE void resize_nearest_portable_x_n00_resize_nearest(const int8_t *x, int8_t *y)
{
    static const struct resize_nearest_portable_x_resize_nearest_s8_portable_params p = {
        .out_h = 5,
        .out_w = 4,
        .in_w = 6,
        .channels = 8,
    };
    resize_nearest_portable_x_resize_nearest_s8_portable(&p, resize_nearest_portable_x_n00_resize_nearest_rows, resize_nearest_portable_x_n00_resize_nearest_columns, x, y);
}

RESIZE_NEAREST_PORTABLE_X_HOT_SECTION
