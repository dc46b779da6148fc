// Element types, devices, options, lists of sizes.
#ifndef ASSAY_TORCH_TYPES_H
#define ASSAY_TORCH_TYPES_H

#include <assay/everything.h>

#define C10_HOST
#define C10_DEVICE
#define C10_HOST_DEVICE
#define C10_ALWAYS_INLINE inline
#define C10_UNUSED [[maybe_unused]]
#define C10_RESTRICT __restrict__
#define C10_EXPORT
#define C10_API
#define TORCH_API
#define TORCH_CUDA_CU_API
#define TORCH_CUDA_CPP_API
#define C10_LIKELY(x) (x)
#define C10_UNLIKELY(x) (x)
#define C10_WARP_SIZE 32
#define C10_LAUNCH_BOUNDS_0 __launch_bounds__(256, 4)
#define C10_LAUNCH_BOUNDS_1(threads) __launch_bounds__(threads)
#define C10_LAUNCH_BOUNDS_2(threads, blocks) __launch_bounds__(threads, blocks)

struct __half;
struct __nv_bfloat16;

namespace c10 {

using std::nullopt;
using std::nullopt_t;
using std::optional;
template <class T> constexpr optional<T> make_optional(T value) {
    return optional<T>(value);
}

/// The numbers are PyTorch's, and the recorder's.
enum class ScalarType : signed char {
    Byte, Char, Short, Int, Long, Half, Float, Double, ComplexHalf, ComplexFloat, ComplexDouble, Bool, QInt8, QUInt8, QInt32,
    BFloat16, Undefined = 47
};
enum class DeviceType : signed char { CPU, CUDA };
enum class DispatchKey : signed char {
    CPU,
    CUDA,
    Meta,
    Autograd,
    AutogradCPU,
    AutogradCUDA,
    CompositeImplicitAutograd,
    CompositeExplicitAutograd
};
enum class MemoryFormat : signed char { Contiguous, Preserve, ChannelsLast, ChannelsLast3d };
enum class Layout : signed char { Strided };
using DeviceIndex = signed char;

constexpr DeviceType kCPU = DeviceType::CPU;
constexpr DeviceType kCUDA = DeviceType::CUDA;

constexpr int elementSize(ScalarType type) {
    switch (type) {
    case ScalarType::Byte:
    case ScalarType::Char:
    case ScalarType::Bool: return 1;
    case ScalarType::Short:
    case ScalarType::Half:
    case ScalarType::BFloat16: return 2;
    case ScalarType::Long:
    case ScalarType::Double: return 8;
    default: return 4;
    }
}
constexpr const char* toString(ScalarType type) {
    switch (type) {
    case ScalarType::Byte: return "Byte";
    case ScalarType::Char: return "Char";
    case ScalarType::Short: return "Short";
    case ScalarType::Int: return "Int";
    case ScalarType::Long: return "Long";
    case ScalarType::Half: return "Half";
    case ScalarType::Float: return "Float";
    case ScalarType::Double: return "Double";
    case ScalarType::Bool: return "Bool";
    case ScalarType::BFloat16: return "BFloat16";
    default: return "Undefined";
    }
}
constexpr bool isFloatingType(ScalarType type) {
    return type == ScalarType::Float || type == ScalarType::Double || type == ScalarType::Half ||
           type == ScalarType::BFloat16;
}
constexpr bool isIntegralType(ScalarType type, bool with_bool = false) {
    return (int(type) >= 0 && int(type) <= int(ScalarType::Long)) || (with_bool && type == ScalarType::Bool);
}
constexpr bool isReducedFloatingType(ScalarType type) {
    return type == ScalarType::Half || type == ScalarType::BFloat16;
}
constexpr bool isComplexType(ScalarType) {
    return false;
}

struct Half;
struct BFloat16;
template <class T> struct CppTypeToScalarType;
template <> struct CppTypeToScalarType<unsigned char> { static constexpr ScalarType value = ScalarType::Byte; };
template <> struct CppTypeToScalarType<signed char> { static constexpr ScalarType value = ScalarType::Char; };
template <> struct CppTypeToScalarType<char> { static constexpr ScalarType value = ScalarType::Char; };
template <> struct CppTypeToScalarType<short> { static constexpr ScalarType value = ScalarType::Short; };
template <> struct CppTypeToScalarType<int> { static constexpr ScalarType value = ScalarType::Int; };
template <> struct CppTypeToScalarType<long> { static constexpr ScalarType value = ScalarType::Long; };
template <> struct CppTypeToScalarType<long long> { static constexpr ScalarType value = ScalarType::Long; };
template <> struct CppTypeToScalarType<float> { static constexpr ScalarType value = ScalarType::Float; };
template <> struct CppTypeToScalarType<double> { static constexpr ScalarType value = ScalarType::Double; };
template <> struct CppTypeToScalarType<bool> { static constexpr ScalarType value = ScalarType::Bool; };
template <> struct CppTypeToScalarType<Half> { static constexpr ScalarType value = ScalarType::Half; };
template <> struct CppTypeToScalarType<BFloat16> { static constexpr ScalarType value = ScalarType::BFloat16; };
template <> struct CppTypeToScalarType<__half> { static constexpr ScalarType value = ScalarType::Half; };
template <> struct CppTypeToScalarType<__nv_bfloat16> { static constexpr ScalarType value = ScalarType::BFloat16; };

/// What Tensor::dtype() gives: a type with a name.
struct TypeMeta {
    ScalarType type = ScalarType::Undefined;
    constexpr TypeMeta(ScalarType type = ScalarType::Undefined) : type(type) {}
    constexpr operator ScalarType() const { return type; }
    constexpr ScalarType toScalarType() const { return type; }
    constexpr int itemsize() const { return elementSize(type); }
    constexpr const char* name() const { return toString(type); }
};
constexpr bool operator==(TypeMeta a, TypeMeta b) {
    return a.type == b.type;
}
constexpr bool operator!=(TypeMeta a, TypeMeta b) {
    return a.type != b.type;
}
constexpr bool operator==(TypeMeta a, ScalarType b) {
    return a.type == b;
}
constexpr bool operator!=(TypeMeta a, ScalarType b) {
    return a.type != b;
}
constexpr bool operator==(ScalarType a, TypeMeta b) {
    return a == b.type;
}
constexpr bool operator!=(ScalarType a, TypeMeta b) {
    return a != b.type;
}
constexpr ScalarType typeMetaToScalarType(TypeMeta meta) {
    return meta.type;
}

struct Device {
    DeviceType kind = DeviceType::CPU;
    DeviceIndex number = -1;
    constexpr Device(DeviceType kind, DeviceIndex number = -1) : kind(kind), number(number) {}
    Device(const char* name) : kind(name[1] == 'u' ? DeviceType::CUDA : DeviceType::CPU) {}
    Device(const std::string& name) : Device(name.c_str()) {}
    constexpr DeviceType type() const { return kind; }
    constexpr DeviceIndex index() const { return number; }
    constexpr bool has_index() const { return number >= 0; }
    constexpr bool is_cuda() const { return kind == DeviceType::CUDA; }
    constexpr bool is_cpu() const { return kind == DeviceType::CPU; }
    std::string str() const { return is_cuda() ? "cuda:0" : "cpu"; }
};
constexpr bool operator==(Device a, Device b) {
    return a.kind == b.kind && (a.number < 1) == (b.number < 1);
}
constexpr bool operator!=(Device a, Device b) {
    return !(a == b);
}

/// A list that belongs to someone else.
template <class T> class ArrayRef {
  public:
    using value_type = T;
    using iterator = const T*;
    constexpr ArrayRef() = default;
    constexpr ArrayRef(const T* items, size_t count) : items(items), count(count) {}
    constexpr ArrayRef(const T* first, const T* last) : items(first), count(last - first) {}
    constexpr ArrayRef(const T& one) : items(&one), count(1) {}
    ArrayRef(const std::vector<T>& list) : items(list.data()), count(list.size()) {}
    template <size_t n> constexpr ArrayRef(const T (&list)[n]) : items(list), count(n) {}
    template <size_t n> constexpr ArrayRef(const std::array<T, n>& list) : items(list.data()), count(n) {}
    constexpr ArrayRef(const std::initializer_list<T>& list) : items(list.begin()), count(list.size()) {}
    constexpr const T* begin() const { return items; }
    constexpr const T* end() const { return items + count; }
    constexpr const T* data() const { return items; }
    constexpr size_t size() const { return count; }
    constexpr bool empty() const { return count == 0; }
    constexpr const T& operator[](size_t i) const { return items[i]; }
    constexpr const T& at(size_t i) const { return items[i]; }
    constexpr const T& front() const { return items[0]; }
    constexpr const T& back() const { return items[count - 1]; }
    constexpr ArrayRef slice(size_t start, size_t length) const { return {items + start, length}; }
    constexpr ArrayRef slice(size_t start) const { return {items + start, count - start}; }
    std::vector<T> vec() const { return std::vector<T>(items, items + count); }
    operator std::vector<T>() const { return vec(); }
    bool equals(ArrayRef other) const {
        for (size_t i = 0; i < count && count == other.count; i++) {
            if (!(items[i] == other.items[i])) {
                return false;
            }
        }
        return count == other.count;
    }

  private:
    const T* items = nullptr;
    size_t count = 0;
};
inline bool operator==(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
    return a.equals(b);
}
inline bool operator!=(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
    return !a.equals(b);
}
using IntArrayRef = ArrayRef<int64_t>;
template <class T, unsigned N = 8> struct SmallVector : std::vector<T> {
    using std::vector<T>::vector;
    SmallVector(ArrayRef<T> list) : std::vector<T>(list.vec()) {}
};
using DimVector = SmallVector<int64_t, 5>;
using SymInt = int64_t;
using SymIntArrayRef = ArrayRef<int64_t>;

struct TensorOptions {
    ScalarType type = ScalarType::Undefined; ///< undefined: not said
    signed char place = -1;                  ///< a DeviceType; -1: not said
    constexpr TensorOptions() = default;
    constexpr TensorOptions(ScalarType type) : type(type) {}
    constexpr TensorOptions(TypeMeta meta) : type(meta.type) {}
    constexpr TensorOptions(DeviceType device) : place(static_cast<signed char>(device)) {}
    constexpr TensorOptions(Device device) : place(static_cast<signed char>(device.kind)) {}
    constexpr TensorOptions(ScalarType type, signed char place) : type(type), place(place) {}
    constexpr TensorOptions dtype(TypeMeta wanted) const { return {wanted.type, place}; }
    constexpr TensorOptions dtype(ScalarType wanted) const { return {wanted, place}; }
    constexpr TensorOptions device(Device wanted) const { return {type, static_cast<signed char>(wanted.kind)}; }
    constexpr TensorOptions device(DeviceType wanted, int = 0) const { return {type, static_cast<signed char>(wanted)}; }
    constexpr TensorOptions device_index(int) const { return {type, 1}; }
    constexpr TensorOptions layout(Layout) const { return *this; }
    constexpr TensorOptions memory_format(MemoryFormat) const { return *this; }
    constexpr TensorOptions requires_grad(bool = true) const { return *this; }
    constexpr TensorOptions pinned_memory(bool) const { return *this; }
    constexpr TypeMeta dtype() const { return type; }
    constexpr Device device() const { return Device(place == 1 ? DeviceType::CUDA : DeviceType::CPU); }
};
constexpr TensorOptions dtype(TypeMeta type) {
    return type.type;
}
constexpr TensorOptions dtype(ScalarType type) {
    return type;
}
constexpr TensorOptions device(Device device) {
    return device;
}
constexpr TensorOptions device(DeviceType device, int = 0) {
    return device;
}
constexpr TensorOptions requires_grad(bool = true) {
    return {};
}
template <class T> constexpr TensorOptions dtype() {
    return CppTypeToScalarType<T>::value;
}

/// A number of any type.
struct Scalar {
    double real = 0;
    int64_t integer = 0;
    bool is_integer = false;
    constexpr Scalar() : is_integer(true) {}
    constexpr Scalar(int value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(unsigned value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(long value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(long long value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(unsigned long value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(bool value) : real(value), integer(value), is_integer(true) {}
    constexpr Scalar(float value) : real(value), integer(static_cast<int64_t>(value)) {}
    constexpr Scalar(double value) : real(value), integer(static_cast<int64_t>(value)) {}
    template <class T> constexpr T to() const { return is_integer ? static_cast<T>(integer) : static_cast<T>(real); }
    constexpr float toFloat() const { return to<float>(); }
    constexpr double toDouble() const { return to<double>(); }
    constexpr int toInt() const { return to<int>(); }
    constexpr int64_t toLong() const { return to<int64_t>(); }
    constexpr bool toBool() const { return to<bool>(); }
    constexpr bool isIntegral(bool = false) const { return is_integer; }
    constexpr bool isFloatingPoint() const { return !is_integer; }
};

struct Error : std::exception {
    using std::exception::exception;
};

} // namespace c10

namespace caffe2 {
using c10::TypeMeta;
}

namespace at {
using namespace c10;
using Dtype = c10::ScalarType;

constexpr ScalarType kByte = ScalarType::Byte;
constexpr ScalarType kChar = ScalarType::Char;
constexpr ScalarType kShort = ScalarType::Short;
constexpr ScalarType kInt = ScalarType::Int;
constexpr ScalarType kLong = ScalarType::Long;
constexpr ScalarType kHalf = ScalarType::Half;
constexpr ScalarType kFloat = ScalarType::Float;
constexpr ScalarType kDouble = ScalarType::Double;
constexpr ScalarType kBool = ScalarType::Bool;
constexpr ScalarType kBFloat16 = ScalarType::BFloat16;
constexpr ScalarType kUInt8 = ScalarType::Byte;
constexpr ScalarType kInt8 = ScalarType::Char;
constexpr ScalarType kInt16 = ScalarType::Short;
constexpr ScalarType kInt32 = ScalarType::Int;
constexpr ScalarType kInt64 = ScalarType::Long;
constexpr ScalarType kFloat16 = ScalarType::Half;
constexpr ScalarType kFloat32 = ScalarType::Float;
constexpr ScalarType kFloat64 = ScalarType::Double;
constexpr Layout kStrided = Layout::Strided;
} // namespace at

namespace torch {
using namespace at;
} // namespace torch

#endif
