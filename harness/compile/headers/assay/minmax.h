// What every source gets of <algorithm>: std::min, std::max, std::clamp.
#ifndef ASSAY_MINMAX_H
#define ASSAY_MINMAX_H

#include <utility>

namespace std {

template <class T> constexpr const T& min(const T& a, const T& b) {
    return b < a ? b : a;
}
template <class T> constexpr const T& max(const T& a, const T& b) {
    return a < b ? b : a;
}
template <class T, class C> constexpr const T& min(const T& a, const T& b, C before) {
    return before(b, a) ? b : a;
}
template <class T, class C> constexpr const T& max(const T& a, const T& b, C before) {
    return before(a, b) ? b : a;
}
template <class T> constexpr T min(initializer_list<T> values) {
    T least = *values.begin();
    for (const T& value : values) {
        least = value < least ? value : least;
    }
    return least;
}
template <class T> constexpr T max(initializer_list<T> values) {
    T most = *values.begin();
    for (const T& value : values) {
        most = most < value ? value : most;
    }
    return most;
}
template <class T> constexpr const T& clamp(const T& value, const T& low, const T& high) {
    return value < low ? low : high < value ? high : value;
}

} // namespace std

#endif
