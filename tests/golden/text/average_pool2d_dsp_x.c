/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef AVERAGE_POOL2D_DSP_X_HOT_SECTION
#define AVERAGE_POOL2D_DSP_X_HOT_SECTION
#endif

/* Sums over `rows` rows of `width` positions of 8 channels, as they lie in a word: channels 0 | 2, then 1 | 3. */
static AVERAGE_POOL2D_DSP_X_HOT_SECTION EG_NOINLINE void average_pool2d_dsp_x_dsp_window_sums2(const int8_t *x, int32_t step, int32_t width, int32_t rows, int32_t row_bytes, uint32_t *sums)
{
    uint32_t even0 = 0;
    uint32_t odd0 = 0;
    uint32_t even1 = 0;
    uint32_t odd1 = 0;
    for (int32_t i = 0; i < rows; i++) {
        const int8_t *const end = &x[width * step];
        const int8_t *const next = &x[row_bytes];
        do {
            const uint32_t word0 = eg_load4(&x[0]);
            even0 = eg_add_even(even0, word0);
            odd0 = eg_add_odd(odd0, word0);
            const uint32_t word1 = eg_load4(&x[4]);
            even1 = eg_add_even(even1, word1);
            odd1 = eg_add_odd(odd1, word1);
            x += step;
        } while (x != end);
        x = next;
    }
    sums[0] = even0;
    sums[1] = odd0;
    sums[2] = even1;
    sums[3] = odd1;
}

struct average_pool2d_dsp_x_average_pool2d_s8_dsp2_params {
    int16_t in_h;
    int16_t in_w;
    int16_t channels;
    int16_t out_h;
    int16_t out_w;
    int16_t kernel_h;
    int16_t kernel_w;
    int16_t stride_h;
    int16_t stride_w;
    int16_t dilation_h;
    int16_t dilation_w;
    int16_t pad_top;
    int16_t pad_left;
    int16_t lo;
    int16_t hi;
};

/* Rounds to nearest, ties away from zero. */
static inline int8_t average_pool2d_dsp_x_average_pool2d_s8_dsp2_mean(const struct average_pool2d_dsp_x_average_pool2d_s8_dsp2_params *p, int32_t sum, int32_t taps)
{
    const int32_t half = taps / 2;
    const int32_t mean = ((sum >= 0) ? (sum + half) : (sum - half)) / taps;
    return (int8_t)eg_clamp(mean, p->lo, p->hi);
}

/* average_pool2d, 8 channels at a time in sums of 16 bits: at most 256 elements in a window. */
static AVERAGE_POOL2D_DSP_X_HOT_SECTION void average_pool2d_dsp_x_average_pool2d_s8_dsp2(const struct average_pool2d_dsp_x_average_pool2d_s8_dsp2_params *p, const int8_t *x, int8_t *y)
{
    int8_t *out = y;
    for (int32_t row = 0; row < p->out_h; row++) {
        const int32_t y0 = (row * p->stride_h) - p->pad_top;
        const int32_t top = (y0 < 0) ? 0 : y0;
        const int32_t bottom = ((y0 + p->kernel_h) > p->in_h) ? p->in_h : (y0 + p->kernel_h);
        for (int32_t column = 0; column < p->out_w; column++) {
            const int32_t x0 = (column * p->stride_w) - p->pad_left;
            const int32_t left = (x0 < 0) ? 0 : x0;
            const int32_t width = (((x0 + p->kernel_w) > p->in_w) ? p->in_w : (x0 + p->kernel_w)) - left;
            const int8_t *const corner = &x[((top * p->in_w) + left) * p->channels];
            int32_t channel = 0;
            while (channel < p->channels) {
                /* The last block ends with the last channel, so it may repeat some of the one before. */
                const int32_t c = (channel > (p->channels - 8)) ? (p->channels - 8) : channel;
                const int32_t taps = (bottom - top) * width;
                uint32_t sums[4];
                average_pool2d_dsp_x_dsp_window_sums2(&corner[c], p->channels, width, bottom - top, p->in_w * p->channels, sums);
                for (int32_t i = 0; i < 2; i++) {
                    int8_t *const to = &out[c + (4 * i)];
                    to[0] = average_pool2d_dsp_x_average_pool2d_s8_dsp2_mean(p, eg_lane0(sums[2 * i]), taps);
                    to[1] = average_pool2d_dsp_x_average_pool2d_s8_dsp2_mean(p, eg_lane0(sums[(2 * i) + 1]), taps);
                    to[2] = average_pool2d_dsp_x_average_pool2d_s8_dsp2_mean(p, eg_lane1(sums[2 * i]), taps);
                    to[3] = average_pool2d_dsp_x_average_pool2d_s8_dsp2_mean(p, eg_lane1(sums[(2 * i) + 1]), taps);
                }
                channel += 8;
            }
            out += p->channels;
        }
    }
}


/* 0: average_pool2d from AVERAGE_POOL2D #0 'average_pool2d' in tiny.tflite
 * int8[1x4x4x8] to int8[1x1x1x8]; kernel dsp, format - */
static AVERAGE_POOL2D_DSP_X_HOT_SECTION EG_NOINLINE void average_pool2d_dsp_x_n00_average_pool2d(const int8_t *x, int8_t *y)
{
    static const struct average_pool2d_dsp_x_average_pool2d_s8_dsp2_params p = {
        .in_h = 4,
        .in_w = 4,
        .channels = 8,
        .out_h = 1,
        .out_w = 1,
        .kernel_h = 4,
        .kernel_w = 4,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 0,
        .pad_left = 0,
        .lo = -128,
        .hi = 127,
    };
    average_pool2d_dsp_x_average_pool2d_s8_dsp2(&p, x, y);
}

AVERAGE_POOL2D_DSP_X_HOT_SECTION
