// What our versions of the standard headers compute, checked by the compiler itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>

static_assert(std::min(3, 2) == 2 && std::max(3, 2) == 3 && std::clamp(7, 0, 5) == 5);
static_assert(std::min({4, 2, 3}) == 2 && std::max({4, 2, 3}) == 4);

constexpr std::array<int, 9> sorted() {
    std::array<int, 9> a{5, 3, 9, 1, 1, 7, 0, 8, 2};
    std::sort(a.begin(), a.end());
    return a;
}
static_assert(sorted()[0] == 0 && sorted()[1] == 1 && sorted()[2] == 1 && sorted()[4] == 3 && sorted()[8] == 9);
constexpr int positions() {
    constexpr std::array<int, 5> a{1, 3, 3, 5, 8};
    int result = std::lower_bound(a.begin(), a.end(), 3) - a.begin();
    result = result * 10 + (std::upper_bound(a.begin(), a.end(), 3) - a.begin());
    result = result * 10 + (std::find(a.begin(), a.end(), 5) - a.begin());
    result = result * 10 + (std::max_element(a.begin(), a.end()) - a.begin());
    return result * 10 + std::count(a.begin(), a.end(), 3);
}
static_assert(positions() == 13342);
constexpr int folds() {
    std::array<int, 4> a{};
    std::iota(a.begin(), a.end(), 1);
    std::reverse(a.begin(), a.end());
    return a[0] * 1000 + std::accumulate(a.begin(), a.end(), 0) * 10 + std::inner_product(a.begin(), a.end(), a.begin(), 0) % 10;
}
static_assert(folds() == 4100);
static_assert(std::gcd(12, 18) == 6 && std::lcm(4, 6) == 12);

static_assert(std::numeric_limits<int>::max() == 2147483647 && std::numeric_limits<int>::min() == -2147483647 - 1);
static_assert(std::numeric_limits<long long>::min() == LLONG_MIN && std::numeric_limits<unsigned char>::max() == 255);
static_assert(std::numeric_limits<signed char>::lowest() == -128 && std::numeric_limits<bool>::max() == true);
static_assert(std::numeric_limits<float>::max() == 3.402823466e+38f && std::numeric_limits<double>::epsilon() == 0x1p-52);
static_assert(std::numeric_limits<float>::infinity() > std::numeric_limits<float>::max());
static_assert(std::numeric_limits<double>::quiet_NaN() != std::numeric_limits<double>::quiet_NaN());
static_assert(std::numeric_limits<float>::digits == 24 && std::numeric_limits<int>::digits10 == 9);

static_assert(std::is_same_v<int64_t, long> && sizeof(uintptr_t) == 8);
static_assert(std::is_same_v<std::decay_t<const int (&)[3]>, const int*> && std::is_same_v<std::decay_t<int(int)>, int (*)(int)>);
static_assert(std::is_same_v<std::common_type_t<int, float, double>, double>);
static_assert(std::is_same_v<std::invoke_result_t<std::plus<>, int, float>, float>);
static_assert(std::is_unsigned_v<size_t> && !std::is_signed_v<unsigned> && std::is_signed_v<float> && !std::is_integral_v<float>);
static_assert(std::make_index_sequence<5>::size() == 5);
static_assert(std::is_same_v<std::make_integer_sequence<int, 3>, std::integer_sequence<int, 0, 1, 2>>);

constexpr int bindings() {
    auto [a, b] = std::make_pair(1, 2);
    auto [c, d, e] = std::make_tuple(3, 4, 5);
    std::tie(a, b) = std::make_tuple(b, a);
    std::swap(c, d);
    return a * 10000 + b * 1000 + c * 100 + d * 10 + e;
}
static_assert(bindings() == 21435);
static_assert(std::apply([](int a, int b) { return a - b; }, std::make_tuple(7, 5)) == 2);
static_assert(std::pair(1, 2) < std::pair(1, 3) && std::exchange(*std::array{4}.data(), 5) == 4);

__global__ void nothing(int* x) { *x = positions(); }
extern "C" void solve(int* x) { nothing<<<1, 1>>>(x); }
