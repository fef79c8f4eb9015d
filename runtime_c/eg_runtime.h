/* eg_runtime.h -- what every generated model needs from the compiler and the machine.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_RUNTIME_H
#define EG_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* Version of the contract between generated code and these headers. */
#define EG_ABI_VERSION 1

#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "edgegen: weights are stored little-endian; this machine is not"
#endif
#endif

#if defined(__GNUC__) || defined(__clang__)
#define EG_NOINLINE __attribute__((noinline))
#if defined(__clang__)
#define EG_NAKED __attribute__((naked, noinline))
#else
/* noipa: or GCC would drop parameters and registers that it cannot see the assembly use. */
#define EG_NAKED __attribute__((naked, noipa))
#endif
#define EG_UNUSED __attribute__((unused))
#define EG_ALIGN(bytes) __attribute__((aligned(bytes)))
#else
#define EG_NOINLINE
#define EG_UNUSED
#define EG_ALIGN(bytes)
#endif

/* Inline assembly for the DSP extension (Cortex-M4, M7, M33). -DEG_PORTABLE builds without any. */
#if !defined(EG_PORTABLE) && defined(__GNUC__) && defined(__ARM_FEATURE_DSP)
#define EG_HAS_DSP 1
#else
#define EG_HAS_DSP 0
#endif

/* Called after each node with its index, its output and the output's bytes; for traces and per-layer checks. */
#if defined(EG_HOOK)
void eg_hook(uint32_t node, const void *output, uint32_t bytes);
#define EG_NODE_DONE(node, output, bytes) eg_hook((node), (output), (bytes))
#else
#define EG_NODE_DONE(node, output, bytes) ((void)0)
#endif

#endif /* EG_RUNTIME_H */
