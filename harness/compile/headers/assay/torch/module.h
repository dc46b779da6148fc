// PYBIND11_MODULE and TORCH_LIBRARY: which functions there are, and how the recorder calls one.
//
// A module's body runs first; each `def` names a function, the types of its parameters and a thunk. The recorder chooses a
// function, matches its parameters to the task and runs the thunk, which asks for the arguments and hands back the results.
#ifndef ASSAY_TORCH_MODULE_H
#define ASSAY_TORCH_MODULE_H

#include <assay/torch/tensor.h>

namespace pybind11 {

struct none {};
/// An argument that may be None; what else it holds is asked for by cast().
class object {
  public:
    object() = default;
    object(none) {}
    explicit object(int position) : position_(position) {}
    bool is_none() const { return position_ < 0 || ::__assay::number("argument.is_none", {position_}) != 0; }
    bool is(const none&) const { return is_none(); }
    template <class T> T cast() const;
    explicit operator bool() const { return !is_none(); }
    int position() const { return position_; }

  private:
    int position_ = -1;
};
using handle = object;

struct arg_v {
    const char* name;
    ::__assay::Argument value;
};
struct arg {
    const char* name;
    constexpr explicit arg(const char* name) : name(name) {}
    template <class T> arg_v operator=(const T& value) const { return {name, ::__assay::Argument(value)}; }
    arg_v operator=(none) const { return {name, {}}; }
    arg& noconvert(bool = true) { return *this; }
};
namespace literals {
constexpr arg operator""_a(const char* name, size_t) {
    return arg(name);
}
} // namespace literals
#define ASSAY_PYTHON_ERROR(name)                                                                                           \
    struct name : std::runtime_error {                                                                                     \
        using std::runtime_error::runtime_error;                                                                           \
    };
ASSAY_PYTHON_ERROR(cast_error)
ASSAY_PYTHON_ERROR(error_already_set)
ASSAY_PYTHON_ERROR(index_error)
ASSAY_PYTHON_ERROR(key_error)
ASSAY_PYTHON_ERROR(type_error)
ASSAY_PYTHON_ERROR(value_error)
#undef ASSAY_PYTHON_ERROR
struct kw_only {};
struct gil_scoped_release {};
struct gil_scoped_acquire {};
template <class... T> struct call_guard {};
enum class return_value_policy { automatic, copy, move, reference, take_ownership };
class module_;

} // namespace pybind11

namespace py = pybind11;

