// Outputs that must fail: what a comparison, and a task's inputs, are worth is how many of these they tell from the
// right output.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <span>

#include "verify/compare.h"
#include "verify/convert.h"
#include "verify/formats.h"
#include "verify/tolerance.h"

namespace assay::verify {

namespace {

using tasks::DType;
using tasks::ErrorClass;

using Values = std::vector<double>;

class Maker {
public:
    Maker(const Expectation& expectation, ErrorClass accepts)
        : tensor_(expectation.tensor), accepts_(accepts), right_(expectation.oracle) {
        round_doubles(tensor_.dtype, right_);
        columns_ = tensor_.shape.empty() ? 1 : static_cast<std::size_t>(tensor_.shape.back());
        rows_ = columns_ == 0 ? 0 : right_.size() / columns_;
    }

    std::vector<Mutant> take() { return std::move(mutants_); }

    void add(std::string name, const Values& values) {
        mutants_.push_back({std::move(name), from_doubles(tensor_.dtype, values)});
    }

    void add_bytes(std::string name, Bytes bytes) { mutants_.push_back({std::move(name), std::move(bytes)}); }

    void add_constants() {
        add("zeros", Values(right_.size(), 0));
        add("ones", Values(right_.size(), 1));
        if (right_.size() > 1 && tasks::is_float(tensor_.dtype)) {
            double sum = 0;
            std::size_t count = 0;
            for (const double value : right_) {
                if (std::isfinite(value)) {
                    sum += value;
                    count++;
                }
            }
            add("the mean", Values(right_.size(), count == 0 ? 0 : sum / static_cast<double>(count)));
        }
    }

    void add_first_row() {
        if (rows_ > 1 && columns_ > 1) {
            Values values = right_;
            for (std::size_t i = columns_; i < values.size(); i++) {
                values[i] = right_[i % columns_];
            }
            add("the first row in every row", values);
        }
    }

    /// The first precision that is coarser both than what is accepted and than what is stored. A few numbers say
    /// nothing about precision: each may be nearly right by chance.
    void add_rounded() {
        constexpr std::size_t enough = 16;
        const double unit = std::max(unit_of(accepts_), unit_of(class_of(tensor_.dtype)));
        const auto add_if_next = [&]<Format format>(std::string_view name) {
            if (unit < format.unit()) {
                Values values = right_;
                std::ranges::transform(values, values.begin(), round_to<format>);
                if (values != right_) { // or nothing was rounded
                    add(fmt::format("rounded to {}", name), values);
                }
                return true;
            }
            return false;
        };
        if (!tasks::is_float(tensor_.dtype) || right_.size() < enough) {
            return;
        }
        [[maybe_unused]] const bool added =
            add_if_next.operator()<binary32>("fp32") || add_if_next.operator()<tensor32>("tf32") ||
            add_if_next.operator()<brain16>("bf16") || add_if_next.operator()<byte8>("fp8");
    }

    /// A tile at the end of the last two dimensions, of at most 16 x 16 and, where there is more than one element, less
    /// than all: never written, and left at zero. It is in the last matrix where it is not zero by right, as whole
    /// planes of a transposed convolution are.
    void add_missing_tile(std::uint8_t poison) {
        const auto of_extent = [](std::size_t extent) { return std::min<std::size_t>(16, (extent + 1) / 2); };
        const std::size_t rows_of_matrix =
            tensor_.shape.size() < 2 ? 1 : static_cast<std::size_t>(tensor_.shape[tensor_.shape.size() - 2]);
        const std::size_t tile_rows = of_extent(rows_of_matrix);
        const std::size_t tile_columns = of_extent(columns_);
        const auto first_of = [&](std::size_t row) { return (row + 1) * columns_ - tile_columns; };
        const auto is_zero = [&](std::size_t end_row) {
            for (std::size_t row = end_row - tile_rows; row < end_row; row++) {
                const auto of_row = std::span(right_).subspan(first_of(row), tile_columns);
                if (std::ranges::any_of(of_row, [](double value) { return value != 0; })) {
                    return false;
                }
            }
            return true;
        };
        std::size_t end_row = rows_;
        while (end_row > rows_of_matrix && is_zero(end_row)) {
            end_row -= rows_of_matrix;
        }
        Values zeros = right_;
        Bytes unwritten = from_doubles(tensor_.dtype, right_);
        const std::size_t width = tasks::bytes_of(tensor_.dtype);
        for (std::size_t row = end_row - tile_rows; row < end_row; row++) {
            const std::size_t first = first_of(row);
            std::fill_n(zeros.begin() + static_cast<std::ptrdiff_t>(first), tile_columns, 0.0);
            std::fill_n(unwritten.begin() + static_cast<std::ptrdiff_t>(first * width), tile_columns * width,
                        std::byte{poison});
        }
        add_bytes("one tile never written", std::move(unwritten));
        add("one tile zero", zeros);
    }

    /// One element of typical size, wrong by a little more than the accepted precision could excuse: the smallest
    /// mistake of all, and one that no average shows.
    void add_one_wrong() {
        Values finite;
        std::ranges::copy_if(right_, std::back_inserter(finite), [](double value) { return std::isfinite(value); });
        if (finite.empty()) {
            return;
        }
        double squares = 0;
        for (const double value : finite) {
            squares += value * value;
        }
        const double rms = std::sqrt(squares / static_cast<double>(finite.size()));
        const auto distance = [&](double value) {
            return std::isfinite(value) ? std::abs(std::abs(value) - rms) : std::numeric_limits<double>::infinity();
        };
        const auto at = static_cast<std::size_t>(std::ranges::min_element(right_, {}, distance) - right_.begin());
        const bool narrow = std::max(unit_of(accepts_), unit_of(class_of(tensor_.dtype))) > unit_of(ErrorClass::Fp32);
        Values values = right_;
        if (tensor_.dtype == DType::Bool) {
            values[at] = 1 - values[at];
        } else if (!tasks::is_float(tensor_.dtype)) {
            values[at] += values[at] > 0 ? -1 : 1;
        } else if (values[at] == 0) {
            values[at] = 1;
        } else {
            values[at] *= narrow ? 1.5 : 1.01;
        }
        add(fmt::format("element {} wrong", at), values);
    }

private:
    const tasks::Binding::Tensor& tensor_;
    ErrorClass accepts_;
    Values right_; ///< the oracle rounded to the dtype
    std::size_t rows_ = 0, columns_ = 0;
    std::vector<Mutant> mutants_;
};

} // namespace

std::vector<Mutant> make_mutants(const tasks::Binding& binding, std::uint32_t output, const Expectation& expectation,
                                 const std::vector<Bytes>& inputs, const Bytes& output_for_other_inputs,
                                 std::uint8_t poison, ErrorClass accepts) {
    const tasks::Binding::Tensor& tensor = binding.outputs.at(output);
    const auto total = static_cast<std::size_t>(tensor.elements());
    Maker maker(expectation, accepts);
    maker.add_constants();
    for (std::size_t i = 0; i < inputs.size() && i < binding.inputs.size(); i++) {
        const tasks::Binding::Tensor& input = binding.inputs[i];
        if (static_cast<std::size_t>(input.elements()) == total) {
            maker.add(fmt::format("a copy of the input {}", input.name), to_doubles(input.dtype, inputs[i]));
        }
    }
    if (output_for_other_inputs.size() == tensor.bytes()) {
        maker.add_bytes("the output for other inputs", output_for_other_inputs);
    }
    maker.add_first_row();
    maker.add_rounded();
    maker.add_missing_tile(poison);
    maker.add_one_wrong();
    return maker.take();
}

} // namespace assay::verify
