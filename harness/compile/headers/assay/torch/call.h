// The one call to the recorder behind everything of PyTorch's, and how its arguments are passed.
#ifndef ASSAY_TORCH_CALL_H
#define ASSAY_TORCH_CALL_H

#include <assay/torch/types.h>

namespace at {
class Tensor;
}

namespace __assay {

/// What the recorder reads: 16 bytes each (harness/plan/torch_call.h).
struct Argument {
    enum class Kind : int { None, Tensor, Integer, Real, Boolean, Integers, Text, Tensors, Type, Place, Reals, Slice };
    Kind kind = Kind::None;
    int count = 0; ///< of a list; of a Slice: which of begin, end, step are given, as bits
    union {
        long long integer;
        double real;
        const void* pointer;
    };

    constexpr Argument() : integer(0) {}
    constexpr Argument(std::nullopt_t) : integer(0) {}
    constexpr Argument(bool value) : kind(Kind::Boolean), integer(value) {}
    constexpr Argument(char value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(int value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(unsigned value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(long value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(unsigned long value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(long long value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(unsigned long long value) : kind(Kind::Integer), integer(value) {}
    constexpr Argument(float value) : kind(Kind::Real), real(value) {}
    constexpr Argument(double value) : kind(Kind::Real), real(value) {}
    constexpr Argument(const char* text) : kind(Kind::Text), pointer(text) {}
    Argument(const std::string& text) : kind(Kind::Text), pointer(text.c_str()) {}
    constexpr Argument(c10::IntArrayRef list) : kind(Kind::Integers), count(static_cast<int>(list.size())), pointer(list.data()) {}
    constexpr Argument(c10::ArrayRef<double> list) : kind(Kind::Reals), count(static_cast<int>(list.size())), pointer(list.data()) {}
    Argument(const std::vector<int64_t>& list) : Argument(c10::IntArrayRef(list)) {}
    inline Argument(c10::ArrayRef<at::Tensor> list);
    inline Argument(const at::Tensor& tensor);
    constexpr Argument(c10::ScalarType type) : kind(Kind::Type), integer(static_cast<int>(type)) {}
    constexpr Argument(c10::TypeMeta type) : Argument(type.type) {}
    constexpr Argument(c10::DeviceType device) : kind(Kind::Place), integer(static_cast<int>(device)) {}
    constexpr Argument(c10::Device device) : Argument(device.kind) {}
    Argument(c10::Scalar value) : kind(value.is_integer ? Kind::Integer : Kind::Real) {
        if (value.is_integer) {
            integer = value.integer;
        } else {
            real = value.real;
        }
    }
    constexpr Argument(cudaError_t error) : kind(Kind::Integer), integer(error) {}
    template <class T> Argument(const std::optional<T>& value) : Argument() {
        if (value) {
            *this = Argument(*value);
        }
    }
};
using Arguments = std::initializer_list<Argument>;

} // namespace __assay

extern "C" long long __assay_torch(const char* operation, const ::__assay::Argument* arguments, int count);

namespace __assay {

inline long long number(const char* operation, Arguments arguments) {
    return __assay_torch(operation, arguments.begin(), static_cast<int>(arguments.size()));
}
inline double real(const char* operation, Arguments arguments) {
    return __longlong_as_double(number(operation, arguments));
}
/// Ends the recording with a message made of the arguments.
[[noreturn]] inline void fail(Arguments message) {
    number("fail", message);
    __assay_throw("");
}

} // namespace __assay

#define TORCH_CHECK(condition, ...)                                                                                        \
    do {                                                                                                                   \
        if (!(condition)) {                                                                                                \
            ::__assay::check_failed(#condition, {__VA_ARGS__});                                                            \
        }                                                                                                                  \
    } while (false)
#define TORCH_CHECK_EQ(a, b, ...) TORCH_CHECK((a) == (b), #a " == " #b)
#define TORCH_CHECK_NE(a, b, ...) TORCH_CHECK((a) != (b), #a " != " #b)
#define TORCH_CHECK_LE(a, b, ...) TORCH_CHECK((a) <= (b), #a " <= " #b)
#define TORCH_CHECK_LT(a, b, ...) TORCH_CHECK((a) < (b), #a " < " #b)
#define TORCH_CHECK_GE(a, b, ...) TORCH_CHECK((a) >= (b), #a " >= " #b)
#define TORCH_CHECK_GT(a, b, ...) TORCH_CHECK((a) > (b), #a " > " #b)
#define TORCH_CHECK_ARG(condition, number, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_CHECK_VALUE(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_CHECK_TYPE(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_CHECK_INDEX(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define TORCH_INTERNAL_ASSERT_DEBUG_ONLY(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define AT_ASSERT(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define AT_ASSERTM(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define AT_CHECK(condition, ...) TORCH_CHECK(condition, __VA_ARGS__)
#define AT_ERROR(...) ::__assay::fail({__VA_ARGS__})
#define C10_THROW_ERROR(type, message) ::__assay::fail({message})
#define TORCH_WARN(...) ((void)0)
#define TORCH_WARN_ONCE(...) ((void)0)
#define AT_WARN(...) ((void)0)

namespace __assay {
[[noreturn]] inline void check_failed(const char* condition, Arguments message) {
    if (message.size() == 0) {
        fail({"Expected ", condition, " to be true, but got false."});
    }
    fail(message);
}
} // namespace __assay

namespace c10 {
template <class... T> std::string str(const T&... parts) {
    const ::__assay::Arguments list{::__assay::Argument(parts)...};
    return reinterpret_cast<const char*>(::__assay::number("str", list));
}
} // namespace c10

#endif
