// Patterns of wrong elements: where they are, and what is there instead.
//
// Where: the bounding box of the wrong elements in the tensor's shape. If the box is full, naming the dimensions in
// which it does not reach from end to end names the mistake: a last row, a column, a tile, an entry of the batch. A run
// of elements that is no box, as a wrong tail is, is named by its flat indices.
//
// What: guesses that are checked on a sample of the wrong elements, and kept only if they hold for all of it.
#include "verify/pattern.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "verify/convert.h"

namespace assay::verify {

namespace {

constexpr std::size_t sample_size = 1000;
constexpr std::size_t least_sample = 4; ///< below that, anything could be a coincidence

std::string range_text(std::string_view one, std::string_view many, std::int64_t first, std::int64_t last,
                       std::int64_t extent) {
    if (first == last) {
        return first == extent - 1 ? fmt::format("last {}", one) : fmt::format("{} {}", one, first);
    }
    return fmt::format("{} {} to {}", many, first, last);
}

class Analysis {
public:
    explicit Analysis(const WrongOutput& wrong) : wrong_(wrong), shape_(wrong.tensor.shape) {
        if (shape_.empty()) {
            shape_ = {1};
        }
        low_ = shape_;
        high_.assign(shape_.size(), 0);
        for (std::size_t i = 0; i < wrong_.bad.size(); i++) {
            if (wrong_.bad[i]) {
                add(i);
            }
        }
        // Evenly over the wrong elements, so that it is no sample of the first row alone.
        const std::size_t step = (count_ + sample_size - 1) / sample_size;
        for (std::size_t i = 0, seen = 0; i < wrong_.bad.size(); i++) {
            if (wrong_.bad[i] && seen++ % step == 0) {
                sample_.push_back(i);
            }
        }
    }

    [[nodiscard]] std::string text() const {
        const std::string what = contents();
        return what.empty() ? place() : fmt::format("{}: {}", place(), what);
    }

private:
    void add(std::size_t index) {
        first_ = count_++ == 0 ? index : first_;
        last_ = index;
        for (std::size_t d = shape_.size(); d-- > 0;) {
            const auto extent = static_cast<std::size_t>(shape_[d]);
            const auto coordinate = static_cast<std::int64_t>(index % extent);
            low_[d] = std::min(low_[d], coordinate);
            high_[d] = std::max(high_[d], coordinate);
            index /= extent;
        }
    }

    [[nodiscard]] double got(std::size_t index) const {
        double value = 0;
        read_doubles(wrong_.tensor.dtype, wrong_.bytes, index, {&value, 1});
        return value;
    }

    [[nodiscard]] std::string place() const {
        const std::size_t total = wrong_.bad.size();
        if (count_ == total) {
            return "all";
        }
        if (count_ == 1) {
            return total > 1 && first_ == total - 1 ? "last element" : fmt::format("one element, {}", first_);
        }
        std::size_t volume = 1;
        for (std::size_t d = 0; d < shape_.size(); d++) {
            volume *= static_cast<std::size_t>(high_[d] - low_[d] + 1);
        }
        if (volume == count_ && shape_.size() > 1) {
            return box();
        }
        if (last_ - first_ + 1 == count_) {
            return last_ == total - 1 ? fmt::format("tail from index {}", first_)
                                      : fmt::format("indices {} to {}", first_, last_);
        }
        // What stands out of the places is where they are confined to, and how many of them are wrong there.
        const std::string within = volume < total && shape_.size() > 1 ? box() : "";
        return fmt::format("{} of {} elements{}{}", count_, within.empty() ? total : volume,
                           within.empty() ? "" : " in ", within);
    }

    [[nodiscard]] std::string box() const {
        const std::size_t rank = shape_.size();
        std::vector<std::string> parts;
        for (std::size_t d = 0; d < rank; d++) {
            if (low_[d] == 0 && high_[d] == shape_[d] - 1) {
                continue;
            }
            const std::string dimension = fmt::format("of dimension {}", d);
            parts.push_back(d + 1 == rank ? range_text("column", "columns", low_[d], high_[d], shape_[d])
                            : d + 2 == rank
                                ? range_text("row", "rows", low_[d], high_[d], shape_[d])
                                : range_text("index", "indices", low_[d], high_[d], shape_[d]) + " " + dimension);
        }
        return fmt::format("{}", fmt::join(parts, ", "));
    }

