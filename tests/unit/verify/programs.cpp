// See programs.h. Everything is computed in float, as a kernel would; the oracle in double.
#include "unit/verify/programs.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <span>

#include "verify/formats.h"
#include "verify/response.h"

namespace assay::verify::programs {

namespace {

using tasks::DType;
using Floats = std::vector<float>;

Floats draw(std::uint32_t seed, Regime regime, std::uint32_t input, std::int64_t count, DType dtype = DType::Float32) {
    tasks::Binding binding;
    binding.task = "simulated";
    binding.inputs.resize(input + 1);
    for (auto& tensor : binding.inputs) {
        tensor.dtype = dtype;
        tensor.shape = {0};
    }
    binding.inputs.back().shape = {count};
    const auto bytes = generate(binding, Key{{1, 2, 3, seed}}, regime);
    const Values values = to_doubles(dtype, bytes.back());
    return {values.begin(), values.end()};
}

tasks::Binding::Tensor tensor(DType dtype, std::vector<std::int64_t> shape) {
    tasks::Binding::Tensor result;
    result.name = "y";
    result.dtype = dtype;
    result.shape = std::move(shape);
    return result;
}

/// Ways to add up terms.
using Sum = std::function<float(std::span<const float>)>;

float sequential(std::span<const float> terms) {
    float sum = 0;
    for (const float term : terms) {
        sum += term;
    }
    return sum;
}

float backwards(std::span<const float> terms) {
    float sum = 0;
    for (std::size_t i = terms.size(); i-- > 0;) {
        sum += terms[i];
    }
    return sum;
}

float pairwise(std::span<const float> terms) {
    if (terms.size() <= 2) {
        return sequential(terms);
    }
    return pairwise(terms.first(terms.size() / 2)) + pairwise(terms.subspan(terms.size() / 2));
}

/// A thread for every 32nd term, then a tree.
float strided(std::span<const float> terms) {
    std::array<float, 32> lanes{};
    for (std::size_t i = 0; i < terms.size(); i++) {
        lanes[i % 32] += terms[i];
    }
    return pairwise(lanes);
}

float kahan(std::span<const float> terms) {
    volatile float sum = 0; // or an optimiser might see through it
    volatile float lost = 0;
    for (const float term : terms) {
        const volatile float corrected = term - lost;
        const volatile float next = sum + corrected;
        lost = (next - sum) - corrected;
        sum = next;
    }
    return sum;
}

struct NamedSum {
    const char* name;
    Sum sum;
};

const std::vector<NamedSum>& sums() {
    static const std::vector<NamedSum> all{{"sequential", sequential},
                                           {"backwards", backwards},
                                           {"pairwise", pairwise},
                                           {"strided", strided},
                                           {"kahan", kahan}};
    return all;
}

template <Format format> Values rounded(Values values) {
    std::ranges::transform(values, values.begin(), round_to<format>);
    return values;
}

/// Wrong outputs that any problem has.
void add_common_mistakes(Problem& problem, const Values& right) {
    const auto columns = static_cast<std::size_t>(problem.tensor.shape.back());
    const std::size_t total = right.size();
    problem.wrong.push_back({"zeros", Values(total, 0)});
    const double mean = std::accumulate(right.begin(), right.end(), 0.0) / static_cast<double>(total);
    problem.wrong.push_back({"the mean", Values(total, static_cast<float>(mean))});
    double squares = 0;
    for (const double value : right) {
        squares += value * value;
    }
    const double rms = std::sqrt(squares / static_cast<double>(total));
    const auto typical = std::ranges::min_element(right, {}, [&](double v) { return std::abs(std::abs(v) - rms); });
    Values one = right;
    one[static_cast<std::size_t>(typical - right.begin())] *= 1.01;
    problem.wrong.push_back({"one element off by 1 %", one});
    Values tile = right;
    std::fill_n(tile.end() - static_cast<std::ptrdiff_t>(columns / 2), columns / 2, 0.0);
    problem.wrong.push_back({"half a row missing", tile});
    if (total > columns) {
        Values rows = right;
        std::ranges::rotate(rows, rows.begin() + static_cast<std::ptrdiff_t>(columns));
        problem.wrong.push_back({"rows permuted", rows});
    }
    Values shifted = right;
    std::ranges::rotate(shifted, shifted.begin() + 1);
    problem.wrong.push_back({"off by one", shifted});
    problem.wrong.push_back({"rounded to fp16", rounded<binary16>(right)});
    problem.wrong.push_back({"rounded to tf32", rounded<tensor32>(right)});
    problem.wrong.push_back({"rounded to bf16", rounded<brain16>(right)});
}

struct Matrices {
    std::size_t rows, inner, columns;
    Floats a, b;
};

/// Each element from the pairs (a, b) that it sums over.
template <class Dot> Values product(const Matrices& m, Dot dot) {
    Values result(m.rows * m.columns);
    Floats column(m.inner);
    for (std::size_t j = 0; j < m.columns; j++) {
        for (std::size_t k = 0; k < m.inner; k++) {
            column[k] = m.b[k * m.columns + j];
        }
        for (std::size_t i = 0; i < m.rows; i++) {
            result[i * m.columns + j] =
                dot(std::span(m.a).subspan(i * m.inner, m.inner), std::span<const float>(column));
        }
    }
    return result;
}

double exact_dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); k++) {
        sum += static_cast<double>(a[k]) * b[k];
    }
    return sum;
}