namespace __assay {

// One letter for each parameter type: harness/plan/torch_entry.cpp.
template <class T> struct LetterOf {
    static constexpr char value = std::is_same<T, bool>::value            ? 'b'
                                  : std::is_integral<T>::value            ? 'i'
                                  : std::is_floating_point<T>::value      ? 'd'
                                  : std::is_enum<T>::value                ? 'i'
                                                                          : '?';
};
template <> struct LetterOf<at::Tensor> { static constexpr char value = 'T'; };
template <> struct LetterOf<c10::Scalar> { static constexpr char value = 'd'; };
template <> struct LetterOf<std::string> { static constexpr char value = 's'; };
template <> struct LetterOf<pybind11::object> { static constexpr char value = 'o'; };
template <> struct LetterOf<std::vector<at::Tensor>> { static constexpr char value = 'L'; };
template <> struct LetterOf<at::TensorList> { static constexpr char value = 'L'; };
template <> struct LetterOf<std::vector<int64_t>> { static constexpr char value = 'I'; };
template <> struct LetterOf<std::vector<int>> { static constexpr char value = 'I'; };
template <> struct LetterOf<c10::IntArrayRef> { static constexpr char value = 'I'; };
template <> struct LetterOf<std::optional<at::Tensor>> { static constexpr char value = 'O'; };
template <class T> struct LetterOf<std::optional<T>> {
    static constexpr char value = LetterOf<T>::value == 'i'   ? 'j'
                                  : LetterOf<T>::value == 'd' ? 'e'
                                  : LetterOf<T>::value == 'b' ? 'c'
                                                              : '?';
};

/// Asks for argument number `position` as a T.
template <class T> T fetch(int position) {
    constexpr char letter = LetterOf<T>::value;
    static_assert(letter != '?', "a function of the module has a parameter of a type that no task can pass");
    if constexpr (letter == 'T') {
        return at::Tensor(number("argument", {position}));
    } else if constexpr (letter == 'o') {
        return pybind11::object(position);
    } else if constexpr (letter == 's') {
        return std::string(reinterpret_cast<const char*>(number("argument", {position})));
    } else if constexpr (letter == 'L') {
        std::vector<at::Tensor> list;
        const int count = static_cast<int>(number("argument.count", {position}));
        for (int i = 0; i < count; i++) {
            list.push_back(at::Tensor(number("argument.element", {position, i})));
        }
        if constexpr (std::is_same<T, at::TensorList>::value) {
            return *new std::vector<at::Tensor>(list); // outlives the call
        } else {
            return list;
        }
    } else if constexpr (letter == 'I') {
        using List = std::conditional_t<std::is_same<T, c10::IntArrayRef>::value, std::vector<int64_t>, T>;
        List list;
        const int count = static_cast<int>(number("argument.count", {position}));
        for (int i = 0; i < count; i++) {
            list.push_back(number("argument.element", {position, i}));
        }
        if constexpr (std::is_same<T, c10::IntArrayRef>::value) {
            return *new List(list);
        } else {
            return list;
        }
    } else if constexpr (letter == 'O' || letter == 'j' || letter == 'e' || letter == 'c') {
        using Value = typename T::value_type;
        return number("argument.is_none", {position}) != 0 ? T() : T(fetch<Value>(position));
    } else if constexpr (letter == 'd') {
        return T(real("argument", {position}));
    } else {
        return static_cast<T>(number("argument", {position}));
    }
}

inline void hand_back(const at::Tensor& tensor) {
    number("result", {tensor});
}
inline void hand_back(const std::vector<at::Tensor>& list) {
    for (const at::Tensor& tensor : list) {
        hand_back(tensor);
    }
}
template <size_t n> void hand_back(const std::array<at::Tensor, n>& list) {
    for (const at::Tensor& tensor : list) {
        hand_back(tensor);
    }
}
template <class... T> void hand_back(const std::tuple<T...>& list) {
    std::apply([](const auto&... parts) { (hand_back(parts), ...); }, list);
}
template <class A, class B> void hand_back(const std::pair<A, B>& list) {
    hand_back(list.first);
    hand_back(list.second);
}
template <class T> void hand_back(const std::optional<T>& value) {
    if (value) {
        hand_back(*value);
    }
}
template <class T, class = std::enable_if_t<std::is_arithmetic<T>::value>> void hand_back(T value) {
    number("result", {value});
}
inline void hand_back(const std::string&) {}
inline void hand_back(const pybind11::object&) {}

template <class R, class... A, size_t... i> void run(R (*function)(A...), std::index_sequence<i...>) {
    // Held first: a parameter may be a reference that is not const.
    std::tuple<std::remove_cvref_t<A>...> held(fetch<std::remove_cvref_t<A>>(i)...);
    if constexpr (std::is_void<R>::value) {
        function(static_cast<A&&>(std::get<i>(held))...);
    } else {
        hand_back(function(static_cast<A&&>(std::get<i>(held))...));
    }
}
template <class R, class... A> void thunk(void* function) {
    run<R, A...>(reinterpret_cast<R (*)(A...)>(function), std::index_sequence_for<A...>());
}

template <class R, class... A> void define(const char* name, R (*function)(A...)) {
    static const char letters[] = {LetterOf<std::remove_cvref_t<A>>::value..., '\0'};
    number("define", {name, letters, std::is_void<R>::value, reinterpret_cast<long long>(function),
                      reinterpret_cast<long long>(&thunk<R, A...>)});
}
inline void describe(const pybind11::arg& argument) {
    number("define.argument", {argument.name});
}
inline void describe(const pybind11::arg_v& argument) {
    number("define.argument", {argument.name, argument.value});
}
template <class T> void describe(const T&) {}

} // namespace __assay

