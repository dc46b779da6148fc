// A task definition from its file. What is wrong with a definition is found here, once, and not while it is evaluated:
// every workload is bound before the task is handed out.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/ranges.h>

#include "tasks/fixed_numbers.h"
#include "tasks/reader.h"
#include "tasks/reference.h"
#include "tasks/task.h"

namespace assay::tasks {

namespace {

/// MultiKernelBench's categories, so that results by category can be set beside published ones.
constexpr std::array<std::string_view, 15> categories{
    "activation", "arch",   "attention",     "broadcast", "convolution", "fuse",   "index", "loss",
    "math",       "matmul", "normalization", "optimizer", "pooling",     "reduce", "resize"};

constexpr std::int64_t largest_exact = std::int64_t{1} << 53; ///< integers that a double holds

bool is_identifier(std::string_view name) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::ranges::all_of(name, is_word);
}

template <class Range> std::string listed(const Range& names) {
    return fmt::format("one of {}", fmt::join(names, ", "));
}

/// Reads the parts of one definition; every problem goes to the Reader that the fields belong to.
class Definition {
public:
    explicit Definition(Task& task) : task_(task) {}

    void read(const Field& root) {
        root.only({"name", "title", "description", "level", "category", "accepts", "library", "axes", "scalars",
                   "inputs", "outputs", "flops", "workloads"});
        read_heading(root);
        for (const auto& [name, field] : root.member("axes").members()) {
            read_axis(name, field);
        }
        if (root.has("scalars")) {
            for (const auto& [name, field] : root.member("scalars").members()) {
                read_scalar(name, field);
            }
        }
        for (const auto& [name, field] : root.member("inputs").members()) {
            task_.inputs.push_back(read_tensor(name, field, true));
        }
        for (const auto& [name, field] : root.member("outputs").members()) {
            task_.outputs.push_back(read_tensor(name, field, false));
        }
        if (task_.outputs.empty()) {
            root.member("outputs").fail("must name at least one output");
        }
        if (root.has("flops")) {
            task_.flops = root.member("flops").text();
        }
        task_.accepts = root.has("accepts") ? read_class(root.member("accepts")) : default_class();
        if (root.has("library")) {
            const Field field = root.member("library");
            task_.library = library_rule_from(field.text());
            if (!task_.library) {
                field.fail(fmt::format("unknown rule \"{}\"", field.text()), "one of allow, count, reject");
            }
        }
        read_workloads(root.member("workloads"));
    }

private:
    void read_heading(const Field& root) {
        const Field name = root.member("name");
        task_.name = name.text();
        if (!is_identifier(task_.name)) {
            name.fail("must be letters, digits and underscores, and not begin with a digit");
        }
        if (task_.file.stem() != task_.name) {
            name.fail(fmt::format("\"{}\" is not the name of its file, {}", task_.name, task_.file.filename().string()),
                      "rename one of them");
        }
        task_.title = root.member("title").text();
        if (root.has("description")) {
            task_.description = root.member("description").text();
        }
        const Field level = root.member("level");
        task_.level = static_cast<int>(std::clamp<std::int64_t>(level.integer(), 0, 1000));
        const auto folder = task_.file.parent_path().filename();
        if (task_.level < 1) {
            level.fail("must be 1 or more");
        } else if (folder != fmt::format("level{}", task_.level)) {
            level.fail(fmt::format("is {}, but the file is in the folder {}", task_.level, folder.string()),
                       fmt::format("move it to level{}", task_.level));
        }
        const Field category = root.member("category");
        task_.category = category.text();
        if (std::ranges::find(categories, task_.category) == categories.end()) {
            category.fail(fmt::format("unknown category \"{}\"", task_.category), listed(categories));
        }
    }

    void declare(const std::string& name, const Field& field) {
        if (!is_identifier(name)) {
            field.fail(fmt::format("\"{}\" is no name of a parameter", name),
                       "letters, digits and underscores, not a digit first");
        }
        if (!names_.insert(name).second) {
            field.fail(fmt::format("another parameter is called \"{}\" already", name));
        }
    }