float fma_dot(std::span<const float> a, std::span<const float> b) {
    float sum = 0;
    for (std::size_t k = 0; k < a.size(); k++) {
        // One rounding, by way of double: the product is exact there, and the sum's rounding to it hardly matters.
        sum = static_cast<float>(static_cast<double>(a[k]) * b[k] + sum);
    }
    return sum;
}

template <Format format> double dot_of_rounded(std::span<const float> a, std::span<const float> b) {
    float sum = 0;
    for (std::size_t k = 0; k < a.size(); k++) {
        sum += static_cast<float>(round_to<format>(a[k]) * round_to<format>(b[k]));
    }
    return sum;
}

template <Format format> double dot_in(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); k++) {
        sum = round_to<format>(static_cast<double>(a[k]) * b[k] + sum);
    }
    return sum;
}

template <class Dot> auto with_products(Dot sum) {
    return [sum](std::span<const float> a, std::span<const float> b) -> double {
        Floats products(a.size());
        std::ranges::transform(a, b, products.begin(), std::multiplies<float>());
        return sum(products);
    };
}

/// e^x with an error of up to two units in the last place, as the fast functions of a GPU have.
float fast_exp(float x, std::uint32_t salt) {
    const float exact = std::exp(x);
    const std::int32_t units =
        static_cast<std::int32_t>((std::bit_cast<std::uint32_t>(x) * 2654435761U + salt) >> 16) % 5 - 2;
    return exact > 1e-30F ? std::bit_cast<float>(std::bit_cast<std::int32_t>(exact) + units) : exact;
}

} // namespace

Expectation expect(const Problem& problem, const Output& reference) {
    return {problem.tensor, problem.oracle, reference.values, false, problem.responses};
}

Problem matmul(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
    const Matrices m{static_cast<std::size_t>(rows), static_cast<std::size_t>(inner), static_cast<std::size_t>(columns),
                     draw(seed, regime, 0, rows * inner), draw(seed, regime, 1, inner * columns)};
    Problem problem;
    problem.tensor = tensor(DType::Float32, {rows, columns});
    problem.oracle = product(m, exact_dot);
    problem.honest.push_back({"fma", product(m, fma_dot)});
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, product(m, with_products(sum.sum))});
    }
    add_common_mistakes(problem, problem.honest.front().values);
    problem.wrong.push_back({"tf32 tensor cores", product(m, dot_of_rounded<tensor32>)});
    problem.wrong.push_back({"bf16 tensor cores", product(m, dot_of_rounded<brain16>)});
    if (inner >= 64) {
        problem.wrong.push_back({"fp16 accumulation", product(m, dot_in<binary16>)});
        problem.wrong.push_back({"the last term left out", product(m, [](auto a, auto b) {
                                     return fma_dot(a.first(a.size() - 1), b.first(b.size() - 1));
                                 })});
    }
    return problem;
}

