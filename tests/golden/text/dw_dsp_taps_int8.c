static const int32_t dw_dsp_taps_int8_n00_depthwise_conv2d_weights[72] EG_ALIGN(8) DW_DSP_TAPS_INT8_WEIGHTS_SECTION = {
    86272, -61184, -100096, -51712, -1073678080, -805305600, 1577074944, -335514880,
    1358963968, -721416960, -201288192, 1241548800, -2046789120, 1073783552, -1878990336, -939464960,
    973094912, -1459587584, -754935808, 2013280512, 60672, 7936, 62720, 18176,
    68719477, 3586, -2, 75591424, 3588, -8, 82463372, 3587,
    -6, 89335320, 3588, -8, -22272, 80384, -12544, -104704,
    -973043456, 1409328384, -1040166400, -385846784, -1610588928, -838844160, -1610590720, -201324032,
    26368, -67062784, -1644166912, 2063647488, -335492352, 67111680, -889164800, -1644116224,
    56576, 7424, 17920, 27136, 96207267, 3588, -8, 103079215,
    3587, -6, 109951163, 3587, -6, 116823110, 3588, -8,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef DW_DSP_TAPS_INT8_HOT_SECTION
#define DW_DSP_TAPS_INT8_HOT_SECTION
#endif

struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_params {
    int16_t in_h;
    int16_t in_w;
    int16_t channels;
    int16_t out_h;
    int16_t out_w;
    int16_t group;
    int16_t record;
    int16_t kernel_h;
    int16_t kernel_w;
    int16_t stride_h;
    int16_t stride_w;
    int16_t dilation_h;
    int16_t dilation_w;
    int16_t pad_top;
    int16_t pad_left;
    int16_t taps;
    int16_t pad_words;
    int8_t pad_value;
};

/* What one output position of dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10 works on: read by assembly, the order of the fields matters. */
struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_position {
    const int8_t *const *taps_end; /* of the taps' pointers */
    int32_t last;                  /* first channel of the last block of four */
};

/* One output position, four channels at a time, the last block overlapping the one before. taps: an even number of
 * pointers to channel 0. weights, per block: four biases, two taps of four channels as words times 2^8, then
 * multiplier, constant, third of each channel. */
#if EG_HAS_DSP
static DW_DSP_TAPS_INT8_HOT_SECTION EG_NAKED void dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_tile(EG_UNUSED const int8_t *const *taps, EG_UNUSED const int32_t *weights,
    EG_UNUSED int8_t *y, EG_UNUSED const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_position *position)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "sub sp, sp, #12\n\t"
        "ldm r3, {r4, r5}\n\t"
        "mov lr, r4\n\t"
        "mov r12, r1\n\t"
        "str r0, [sp]\n\t"
        "strd r2, r5, [sp, #4]\n\t"
        "movs r1, #0\n\t"
        "1:\n\t"
        "ldm r12!, {r8-r11}\n\t"
        "ldr r0, [sp]\n\t"
        "sub r2, lr, r0\n\t"
        "tst r2, #8\n\t"
        "bne 3f\n\t"
        "2:\n\t"
        "ldm r0!, {r2, r3}\n\t"
        "ldr r2, [r2, r1]\n\t"
        "ldr r3, [r3, r1]\n\t"
        "pkhbt r4, r2, r3, lsl #16\n\t"
        "pkhtb r5, r3, r2, asr #16\n\t"
        "sxtb16 r2, r4\n\t"
        "sxtb16 r3, r4, ror #8\n\t"
        "sxtb16 r4, r5\n\t"
        "sxtb16 r5, r5, ror #8\n\t"
        "ldm r12!, {r6, r7}\n\t"
        "smlad r8, r2, r6, r8\n\t"
        "smlad r9, r3, r7, r9\n\t"
        "ldm r12!, {r6, r7}\n\t"
        "smlad r10, r4, r6, r10\n\t"
        "smlad r11, r5, r7, r11\n\t"
        "3:\n\t"
        "ldm r0!, {r2, r3}\n\t"
        "ldr r2, [r2, r1]\n\t"
        "ldr r3, [r3, r1]\n\t"
        "pkhbt r4, r2, r3, lsl #16\n\t"
        "pkhtb r5, r3, r2, asr #16\n\t"
        "sxtb16 r2, r4\n\t"
        "sxtb16 r3, r4, ror #8\n\t"
        "sxtb16 r4, r5\n\t"
        "sxtb16 r5, r5, ror #8\n\t"
        "ldm r12!, {r6, r7}\n\t"
        "smlad r8, r2, r6, r8\n\t"
        "smlad r9, r3, r7, r9\n\t"
        "ldm r12!, {r6, r7}\n\t"
        "smlad r10, r4, r6, r10\n\t"
        "smlad r11, r5, r7, r11\n\t"
        "cmp r0, lr\n\t"
        "bne 2b\n\t"
        "ldr r6, [sp, #4]\n\t"
        "add r6, r6, r1\n\t"
        "ldm r12!, {r2, r3, r4}\n\t"
        "and r5, r4, r8, asr #31\n\t"
        "smmla r8, r8, r2, r3\n\t"
        "add r8, r5\n\t"
        "ssat r8, #8, r8, asr #10\n\t"
        "strb r8, [r6, #0]\n\t"
        "ldm r12!, {r2, r3, r4}\n\t"
        "and r5, r4, r9, asr #31\n\t"
        "smmla r9, r9, r2, r3\n\t"
        "add r9, r5\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "strb r9, [r6, #1]\n\t"
        "ldm r12!, {r2, r3, r4}\n\t"
        "and r5, r4, r10, asr #31\n\t"
        "smmla r10, r10, r2, r3\n\t"
        "add r10, r5\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "strb r10, [r6, #2]\n\t"
        "ldm r12!, {r2, r3, r4}\n\t"
        "and r5, r4, r11, asr #31\n\t"
        "smmla r11, r11, r2, r3\n\t"
        "add r11, r5\n\t"
        "ssat r11, #8, r11, asr #10\n\t"
        "strb r11, [r6, #3]\n\t"
        "ldr r2, [sp, #8]\n\t"
        "cmp r1, r2\n\t"
        "beq 4f\n\t"
        "adds r1, r1, #4\n\t"
        "cmp r1, r2\n\t"
        "ble 1b\n\t"
        "mov r1, r2\n\t"
        "b 1b\n\t"
        "4:\n\t"
        "add sp, sp, #12\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static inline int8_t dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_requantize(int32_t acc, const int32_t *r)
{
    int32_t value = eg_smmla(acc, r[0], r[1]);
    value += (acc < 0) ? r[2] : 0;
    value >>= 10;
    return eg_saturate8(value, -128, 127);
}

static DW_DSP_TAPS_INT8_HOT_SECTION void dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_tile(const int8_t *const *taps, const int32_t *weights, int8_t *y,
    const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_position *position)
{
    const int32_t *w = weights;
    for (int32_t next = 0; next < (position->last + 4); next += 4) {
        const int32_t channel = (next < position->last) ? next : position->last;
        int32_t acc[4];
        for (int32_t i = 0; i < 4; i++) {
            acc[i] = *w++;
        }
        for (const int8_t *const *tap = taps; tap != position->taps_end; tap += 2) {
            for (int32_t i = 0; i < 4; i++) {
                acc[i] = eg_smlad(eg_pack16(tap[0][channel + i], tap[1][channel + i]), (uint32_t)*w++, acc[i]);
            }
        }
        for (int32_t i = 0; i < 4; i++) {
            y[channel + i] = dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_requantize(acc[i], w);
            w += 3;
        }
    }
}
#endif

/* depthwise_conv2d with any window, p->group channels from `channel` on: a list of the taps' addresses per output position, padding
 * at a row of its value. weights: of these channels. work: an even number of addresses, then the padding. */
static DW_DSP_TAPS_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10(
    const void *params, const int32_t *weights, const int8_t *x, int8_t *y, void *work, int32_t channel)
{
    const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_params *const p = (const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_params *)params;
    /* A group with fewer than four channels starts early enough to have four. */
    const int32_t base = (channel > (p->channels - 4)) ? (p->channels - 4) : channel;
    const int32_t wanted = (p->group < (p->channels - base)) ? p->group : (p->channels - base);
    const int8_t *const in = &x[base];
    const int8_t **const taps = (const int8_t **)work;
    const int32_t count = p->taps + (p->taps & 1);
    int8_t *const padding = (int8_t *)&taps[count];
    const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_position position = { &taps[count], wanted - 4 };
    int8_t *out = &y[base];
    for (int32_t i = 0; i < p->pad_words; i++) {
        eg_store_word(&padding[4 * i], (uint32_t)(uint8_t)p->pad_value * 0x01010101U);
    }
    taps[count - 1] = padding;
    for (int32_t row = 0; row < p->out_h; row++) {
        for (int32_t column = 0; column < p->out_w; column++) {
            const int8_t **tap = taps;
            const int32_t first = (column * p->stride_w) - p->pad_left;
            int32_t at_y = (row * p->stride_h) - p->pad_top;
            for (int32_t i = 0; i < p->kernel_h; i++) {
                const int32_t width = ((at_y >= 0) && (at_y < p->in_h)) ? p->in_w : 0;
                const int8_t *const line = (width != 0) ? &in[at_y * width * p->channels] : padding;
                int32_t at_x = first;
                for (int32_t j = 0; j < p->kernel_w; j++) {
                    *tap++ = ((uint32_t)at_x < (uint32_t)width) ? &line[at_x * p->channels] : padding;
                    at_x += p->dilation_w;
                }
                at_y += p->dilation_h;
            }
            dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_tile(taps, weights, out, &position);
            out += p->channels;
        }
    }
}

struct dw_dsp_taps_int8_depthwise_conv2d_s8_dsp_blocks_int8_params {
    eg_channels block;
    int16_t channels;
    int16_t group;
    int16_t words;
};

/* depthwise_conv2d, some channels at a time. */
static DW_DSP_TAPS_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_taps_int8_depthwise_conv2d_s8_dsp_blocks_int8(const struct dw_dsp_taps_int8_depthwise_conv2d_s8_dsp_blocks_int8_params *p, const void *q, const int32_t *weights, const int8_t *x, int8_t *y,
    void *work)
{
    for (int32_t channel = 0; channel < p->channels; channel += p->group) {
        p->block(q, &weights[(channel / 4) * p->words], x, y, work, channel);
    }
}

/* 0: depthwise_conv2d from DEPTHWISE_CONV_2D #1 'depthwise' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_taps, format int8 */
static DW_DSP_TAPS_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_taps_int8_n00_depthwise_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct dw_dsp_taps_int8_depthwise_conv2d_s8_dsp_blocks_int8_params p = {
        .block = dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10,
        .channels = 8,
        .group = 8,
        .words = 36,
    };
    static const struct dw_dsp_taps_int8_dsp_depthwise_taps_bias_tie_r10_params q = {
        .in_h = 6,
        .in_w = 6,
        .channels = 8,
        .out_h = 6,
        .out_w = 6,
        .group = 8,
        .record = 9,
        .kernel_h = 3,
        .kernel_w = 3,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 1,
        .pad_left = 1,
        .taps = 9,
        .pad_words = 2,
        .pad_value = 3,
    };
    dw_dsp_taps_int8_depthwise_conv2d_s8_dsp_blocks_int8(&p, &q, dw_dsp_taps_int8_n00_depthwise_conv2d_weights, x, y, work);
}

DW_DSP_TAPS_INT8_HOT_SECTION