    DType read_dtype(const Field& field) {
        const std::string name = field.text();
        const auto dtype = dtype_from(name);
        if (!dtype) {
            field.fail(fmt::format("unknown dtype \"{}\"", name),
                       "one of float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool");
        }
        return dtype.value_or(DType::Float32);
    }

    ErrorClass read_class(const Field& field) {
        const std::string name = field.text();
        const auto error_class = error_class_from(name);
        if (!error_class || *error_class == ErrorClass::Wrong) {
            field.fail(fmt::format("unknown error class \"{}\"", name),
                       "one of exact, fp64, fp32, tf32, fp16, bf16, fp8");
        }
        return error_class.value_or(ErrorClass::Wrong);
    }

    /// That of the coarsest floating-point input; exact where there is none.
    [[nodiscard]] ErrorClass default_class() const {
        ErrorClass coarsest = ErrorClass::Exact;
        for (const Tensor& input : task_.inputs) {
            switch (input.dtype) {
            case DType::Float64:
                coarsest = std::max(coarsest, ErrorClass::Fp64);
                break;
            case DType::Float32:
                coarsest = std::max(coarsest, ErrorClass::Fp32);
                break;
            case DType::Float16:
                coarsest = std::max(coarsest, ErrorClass::Fp16);
                break;
            case DType::BFloat16:
                coarsest = std::max(coarsest, ErrorClass::Bf16);
                break;
            case DType::Int64:
            case DType::Int32:
            case DType::Int16:
            case DType::Int8:
            case DType::UInt8:
            case DType::Bool:
                break;
            }
        }
        return coarsest;
    }

    static double axis_value(const Field& field) {
        const std::int64_t value = field.integer();
        if (value < 0) {
            field.fail(fmt::format("is {}; an axis is 0 or more", value));
        } else if (value > largest_exact) {
            field.fail("overflow: an axis is at most 2^53");
        }
        return static_cast<double>(value);
    }

    static double scalar_value(const Field& field, DType dtype) {
        const double value = field.number();
        if (!is_float(dtype) && value != std::trunc(value)) {
            field.fail(fmt::format("must be an integer, since it is {}", to_string(dtype)));
        }
        const double largest = dtype == DType::Int32     ? 2147483647.0
                               : dtype == DType::Int64   ? static_cast<double>(largest_exact)
                               : dtype == DType::Float32 ? std::numeric_limits<float>::max()
                                                         : std::numeric_limits<double>::max();
        if (std::abs(value) > largest) {
            field.fail(fmt::format("overflow: {} holds at most {}", to_string(dtype), largest));
        }
        return value;
    }

    void read_axis(const std::string& name, const Field& field) {
        declare(name, field);
        Parameter axis{.name = name, .value = {}};
        if (!field.is_text()) {
            axis.value = axis_value(field);
        } else if (field.text() != "var") {
            field.fail("must be \"var\" or an integer");
        }
        task_.parameters.push_back(std::move(axis));
    }

    void read_scalar(const std::string& name, const Field& field) {
        declare(name, field);
        field.only({"dtype", "value"});
        Parameter scalar{.name = name, .axis = false, .dtype = read_dtype(field.member("dtype")), .value = {}};
        if (scalar.dtype != DType::Float64 && scalar.dtype != DType::Float32 && scalar.dtype != DType::Int64 &&
            scalar.dtype != DType::Int32) {
            field.member("dtype").fail("a scalar is float64, float32, int64 or int32");
        }
        if (field.has("value")) {
            scalar.value = scalar_value(field.member("value"), scalar.dtype);
        }
        task_.parameters.push_back(std::move(scalar));
    }