Problem narrow_matmul(std::uint32_t seed, DType dtype) {
    constexpr std::int64_t rows = 24;
    constexpr std::int64_t inner = 128;
    const Matrices m{rows, inner, rows, draw(seed, Regime::Normal, 0, rows * inner, dtype),
                     draw(seed, Regime::Normal, 1, inner * rows, dtype)};
    const auto stored = [&](const Values& values) {
        return dtype == DType::Float16 ? rounded<binary16>(values) : rounded<brain16>(values);
    };
    Problem problem;
    problem.tensor = tensor(dtype, {rows, rows});
    problem.oracle = product(m, exact_dot);
    problem.honest.push_back({"fma", stored(product(m, fma_dot))});
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, stored(product(m, with_products(sum.sum)))});
    }
    const Values& right = problem.honest.front().values;
    problem.wrong.push_back({"zeros", Values(right.size(), 0)});
    Values rows_permuted = right;
    std::ranges::rotate(rows_permuted, rows_permuted.begin() + rows);
    problem.wrong.push_back({"rows permuted", rows_permuted});
    if (dtype == DType::Float16) {
        problem.wrong.push_back({"rounded to bf16", rounded<brain16>(right)});
        problem.wrong.push_back({"bf16 tensor cores", stored(product(m, dot_of_rounded<brain16>))});
    } else {
        problem.wrong.push_back({"rounded to fp8", rounded<byte8>(right)});
        problem.wrong.push_back({"fp8 tensor cores", stored(product(m, dot_of_rounded<byte8>))});
        problem.wrong.push_back({"bf16 accumulation", product(m, dot_in<brain16>)});
    }
    return problem;
}

Problem softmax(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns) {
    const Floats x = draw(seed, regime, 0, rows * columns);
    Problem problem;
    problem.tensor = tensor(DType::Float32, {rows, columns});
    const auto each_row = [&](auto row_softmax) {
        Values result;
        for (std::int64_t r = 0; r < rows; r++) {
            const auto row =
                std::span(x).subspan(static_cast<std::size_t>(r * columns), static_cast<std::size_t>(columns));
            std::ranges::copy(row_softmax(row, std::ranges::max(row)), std::back_inserter(result));
        }
        return result;
    };
    problem.oracle = each_row([](std::span<const float> row, double max) {
        Values e;
        std::ranges::transform(row, std::back_inserter(e), [&](float v) { return std::exp(v - max); });
        const double sum = std::accumulate(e.begin(), e.end(), 0.0);
        std::ranges::transform(e, e.begin(), [&](double v) { return v / sum; });
        return e;
    });
    const auto in_float = [&](const Sum& sum, bool reciprocal, auto exponential) {
        return each_row([&](std::span<const float> row, float max) {
            Floats e;
            std::ranges::transform(row, std::back_inserter(e), [&](float v) { return exponential(v - max); });
            const float total = sum(e);
            const float inverse = 1.0F / total;
            std::ranges::transform(e, e.begin(), [&](float v) { return reciprocal ? v * inverse : v / total; });
            return e;
        });
    };
    const auto exact = [](float v) { return std::exp(v); };
    const auto fast = [&](float v) { return fast_exp(v, seed); };
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, in_float(sum.sum, false, exact)});
    }
    problem.honest.push_back({"reciprocal, fast exp", in_float(strided, true, fast)});
    problem.honest.push_back(
        {"base 2", in_float(pairwise, true, [](float v) { return std::exp2(v * std::numbers::log2e_v<float>); })});
    const Values right = problem.honest.front().values;
    add_common_mistakes(problem, right);
    problem.wrong.push_back({"exp to 11 bits", in_float(pairwise, false, [](float v) {
                                 return static_cast<float>(round_to<tensor32>(std::exp(v)));
                             })});
    return problem;
}

