// What is to be computed: a task definition, loaded from one JSON file, and its workloads bound to numbers.
//
// A candidate's entry takes the task's inputs, then its outputs, then its axes and scalars, each in the order of the
// definition. Shapes are expressions over axes and scalars (`"(h + 2 * pad - k) / stride + 1"`); only the axes and
// scalars that the definition names are parameters. `schema.json` beside this file says the same for editors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay::tasks {

enum class DType : std::uint8_t { Float64, Float32, Float16, BFloat16, Int64, Int32, Int16, Int8, UInt8, Bool };
[[nodiscard]] std::uint64_t bytes_of(DType dtype);
[[nodiscard]] bool is_float(DType dtype);
[[nodiscard]] std::string_view to_string(DType dtype); ///< "float32"
[[nodiscard]] std::string_view c_type(DType dtype);    ///< "__nv_bfloat16": its name in CUDA C++
[[nodiscard]] std::optional<DType> dtype_from(std::string_view name);

/// Precision classes of a result, finest first. A task says which is the coarsest it accepts.
enum class ErrorClass : std::uint8_t { Exact, Fp64, Fp32, Tf32, Fp16, Bf16, Fp8, Wrong };
[[nodiscard]] std::string_view to_string(ErrorClass error_class); ///< "fp32"
[[nodiscard]] std::optional<ErrorClass> error_class_from(std::string_view name);

/// How the values of an input are drawn. The regimes of the checker replace Normal and Uniform by others (integers,
/// mixtures of magnitudes, ...) within [low, high] where bounds are given; Integers and Permutation are part of the
/// meaning of an input (labels, indices) and are never replaced.
struct Distribution {
    enum class Kind : std::uint8_t {
        Normal,      ///< mean `mean`, standard deviation `stddev`
        Uniform,     ///< [low, high)
        Integers,    ///< uniform integers in [low, high], bounds are expressions over the axes
        Permutation, ///< of 0 … n-1
    };
    /// What the matrices of the last two dimensions, which must be square, are in every regime.
    enum class Structure : std::uint8_t {
        Full,
        Symmetric, ///< the elements above the diagonal are also those below
        Upper,     ///< zeros below the diagonal
        Lower,     ///< zeros above the diagonal
    };
    Kind kind = Kind::Normal;
    Structure structure = Structure::Full;
    double mean = 0, stddev = 1;
    /// At least 1. All deviations from the mean (of Uniform: from low) are multiplied by one factor, drawn anew with
    /// each drawing of the tensor, log-uniform from 1 / spread to 1: so that a mean over many values is not always the
    /// same. Only in the checker's regime of the task's own distribution.
    double spread = 1;
    std::string low, high; ///< expressions; of Normal and Uniform: bounds that every regime keeps, may be empty
    /// Which values that are no numbers the operation defines a result for: a regime of its own has them.
    bool nan = false, infinity = false, negative_infinity = false;
};

struct Tensor {
    std::string name;
    DType dtype = DType::Float32;
    std::vector<std::string> shape; ///< expressions
    Distribution distribution;      ///< of an input
};

/// An axis, or a scalar parameter such as `eps`.
struct Parameter {
    std::string name;
    bool axis = true;
    DType dtype = DType::Int32;  ///< of a scalar; axes are integers of the width that the entry declares
    std::optional<double> value; ///< fixed for the whole task; none: each workload binds it
};

/// What becomes of a candidate that leaves work to a library: operators of PyTorch (`x.sum(1)`, torch::matmul), CUB's
/// device-wide algorithms, Thrust.
enum class LibraryRule : std::uint8_t {
    Allow,  ///< it is as good as work of its own
    Count,  ///< its result says so, and what it was
    Reject, ///< it is rejected
};
[[nodiscard]] std::string_view to_string(LibraryRule rule); ///< "count"
[[nodiscard]] std::optional<LibraryRule> library_rule_from(std::string_view name);

enum class Use : std::uint8_t { Check, TimeVgpu, TimeGpu };
[[nodiscard]] std::string_view to_string(Use use); ///< "time:vgpu"
[[nodiscard]] std::optional<Use> use_from(std::string_view name);

