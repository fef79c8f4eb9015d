static const uint8_t conv_unpack_ham_n00_conv2d_value_lengths[88] EG_ALIGN(8) CONV_UNPACK_HAM_WEIGHTS_SECTION = {
    0U, 56U, 134U, 136U, 137U, 144U, 150U, 152U, 158U, 160U, 163U, 165U, 169U, 180U, 192U, 194U, 195U, 198U,
    199U, 200U, 203U, 206U, 208U, 211U, 213U, 226U, 231U, 233U, 236U, 244U, 249U, 252U, 0U, 1U, 3U, 4U,
    10U, 11U, 13U, 37U, 57U, 58U, 64U, 65U, 74U, 81U, 82U, 84U, 86U, 93U, 94U, 103U, 108U, 114U,
    115U, 118U, 120U, 122U, 123U, 102U, 102U, 102U, 85U, 102U, 102U, 102U, 102U, 102U, 101U, 102U, 102U, 102U,
    85U, 102U, 102U, 102U, 102U, 102U, 102U, 85U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 6U,
};

static const uint8_t conv_unpack_ham_n00_conv2d_stream[55] EG_ALIGN(8) CONV_UNPACK_HAM_WEIGHTS_SECTION = {
    150U, 147U, 118U, 130U, 185U, 244U, 195U, 251U, 141U, 189U, 25U, 146U, 235U, 82U, 63U, 99U, 107U, 94U,
    80U, 147U, 16U, 188U, 18U, 124U, 164U, 81U, 240U, 189U, 13U, 28U, 84U, 93U, 158U, 96U, 126U, 95U,
    19U, 188U, 86U, 114U, 230U, 11U, 65U, 232U, 234U, 16U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U,
};