Problem layer_norm(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns) {
    const Floats x = draw(seed, regime, 0, rows * columns);
    Problem problem;
    problem.tensor = tensor(DType::Float32, {rows, columns});
    const auto n = static_cast<std::size_t>(columns);
    constexpr double eps = 1e-5F;
    Values& oracle = problem.oracle;
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); r++) {
        double sum = 0;
        double squares = 0;
        for (std::size_t i = 0; i < n; i++) {
            sum += x[r * n + i];
        }
        const double mean = sum / static_cast<double>(n);
        for (std::size_t i = 0; i < n; i++) {
            squares += (x[r * n + i] - mean) * (x[r * n + i] - mean);
        }
        for (std::size_t i = 0; i < n; i++) {
            oracle.push_back((x[r * n + i] - mean) / std::sqrt(squares / static_cast<double>(n) + eps));
        }
    }
    const auto in_float = [&](const Sum& sum, bool one_pass) {
        Values result;
        for (std::size_t r = 0; r < static_cast<std::size_t>(rows); r++) {
            const auto row = std::span(x).subspan(r * n, n);
            const float mean = sum(row) / static_cast<float>(n);
            Floats squares;
            std::ranges::transform(row, std::back_inserter(squares),
                                   [&](float v) { return one_pass ? v * v : (v - mean) * (v - mean); });
            const float variance = sum(squares) / static_cast<float>(n) - (one_pass ? mean * mean : 0.0F);
            const float inverse = 1.0F / std::sqrt(variance + static_cast<float>(eps));
            std::ranges::transform(row, std::back_inserter(result), [&](float v) { return (v - mean) * inverse; });
        }
        return result;
    };
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, in_float(sum.sum, false)});
    }
    problem.honest.push_back({"E[x^2] - E[x]^2", in_float(strided, true)});
    add_common_mistakes(problem, problem.honest.front().values);
    return problem;
}

Problem affine_layer_norm(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns) {
    tasks::Binding binding;
    binding.task = "simulated";
    for (const std::vector<std::int64_t>& shape :
         {std::vector{rows, columns}, std::vector{columns}, std::vector{columns}}) {
        binding.inputs.push_back(tensor(DType::Float32, shape));
    }
    const auto inputs = generate(binding, Key{{1, 2, 3, seed}}, regime);
    const auto n = static_cast<std::size_t>(columns);
    const auto normalize = [&]<class T>(const std::vector<std::vector<T>>& in, auto sum, T eps) {
        Values result;
        for (std::size_t first = 0; first < in[0].size(); first += n) {
            const auto row = std::span(in[0]).subspan(first, n);
            const T mean = sum(row) / static_cast<T>(n);
            std::vector<T> squares;
            std::ranges::transform(row, std::back_inserter(squares), [&](T v) { return (v - mean) * (v - mean); });
            const T inverse = 1 / std::sqrt(sum(std::span<const T>(squares)) / static_cast<T>(n) + eps);
            for (std::size_t i = 0; i < n; i++) {
                const T normal = (row[i] - mean) * inverse;
                result.push_back(normal * in[1][i] + in[2][i]);
            }
        }
        return result;
    };
    const auto exact = [&](const std::vector<Bytes>& widened) {
        std::vector<Values> values;
        std::ranges::transform(widened, std::back_inserter(values),
                               [](const Bytes& bytes) { return to_doubles(DType::Float64, bytes); });
        const auto sum = [](std::span<const double> row) { return std::accumulate(row.begin(), row.end(), 0.0); };
        return normalize(values, sum, 1e-3);
    };
    Problem problem;
    problem.tensor = binding.inputs[0];
    const auto widened = widen_inputs(binding, inputs);
    problem.oracle = exact(widened);
    problem.responses.resize(problem.oracle.size());
    for (std::uint32_t i = 0; i < response_draws; i++) {
        take_responses(problem.oracle, exact(perturb_inputs(binding, widened, i)), problem.responses);
    }
    std::vector<Floats> values;
    for (const Bytes& bytes : inputs) {
        const Values doubles = to_doubles(DType::Float32, bytes);
        values.emplace_back(doubles.begin(), doubles.end());
    }
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, normalize(values, sum.sum, 1e-3F)});
    }
    add_common_mistakes(problem, problem.honest.front().values);
    return problem;
}

