// Products of cuBLAS as operators of the library (headers/assay/cublas.h).
//
// Matrices lie column by column there and row by row here: C = op(A) op(B) of columns is C^T = op(B)^T op(A)^T of rows.
// So B is the left operand, and what is not transposed there is not here.
#include <fmt/format.h>

#include <bit>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

constexpr std::uint32_t success = 0, invalid_value = 7; // cublasStatus_t

/// `__assay_product`, word by word.
enum Field : std::size_t {
    Function,
    A,
    B,
    C,
    M,
    N,
    K,
    Lda,
    Ldb,
    Ldc,
    StrideA,
    StrideB,
    StrideC,
    Batch,
    Alpha,
    Beta,
    Transposes,
    Types,
    Words
};

std::optional<tasks::DType> dtype_of(std::uint32_t number) {
    switch (number) { // cudaDataType_t
    case 0:
        return tasks::DType::Float32;
    case 1:
        return tasks::DType::Float64;
    case 2:
        return tasks::DType::Float16;
    case 14:
        return tasks::DType::BFloat16;
    default:
        return std::nullopt;
    }
}

/// Matrices of a batch as their memory has them.
struct Matrices {
    Address address = 0;
    std::int64_t rows = 0, columns = 0, leading = 0, stride = 0;
    tasks::DType dtype = tasks::DType::Float32;

    [[nodiscard]] bool fits() const {
        return leading >= std::max<std::int64_t>(rows, 1) && leading <= most && columns <= most && stride >= 0;
    }
    /// From the first element to the last one; none: more than there are addresses.
    [[nodiscard]] std::optional<std::int64_t> elements(std::int64_t batch) const {
        std::int64_t before = 0, sum = 0;
        if (rows == 0 || columns == 0) {
            return 0;
        }
        if (__builtin_mul_overflow(batch - 1, stride, &before) ||
            __builtin_add_overflow(before, (columns - 1) * leading + rows, &sum) || sum > INT64_MAX / 8) {
            return std::nullopt;
        }
        return sum;
    }
    static constexpr std::int64_t most = INT32_MAX; ///< cuBLAS has `int` for rows and columns
};

} // namespace

Checked<> Runtime::multiply(HostCall& call) {
    auto bytes = memory_.bytes(call.address(0), Words * 8, Access::Read);
    if (!bytes) {
        return std::unexpected(std::move(bytes.error()));
    }
    std::array<std::uint64_t, Words> words{};
    std::memcpy(words.data(), bytes->data(), sizeof words);
    const auto number = [&words](Field field) { return static_cast<std::int64_t>(words[field]); };
    const bool turned_a = static_cast<std::uint32_t>(words[Transposes]) != 0, turned_b = words[Transposes] >> 32 != 0;
    const auto in = dtype_of(static_cast<std::uint32_t>(words[Types]));
    const auto out = dtype_of(static_cast<std::uint32_t>(words[Types] >> 32));
    if (!in || !out || (*out != *in && *out != tasks::DType::Float32) ||
        (*in == tasks::DType::Float64 && *out != *in)) {
        auto error = refuse(PlanError::Kind::Rejected,
                            fmt::format("{} multiplies elements of types that the operator library has no product of",
                                        memory_.text(words[Function], 64).value_or("cuBLAS")),
                            "fp64, fp32, fp16 and bf16 are multiplied, with results of the same type or fp32");
        error.error().rule = "library-call";
        return error;
    }
    const std::int64_t m = number(M), n = number(N), k = number(K), batch = number(Batch);
    const Matrices a{words[A], turned_a ? k : m, turned_a ? m : k, number(Lda), number(StrideA), *in};
    const Matrices b{words[B], turned_b ? n : k, turned_b ? k : n, number(Ldb), number(StrideB), *in};
    const Matrices c{words[C], m, n, number(Ldc), number(StrideC), *out};
    if (m < 0 || n < 0 || k < 0 || batch < 0 || !a.fits() || !b.fits() || !c.fits()) {
        call.answer(invalid_value);
        return {};
    }
    call.answer(success);
    if (m == 0 || n == 0 || batch == 0) {
        return {};
    }
    Operator product;
    product.name = fmt::format("cublas_gemm_{}{}", turned_b ? 't' : 'n', turned_a ? 't' : 'n');
    const auto operand = [&](const Matrices& of) -> Checked<Operator::Operand> {
        const auto elements = of.elements(batch);
        if (!elements) {
            return refuse("the matrices of the batch are further apart than there is memory");
        }
        auto place = device_.resolve(of.address, static_cast<std::uint64_t>(*elements) * tasks::bytes_of(of.dtype));
        if (!place) {
            return std::unexpected(std::move(place.error()));
        }
        return Operator::Operand{*place, of.dtype, {*elements}, {1}};
    };
    for (const Matrices* input : {&b, &a}) {
        auto read = operand(*input);
        if (!read) {
            return std::unexpected(std::move(read.error()));
        }
        product.inputs.push_back(std::move(*read));
    }
    auto written = operand(c);
    if (!written) {
        return std::unexpected(std::move(written.error()));
    }
    product.output = std::move(*written);
    for (const std::int64_t value : {n, m, k, batch, b.leading, a.leading, c.leading, b.stride, a.stride, c.stride}) {
        product.numbers.push_back(static_cast<double>(value));
    }
    product.numbers.push_back(std::bit_cast<double>(words[Alpha]));
    product.numbers.push_back(std::bit_cast<double>(words[Beta]));
    return add_operator(std::move(product));
}

} // namespace assay::plan