static const int16_t conv_unpack_ham_n00_conv2d_channels[36] EG_ALIGN(8) CONV_UNPACK_HAM_WEIGHTS_SECTION = {
    3, 12, 2, 127, 0, 0, 2, 1, -8127, 0, -130, -1, 337,
    14156, 16777, -239, -4089, 18454, -391, -22335, 20132, -202, 24956, 21810, -87, 6711,
    23488, 314, -11534, 25165, -49, -29780, 26843, -409, 17511, 28521,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_UNPACK_HAM_HOT_SECTION
#define CONV_UNPACK_HAM_HOT_SECTION
#endif

/* 2 output channels x 4 positions at a time, all pairs of channels of a layer: r4-r11 hold the 8 accumulators, r2, r3 weights
 * of the two channels, r12, lr activations of two positions. Stream per pair: bias (4 times each), the weights, the constants
 * of requantization, for the tail. Byte pairs: 256 w0 + w1 against x0 - 127, then w1 against 256 x1 + 127 - x0; one SXTB16 widens 4 weights. */
#if EG_HAS_DSP
EG_NAKED static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_dsp_core8_int8(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_tile *tile)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #36\n" /* acts, entry, step, step3, acts end, y, stream end, tail, next pair */
        " ldm r3, {r6-r11}\n"
        " mov r5, r8\n"
        " adr.w r4, 2f\n"
        " add r5, r5, r4\n"
        " mov r4, r0\n"
        " add r8, r9, r0\n"
        " mov r9, r2\n"
        " adr.w r12, 1f\n"
        " add r12, r12, #1\n"
        " stm sp, {r4-r12}\n"
        "1:\n"
        " ldm r1!, {r4-r11}\n"
        " ldm sp, {r0, pc}\n"
        "2:\n"
        " .rept 8\n"
        " ldmia.w r1!, {r2, r3}\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r8, r3, r12, r8\n"
        " smlad r5, r2, lr, r5\n"
        " smlad r9, r3, lr, r9\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r6, r2, r12, r6\n"
        " smlad r10, r3, r12, r10\n"
        " smlad r7, r2, lr, r7\n"
        " smlad r11, r3, lr, r11\n"
        " sxtb16 r2, r2\n"
        " sxtb16 r3, r3\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r8, r3, r12, r8\n"
        " smlad r5, r2, lr, r5\n"
        " smlad r9, r3, lr, r9\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r6, r2, r12, r6\n"
        " smlad r10, r3, r12, r10\n"
        " smlad r7, r2, lr, r7\n"
        " smlad r11, r3, lr, r11\n"
        " .endr\n"
        " ldr r2, [sp, #16]\n"
        " cmp r0, r2\n"
        " bne.w 2b\n"
        " ldr pc, [sp, #28]\n");
}
#else
static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_dsp_core8_int8(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
{
    const int32_t groups = tile->acts_bytes / 32;
    while (stream != tile->end) {
        int32_t acc[8];
        const uint32_t *a = acts;
        for (int32_t i = 0; i < 8; i++) {
            acc[i] = *stream++;
        }
        for (int32_t g = 0; g < groups; g++) {
            for (int32_t i = 0; i < 8; i++) {
                const int32_t channel = i / 4;
                const int32_t position = i % 4;
                const uint32_t w = (uint32_t)stream[channel];
                acc[i] = eg_smlad(w, a[position], acc[i]);
                acc[i] = eg_smlad(eg_sxtb16(w), a[4 + position], acc[i]);
            }
            a += 8;
            stream += 2;
        }
        stream = tile->tail(acc, stream, y, tile->step);
        y += 2;
    }
}
#endif

/* The end of the tile's function: requantizes 2 channels x 4 positions, tie, and goes on with the next pair. */
#if EG_HAS_DSP
EG_NAKED static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_dsp_tail_tie14(void)
{
    __asm__ volatile(
        ".syntax unified\n"
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r4, asr #31\n"
        " smmla r4, r4, r2, lr\n"
        " add r4, r4, r3\n"
        " ssat r4, #8, r4, asr #14\n"
        " and lr, r12, r5, asr #31\n"
        " smmla r5, r5, r2, lr\n"
        " add r5, r5, r3\n"
        " ssat r5, #8, r5, asr #14\n"
        " and lr, r12, r6, asr #31\n"
        " smmla r6, r6, r2, lr\n"
        " add r6, r6, r3\n"
        " ssat r6, #8, r6, asr #14\n"
        " and lr, r12, r7, asr #31\n"
        " smmla r7, r7, r2, lr\n"
        " add r7, r7, r3\n"
        " ssat r7, #8, r7, asr #14\n"
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r8, asr #31\n"
        " smmla r8, r8, r2, lr\n"
        " add r8, r8, r3\n"
        " ssat r8, #8, r8, asr #14\n"
        " and lr, r12, r9, asr #31\n"
        " smmla r9, r9, r2, lr\n"
        " add r9, r9, r3\n"
        " ssat r9, #8, r9, asr #14\n"
        " and lr, r12, r10, asr #31\n"
        " smmla r10, r10, r2, lr\n"
        " add r10, r10, r3\n"
        " ssat r10, #8, r10, asr #14\n"
        " and lr, r12, r11, asr #31\n"
        " smmla r11, r11, r2, lr\n"
        " add r11, r11, r3\n"
        " ssat r11, #8, r11, asr #14\n"
        " ldr r0, [sp, #20]\n"
        " ldrd r2, r3, [sp, #8]\n"
        " strb r4, [r0]\n"
        " strb r5, [r0, r2]\n"
        " strb.w r6, [r0, r2, lsl #1]\n"
        " strb r7, [r0, r3]\n"
        " strb r8, [r0, #1]!\n"
        " strb.w r9, [r0, r2]\n"
        " strb.w r10, [r0, r2, lsl #1]\n"
        " strb.w r11, [r0, r3]\n"
        " adds r0, r0, #1\n"
        " str r0, [sp, #20]\n"
        " ldr r2, [sp, #24]\n"
        " cmp r1, r2\n"
        " it ne\n"
        " ldrne pc, [sp, #32]\n"
        " add sp, sp, #36\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_UNPACK_HAM_HOT_SECTION const int32_t *conv_unpack_ham_dsp_tail_tie14(const int32_t *acc, const int32_t *stream, int8_t *y, int32_t step)
{
    for (int32_t i = 0; i < 8; i++) {
        const int32_t *w = &stream[(i / 4) * 3];
        const int32_t value = eg_smmla(acc[i], w[0], eg_add(w[1], (acc[i] < 0) ? w[2] : 0)) >> 14;
        y[(i % 4) * step + (i / 4)] = eg_saturate8(value, -128, 127);
    }
    return stream + 2 * 3;
}
#endif

/* Widens the rows of 4 positions side by side, 8 words per 4 inputs: x0 - 127 and x2 - 127 of each position, then 256 x1 + 127 - x0
 * and 256 x3 + 127 - x2 of each. */
#if EG_HAS_DSP
EG_NAKED static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_dsp_widen_int8(EG_UNUSED const struct eg_rows *rows, EG_UNUSED uint32_t *acts)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #20\n"
        " ldm r0, {r4-r11}\n"
        " adr.w r0, 2f\n"
        " add r11, r11, r0\n"
        " stm sp, {r8-r11}\n" /* run, rows, gap, entry, end of row */
        " mov r12, r1\n"
        " mvn lr, #0x007E007E\n"
        "1:\n"
        " ldr r8, [sp]\n"
        " add r8, r8, r4\n"
        " str r8, [sp, #16]\n"
        " ldr pc, [sp, #12]\n"
        "2:\n"
        " .rept 4\n"
        " ldr.w r8, [r4], #4\n"
        " ldr.w r9, [r5], #4\n"
        " ldr.w r10, [r6], #4\n"
        " ldr.w r11, [r7], #4\n"
        " sxtab16 r0, lr, r8\n"
        " sxtab16 r1, lr, r9\n"
        " sxtab16 r2, lr, r10\n"
        " sxtab16 r3, lr, r11\n"
        " eor.w r8, r8, #0x007F007F\n"
        " eor.w r9, r9, #0x007F007F\n"
        " eor.w r10, r10, #0x007F007F\n"
        " eor.w r11, r11, #0x007F007F\n"
        " stmia.w r12!, {r0-r3, r8-r11}\n"
        " .endr\n"
        " ldr r8, [sp, #16]\n"
        " cmp r4, r8\n"
        " bne.w 2b\n"
        " ldr r9, [sp, #4]\n"
        " subs r9, r9, #1\n"
        " beq 3f\n"
        " ldr r10, [sp, #8]\n"
        " str r9, [sp, #4]\n"
        " add r4, r4, r10\n"
        " add r5, r5, r10\n"
        " add r6, r6, r10\n"
        " add r7, r7, r10\n"
        " b 1b\n"
        "3:\n"
        " add sp, sp, #20\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_dsp_widen_int8(const struct eg_rows *rows, uint32_t *acts)
{
    for (int32_t row = 0; row < rows->rows; row++) {
        const int32_t start = row * (rows->run + rows->gap);
        for (int32_t i = 0; i < rows->run; i += 4) {
            for (int32_t position = 0; position < 4; position++) {
                const uint32_t x = eg_load_word(&rows->at[position][start + i]);
                const uint32_t even = eg_sxtb16(x);
                acts[position] = eg_pack16(eg_low16(even) - 127, eg_high16(even) - 127);
                acts[4 + position] = x ^ 0x007F007FU;
            }
            acts += 8;
        }
    }
}
#endif

struct conv_unpack_ham_conv2d_s8_dsp_pointwise_params {
    eg_widen widen;
    eg_core core;
    eg_core single;
    eg_tail tail;
    int32_t core_entry;
    int32_t single_entry;
    int32_t positions;
    int16_t in_c;
    int16_t out_c;
    int16_t run;
    int16_t widen_entry;
    int16_t copied;
};

/* 1x1 convolution of stride 1: blocks of 4 positions are widened once and meet all output channels. Of what is left, three positions
 * are a block that overlaps the one before, one or two are computed alone. */
static CONV_UNPACK_HAM_HOT_SECTION void conv_unpack_ham_conv2d_s8_dsp_pointwise(const void *params, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    const struct conv_unpack_ham_conv2d_s8_dsp_pointwise_params *const p = (const struct conv_unpack_ham_conv2d_s8_dsp_pointwise_params *)params;
    const int32_t words = stream[0];
    const int32_t last_words = stream[1];
    const int32_t last_channel = (last_words > 0) ? 2 * words / last_words : 0;
    const int32_t *const pairs = &stream[2];
    uint32_t *const acts = (uint32_t *)work;
    int8_t *const pair = (int8_t *)&acts[2 * p->run];
    const int32_t *const end = pairs + words;
    const struct eg_tile tile = { p->out_c, 3 * p->out_c, p->core_entry, 8 * p->run, end, p->tail };
    const struct eg_tile last = { 2, 6, p->core_entry, 8 * p->run, end + last_words, p->tail };
    const struct eg_tile alone = { 0, 0, p->single_entry, 8 * p->run, end, p->tail };
    const struct eg_tile last_alone = { 0, 0, p->single_entry, 8 * p->run, end + last_words, p->tail };
    struct eg_rows rows = { { x, x, x, x }, p->run, 1, 0, p->widen_entry };
    const int32_t whole = ((words > 0) && (last_words == 0)) ? (p->positions - 3 - p->copied) : 0;
    const eg_widen widen = p->widen;
    const eg_core core = p->core;
    int32_t n = 0;
    for (; n < whole; n += 4) { /* nothing special: most blocks */
        for (int32_t i = 0; i < 4; i++) {
            rows.at[i] = x + i * p->in_c;
        }
        widen(&rows, acts);
        core(acts, pairs, y, &tile);
        x += 4 * p->in_c;
        y += 4 * p->out_c;
    }
    x -= n * p->in_c;
    y -= n * p->out_c;
    while (n < p->positions) {
        const int32_t rest = p->positions - n;
        const int32_t four = ((rest >= 3) && (p->positions >= 4)) ? 1 : 0;
        const int32_t in_step = four * p->in_c;
        const int8_t *from;
        n = ((four != 0) && (rest == 3)) ? (n - 1) : n;
        from = &x[n * p->in_c];
        if ((p->copied != 0) && (n + 4 >= p->positions)) { /* whole words would be read beyond the end of x */
            int8_t *const copy = (int8_t *)&acts[2 * p->run + 2];
            for (int32_t i = 0; i < 3 * in_step + p->in_c; i++) {
                copy[i] = from[i];
            }
            from = copy;
        }
        rows.at[0] = from;
        rows.at[1] = from + in_step;
        rows.at[2] = rows.at[1] + in_step;
        rows.at[3] = rows.at[2] + in_step;
        widen(&rows, acts);
        if (words > 0) {
            (four ? core : p->single)(acts, pairs, &y[n * p->out_c], four ? &tile : &alone);
        }
        if (last_words > 0) {
            (four ? core : p->single)(acts, end, pair, four ? &last : &last_alone);
            for (int32_t i = 0; i <= 3 * four; i++) {
                y[(n + i) * p->out_c + last_channel] = pair[2 * i];
            }
        }
        n += 1 + 3 * four;
    }
}

/* The weights of two decoded rows as the tile reads them; returns what they add to the start of the sums, the second row's above. */
#if EG_HAS_DSP
EG_NAKED static CONV_UNPACK_HAM_HOT_SECTION uint64_t conv_unpack_ham_unpack_pair_int8_weights(EG_UNUSED const int8_t *row0, EG_UNUSED int32_t *to, EG_UNUSED const int8_t *row1,
    EG_UNUSED const int16_t *channels)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " ldrsh r4, [r3, #6]\n"
        " ldrsh r5, [r3, #8]\n"
        " ldrsh r3, [r3, #4]\n"
        " pkhbt r4, r4, r4, lsl #16\n"
        " pkhbt r5, r5, r5, lsl #16\n"
        " add r3, r0, r3, lsl #2\n"
        " mov r12, #0\n"
        " mov lr, #0\n"
        "1:\n"
        " ldr r6, [r0], #4\n"
        " ldr r7, [r2], #4\n"
        " rev16 r6, r6\n"
        " rev16 r7, r7\n"
        " and r8, r6, #0xFF00FF00\n" /* 256 w0, 256 w2 */
        " and r9, r7, #0xFF00FF00\n"
        " sxtb16 r6, r6\n" /* w1, w3 */
        " sxtb16 r7, r7\n"
        " smlad r12, r8, r4, r12\n"
        " smlad lr, r9, r4, lr\n"
        " smlad r12, r6, r5, r12\n"
        " smlad lr, r7, r5, lr\n"
        " sadd16 r6, r6, r8\n"
        " sadd16 r7, r7, r9\n"
        " stmia r1!, {r6, r7}\n"
        " cmp r0, r3\n"
        " bne 1b\n"
        " mov r0, r12\n"
        " mov r1, lr\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_UNPACK_HAM_HOT_SECTION uint64_t conv_unpack_ham_unpack_pair_int8_weights(const int8_t *row0, int32_t *to, const int8_t *row1, const int16_t *channels)
{
    uint32_t sums[2] = { 0U, 0U };
    for (int32_t half = 0; half < 2; half++) {
        const int8_t *from = (half == 0) ? row0 : row1;
        int32_t sum = 0;
        for (int32_t group = 0; group < channels[2]; group++) {
            to[(2 * group) + half] = (int32_t)eg_pack16((256 * from[0]) + from[1], (256 * from[2]) + from[3]);
            sum = eg_add(sum, 256 * channels[3] * (from[0] + from[2]));
            sum = eg_add(sum, channels[4] * (from[1] + from[3]));
            from += 4;
        }
        sums[half] = (uint32_t)sum;
    }
    return ((uint64_t)sums[1] << 32) | sums[0];
}
#endif

static inline int32_t conv_unpack_ham_unpack_pair_int8_word(const int16_t *halves)
{
    return (int32_t)eg_pack16(halves[0], halves[1]);
}

/* A pair of channels in the stream: the last one and the one before it, or twice the last one (others: 1 or 0). channels: halfwords per record, the first record, groups of
 * 4 weights, two factors of the weights for the start of a sum, whether biases take two halfwords, words that
 * follow the multiplier, and the fewest leading zeros of a multiplier for which these words are stored, or -1 when a record says which they are. */
static CONV_UNPACK_HAM_HOT_SECTION EG_NOINLINE void conv_unpack_ham_unpack_pair_int8(
    const int16_t *channels, int32_t last, int32_t others, const int8_t *row0, const int8_t *row1, int32_t *pair)
{
    const int32_t groups = channels[2];
    const int32_t extra = channels[6];
    uint64_t sums = conv_unpack_ham_unpack_pair_int8_weights(row0, &pair[8], row1, channels);
    int32_t *tail = &pair[8 + (2 * groups)];
    const int16_t *record = &channels[channels[1] + ((last - others) * channels[0])];
    for (int32_t half = 0; half < 2; half++) {
        const int16_t *at = record;
        int32_t bias = *at++;
        if (channels[5] != 0) {
            bias = (int32_t)eg_pack16(bias, *at++);
        }
        const int32_t start = (int32_t)(((uint32_t)bias * 256U) + (uint32_t)sums);
        pair[0] = start;
        pair[1] = start;
        pair[2] = start;
        pair[3] = start;
        pair += 4;
        const int32_t multiplier = conv_unpack_ham_unpack_pair_int8_word(at);
        at += 2;
        at = &channels[8 + (2 * extra * ((channels[7] < 0) ? *at : (int32_t)eg_zeros_above((uint32_t)multiplier) - channels[7]))];
        tail[0] = multiplier;
        tail[1] = conv_unpack_ham_unpack_pair_int8_word(at);
        if (extra > 1) {
            tail[2] = conv_unpack_ham_unpack_pair_int8_word(&at[2]);
        }
        tail += 1 + extra;
        sums >>= 32;
        record += others * channels[0];
    }
}

struct conv_unpack_ham_conv2d_s8_unpack_ham_single_params {
    eg_driver driver;
    uint16_t stream_at;
    uint16_t row_at;
    int32_t tables_at;
    int16_t pair_words;
    int16_t count;
    int16_t out_c;
    int16_t group;
    int32_t lookup_bits;
};

/* conv2d, w is ham: the stream of the tile is made in the workspace, for p->group output channels at a time, which
 * the driver then computes at all positions. The driver's own workspace comes first. */
static CONV_UNPACK_HAM_HOT_SECTION EG_NOINLINE void conv_unpack_ham_conv2d_s8_unpack_ham_single(const struct conv_unpack_ham_conv2d_s8_unpack_ham_single_params *p, const void *q,
    const uint8_t *value_lengths,
    const uint8_t *stream,
    const int16_t *channels, const int8_t *x, int8_t *y, void *work)
{
    int8_t *const patch = (int8_t *)work;
    int8_t *const decoded = patch + p->row_at; /* two rows */
    int32_t *const tile = (int32_t *)(void *)(patch + p->stream_at);
    const int32_t count = p->count;
    const int32_t pitch = (4 * channels[2]) + 8; /* decoders may write so much beyond a row */
    uint32_t in_group = 0; /* channels */
    uint16_t *const value_lut = (uint16_t *)(void *)(patch + p->tables_at);
    struct eg_huffman value_code;
    struct eg_huffman_run singles = { stream, value_lut, 32U - (uint32_t)p->lookup_bits, 0U };
    eg_huffman_open(&value_code, value_lengths, value_lut + ((uint32_t)1 << (uint32_t)p->lookup_bits));
    eg_huffman_single(&value_code, (uint32_t)p->lookup_bits, value_lut);

    for (int32_t row = 0; row < p->out_c; row++) {
        const int32_t other = (int32_t)(in_group & 1U);
        int8_t *const out = &decoded[other * pitch];
        {
            eg_huffman_single_row(&singles, out, count);

        }
        eg_store_word(&out[count], 0U);
        in_group++;
        if ((other != 0) || (row + 1 == p->out_c)) {
            const int32_t whole = (int32_t)(in_group >> 1) * p->pair_words; /* words of pairs that are whole */
            int32_t *const pair = &tile[2 + whole - (other * p->pair_words)];
            conv_unpack_ham_unpack_pair_int8(channels, row, other, decoded, out, pair);
            if ((row + 1 == p->out_c) || (in_group == (uint32_t)p->group)) {
                tile[0] = whole;
                tile[1] = (other != 0) ? 0 : p->pair_words;
                p->driver(q, tile, x, y + (row + 1 - (int32_t)in_group), work);
                in_group = 0;
            }
        }
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel unpack, format ham */
static CONV_UNPACK_HAM_HOT_SECTION EG_NOINLINE void conv_unpack_ham_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_unpack_ham_conv2d_s8_unpack_ham_single_params p = {
        .driver = conv_unpack_ham_conv2d_s8_dsp_pointwise,
        .stream_at = 112,
        .row_at = 408,
        .tables_at = 440,
        .pair_words = 18,
        .count = 8,
        .out_c = 8,
        .group = 8,
        .lookup_bits = 6,
    };
    static const struct conv_unpack_ham_conv2d_s8_dsp_pointwise_params q = {
        .widen = conv_unpack_ham_dsp_widen_int8,
        .core = conv_unpack_ham_dsp_core8_int8,
        .single = conv_unpack_ham_dsp_core8_int8,
        .tail = conv_unpack_ham_dsp_tail_tie14,
        .core_entry = 553,
        .single_entry = 73,
        .positions = 36,
        .in_c = 8,
        .out_c = 8,
        .run = 8,
        .widen_entry = 105,
        .copied = 0,
    };
    conv_unpack_ham_conv2d_s8_unpack_ham_single(&p, &q, conv_unpack_ham_n00_conv2d_value_lengths, conv_unpack_ham_n00_conv2d_stream, conv_unpack_ham_n00_conv2d_channels, x, y, work);
}

CONV_UNPACK_HAM_HOT_SECTION