Problem row_sums(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns) {
    const Floats x = draw(seed, regime, 0, rows * columns);
    Problem problem;
    problem.tensor = tensor(DType::Float32, {rows});
    const auto each_row = [&](auto sum) {
        Values result;
        for (std::int64_t r = 0; r < rows; r++) {
            result.push_back(
                sum(std::span(x).subspan(static_cast<std::size_t>(r * columns), static_cast<std::size_t>(columns))));
        }
        return result;
    };
    problem.oracle = each_row([](std::span<const float> row) { return std::accumulate(row.begin(), row.end(), 0.0); });
    for (const NamedSum& sum : sums()) {
        problem.honest.push_back({sum.name, each_row(sum.sum)});
    }
    const auto right = problem.honest.front().values;
    problem.wrong.push_back({"zeros", Values(right.size(), 0)});
    problem.wrong.push_back({"the last term left out", each_row([](std::span<const float> row) {
                                 return sequential(row.first(row.size() - 1));
                             })});
    return problem;
}

Problem scan(std::uint32_t seed, Regime regime, std::int64_t length) {
    const Floats x = draw(seed, regime, 0, length);
    Problem problem;
    problem.tensor = tensor(DType::Float32, {length});
    double exact = 0;
    float running = 0;
    Values one_by_one;
    Values by_blocks;
    constexpr std::size_t block = 64;
    float before = 0;
    float within = 0;
    for (std::size_t i = 0; i < x.size(); i++) {
        exact += x[i];
        problem.oracle.push_back(exact);
        running += x[i];
        one_by_one.push_back(running);
        if (i % block == 0) {
            before += within;
            within = 0;
        }
        within += x[i];
        by_blocks.push_back(before + within);
    }
    problem.honest = {{"blocks", by_blocks}, {"sequential", one_by_one}};
    add_common_mistakes(problem, by_blocks);
    return problem;
}

Problem gelu(std::uint32_t seed, Regime regime, std::int64_t length) {
    const Floats x = draw(seed, regime, 0, length);
    Problem problem;
    problem.tensor = tensor(DType::Float32, {length});
    const auto each = [&](auto function) {
        Values result;
        std::ranges::transform(x, std::back_inserter(result), function);
        return result;
    };
    problem.oracle = each([](float v) { return static_cast<double>(v) * std::erfc(-v / std::numbers::sqrt2) / 2; });
    problem.honest.push_back(
        {"erff", each([](float v) -> float { return 0.5F * v * (1.0F + std::erf(v * 0.70710678118F)); })});
    problem.honest.push_back(
        {"erfcf", each([](float v) -> float { return v * 0.5F * std::erfc(-v * 0.70710678118F); })});
    add_common_mistakes(problem, problem.honest.front().values);
    problem.wrong.push_back({"tanh form", each([](float v) -> float {
                                 return 0.5F * v * (1 + std::tanh(0.7978845608F * (v + 0.044715F * v * v * v)));
                             })});
    return problem;
}

} // namespace assay::verify::programs
