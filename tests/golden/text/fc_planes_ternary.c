static const uint8_t fc_planes_ternary_n00_fully_connected_weights[32] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    165U, 160U, 96U, 72U, 5U, 106U, 146U, 64U, 82U, 18U, 8U, 133U, 138U, 36U, 130U, 5U, 149U, 165U,
    97U, 22U, 165U, 36U, 89U, 166U, 144U, 168U, 146U, 17U, 168U, 74U, 33U, 134U,
};

static const int32_t fc_planes_ternary_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_planes_ternary_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_planes_ternary_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PLANES_TERNARY_HOT_SECTION
#define FC_PLANES_TERNARY_HOT_SECTION
#endif

/* Per row the sum of inputs times w / a + 1, which is 0, 1 or 2: a mask leaves two fields of a word in its halfwords as SMLAD takes them. */
#if EG_HAS_DSP
EG_NAKED static FC_PLANES_TERNARY_HOT_SECTION void fc_planes_ternary_fc_ternary_rows(EG_UNUSED const uint8_t *fields, EG_UNUSED const uint32_t *inputs, EG_UNUSED uint32_t *sums,
    EG_UNUSED const struct eg_plane_rows *rows)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r2, r4-r11, lr}\n"
        " ldm r3, {r3, r12}\n" /* stride, end of the inputs */
        " push {r3}\n"
        " mov r8, #0\n"
        " mov r9, #0\n"
        " mov r10, #0\n"
        " mov r11, #0\n"
        " mov lr, #0x00030003\n"
        "1:\n"
        " ldr r2, [sp]\n"
        " add r3, r0, r2, lsl #1\n"
        " ldr r5, [r0, r2]\n"
        " ldr r4, [r0], #4\n"
        " ldr r6, [r3]\n"
        " ldr r7, [r3, r2]\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #2\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #2\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #2\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #2\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #4\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #4\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #4\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #4\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #6\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #6\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #6\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #6\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #8\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #8\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #8\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #8\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #10\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #10\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #10\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #10\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #12\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #12\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #12\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #12\n"
        " smlad r11, r3, r2, r11\n"
        " ldr r2, [r1], #4\n"
        " and r3, lr, r4, lsr #14\n"
        " smlad r8, r3, r2, r8\n"
        " and r3, lr, r5, lsr #14\n"
        " smlad r9, r3, r2, r9\n"
        " and r3, lr, r6, lsr #14\n"
        " smlad r10, r3, r2, r10\n"
        " and r3, lr, r7, lsr #14\n"
        " smlad r11, r3, r2, r11\n"
        " cmp r1, r12\n"
        " bne.w 1b\n"
        " pop {r0, r1}\n"
        " stm r1, {r8-r11}\n"
        " pop {r4-r11, pc}\n");
}
#else
static FC_PLANES_TERNARY_HOT_SECTION void fc_planes_ternary_fc_ternary_rows(const uint8_t *fields, const uint32_t *inputs, uint32_t *sums, const struct eg_plane_rows *rows)
{
    const int32_t count = (rows->stride == 0) ? 1 : 4;
    for (int32_t row = 0; row < count; row++) {
        const uint8_t *b = &fields[row * rows->stride];
        int32_t sum = 0;
        for (const uint32_t *at = inputs; at != rows->end; at += 8) {
            sum += (int32_t)(((uint32_t)b[0] >> 0) & 3U) * eg_lane0(at[0]);
            sum += (int32_t)(((uint32_t)b[2] >> 0) & 3U) * eg_lane1(at[0]);
            sum += (int32_t)(((uint32_t)b[0] >> 2) & 3U) * eg_lane0(at[1]);
            sum += (int32_t)(((uint32_t)b[2] >> 2) & 3U) * eg_lane1(at[1]);
            sum += (int32_t)(((uint32_t)b[0] >> 4) & 3U) * eg_lane0(at[2]);
            sum += (int32_t)(((uint32_t)b[2] >> 4) & 3U) * eg_lane1(at[2]);
            sum += (int32_t)(((uint32_t)b[0] >> 6) & 3U) * eg_lane0(at[3]);
            sum += (int32_t)(((uint32_t)b[2] >> 6) & 3U) * eg_lane1(at[3]);
            sum += (int32_t)(((uint32_t)b[1] >> 0) & 3U) * eg_lane0(at[4]);
            sum += (int32_t)(((uint32_t)b[3] >> 0) & 3U) * eg_lane1(at[4]);
            sum += (int32_t)(((uint32_t)b[1] >> 2) & 3U) * eg_lane0(at[5]);
            sum += (int32_t)(((uint32_t)b[3] >> 2) & 3U) * eg_lane1(at[5]);
            sum += (int32_t)(((uint32_t)b[1] >> 4) & 3U) * eg_lane0(at[6]);
            sum += (int32_t)(((uint32_t)b[3] >> 4) & 3U) * eg_lane1(at[6]);
            sum += (int32_t)(((uint32_t)b[1] >> 6) & 3U) * eg_lane0(at[7]);
            sum += (int32_t)(((uint32_t)b[3] >> 6) & 3U) * eg_lane1(at[7]);
            b += 4;
        }
        sums[row] = (uint32_t)sum;
    }
}
#endif

struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t magnitude;
    int32_t stride;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as fields of two bits, w / a + 1. */
static FC_PLANES_TERNARY_HOT_SECTION EG_NOINLINE void fc_planes_ternary_fully_connected_s8_planes_ternary_double_down(const struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_down_params *p, const uint8_t *weights,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const inputs = (uint32_t *)work;
    const int32_t together = (p->rows < 4) ? 1 : 4;
    const struct eg_plane_rows rows = {
        (p->rows < 4) ? 0 : p->stride, &inputs[8 * ((p->columns + 15) / 16)]
    };
    for (int32_t item = 0; item < p->batch; item++) {
        const uint32_t all = (uint32_t)eg_field_lanes(x, p->columns, inputs) * (uint32_t)(-p->magnitude);
        for (int32_t block = 0; block < p->rows; block += together) {
            /* The last rows may be computed twice. */
            const int32_t first = (block + together > p->rows) ? p->rows - together : block;
            uint32_t sums[4];
            fc_planes_ternary_fc_ternary_rows(&weights[first * p->stride], inputs, sums, &rows);
            for (int32_t i = 0; i < together; i++) {
                const int32_t q = (first + i) * p->requant_step;
                int32_t acc = (int32_t)((uint32_t)bias[first + i] + all + (sums[i] * (uint32_t)p->magnitude));
                acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
                y[first + i] = (int8_t)eg_clamp(acc, p->lo, p->hi);
            }
        }
        x += p->columns;
        y += p->rows;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel planes, format ternary */
static FC_PLANES_TERNARY_HOT_SECTION EG_NOINLINE void fc_planes_ternary_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .magnitude = 1,
        .stride = 4,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_planes_ternary_fully_connected_s8_planes_ternary_double_down(&p, fc_planes_ternary_n00_fully_connected_weights, fc_planes_ternary_n00_fully_connected_bias, fc_planes_ternary_n00_fully_connected_multiplier, fc_planes_ternary_n00_fully_connected_shift, x, y, work);
}

FC_PLANES_TERNARY_HOT_SECTION
