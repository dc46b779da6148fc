// <tvm/ffi/...>: how solutions of FlashInfer-Bench take tensors, written over the tensors of <torch/extension.h>.
#ifndef ASSAY_TVM_FFI_H
#define ASSAY_TVM_FFI_H

#include <torch/extension.h>

// dlpack/dlpack.h

enum DLDeviceType { kDLCPU = 1, kDLCUDA = 2, kDLCUDAHost = 3, kDLCUDAManaged = 13 };
enum DLDataTypeCode { kDLInt = 0, kDLUInt = 1, kDLFloat = 2, kDLOpaqueHandle = 3, kDLBfloat = 4, kDLComplex = 5, kDLBool = 6 };
struct DLDevice {
    DLDeviceType device_type;
    int32_t device_id;
};
struct DLDataType {
    uint8_t code, bits;
    uint16_t lanes;
};
struct DLTensor {
    void* data;
    DLDevice device;
    int32_t ndim;
    DLDataType dtype;
    int64_t* shape;
    int64_t* strides;
    uint64_t byte_offset;
};
constexpr bool operator==(DLDataType a, DLDataType b) {
    return a.code == b.code && a.bits == b.bits && a.lanes == b.lanes;
}
constexpr bool operator!=(DLDataType a, DLDataType b) {
    return !(a == b);
}
constexpr bool operator==(DLDevice a, DLDevice b) {
    return a.device_type == b.device_type && a.device_id == b.device_id;
}
constexpr bool operator!=(DLDevice a, DLDevice b) {
    return !(a == b);
}

typedef void* TVMFFIStreamHandle;
inline TVMFFIStreamHandle TVMFFIEnvGetStream(int32_t, int32_t) {
    return nullptr;
}
inline int TVMFFIEnvTensorAlloc(...) {
    return 0; // a name to pass to Tensor::FromEnvAlloc
}

namespace tvm::ffi {

template <class T> using Optional = std::optional<T>;
template <class... T> using Tuple = std::tuple<T...>;
template <class T> using Array = std::vector<T>;
using String = std::string;

class ShapeView {
  public:
    ShapeView() = default;
    ShapeView(c10::IntArrayRef of) : of_(of) {}
    ShapeView(const int64_t* data, size_t size) : of_(data, size) {}
    ShapeView(std::initializer_list<int64_t> list) : of_(*new std::vector<int64_t>(list)) {}
    ShapeView(const std::vector<int64_t>& list) : of_(*new std::vector<int64_t>(list)) {}
    int64_t operator[](size_t i) const { return of_[i]; }
    int64_t at(size_t i) const { return of_[i]; }
    size_t size() const { return of_.size(); }
    bool empty() const { return of_.size() == 0; }
    const int64_t* data() const { return of_.data(); }
    const int64_t* begin() const { return of_.data(); }
    const int64_t* end() const { return of_.data() + of_.size(); }
    int64_t front() const { return of_[0]; }
    int64_t back() const { return of_[of_.size() - 1]; }
    int64_t Product() const {
        int64_t product = 1;
        for (const int64_t extent : *this) {
            product *= extent;
        }
        return product;
    }
    operator c10::IntArrayRef() const { return of_; }

  private:
    c10::IntArrayRef of_;
};
using Shape = ShapeView;

namespace details {
constexpr DLDataType dtype_of(c10::ScalarType type) {
    switch (type) {
    case c10::ScalarType::Double: return {kDLFloat, 64, 1};
    case c10::ScalarType::Float: return {kDLFloat, 32, 1};
    case c10::ScalarType::Half: return {kDLFloat, 16, 1};
    case c10::ScalarType::BFloat16: return {kDLBfloat, 16, 1};
    case c10::ScalarType::Long: return {kDLInt, 64, 1};
    case c10::ScalarType::Int: return {kDLInt, 32, 1};
    case c10::ScalarType::Short: return {kDLInt, 16, 1};
    case c10::ScalarType::Char: return {kDLInt, 8, 1};
    case c10::ScalarType::Byte: return {kDLUInt, 8, 1};
    default: return {kDLBool, 8, 1};
    }
}
constexpr c10::ScalarType scalar_type_of(DLDataType type) {
    for (const c10::ScalarType known : {c10::ScalarType::Double, c10::ScalarType::Float, c10::ScalarType::Half,
                                        c10::ScalarType::BFloat16, c10::ScalarType::Long, c10::ScalarType::Int,
                                        c10::ScalarType::Short, c10::ScalarType::Char, c10::ScalarType::Byte}) {
        if (dtype_of(known) == type) {
            return known;
        }
    }
    return c10::ScalarType::Bool;
}

/// Collects a message and ends the recording with it.
class Thrower {
  public:
    explicit Thrower(const char* kind) { text_ << kind << ": "; }
    template <class T> Thrower& operator<<(const T& value) {
        text_ << value;
        return *this;
    }
    ~Thrower() { ::__assay::fail({text_.str().c_str()}); }

