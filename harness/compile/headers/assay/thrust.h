// Thrust, as far as host code beside kernels uses it: pointers, vectors and algorithms over device memory, written over CUB's
// device-wide algorithms and one kernel of our own. The toolkit's own Thrust needs more of a host than there is here.
//
// An algorithm that gives a number back (reduce, count, max_element) copies it from the device.
#ifndef ASSAY_THRUST_H
#define ASSAY_THRUST_H

#include <cub/util_type.cuh>
#include <cuda/std/functional>
#include <cuda_runtime.h>
#include <utility>
#include <vector>

namespace thrust {

// ---- Policies -----------------------------------------------------------------------------------------------------

struct __policy {
    cudaStream_t stream = 0;
    bool on_host = false;
    constexpr __policy on(cudaStream_t other) const { return {other, on_host}; }
    template <class A> constexpr __policy operator()(A&&) const { return *this; }
};
inline constexpr __policy device{};
inline constexpr __policy host{0, true};
inline constexpr __policy seq{0, true};
namespace cuda {
inline constexpr __policy par{};
inline constexpr __policy par_nosync{};
} // namespace cuda

// ---- Pointers and vectors -----------------------------------------------------------------------------------------

template <class T> class __element;
template <class T> class device_ptr {
  public:
    using value_type = std::remove_cv_t<T>;
    using difference_type = ptrdiff_t;
    using reference = __element<T>;
    using pointer = device_ptr;
    using element_type = T;
    using raw_pointer = T*;
    using iterator_category = std::random_access_iterator_tag;
    device_ptr() = default;
    explicit device_ptr(T* memory) : memory(memory) {}
    template <class U, class = std::enable_if_t<std::is_convertible<U*, T*>::value>>
    device_ptr(const device_ptr<U>& other) : memory(other.get()) {}
    T* get() const { return memory; }
    reference operator*() const { return reference(memory); }
    reference operator[](ptrdiff_t i) const { return reference(memory + i); }
    device_ptr operator+(ptrdiff_t i) const { return device_ptr(memory + i); }
    device_ptr operator-(ptrdiff_t i) const { return device_ptr(memory - i); }
    ptrdiff_t operator-(const device_ptr& other) const { return memory - other.memory; }
    device_ptr& operator+=(ptrdiff_t i) {
        memory += i;
        return *this;
    }
    device_ptr& operator++() { return *this += 1; }
    device_ptr operator++(int) { return device_ptr(memory++); }
    bool operator==(const device_ptr& other) const { return memory == other.memory; }
    bool operator!=(const device_ptr& other) const { return memory != other.memory; }
    bool operator<(const device_ptr& other) const { return memory < other.memory; }

  private:
    T* memory = nullptr;
};
/// An element on the device, for host code.
template <class T> class __element {
  public:
    using value_type = std::remove_cv_t<T>;
    explicit __element(T* memory) : memory(memory) {}
    operator value_type() const {
        value_type value;
        cudaMemcpy(&value, memory, sizeof value, cudaMemcpyDeviceToHost);
        return value;
    }
    const __element& operator=(const value_type& value) const {
        cudaMemcpy(memory, &value, sizeof value, cudaMemcpyHostToDevice);
        return *this;
    }
    device_ptr<T> operator&() const { return device_ptr<T>(memory); }

  private:
    T* memory;
};
template <class T> device_ptr<T> device_pointer_cast(T* memory) {
    return device_ptr<T>(memory);
}
template <class T> T* raw_pointer_cast(T* memory) {
    return memory;
}
template <class T> T* raw_pointer_cast(const device_ptr<T>& memory) {
    return memory.get();
}
template <class T> device_ptr<T> device_malloc(size_t count) {
    T* memory = nullptr;
    cudaMalloc(&memory, count * sizeof(T));
    return device_ptr<T>(memory);
}
template <class T> void device_free(device_ptr<T> memory) {
    cudaFree((void*)memory.get());
}

// What an algorithm reads and writes through: an address on the device, or an iterator that kernels can use.
template <class I> I __raw(I iterator) {
    return iterator;
}
template <class T> T* __raw(device_ptr<T> pointer) {
    return pointer.get();
}
template <class I> struct __value_of { using type = typename I::value_type; };
template <class T> struct __value_of<T*> { using type = std::remove_cv_t<T>; };
template <class I> using __value = typename __value_of<I>::type;

/// Device memory for the length of a call.
class __scratch {
  public:
    explicit __scratch(size_t bytes) { cudaMalloc(&memory, bytes == 0 ? 1 : bytes); }
    __scratch(const __scratch&) = delete;
    ~__scratch() { cudaFree(memory); }
    void* memory = nullptr;
};
/// CUB's two calls: how much memory, and the work.
template <class F> void __twice(F call) {
    size_t bytes = 0;
    call(nullptr, bytes);
    __scratch room(bytes);
    call(room.memory, bytes);
}
template <class T> T __fetch(const void* memory) {
    T value;
    cudaMemcpy(&value, memory, sizeof value, cudaMemcpyDeviceToHost);
    return value;
}

template <class F> __global__ void __each_kernel(ptrdiff_t count, F function) {
    for (ptrdiff_t i = blockIdx.x * (ptrdiff_t)blockDim.x + threadIdx.x; i < count; i += (ptrdiff_t)gridDim.x * blockDim.x) {
        function(i);
    }
}
template <class F> void __each(__policy policy, ptrdiff_t count, F function) {
    if (policy.on_host) {
        for (ptrdiff_t i = 0; i < count; i++) {
            function(i);
        }
    } else if (count > 0) {
        const ptrdiff_t blocks = (count + 255) / 256;
        __each_kernel<<<blocks < 65535 ? blocks : 65535, 256, 0, policy.stream>>>(count, function);
    }
}

template <class T, class A = void> class device_vector {
  public:
    using value_type = T;
    using size_type = size_t;
    using iterator = device_ptr<T>;
    using const_iterator = device_ptr<const T>;
    using reference = __element<T>;
    using pointer = device_ptr<T>;
    device_vector() = default;
    explicit device_vector(size_t count) { resize(count); }
    device_vector(size_t count, const T& value) { resize(count, value); }
    device_vector(const std::vector<T>& other) { upload(other.data(), other.size()); }
    device_vector(std::initializer_list<T> list) { upload(list.begin(), list.size()); }
    device_vector(const T* first, const T* last) { upload(first, last - first); }
    device_vector(device_ptr<const T> first, device_ptr<const T> last) {
        allocate(last - first);
        cudaMemcpy(items, first.get(), count * sizeof(T), cudaMemcpyDeviceToDevice);
    }
    device_vector(device_ptr<T> first, device_ptr<T> last)
        : device_vector(device_ptr<const T>(first), device_ptr<const T>(last)) {}
    device_vector(const device_vector& other) : device_vector(other.begin(), other.end()) {}
    device_vector(device_vector&& other) noexcept { swap(other); }
    ~device_vector() { cudaFree(items); }
    device_vector& operator=(device_vector other) noexcept {
        swap(other);
        return *this;
    }
    void resize(size_t wanted, const T& value = T()) {
        device_vector old;
        swap(old);
        allocate(wanted);
        const size_t kept = old.count < wanted ? old.count : wanted;
        if (kept > 0) {
            cudaMemcpy(items, old.items, kept * sizeof(T), cudaMemcpyDeviceToDevice);
        }
        T* const to = items + kept;
        __each({}, wanted - kept, [to, value](ptrdiff_t i) { to[i] = value; });
    }
    void clear() { count = 0; }
    size_t size() const { return count; }
    bool empty() const { return count == 0; }
    device_ptr<T> data() { return device_ptr<T>(items); }
    device_ptr<const T> data() const { return device_ptr<const T>(items); }
    device_ptr<T> begin() { return data(); }
    device_ptr<T> end() { return data() + count; }
    device_ptr<const T> begin() const { return data(); }
    device_ptr<const T> end() const { return data() + count; }
    __element<T> operator[](size_t i) { return __element<T>(items + i); }
    __element<const T> operator[](size_t i) const { return __element<const T>(items + i); }
    __element<T> front() { return (*this)[0]; }
    __element<T> back() { return (*this)[count - 1]; }
    void swap(device_vector& other) noexcept {
        std::swap(items, other.items);
        std::swap(count, other.count);
    }

  private:
    void allocate(size_t wanted) {
        count = wanted;
        cudaMalloc(&items, wanted == 0 ? 1 : wanted * sizeof(T));
    }
    void upload(const T* from, size_t wanted) {
        allocate(wanted);
        cudaMemcpy(items, from, wanted * sizeof(T), cudaMemcpyHostToDevice);
    }
    T* items = nullptr;
    size_t count = 0;
};
template <class T, class A = void> class host_vector : public std::vector<T> {
  public:
    using std::vector<T>::vector;
    host_vector(const device_vector<T>& other) : std::vector<T>(other.size()) {
        cudaMemcpy(this->data(), other.data().get(), other.size() * sizeof(T), cudaMemcpyDeviceToHost);
    }
};

// ---- Functions ----------------------------------------------------------------------------------------------------

template <class T = void> using plus = ::cuda::std::plus<T>;
template <class T = void> using minus = ::cuda::std::minus<T>;
template <class T = void> using multiplies = ::cuda::std::multiplies<T>;
template <class T = void> using divides = ::cuda::std::divides<T>;
template <class T = void> using modulus = ::cuda::std::modulus<T>;
template <class T = void> using negate = ::cuda::std::negate<T>;
template <class T = void> using less = ::cuda::std::less<T>;
template <class T = void> using greater = ::cuda::std::greater<T>;
template <class T = void> using less_equal = ::cuda::std::less_equal<T>;
template <class T = void> using greater_equal = ::cuda::std::greater_equal<T>;
template <class T = void> using equal_to = ::cuda::std::equal_to<T>;
template <class T = void> using not_equal_to = ::cuda::std::not_equal_to<T>;
template <class T = void> using logical_and = ::cuda::std::logical_and<T>;
template <class T = void> using logical_or = ::cuda::std::logical_or<T>;
template <class T = void> using bit_and = ::cuda::std::bit_and<T>;
template <class T = void> using bit_or = ::cuda::std::bit_or<T>;
template <class T = void> using bit_xor = ::cuda::std::bit_xor<T>;
template <class T = void> struct identity {
    template <class U> constexpr U operator()(U value) const { return value; }
};
template <class T = void> struct square {
    template <class U> constexpr U operator()(U value) const { return value * value; }
};
template <class T = void> struct maximum {
    template <class U> constexpr U operator()(U a, U b) const { return a < b ? b : a; }
};
template <class T = void> struct minimum {
    template <class U> constexpr U operator()(U a, U b) const { return b < a ? b : a; }
};

// A policy comes first or not at all; without one the iterators say where they point.
template <class I> constexpr __policy __policy_of(const I&) {
    return host;
}
template <class T> constexpr __policy __policy_of(const device_ptr<T>&) {
    return device;
}
template <class P> inline constexpr bool __is_policy = std::is_same<std::remove_cvref_t<P>, __policy>::value;
#define ASSAY_WITHOUT_POLICY(name)                                                                                         \
    template <class I, class... A, class = std::enable_if_t<!__is_policy<I>>> decltype(auto) name(I first, A... rest) {    \
        return name(__policy_of(first), first, rest...);                                                                   \
    }

// ---- Algorithms that need nothing of CUB --------------------------------------------------------------------------

template <class I, class T> void fill(__policy policy, I first, I last, const T& value) {
    const auto to = __raw(first);
    __each(policy, last - first, [to, value](ptrdiff_t i) mutable { to[i] = value; });
}
template <class I, class N, class T> I fill_n(__policy policy, I first, N count, const T& value) {
    fill(policy, first, first + count, value);
    return first + count;
}
template <class I, class T> void sequence(__policy policy, I first, I last, T start, T step) {
    const auto to = __raw(first);
    __each(policy, last - first, [to, start, step](ptrdiff_t i) mutable { to[i] = start + static_cast<T>(i) * step; });
}
template <class I, class T> void sequence(__policy policy, I first, I last, T start) {
    sequence(policy, first, last, start, T(1));
}
template <class I> void sequence(__policy policy, I first, I last) {
    sequence(policy, first, last, __value<I>(0), __value<I>(1));
}
template <class I, class F> I for_each(__policy policy, I first, I last, F function) {
    const auto at = __raw(first);
    __each(policy, last - first, [at, function](ptrdiff_t i) mutable { function(at[i]); });
    return last;
}
template <class I, class N, class F> I for_each_n(__policy policy, I first, N count, F function) {
    return for_each(policy, first, first + count, function);
}
template <class I, class O, class F, class = decltype(std::declval<F>()(std::declval<__value<I>>()))>
O transform(__policy policy, I first, I last, O out, F function) {
    const auto from = __raw(first);
    const auto to = __raw(out);
    __each(policy, last - first, [from, to, function](ptrdiff_t i) mutable { to[i] = function(from[i]); });
    return out + (last - first);
}
template <class I, class J, class O, class F> O transform(__policy policy, I first, I last, J second, O out, F function) {
    const auto a = __raw(first);
    const auto b = __raw(second);
    const auto to = __raw(out);
    __each(policy, last - first, [a, b, to, function](ptrdiff_t i) mutable { to[i] = function(a[i], b[i]); });
    return out + (last - first);
}
template <class I, class F> void tabulate(__policy policy, I first, I last, F function) {
    const auto to = __raw(first);
    __each(policy, last - first, [to, function](ptrdiff_t i) mutable { to[i] = function(i); });
}
template <class M, class I, class O> O gather(__policy policy, M map, M map_last, I from, O out) {
    const auto at = __raw(map);
    const auto source = __raw(from);
    const auto to = __raw(out);
    __each(policy, map_last - map, [at, source, to](ptrdiff_t i) mutable { to[i] = source[at[i]]; });
    return out + (map_last - map);
}
template <class I, class M, class O> void scatter(__policy policy, I first, I last, M map, O out) {
    const auto at = __raw(map);
    const auto source = __raw(first);
    const auto to = __raw(out);
    __each(policy, last - first, [at, source, to](ptrdiff_t i) mutable { to[at[i]] = source[i]; });
}
// Copies go where the iterators point.
template <class I, class O> O copy(__policy policy, I first, I last, O out) {
    return transform(policy, first, last, out, identity<>());
}
template <class T, class U> device_ptr<U> copy(device_ptr<T> first, device_ptr<T> last, device_ptr<U> out) {
    return copy(device, first, last, out);
}
template <class T, class U> device_ptr<U> copy(T* first, T* last, device_ptr<U> out) {
    cudaMemcpy(out.get(), first, (last - first) * sizeof(T), cudaMemcpyHostToDevice);
    return out + (last - first);
}
template <class T, class U> U* copy(device_ptr<T> first, device_ptr<T> last, U* out) {
    cudaMemcpy(out, first.get(), (last - first) * sizeof(T), cudaMemcpyDeviceToHost);
    return out + (last - first);
}
template <class I, class N, class O> O copy_n(I first, N count, O out) {
    return copy(first, first + count, out);
}
ASSAY_WITHOUT_POLICY(fill)
ASSAY_WITHOUT_POLICY(fill_n)
ASSAY_WITHOUT_POLICY(sequence)
ASSAY_WITHOUT_POLICY(for_each)
ASSAY_WITHOUT_POLICY(for_each_n)
ASSAY_WITHOUT_POLICY(transform)
ASSAY_WITHOUT_POLICY(tabulate)
ASSAY_WITHOUT_POLICY(gather)
ASSAY_WITHOUT_POLICY(scatter)

} // namespace thrust

#endif