struct Workload {
    std::string name;
    std::map<std::string, double> values; ///< of axes and scalars
    std::vector<Use> uses;
    [[nodiscard]] bool used_for(Use use) const;
};

struct Task {
    std::string name, title, category, description;
    int level = 0;
    std::vector<Tensor> inputs, outputs;
    std::vector<Parameter> parameters;                     ///< axes, then scalars, in order
    std::map<std::string, std::vector<std::string>> fixed; ///< what the reference fixes (fixed_numbers.h)
    ErrorClass accepts = ErrorClass::Fp32;                 ///< coarsest class; by default that of the inputs
    std::optional<LibraryRule> library;                    ///< where the definition says it
    std::string flops; ///< expression: operations that any algorithm of textbooks needs; empty: not counted
    std::vector<Workload> workloads;
    std::filesystem::path file;      ///< the definition
    std::filesystem::path reference; ///< reference/<level>/<name>.cu
    std::string hash;                ///< of definition and reference text: what a result was measured against

    [[nodiscard]] const Workload* find_workload(std::string_view name) const;
};

/// A workload with every number known: what plan, inputs and comparison work on.
struct Binding {
    struct Tensor {
        std::string name;
        DType dtype = DType::Float32;
        std::vector<std::int64_t> shape;
        Distribution distribution;
        double low = 0, high = 0; ///< the distribution's bounds, evaluated
        bool has_low = false, has_high = false;
        [[nodiscard]] std::int64_t elements() const;
        [[nodiscard]] std::uint64_t bytes() const;
    };
    struct Scalar {
        std::string name;
        bool axis = true;
        DType dtype = DType::Int32;
        double value = 0;
        bool in_shape = false; ///< an axis that is an extent of an input: whoever has the inputs knows it
    };
    std::string task, workload;
    std::vector<Tensor> inputs, outputs;
    std::vector<Scalar> scalars;
    /// "stride": {2}: numbers that the task fixes, by the names that PyTorch has for them.
    std::map<std::string, std::vector<double>> fixed;
    std::int64_t flops = 0; ///< floating-point operations, a fused multiply-add as two; 0: none, or not counted

    /// To be read and written at least once: inputs (of a structured one what it says, roofline.h) and outputs.
    [[nodiscard]] std::uint64_t compulsory_bytes() const;
};

/// Reads one definition; every Error names the file and the field as a JSON pointer
/// (`softmax.json#/workloads/1/axes/rows`).
[[nodiscard]] Result<Task> load(const std::filesystem::path& file);

/// All tasks below `root`/tasks, by level and name; errors of single files are returned beside the good ones.
struct Catalog {
    std::vector<Task> tasks;
    std::vector<Error> errors;
    [[nodiscard]] const Task* find(std::string_view name) const;
};
[[nodiscard]] Result<Catalog> load_all(const std::filesystem::path& root);

/// A named list of tasks, `datasets/suites/<name>.json`: {"name", "title", "tasks": [...]}, or with "select":
/// {"prefix": "kb1_", "category": "matmul"} all tasks whose names begin so and that are of the category; {} is all.
struct Suite {
    std::string name, title;
    std::vector<std::string> tasks;
};
[[nodiscard]] Result<Suite> load_suite(const std::filesystem::path& root, std::string_view name);

[[nodiscard]] Result<Binding> bind(const Task& task, const Workload& workload);

/// The same with every floating-point tensor and scalar as float64: the oracle's.
[[nodiscard]] Binding widen(const Binding& binding);

/// Where tasks, references and datasets are: `--root`, ASSAY_ROOT, or the nearest folder above the executable or the
/// working directory that holds tasks/schema.json.
[[nodiscard]] Result<std::filesystem::path> find_root(const std::filesystem::path& given = {});

/// Integer arithmetic over names: + - * / % ( ) min(a,b) max(a,b) ceil_div(a,b); division truncates.
[[nodiscard]] Result<std::int64_t> evaluate_expression(std::string_view text,
                                                       const std::map<std::string, double>& values);

} // namespace assay::tasks