  private:
    std::ostringstream text_;
};
} // namespace details

/// Owning and not owning is one here: nothing is ever freed.
class TensorView {
  public:
    TensorView() = default;
    TensorView(const at::Tensor& of) : of_(of) {}
    bool defined() const { return of_.defined(); }
    void* data_ptr() const { return of_.data_ptr(); }
    int32_t ndim() const { return static_cast<int32_t>(of_.dim()); }
    int32_t dim() const { return ndim(); }
    int64_t size(int64_t i) const { return of_.size(i); }
    int64_t stride(int64_t i) const { return of_.stride(i); }
    int64_t numel() const { return of_.numel(); }
    ShapeView shape() const { return of_.sizes(); }
    ShapeView sizes() const { return of_.sizes(); }
    ShapeView strides() const { return of_.strides(); }
    DLDataType dtype() const { return details::dtype_of(of_.scalar_type()); }
    DLDevice device() const { return {of_.is_cuda() ? kDLCUDA : kDLCPU, 0}; }
    uint64_t byte_offset() const { return 0; }
    bool IsContiguous() const { return of_.is_contiguous(); }
    bool is_contiguous() const { return of_.is_contiguous(); }
    DLTensor* GetDLTensorPtr() const {
        return new DLTensor{data_ptr(), device(),           ndim(), dtype(), const_cast<int64_t*>(shape().data()),
                            const_cast<int64_t*>(strides().data()), 0};
    }
    const DLTensor* operator->() const { return GetDLTensorPtr(); }
    operator at::Tensor() const { return of_; }

    template <class F> static TensorView FromEnvAlloc(F, ShapeView shape, DLDataType dtype, DLDevice device) {
        const auto place = device.device_type == kDLCUDA ? c10::DeviceType::CUDA : c10::DeviceType::CPU;
        return at::empty(c10::IntArrayRef(shape), at::TensorOptions().dtype(details::scalar_type_of(dtype)).device(place));
    }

  private:
    at::Tensor of_;
};
using Tensor = TensorView;

struct CUDADeviceGuard {
    explicit CUDADeviceGuard(int) {}
};

} // namespace tvm::ffi

namespace __assay {
template <> struct LetterOf<tvm::ffi::TensorView> { static constexpr char value = 'T'; };
template <> struct LetterOf<std::optional<tvm::ffi::TensorView>> { static constexpr char value = 'O'; };
inline void hand_back(const tvm::ffi::TensorView& tensor) {
    hand_back(static_cast<at::Tensor>(tensor));
}
} // namespace __assay

#define TVM_FFI_THROW(kind) ::tvm::ffi::details::Thrower(#kind)
#define TVM_FFI_CHECK(condition, kind)                                                                                     \
    if (condition) {                                                                                                       \
    } else                                                                                                                 \
        TVM_FFI_THROW(kind) << "Check failed: (" #condition ") is false: "
#define TVM_FFI_ICHECK(condition) TVM_FFI_CHECK(condition, InternalError)
#define TVM_FFI_ICHECK_EQ(a, b) TVM_FFI_ICHECK((a) == (b))
#define TVM_FFI_ICHECK_NE(a, b) TVM_FFI_ICHECK((a) != (b))
#define TVM_FFI_ICHECK_LT(a, b) TVM_FFI_ICHECK((a) < (b))
#define TVM_FFI_ICHECK_LE(a, b) TVM_FFI_ICHECK((a) <= (b))
#define TVM_FFI_ICHECK_GT(a, b) TVM_FFI_ICHECK((a) > (b))
#define TVM_FFI_ICHECK_GE(a, b) TVM_FFI_ICHECK((a) >= (b))
#define TVM_FFI_ICHECK_NOTNULL(pointer) (pointer)

// One function of a module, which the recorder starts at, as at PYBIND11_MODULE.
#define TVM_FFI_DLL_EXPORT_TYPED_FUNC(name, function)                                                                      \
    extern "C" void __assay_module() { ::__assay::define(#name, +(function)); }                                            \
    static_assert(true)
#define TVM_FFI_INLINE inline

#endif
