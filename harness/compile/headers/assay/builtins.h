// GCC's builtins that sources use and NVRTC lacks.
#ifndef ASSAY_BUILTINS_H
#define ASSAY_BUILTINS_H

#include <bit>

constexpr int __builtin_clz(unsigned v) { return std::countl_zero(v); }
constexpr int __builtin_clzl(unsigned long v) { return std::countl_zero(v); }
constexpr int __builtin_clzll(unsigned long long v) { return std::countl_zero(v); }
constexpr int __builtin_ctz(unsigned v) { return std::countr_zero(v); }
constexpr int __builtin_ctzl(unsigned long v) { return std::countr_zero(v); }
constexpr int __builtin_ctzll(unsigned long long v) { return std::countr_zero(v); }
constexpr int __builtin_ffs(int v) { return v == 0 ? 0 : std::countr_zero(static_cast<unsigned>(v)) + 1; }
constexpr int __builtin_popcount(unsigned v) { return std::popcount(v); }
constexpr int __builtin_popcountl(unsigned long v) { return std::popcount(v); }
constexpr int __builtin_popcountll(unsigned long long v) { return std::popcount(v); }

#endif