    Tensor read_tensor(const std::string& name, const Field& field, bool is_input) {
        declare(name, field);
        if (is_input) {
            field.only({"dtype", "shape", "distribution"});
        } else {
            field.only({"dtype", "shape"});
        }
        Tensor tensor{.name = name, .dtype = read_dtype(field.member("dtype")), .shape = {}, .distribution = {}};
        for (const Field& extent : field.member("shape").elements()) {
            tensor.shape.push_back(extent.is_number() ? std::to_string(extent.integer()) : extent.text());
        }
        if (is_input && field.has("distribution")) {
            tensor.distribution = read_distribution(field.member("distribution"));
        }
        const bool whole = tensor.distribution.kind == Distribution::Kind::Integers ||
                           tensor.distribution.kind == Distribution::Kind::Permutation;
        if (is_input && !is_float(tensor.dtype) && !whole) {
            field.fail(fmt::format("an input of {} needs a distribution of integers", to_string(tensor.dtype)),
                       R"("distribution": {"kind": "integers", "low": 0, "high": "n - 1"})");
        }
        if (is_float(tensor.dtype) && tensor.distribution.kind == Distribution::Kind::Permutation) {
            field.member("distribution").fail("a permutation is of an integer dtype");
        }
        return tensor;
    }

    /// A bound: a number or an expression; kept as text until a workload gives the axes their values.
    static std::string read_bound(const Field& field) {
        return field.is_number() ? fmt::format("{}", field.number()) : field.text();
    }

    static Distribution::Structure read_structure(const Field& field) {
        const std::string name = field.text();
        if (name == "symmetric") {
            return Distribution::Structure::Symmetric;
        }
        if (name == "upper") {
            return Distribution::Structure::Upper;
        }
        if (name != "lower") {
            field.fail(fmt::format("unknown structure \"{}\"", name), "one of symmetric, upper, lower");
        }
        return Distribution::Structure::Lower;
    }

    static void read_non_finite(const Field& field, Distribution& distribution) {
        if (distribution.kind == Distribution::Kind::Integers) {
            field.fail("integers are finite");
        }
        for (const Field& element : field.elements()) {
            const std::string name = element.text();
            if (name == "nan") {
                distribution.nan = true;
            } else if (name == "infinity") {
                distribution.infinity = true;
            } else if (name == "-infinity") {
                distribution.negative_infinity = true;
            } else {
                element.fail(fmt::format("unknown value \"{}\"", name), "one of nan, infinity, -infinity");
            }
        }
    }

    static Distribution read_distribution(const Field& field) {
        Distribution distribution;
        const std::string kind = field.member("kind").text();
        if (kind == "normal") {
            field.only({"kind", "mean", "stddev", "spread", "low", "high", "structure", "non_finite"});
            if (field.has("mean")) {
                distribution.mean = field.member("mean").number();
            }
            if (field.has("stddev")) {
                distribution.stddev = field.member("stddev").number();
                if (distribution.stddev <= 0) {
                    field.member("stddev").fail("must be more than 0");
                }
            }
        } else if (kind == "uniform") {
            field.only({"kind", "low", "high", "spread", "structure", "non_finite"});
            distribution.kind = Distribution::Kind::Uniform;
        } else if (kind == "integers") {
            field.only({"kind", "low", "high", "structure", "non_finite"});
            distribution.kind = Distribution::Kind::Integers;
        } else if (kind == "permutation") {
            field.only({"kind"});
            distribution.kind = Distribution::Kind::Permutation;
        } else {
            field.member("kind").fail(fmt::format("unknown distribution \"{}\"", kind),
                                      "one of normal, uniform, integers, permutation");
        }
        if (field.has("spread")) {
            distribution.spread = field.member("spread").number();
            if (distribution.spread < 1) {
                field.member("spread").fail("must be at least 1");
            }
        }
        if (field.has("structure")) {
            distribution.structure = read_structure(field.member("structure"));
        }
        if (field.has("non_finite")) {
            read_non_finite(field.member("non_finite"), distribution);
        }
        const bool bounded = kind == "uniform" || kind == "integers";
        if (bounded || field.has("low")) {
            distribution.low = read_bound(field.member("low"));
        }
        if (bounded || field.has("high")) {
            distribution.high = read_bound(field.member("high"));
        }
        return distribution;
    }