namespace pybind11 {

template <class T> T object::cast() const {
    return ::__assay::fetch<T>(position_);
}

/// An attribute of the module, which nothing reads.
struct attribute {
    template <class T> void operator=(const T&) const {}
};
template <class T> struct number {
    explicit number(T) {}
};
using int_ = number<long long>;
using float_ = number<double>;
using bool_ = number<bool>;

class module_ {
  public:
    template <class F, class... E> module_& def(const char* name, F function, const E&... extra) {
        ::__assay::define(name, +function);
        (::__assay::describe(extra), ...);
        return *this;
    }
    template <class F> module_& impl(const char*, F function) { return *this; }
    const char*& doc() { return doc_; }
    attribute attr(const char*) const { return {}; }

  private:
    const char* doc_ = "";
};
using module = module_;

} // namespace pybind11

namespace torch {

/// What frees Python's lock around a call.
template <class F> constexpr F wrap_pybind_function(F function) {
    return function;
}
template <class F> constexpr F wrap_pybind_function_no_gil(F function) {
    return function;
}

/// TORCH_LIBRARY's: a schema names the function and its parameters.
class Library {
  public:
    template <class F, class... E> Library& def(const char* schema, F function, const E&... extra) {
        return define(schema, function, extra...);
    }
    Library& def(const char* schema) {
        ::__assay::number("schema", {schema});
        return *this;
    }
    template <class F, class... E> Library& impl(const char* name, F function, const E&... extra) {
        return define(name, function, extra...);
    }
    /// Only what is for the device's tensors is for this plan.
    template <class F, class... E> Library& impl(const char* name, c10::DispatchKey key, F function, const E&... extra) {
        const bool here = key == c10::DispatchKey::CUDA || key == c10::DispatchKey::CompositeImplicitAutograd ||
                          key == c10::DispatchKey::CompositeExplicitAutograd;
        return here ? define(name, function, extra...) : *this;
    }
    template <class F, class... E> Library& impl(const char* name, c10::DeviceType place, F function, const E&... extra) {
        return place == c10::DeviceType::CUDA ? define(name, function, extra...) : *this;
    }

  private:
    template <class F, class... E> Library& define(const char* name, F function, const E&... extra) {
        ::__assay::define(name, +function);
        (::__assay::describe(extra), ...);
        return *this;
    }
};

/// A function for a dispatch key: m.impl("f", torch::dispatch(c10::DispatchKey::CUDA, TORCH_FN(f))).
template <class F> constexpr F dispatch(c10::DispatchKey, F function) {
    return function;
}
template <class F> constexpr F dispatch(c10::DeviceType, F function) {
    return function;
}

} // namespace torch

#ifndef TORCH_EXTENSION_NAME
#define TORCH_EXTENSION_NAME extension
#endif

// The macros expand in the candidate's file, and so its lines are known: the recorder starts here.
#define PYBIND11_MODULE(name, variable, ...)                                                                               \
    static void __assay_module_body(pybind11::module_&);                                                                   \
    extern "C" void __assay_module() {                                                                                     \
        pybind11::module_ all;                                                                                             \
        __assay_module_body(all);                                                                                          \
    }                                                                                                                      \
    static void __assay_module_body([[maybe_unused]] pybind11::module_& variable)
#define ASSAY_LIBRARY(part, variable)                                                                                      \
    static void __assay_body_##part(torch::Library&);                                                                      \
    extern "C" void __assay_module_##part() {                                                                              \
        torch::Library all;                                                                                                \
        __assay_body_##part(all);                                                                                          \
    }                                                                                                                      \
    static void __assay_body_##part([[maybe_unused]] torch::Library& variable)
#define TORCH_LIBRARY(name, variable) ASSAY_LIBRARY(library_##name, variable)
#define TORCH_LIBRARY_FRAGMENT(name, variable) ASSAY_LIBRARY(library_part_##name, variable)
#define TORCH_LIBRARY_EXPAND(name, variable) ASSAY_LIBRARY(library_##name, variable)
#define TORCH_LIBRARY_IMPL(name, key, variable) ASSAY_LIBRARY(library_impl_##name##_##key, variable)
#define TORCH_LIBRARY_IMPL_EXPAND(name, key, variable) ASSAY_LIBRARY(library_impl_##name##_##key, variable)
#define REGISTER_EXTENSION(name)
#define TORCH_FN(function) (&function)

#endif
