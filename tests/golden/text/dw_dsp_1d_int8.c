static const int32_t dw_dsp_1d_int8_n00_depthwise_conv2d_weights[88] EG_ALIGN(8) DW_DSP_1D_INT8_WEIGHTS_SECTION = {
    86272, 86272, -1073678080, -117440512, 1358963968, 620806144, 31232, 2046841088,
    68719477, 3586, -2, -61184, -61184, -805305600, 50331648, -721416960,
    218157056, 41728, -1560226560, 75591424, 3588, -8, -100096, -100096,
    1577074944, 1090519040, -201288192, -1778360832, 57856, -503254016, 82463372, 3587,
    -6, -51712, -51712, -335514880, 1929379840, 1241548800, -2013205504, 59136,
    -419411456, 89335320, 3588, -8, -22272, -22272, -973043456, -1996488704,
    -1610588928, 1560331776, 26368, 1728094208, 96207267, 3588, -8, 80384,
    80384, 1409328384, -1526726656, -838844160, 1090540544, 46080, -1275015680, 103079215,
    3587, -6, -12544, -12544, -1040166400, 1375731712, -1610590720, 1442890240,
    256, 16818176, 109951163, 3587, -6, -104704, -104704, -385846784,
    1912602624, -201324032, 167831808, 49920, -1023347712, 116823110, 3588, -8,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef DW_DSP_1D_INT8_HOT_SECTION
#define DW_DSP_1D_INT8_HOT_SECTION
#endif

/* Four channels at two times as words (later << 16 | earlier), 16 bits each: to[pair][channel], up to end. */
#if EG_HAS_DSP
static DW_DSP_1D_INT8_HOT_SECTION EG_NAKED void dw_dsp_1d_int8_dsp_time_pairs(EG_UNUSED const int8_t *x, EG_UNUSED int32_t step, EG_UNUSED uint32_t *to,
    EG_UNUSED const uint32_t *end)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "cmp r2, r3\n\t"
        "beq 2f\n\t"
        "1:\n\t"
        "ldr r4, [r0]\n\t"
        "ldr r5, [r0, r1]\n\t"
        "add r0, r0, r1, lsl #1\n\t"
        "pkhbt r6, r4, r5, lsl #16\n\t"
        "pkhtb r7, r5, r4, asr #16\n\t"
        "sxtb16 r9, r6, ror #8\n\t"
        "sxtb16 r8, r6\n\t"
        "sxtb16 r11, r7, ror #8\n\t"
        "sxtb16 r10, r7\n\t"
        "stm r2!, {r8-r11}\n\t"
        "cmp r2, r3\n\t"
        "bne 1b\n\t"
        "2:\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static DW_DSP_1D_INT8_HOT_SECTION void dw_dsp_1d_int8_dsp_time_pairs(const int8_t *x, int32_t step, uint32_t *to, const uint32_t *end)
{
    while (to != end) {
        for (int32_t channel = 0; channel < 4; channel++) {
            *to++ = eg_pack16(x[channel], x[step + channel]);
        }
        x += 2 * step;
    }
}
#endif

/* All outputs of up to four channels over time, stride 1, an odd number of steps of two taps. pairs: [pair][channel].
 * weights, per channel: bias, bias, then per step the taps of outputs at even and at odd times, two a word, times
 * 2^8, then multiplier, constant, third. */
#if EG_HAS_DSP
static DW_DSP_1D_INT8_HOT_SECTION EG_NAKED void dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10(EG_UNUSED const uint32_t *pairs, EG_UNUSED const int32_t *weights, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_depthwise_line *line)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "sub sp, sp, #20\n\t"
        "strd r0, r2, [sp, #4]\n\t"
        "str r3, [sp, #12]\n\t"
        "1:\n\t"
        "str r1, [sp]\n\t"
        "ldr r12, [sp, #12]\n\t"
        "ldrd r3, r4, [r12, #32]\n\t"
        "ldr r7, [r12, #44]\n\t"
        "add r1, r1, #8\n\t"
        "add r7, r1, r7\n\t"
        "add r4, r12, r4\n\t"
        "ldrd r0, lr, [sp, #4]\n\t"
        "add r1, r0, #4\n\t"
        "add r2, lr, #1\n\t"
        "strd r1, r2, [sp, #4]\n\t"
        "add r3, r0, r3\n\t"
        "cmp r0, r3\n\t"
        "it eq\n\t"
        "addeq r3, r3, #32\n\t"
        "2:\n\t"
        "ldr r12, [sp]\n\t"
        "ldrd r8, r9, [r12]\n\t"
        "ldrd r10, r11, [r12], #8\n\t"
        "ldr r6, [r0], #16\n\t"
        "b 4f\n\t"
        "3:\n\t"
        "ldm r12!, {r1, r2}\n\t"
        "ldr r6, [r0], #16\n\t"
        "smlad r8, r5, r1, r8\n\t"
        "smlad r9, r5, r2, r9\n\t"
        "smlad r10, r6, r1, r10\n\t"
        "smlad r11, r6, r2, r11\n\t"
        "4:\n\t"
        "ldm r12!, {r1, r2}\n\t"
        "ldr r5, [r0], #16\n\t"
        "smlad r8, r6, r1, r8\n\t"
        "smlad r9, r6, r2, r9\n\t"
        "smlad r10, r5, r1, r10\n\t"
        "smlad r11, r5, r2, r11\n\t"
        "cmp r12, r7\n\t"
        "bne 3b\n\t"
        "ldm r12, {r1, r2, r5}\n\t"
        "and r6, r5, r8, asr #31\n\t"
        "smmla r8, r8, r1, r2\n\t"
        "add r8, r6\n\t"
        "ssat r8, #8, r8, asr #10\n\t"
        "and r6, r5, r9, asr #31\n\t"
        "smmla r9, r9, r1, r2\n\t"
        "add r9, r6\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "and r6, r5, r10, asr #31\n\t"
        "smmla r10, r10, r1, r2\n\t"
        "add r10, r6\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "and r6, r5, r11, asr #31\n\t"
        "smmla r11, r11, r1, r2\n\t"
        "add r11, r6\n\t"
        "ssat r11, #8, r11, asr #10\n\t"
        "ldm r4, {r1, r2, r5, r6}\n\t"
        "strb r11, [lr, r5]\n\t"
        "strb r10, [lr, r2]\n\t"
        "strb r9, [lr, r1]\n\t"
        "strb r8, [lr]\n\t"
        "add lr, lr, r1\n\t"
        "add lr, lr, r5\n\t"
        "sub r0, r0, r6\n\t"
        "cmp r0, r3\n\t"
        "bne 2b\n\t"
        "ldr r12, [sp, #12]\n\t"
        "ldr r1, [r12, #40]\n\t"
        "add r1, r12, r1\n\t"
        "cmp r4, r1\n\t"
        "beq 5f\n\t"
        "mov r4, r1\n\t"
        "add r3, r3, #32\n\t"
        "b 2b\n\t"
        "5:\n\t"
        "add r1, r7, #12\n\t"
        "ldr r2, [r12, #48]\n\t"
        "cmp r1, r2\n\t"
        "bne 1b\n\t"
        "add sp, sp, #20\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static inline int8_t dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10_requantize(int32_t acc, const int32_t *r)
{
    int32_t value = eg_smmla(acc, r[0], r[1]);
    value += (acc < 0) ? r[2] : 0;
    value >>= 10;
    return eg_saturate8(value, -128, 127);
}

static DW_DSP_1D_INT8_HOT_SECTION void dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10_group(const uint32_t *pairs, const int32_t *weights, int8_t *y, const int32_t *offset, int32_t taps_bytes)
{
    const int32_t steps = taps_bytes / 8;
    int8_t out[4];
    for (int32_t i = 0; i < 4; i++) {
        int32_t acc = weights[0];
        for (int32_t step = 0; step < steps; step++) {
            acc = eg_smlad(pairs[4 * (step + (i / 2))], (uint32_t)weights[2 + (2 * step) + (i & 1)], acc);
        }
        out[i] = dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10_requantize(acc, &weights[2 + (2 * steps)]);
    }
    y[offset[2]] = out[3];
    y[offset[1]] = out[2];
    y[offset[0]] = out[1];
    y[0] = out[0];
}

static DW_DSP_1D_INT8_HOT_SECTION void dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10(const uint32_t *pairs, const int32_t *weights, int8_t *y, const struct eg_depthwise_line *line)
{
    const int32_t groups = line->line_bytes / 32;
    const int32_t record = (line->taps_bytes / 4) + 5;
    for (const int32_t *w = weights; w != line->end; w += record) {
        int8_t *out = y;
        for (int32_t group = 0; group < groups; group++) {
            dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10_group(&pairs[8 * group], w, out, line->groups[0].offset, line->taps_bytes);
            out += line->groups[0].offset[0] + line->groups[0].offset[2];
        }
        if (line->last != 0) {
            dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10_group(&pairs[8 * groups], w, out, line->groups[1].offset, line->taps_bytes);
        }
        pairs++;
        y++;
    }
}
#endif

struct dw_dsp_1d_int8_dsp_depthwise1d_block_params {
    eg_line_tile tile;
    int16_t channels;
    int16_t in_length;
    int16_t out_length;
    int16_t pad;
    int16_t pad_value;
    int16_t pairs;
    int16_t rewind;
    int16_t taps_bytes;
    int16_t record;
};

/* Pairs of neighbouring times of four channels where some lie outside the input. */
static DW_DSP_1D_INT8_HOT_SECTION void dw_dsp_1d_int8_dsp_depthwise1d_block_edge(const struct dw_dsp_1d_int8_dsp_depthwise1d_block_params *p, const int8_t *x, uint32_t *to, int32_t pair, int32_t end)
{
    for (; pair < end; pair++) {
        const int32_t time = (2 * pair) - p->pad;
        for (int32_t channel = 0; channel < 4; channel++) {
            int32_t value[2];
            for (int32_t i = 0; i < 2; i++) {
                const int inside = ((time + i) >= 0) && ((time + i) < p->in_length);
                value[i] = inside ? x[((time + i) * p->channels) + channel] : p->pad_value;
            }
            to[(4 * pair) + channel] = eg_pack16(value[0], value[1]);
        }
    }
}

/* depthwise_conv2d along one axis, stride 1, four channels from `channel` on: pairs of neighbouring times once, then two taps of
 * four outputs in six instructions. In place where the shapes are equal. work: 16 bytes per pair. */
static DW_DSP_1D_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_1d_int8_dsp_depthwise1d_block(
    const void *params, const int32_t *weights, const int8_t *x, int8_t *y, void *work, int32_t channel)
{
    const struct dw_dsp_1d_int8_dsp_depthwise1d_block_params *const p = (const struct dw_dsp_1d_int8_dsp_depthwise1d_block_params *)params;
    uint32_t *const pairs = (uint32_t *)work;
    const int32_t step = p->channels;
    const int32_t wanted = p->out_length & 3;
    const int32_t first = (p->pad + 1) / 2;                        /* pairs that lie inside the input */
    const int32_t whole = (p->in_length + p->pad) / 2;
    const int32_t inside = (whole > first) ? whole : first;
    /* The last block starts early enough to end with the last channel, and leaves out those that are done. */
    const int32_t done = (channel > (step - 4)) ? (channel - (step - 4)) : 0;
    const int8_t *const in = &x[channel - done];
    const struct eg_depthwise_line line = {
        { { { step, 2 * step, 3 * step }, p->rewind },
            { { (wanted > 1) ? step : 0, ((wanted > 2) ? 2 : wanted - 1) * step, (wanted - 1) * step }, p->rewind } },
        32 * (p->out_length / 4), (p->out_length < 4) ? 16 : 0, (wanted != 0) ? 16 : 0, p->taps_bytes,
        &weights[(4 - done) * p->record]
    };
    dw_dsp_1d_int8_dsp_depthwise1d_block_edge(p, in, pairs, 0, first);
    dw_dsp_1d_int8_dsp_time_pairs(&in[((2 * first) - p->pad) * step], step, &pairs[4 * first], &pairs[4 * inside]);
    dw_dsp_1d_int8_dsp_depthwise1d_block_edge(p, in, pairs, inside, p->pairs);
    p->tile(&pairs[done], weights, &y[channel], &line);
}

struct dw_dsp_1d_int8_depthwise_conv2d_s8_dsp_blocks_int8_params {
    eg_channels block;
    int16_t channels;
    int16_t group;
    int16_t words;
};

/* depthwise_conv2d, some channels at a time. */
static DW_DSP_1D_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_1d_int8_depthwise_conv2d_s8_dsp_blocks_int8(const struct dw_dsp_1d_int8_depthwise_conv2d_s8_dsp_blocks_int8_params *p, const void *q, const int32_t *weights, const int8_t *x, int8_t *y,
    void *work)
{
    for (int32_t channel = 0; channel < p->channels; channel += p->group) {
        p->block(q, &weights[(channel / 4) * p->words], x, y, work, channel);
    }
}

/* 0: depthwise_conv2d from DEPTHWISE_CONV_2D #1 'depthwise' in tiny.tflite
 * int8[1x1x12x8] to int8[1x1x12x8]; kernel dsp_1d, format int8 */
static DW_DSP_1D_INT8_HOT_SECTION EG_NOINLINE void dw_dsp_1d_int8_n00_depthwise_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct dw_dsp_1d_int8_depthwise_conv2d_s8_dsp_blocks_int8_params p = {
        .block = dw_dsp_1d_int8_dsp_depthwise1d_block,
        .channels = 8,
        .group = 4,
        .words = 44,
    };
    static const struct dw_dsp_1d_int8_dsp_depthwise1d_block_params q = {
        .tile = dw_dsp_1d_int8_dsp_depthwise1d_line_odd_bias_tie_r10,
        .channels = 8,
        .in_length = 12,
        .out_length = 12,
        .pad = 2,
        .pad_value = 3,
        .pairs = 8,
        .rewind = 32,
        .taps_bytes = 24,
        .record = 11,
    };
    dw_dsp_1d_int8_depthwise_conv2d_s8_dsp_blocks_int8(&p, &q, dw_dsp_1d_int8_n00_depthwise_conv2d_weights, x, y, work);
}

DW_DSP_1D_INT8_HOT_SECTION