    [[nodiscard]] std::string contents() const {
        if (all_of_sample([&](std::size_t i) { return is_poison(i); })) {
            return "never written (the poison is still there)";
        }
        if (all_of_sample([&](std::size_t i) { return std::isnan(got(i)); })) {
            return "NaN";
        }
        if (all_of_sample([&](std::size_t i) { return got(i) == 0; })) {
            return "0 instead of the result";
        }
        if (sample_.size() < least_sample) {
            return {};
        }
        const double constant = got(sample_.front());
        if (all_of_sample([&](std::size_t i) { return got(i) == constant; })) {
            return fmt::format("the constant {:.9g}", constant);
        }
        if (const auto factor = common_factor()) {
            return *factor == -1 ? "the sign is wrong" : fmt::format("{:.6g} times the result", *factor);
        }
        if (auto moved = displacement(); !moved.empty()) {
            return moved;
        }
        const auto poisoned = std::ranges::count_if(sample_, [&](std::size_t i) { return is_poison(i); });
        return poisoned > 0 ? fmt::format("about {:.0f} % of them were never written",
                                          100.0 * static_cast<double>(poisoned) / static_cast<double>(sample_.size()))
                            : std::string();
    }

    template <class Predicate> [[nodiscard]] bool all_of_sample(Predicate predicate) const {
        return std::ranges::all_of(sample_, predicate);
    }

    [[nodiscard]] bool is_poison(std::size_t index) const {
        const std::size_t width = tasks::bytes_of(wrong_.tensor.dtype);
        const auto* const element = wrong_.bytes.data() + index * width;
        return std::all_of(element, element + width, [&](std::byte b) { return b == std::byte{wrong_.poison}; });
    }

    /// What every element must be divided by to be right.
    [[nodiscard]] std::optional<double> common_factor() const {
        // The largest element determines the factor best.
        const auto largest = *std::ranges::max_element(sample_, {}, [&](std::size_t i) {
            return std::isfinite(wrong_.expected(i)) ? std::abs(wrong_.expected(i)) : -1;
        });
        double factor = got(largest) / wrong_.expected(largest);
        factor = std::abs(factor - std::round(factor)) < 0.01 * std::abs(factor) ? std::round(factor) : factor;
        if (!std::isfinite(factor) || factor == 0 || factor == 1) {
            return std::nullopt;
        }
        const bool holds = all_of_sample([&](std::size_t i) { return wrong_.fits(i, got(i) / factor); });
        return holds ? std::optional(factor) : std::nullopt;
    }

    /// Right values in wrong places.
    [[nodiscard]] std::string displacement() const {
        const std::size_t total = wrong_.bad.size();
        const auto columns = static_cast<std::size_t>(shape_.back());
        const auto belongs = [&](auto place_of) {
            std::size_t found = 0;
            return all_of_sample([&](std::size_t i) {
                       const std::optional<std::size_t> place = place_of(i);
                       found += place ? 1 : 0;
                       return !place || wrong_.fits(*place, got(i));
                   }) &&
                   found >= least_sample;
        };
        const auto shifted = [&](std::size_t distance, bool onward) {
            return belongs([&](std::size_t i) -> std::optional<std::size_t> {
                if (onward ? i + distance >= total : i < distance) {
                    return std::nullopt;
                }
                return onward ? i + distance : i - distance;
            });
        };
        struct Step {
            std::size_t distance;
            std::string_view name;
        };
        for (const Step& step : {Step{1, "element"}, Step{columns, "row"}}) {
            if (step.distance >= total) {
                continue;
            }
            if (shifted(step.distance, true)) {
                return fmt::format("what belongs one {} further on", step.name);
            }
            if (shifted(step.distance, false)) {
                return fmt::format("what belongs one {} further back", step.name);
            }
        }
        if (shape_.size() < 2) {
            return {};
        }
        const auto rows = static_cast<std::size_t>(shape_[shape_.size() - 2]);
        const bool transposed = belongs([&](std::size_t i) -> std::optional<std::size_t> {
            const std::size_t matrix = i / (rows * columns) * (rows * columns);
            const std::size_t within = i - matrix;
            return matrix + within % rows * columns + within / rows;
        });
        return transposed ? "the transposed result" : row_of_another();
    }

    /// Whether the first wrong row is right for another row.
    [[nodiscard]] std::string row_of_another() const {
        const auto columns = static_cast<std::size_t>(shape_.back());
        const std::size_t rows = std::min<std::size_t>(wrong_.bad.size() / columns, sample_size);
        const std::size_t row = first_ / columns;
        for (std::size_t other = 0; columns >= least_sample && other < rows; other++) {
            bool fits = other != row;
            for (std::size_t c = 0; fits && c < columns; c++) {
                fits = wrong_.fits(other * columns + c, got(row * columns + c));
            }
            if (fits) {
                return fmt::format("row {} is what belongs into row {}", row, other);
            }
        }
        return {};
    }

    const WrongOutput& wrong_;
    std::vector<std::int64_t> shape_, low_, high_;
    std::size_t count_ = 0, first_ = 0, last_ = 0;
    std::vector<std::size_t> sample_;
};

} // namespace

std::string describe(const WrongOutput& wrong) {
    return Analysis(wrong).text();
}

} // namespace assay::verify
