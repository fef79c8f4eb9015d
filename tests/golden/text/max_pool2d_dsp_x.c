/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MAX_POOL2D_DSP_X_HOT_SECTION
#define MAX_POOL2D_DSP_X_HOT_SECTION
#endif

struct max_pool2d_dsp_x_max_pool2d_s8_dsp2_params {
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

/* max_pool2d, 8 channels at a time; starting from lo is the lower clamp. */
static MAX_POOL2D_DSP_X_HOT_SECTION void max_pool2d_dsp_x_max_pool2d_s8_dsp2(const struct max_pool2d_dsp_x_max_pool2d_s8_dsp2_params *p, const int8_t *x, int8_t *y)
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
                const uint32_t least = (uint32_t)(uint8_t)p->lo * 0x01010101U;
                const uint32_t most = (uint32_t)(uint8_t)p->hi * 0x01010101U;
                uint32_t largest0 = least;
                uint32_t largest1 = least;
                const int8_t *line = &corner[c];
                for (int32_t i = top; i < bottom; i++) {
                    const int8_t *in = line;
                    const int8_t *const end = &line[width * p->channels];
                    do {
                        largest0 = eg_max4(largest0, eg_load4(&in[0]));
                        largest1 = eg_max4(largest1, eg_load4(&in[4]));
                        in += p->channels;
                    } while (in != end);
                    line += p->in_w * p->channels;
                }
                eg_store4(&out[c + 0], eg_min4(largest0, most));
                eg_store4(&out[c + 4], eg_min4(largest1, most));
                channel += 8;
            }
            out += p->channels;
        }
    }
}


/* 0: max_pool2d from MAX_POOL2D #0 'max_pool2d' in tiny.tflite
 * int8[1x6x6x8] to int8[1x3x3x8]; kernel dsp, format - */
static MAX_POOL2D_DSP_X_HOT_SECTION EG_NOINLINE void max_pool2d_dsp_x_n00_max_pool2d(const int8_t *x, int8_t *y)
{
    static const struct max_pool2d_dsp_x_max_pool2d_s8_dsp2_params p = {
        .in_h = 6,
        .in_w = 6,
        .channels = 8,
        .out_h = 3,
        .out_w = 3,
        .kernel_h = 3,
        .kernel_w = 3,
        .stride_h = 2,
        .stride_w = 2,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 1,
        .pad_left = 1,
        .lo = -128,
        .hi = 127,
    };
    max_pool2d_dsp_x_max_pool2d_s8_dsp2(&p, x, y);
}

MAX_POOL2D_DSP_X_HOT_SECTION
