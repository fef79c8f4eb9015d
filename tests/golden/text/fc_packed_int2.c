static const uint8_t fc_packed_int2_n00_fully_connected_weights[32] EG_ALIGN(8) FC_PACKED_INT2_WEIGHTS_SECTION = {
    63U, 61U, 87U, 80U, 23U, 31U, 211U, 196U, 92U, 244U, 15U, 61U, 116U, 76U, 223U, 119U, 1U, 12U,
    20U, 83U, 49U, 4U, 81U, 113U, 244U, 223U, 16U, 87U, 209U, 92U, 119U, 77U,
};

static const int32_t fc_packed_int2_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PACKED_INT2_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_packed_int2_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PACKED_INT2_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_packed_int2_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PACKED_INT2_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PACKED_INT2_HOT_SECTION
#define FC_PACKED_INT2_HOT_SECTION
#endif

struct fc_packed_int2_fully_connected_s8_packed_int2_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t stride;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as fields of 2 bits, two rows at a time. */
static FC_PACKED_INT2_HOT_SECTION EG_NOINLINE void fc_packed_int2_fully_connected_s8_packed_int2_double_down(const struct fc_packed_int2_fully_connected_s8_packed_int2_double_down_params *p, const uint8_t *weights,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    const int32_t whole = p->columns / 16;
    for (int32_t item = 0; item < p->batch; item++) {
        for (int32_t row = 0; row < p->rows; row += 2) {
            const int32_t last = (row + 1 < p->rows) ? 1 : 0;
            const uint8_t *w0 = weights + (row * p->stride);
            const uint8_t *w1 = w0 + (last * p->stride);
            const int8_t *at = x;
            int32_t acc[2] = { bias[row], bias[row + last] };
            int32_t left = whole;
#if EG_HAS_DSP
            /* Masked fields are weights * 2^14 in halfwords: sums of 31 groups fit 32 bits. */
            while (left > 0) {
                const int32_t chunk = (left < 31) ? left : 31;
                const int8_t *const end = at + (chunk * 16);
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
                    "and %[t], %[mask], %[a], lsl #2\n\t"
                    "smlad %[s0], %[t], %[v], %[s0]\n\t"
                    "and %[t], %[mask], %[a], lsl #10\n\t"
                    "smlad %[s0], %[t], %[u], %[s0]\n\t"
                    "and %[t], %[mask], %[b], lsl #2\n\t"
                    "smlad %[s1], %[t], %[v], %[s1]\n\t"
                    "and %[t], %[mask], %[b], lsl #10\n\t"
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
                    "ldr %[u], [%[at]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "and %[t], %[mask], %[a], lsl #6\n\t"
                    "smlad %[s0], %[t], %[v], %[s0]\n\t"
                    "and %[t], %[mask], %[a], lsl #14\n\t"
                    "smlad %[s0], %[t], %[u], %[s0]\n\t"
                    "and %[t], %[mask], %[b], lsl #6\n\t"
                    "smlad %[s1], %[t], %[v], %[s1]\n\t"
                    "and %[t], %[mask], %[b], lsl #14\n\t"
                    "smlad %[s1], %[t], %[u], %[s1]\n\t"
                    "cmp %[at], %[end]\n\t"
                    "bcc 1b"
                    : [w0] "+r"(w0), [w1] "+r"(w1), [at] "+r"(at), [s0] "+r"(s0), [s1] "+r"(s1), [a] "=&r"(a),
                      [b] "=&r"(b), [u] "=&r"(u), [v] "=&r"(v), [t] "=&r"(t)
                    : [mask] "r"(0xC000C000U), [end] "r"(end)
                    : "cc", "memory");
                acc[0] += s0 >> 14;
                acc[1] += s1 >> 14;
                left -= chunk;
            }
#endif
            for (; left > 0; left--) {
                for (uint32_t i = 0; i < 16U; i++) {
                    const uint32_t field = 2U * (i / 4U);
                    acc[0] += (eg_signed_byte((uint32_t)w0[i % 4U] << field) >> 6) * at[i];
                    acc[1] += (eg_signed_byte((uint32_t)w1[i % 4U] << field) >> 6) * at[i];
                }
                w0 += 4;
                w1 += 4;
                at += 16;
            }
            for (uint32_t i = 0; at + i < x + p->columns; i++) {
                const uint32_t field = 6U - (2U * (i % 4U));
                acc[0] += (eg_signed_byte((uint32_t)w0[i / 4U] << field) >> 6) * at[i];
                acc[1] += (eg_signed_byte((uint32_t)w1[i / 4U] << field) >> 6) * at[i];
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
 * int8[1x16] to int8[1x8]; kernel packed, format int2 */
static FC_PACKED_INT2_HOT_SECTION EG_NOINLINE void fc_packed_int2_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_packed_int2_fully_connected_s8_packed_int2_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .stride = 4,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_packed_int2_fully_connected_s8_packed_int2_double_down(&p, fc_packed_int2_n00_fully_connected_weights, fc_packed_int2_n00_fully_connected_bias, fc_packed_int2_n00_fully_connected_multiplier, fc_packed_int2_n00_fully_connected_shift, x, y);
}

FC_PACKED_INT2_HOT_SECTION
