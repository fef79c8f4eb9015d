/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MEAN_DSP_X_HOT_SECTION
#define MEAN_DSP_X_HOT_SECTION
#endif

/* Sums over `rows` rows of `width` positions of 8 channels, as they lie in a word: channels 0 | 2, then 1 | 3. */
static MEAN_DSP_X_HOT_SECTION EG_NOINLINE void mean_dsp_x_dsp_window_sums2(const int8_t *x, int32_t step, int32_t width, int32_t rows, int32_t row_bytes, uint32_t *sums)
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

struct mean_dsp_x_mean_s8_dsp2_double_params {
    int32_t multiplier;
    int32_t offset;
    int16_t channels;
    int16_t positions;
    int16_t shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
};

static inline int8_t mean_dsp_x_mean_s8_dsp2_double_one(const struct mean_dsp_x_mean_s8_dsp2_double_params *p, int32_t sum)
{
    const int32_t value = eg_requantize_double(sum - p->offset, p->multiplier, p->shift) + p->zero_point;
    return (int8_t)eg_clamp(value, p->lo, p->hi);
}

/* mean over all positions, 8 channels at a time in sums of 16 bits: at most 256 positions. */
static MEAN_DSP_X_HOT_SECTION void mean_dsp_x_mean_s8_dsp2_double(const struct mean_dsp_x_mean_s8_dsp2_double_params *p, const int8_t *x, int8_t *y)
{
    int32_t channel = 0;
    while (channel < p->channels) {
        /* The last block ends with the last channel, so it may repeat some of the one before. */
        const int32_t c = (channel > (p->channels - 8)) ? (p->channels - 8) : channel;
        uint32_t sums[4];
        mean_dsp_x_dsp_window_sums2(&x[c], p->channels, p->positions, 1, 0, sums);
        for (int32_t i = 0; i < 4; i++) {
            int8_t *const to = &y[c + (4 * (i / 2)) + (i & 1)];
            to[0] = mean_dsp_x_mean_s8_dsp2_double_one(p, eg_lane0(sums[i]));
            to[2] = mean_dsp_x_mean_s8_dsp2_double_one(p, eg_lane1(sums[i]));
        }
        channel += 8;
    }
}

/* 0: mean from MEAN #0 'mean' in tiny.tflite
 * int8[1x6x6x8] to int8[1x1x1x8]; kernel dsp, format - */
static MEAN_DSP_X_HOT_SECTION EG_NOINLINE void mean_dsp_x_n00_mean(const int8_t *x, int8_t *y)
{
    static const struct mean_dsp_x_mean_s8_dsp2_double_params p = {
        .multiplier = 1908874354,
        .offset = 108,
        .channels = 8,
        .positions = 36,
        .shift = -5,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
    };
    mean_dsp_x_mean_s8_dsp2_double(&p, x, y);
}

MEAN_DSP_X_HOT_SECTION
