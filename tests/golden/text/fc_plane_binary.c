static const uint8_t fc_plane_binary_n00_fully_connected_weights[18] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    115U, 36U, 207U, 144U, 138U, 65U, 214U, 148U, 87U, 56U, 118U, 127U, 55U, 176U, 124U, 173U, 0U, 0U,
};

static const int32_t fc_plane_binary_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    -1455, -2287, -1671, -2250, -2135, -2758, -2097, -2969,
};

static const int32_t fc_plane_binary_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_plane_binary_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PLANE_BINARY_HOT_SECTION
#define FC_PLANE_BINARY_HOT_SECTION
#endif

/* Per row the sum of the inputs whose bit is 1, each plus 128. A doubling of a word's bytes carries the highest bit of each out
 * into the flags by which SEL takes bytes of the inputs, so that 4 weights cost 3 instructions. */
#if EG_HAS_DSP
EG_NAKED static FC_PLANE_BINARY_HOT_SECTION void fc_plane_binary_fc_binary_rows(EG_UNUSED const uint8_t *plane, EG_UNUSED const uint32_t *inputs, EG_UNUSED uint32_t *sums,
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
        " mov lr, #0\n"
        "1:\n"
        " ldr r2, [sp]\n"
        " add r3, r0, r2, lsl #1\n"
        " ldr r5, [r0, r2]\n"
        " ldr r4, [r0], #4\n"
        " ldr r6, [r3]\n"
        " ldr r7, [r3, r2]\n"
        " .rept 8\n"
        " ldr r2, [r1], #4\n"
        " uadd8 r4, r4, r4\n"
        " sel r3, r2, lr\n"
        " usada8 r8, r3, lr, r8\n"
        " uadd8 r5, r5, r5\n"
        " sel r3, r2, lr\n"
        " usada8 r9, r3, lr, r9\n"
        " uadd8 r6, r6, r6\n"
        " sel r3, r2, lr\n"
        " usada8 r10, r3, lr, r10\n"
        " uadd8 r7, r7, r7\n"
        " sel r3, r2, lr\n"
        " usada8 r11, r3, lr, r11\n"
        " .endr\n"
        " cmp r1, r12\n"
        " bne.w 1b\n"
        " pop {r0, r1}\n"
        " stm r1, {r8-r11}\n"
        " pop {r4-r11, pc}\n");
}
#else
static FC_PLANE_BINARY_HOT_SECTION void fc_plane_binary_fc_binary_rows(const uint8_t *plane, const uint32_t *inputs, uint32_t *sums, const struct eg_plane_rows *rows)
{
    const int32_t count = (rows->stride == 0) ? 1 : 4;
    for (int32_t row = 0; row < count; row++) {
        const uint8_t *b = &plane[row * rows->stride];
        uint32_t sum = 0U;
        for (const uint32_t *at = inputs; at != rows->end; at += 8) {
            const uint32_t bits = eg_load_le(b);
            uint32_t taken;
            uint32_t pairs = 0U;
            taken = (bits >> 7) & 0x01010101U;
            taken = at[0] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 6) & 0x01010101U;
            taken = at[1] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 5) & 0x01010101U;
            taken = at[2] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 4) & 0x01010101U;
            taken = at[3] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 3) & 0x01010101U;
            taken = at[4] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 2) & 0x01010101U;
            taken = at[5] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = (bits >> 1) & 0x01010101U;
            taken = at[6] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            taken = bits & 0x01010101U;
            taken = at[7] & ((taken << 8) - taken);
            pairs += (taken & 0x00FF00FFU) + ((taken >> 8) & 0x00FF00FFU);
            sum += (pairs & 0xFFFFU) + (pairs >> 16);
            b += 4;
        }
        sums[row] = sum;
    }
}
#endif

struct fc_plane_binary_fully_connected_s8_plane_binary_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t zero;
    int32_t difference;
    int32_t stride;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as one bit plane. */
static FC_PLANE_BINARY_HOT_SECTION EG_NOINLINE void fc_plane_binary_fully_connected_s8_plane_binary_double_down(const struct fc_plane_binary_fully_connected_s8_plane_binary_double_down_params *p, const uint8_t *weights,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const inputs = (uint32_t *)work;
    const int32_t together = (p->rows < 4) ? 1 : 4;
    const struct eg_plane_rows rows = {
        (p->rows < 4) ? 0 : p->stride, &inputs[8 * ((p->columns + 31) / 32)]
    };
    for (int32_t item = 0; item < p->batch; item++) {
        const uint32_t all = (uint32_t)eg_bit_lanes(x, p->columns, inputs) * (uint32_t)(p->zero);
        for (int32_t block = 0; block < p->rows; block += together) {
            /* The last rows may be computed twice. */
            const int32_t first = (block + together > p->rows) ? p->rows - together : block;
            uint32_t sums[4];
            fc_plane_binary_fc_binary_rows(&weights[first * p->stride], inputs, sums, &rows);
            for (int32_t i = 0; i < together; i++) {
                const int32_t q = (first + i) * p->requant_step;
                int32_t acc = (int32_t)((uint32_t)bias[first + i] + all + (sums[i] * (uint32_t)p->difference));
                acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
                y[first + i] = (int8_t)eg_clamp(acc, p->lo, p->hi);
            }
        }
        x += p->columns;
        y += p->rows;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel plane, format binary */
static FC_PLANE_BINARY_HOT_SECTION EG_NOINLINE void fc_plane_binary_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_plane_binary_fully_connected_s8_plane_binary_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero = -1,
        .difference = 2,
        .stride = 2,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_plane_binary_fully_connected_s8_plane_binary_double_down(&p, fc_plane_binary_n00_fully_connected_weights, fc_plane_binary_n00_fully_connected_bias, fc_plane_binary_n00_fully_connected_multiplier, fc_plane_binary_n00_fully_connected_shift, x, y, work);
}

FC_PLANE_BINARY_HOT_SECTION
