static const uint8_t fc_packed_int4_n00_fully_connected_weights[64] EG_ALIGN(8) FC_PACKED_INT4_WEIGHTS_SECTION = {
    15U, 15U, 17U, 17U, 255U, 241U, 31U, 0U, 1U, 1U, 241U, 240U, 31U, 255U, 15U, 16U, 17U, 255U,
    0U, 15U, 240U, 16U, 255U, 241U, 31U, 16U, 241U, 31U, 16U, 240U, 255U, 31U, 0U, 0U, 1U, 17U,
    1U, 240U, 16U, 15U, 15U, 0U, 17U, 31U, 1U, 16U, 1U, 1U, 255U, 241U, 1U, 17U, 16U, 255U,
    0U, 31U, 241U, 17U, 31U, 16U, 1U, 240U, 31U, 241U,
};

static const int32_t fc_packed_int4_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PACKED_INT4_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_packed_int4_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PACKED_INT4_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_packed_int4_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PACKED_INT4_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PACKED_INT4_HOT_SECTION
#define FC_PACKED_INT4_HOT_SECTION
#endif

struct fc_packed_int4_fully_connected_s8_packed_int4_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t stride;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as fields of 4 bits, two rows at a time. */
static FC_PACKED_INT4_HOT_SECTION EG_NOINLINE void fc_packed_int4_fully_connected_s8_packed_int4_double_down(const struct fc_packed_int4_fully_connected_s8_packed_int4_double_down_params *p, const uint8_t *weights,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    const int32_t whole = p->columns / 8;
    for (int32_t item = 0; item < p->batch; item++) {
        for (int32_t row = 0; row < p->rows; row += 2) {
            const int32_t last = (row + 1 < p->rows) ? 1 : 0;
            const uint8_t *w0 = weights + (row * p->stride);
            const uint8_t *w1 = w0 + (last * p->stride);
            const int8_t *at = x;
            int32_t acc[2] = { bias[row], bias[row + last] };
            int32_t left = whole;
#if EG_HAS_DSP
            /* Masked fields are weights * 2^12 in halfwords: sums of 63 groups fit 32 bits. */
            while (left > 0) {
                const int32_t chunk = (left < 63) ? left : 63;
                const int8_t *const end = at + (chunk * 8);
                int32_t s0 = 0;
                int32_t s1 = 0;
                uint32_t a, b, u, v, t;
                __asm__ volatile(
                    "1:\n\t"
                    "ldr %[u], [%[at]], #4\n\t"
                    "ldr %[a], [%[w0]], #4\n\t"
                    "ldr %[b], [%[w1]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "and %[t], %[mask], %[a], lsl #0\n\t"
                    "smlad %[s0], %[t], %[v], %[s0]\n\t"
                    "and %[t], %[mask], %[a], lsl #8\n\t"
                    "smlad %[s0], %[t], %[u], %[s0]\n\t"
                    "and %[t], %[mask], %[b], lsl #0\n\t"
                    "smlad %[s1], %[t], %[v], %[s1]\n\t"
                    "and %[t], %[mask], %[b], lsl #8\n\t"
                    "smlad %[s1], %[t], %[u], %[s1]\n\t"
                    "ldr %[u], [%[at]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "and %[t], %[mask], %[a], lsl #4\n\t"
                    "smlad %[s0], %[t], %[v], %[s0]\n\t"
                    "and %[t], %[mask], %[a], lsl #12\n\t"
                    "smlad %[s0], %[t], %[u], %[s0]\n\t"
                    "and %[t], %[mask], %[b], lsl #4\n\t"
                    "smlad %[s1], %[t], %[v], %[s1]\n\t"
                    "and %[t], %[mask], %[b], lsl #12\n\t"
                    "smlad %[s1], %[t], %[u], %[s1]\n\t"
                    "cmp %[at], %[end]\n\t"
                    "bcc 1b"
                    : [w0] "+r"(w0), [w1] "+r"(w1), [at] "+r"(at), [s0] "+r"(s0), [s1] "+r"(s1), [a] "=&r"(a),
                      [b] "=&r"(b), [u] "=&r"(u), [v] "=&r"(v), [t] "=&r"(t)
                    : [mask] "r"(0xF000F000U), [end] "r"(end)
                    : "cc", "memory");
                acc[0] += s0 >> 12;
                acc[1] += s1 >> 12;
                left -= chunk;
            }
#endif
            for (; left > 0; left--) {
                for (uint32_t i = 0; i < 8U; i++) {
                    const uint32_t field = 4U * (i / 4U);
                    acc[0] += (eg_signed_byte((uint32_t)w0[i % 4U] << field) >> 4) * at[i];
                    acc[1] += (eg_signed_byte((uint32_t)w1[i % 4U] << field) >> 4) * at[i];
                }
                w0 += 4;
                w1 += 4;
                at += 8;
            }
            for (uint32_t i = 0; at + i < x + p->columns; i++) {
                const uint32_t field = 4U - (4U * (i % 2U));
                acc[0] += (eg_signed_byte((uint32_t)w0[i / 2U] << field) >> 4) * at[i];
                acc[1] += (eg_signed_byte((uint32_t)w1[i / 2U] << field) >> 4) * at[i];
            }
            for (int32_t i = 0; i <= last; i++) {
                const int32_t q = (row + i) * p->requant_step;
                acc[i] = eg_requantize_double_down(acc[i], multiplier[q], shift[q]) + p->zero_point;
                *y++ = (int8_t)eg_clamp(acc[i], p->lo, p->hi);
            }
        }
        x += p->columns;
    }
}

/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel packed, format int4 */
static FC_PACKED_INT4_HOT_SECTION EG_NOINLINE void fc_packed_int4_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_packed_int4_fully_connected_s8_packed_int4_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .stride = 8,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_packed_int4_fully_connected_s8_packed_int4_double_down(&p, fc_packed_int4_n00_fully_connected_weights, fc_packed_int4_n00_fully_connected_bias, fc_packed_int4_n00_fully_connected_multiplier, fc_packed_int4_n00_fully_connected_shift, x, y);
}

FC_PACKED_INT4_HOT_SECTION