    void read_workloads(const Field& field) {
        std::set<std::string> names;
        for (const Field& element : field.elements()) {
            element.only({"name", "axes", "scalars", "use"});
            Workload workload;
            workload.name = element.member("name").text();
            if (!names.insert(workload.name).second) {
                element.member("name").fail(fmt::format("another workload is called \"{}\" already", workload.name));
            }
            for (const Parameter& parameter : task_.parameters) {
                if (parameter.value) {
                    workload.values[parameter.name] = *parameter.value;
                }
            }
            read_values(element, true, workload);
            read_values(element, false, workload);
            for (const Field& use : element.member("use").elements()) {
                const std::string name = use.text();
                const auto known = use_from(name);
                if (!known) {
                    use.fail(fmt::format("unknown use \"{}\"", name), "one of check, time:vgpu, time:gpu");
                } else if (workload.used_for(*known)) {
                    use.fail(fmt::format("\"{}\" stands twice", name));
                } else {
                    workload.uses.push_back(*known);
                }
            }
            task_.workloads.push_back(std::move(workload));
        }
        if (std::ranges::none_of(task_.workloads, [](const Workload& w) { return w.used_for(Use::Check); })) {
            field.fail("no workload is used for \"check\"");
        }
    }

    /// The values that a workload must give: one for each axis ("axes") or scalar ("scalars") that the task leaves
    /// open.
    void read_values(const Field& workload, bool axes, Workload& into) const {
        const char* const group = axes ? "axes" : "scalars";
        std::set<std::string> open;
        for (const Parameter& parameter : task_.parameters) {
            if (parameter.axis == axes && !parameter.value) {
                open.insert(parameter.name);
            }
        }
        if (open.empty() && !workload.has(group)) {
            return;
        }
        const Field values = workload.member(group);
        for (const std::string& name : open) {
            const Field value = values.member(name);
            const auto parameter = std::ranges::find(task_.parameters, name, &Parameter::name);
            into.values[name] = axes ? axis_value(value) : scalar_value(value, parameter->dtype);
        }
        for (const auto& [name, value] : values.members()) {
            if (!open.contains(name)) {
                value.fail(fmt::format("the task has no open {} \"{}\"", axes ? "axis" : "scalar", name));
            }
        }
    }

    Task& task_;
    std::set<std::string> names_;
};

} // namespace

bool Workload::used_for(Use use) const {
    return std::ranges::find(uses, use) != uses.end();
}

const Workload* Task::find_workload(std::string_view wanted) const {
    const auto found = std::ranges::find(workloads, wanted, &Workload::name);
    return found == workloads.end() ? nullptr : &*found;
}

Result<Task> load(const std::filesystem::path& file) {
    Task task;
    task.file = file;
    Reader reader(file);
    Definition(task).read(reader.root());
    if (const auto& error = reader.error()) {
        return std::unexpected(*error);
    }
    for (const Workload& workload : task.workloads) {
        if (auto binding = bind(task, workload); !binding) {
            return std::unexpected(std::move(binding.error()));
        }
    }
    // tasks/level1/NAME.json belongs to reference/level1/NAME.cu
    const auto folder = std::filesystem::absolute(file).parent_path();
    task.reference = folder.parent_path().parent_path() / "reference" / folder.filename() / (task.name + ".cu");
    const auto reference = load_reference(task);
    if (!reference) {
        return fail(fmt::format("the task has no reference: {}", reference.error().to_string()), file.string() + "#",
                    fmt::format("write {}", task.reference.string()));
    }
    task.hash = hash_of(reader.text(), *reference);
    task.fixed = fixed_numbers(reference->text);
    return task;
}

} // namespace assay::tasks
