#include "plan/plan_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/hex.h"
#include "plan/json_reader.h"

namespace assay::plan {

namespace {

using nlohmann::json;
using Place = JsonReader::Place;

constexpr std::string_view schema = "assay.plan/1";
constexpr std::string_view role_names[] = {"input", "output", "scratch", "symbol"};

json to_json(const Pointer& pointer) {
    return {pointer.buffer, pointer.offset};
}

json to_json(const std::vector<Relocation>& relocations) {
    json list = json::array();
    for (const Relocation& relocation : relocations) {
        list.push_back({relocation.at, relocation.target.buffer, relocation.target.offset});
    }
    return list;
}

json to_json(const Launch& launch) {
    json step{{"launch", launch.kernel},
              {"grid", launch.grid},
              {"block", launch.block},
              {"shared", launch.shared_bytes},
              {"parameters", to_hex(launch.parameters)},
              {"relocations", to_json(launch.relocations)},
              {"line", launch.line}};
    if (launch.cluster != std::array<std::uint32_t, 3>{1, 1, 1}) {
        step["cluster"] = launch.cluster;
    }
    for (const TensorMap& map : launch.tensor_maps) {
        step["tensor_maps"].push_back({{"at", map.at},
                                       {"tensor", to_json(map.target)},
                                       {"type", map.type},
                                       {"extents", map.extents},
                                       {"strides", map.strides},
                                       {"box", map.box},
                                       {"steps", map.steps},
                                       {"interleave", map.interleave},
                                       {"swizzle", map.swizzle},
                                       {"promotion", map.promotion},
                                       {"fill", map.fill}});
    }
    if (launch.cooperative) {
        step["cooperative"] = true;
    }
    if (launch.stream != 0) {
        step["stream"] = launch.stream;
    }
    return step;
}

json to_json(const Fill& fill) {
    return {{"fill", to_json(fill.destination)},
            {"value", fill.value},
            {"width", fill.width},
            {"count", fill.count},
            {"line", fill.line}};
}

json to_json(const Copy& copy) {
    return {{"copy", to_json(copy.destination)},
            {"from", to_json(copy.source)},
            {"bytes", copy.bytes},
            {"line", copy.line}};
}

json to_json(const Upload& upload) {
    return {{"upload", to_json(upload.destination)},
            {"data", to_hex(upload.data)},
            {"relocations", to_json(upload.relocations)},
            {"line", upload.line}};
}

json to_json(const Read& read) {
    return {{"read", to_json(read.source)}, {"bytes", read.bytes}, {"line", read.line}};
}

json to_json(const Operator::Operand& operand) {
    return {{"at", to_json(operand.place)},
            {"dtype", tasks::to_string(operand.dtype)},
            {"shape", operand.shape},
            {"strides", operand.strides}};
}

json to_json(const Operator& operation) {
    json inputs = json::array();
    for (const Operator::Operand& operand : operation.inputs) {
        inputs.push_back(to_json(operand));
    }
    json numbers = json::array();
    for (const double number : operation.numbers) {
        numbers.push_back(real_to_json(number));
    }
    return {{"operator", operation.name},    {"inputs", std::move(inputs)},    {"output", to_json(operation.output)},
            {"numbers", std::move(numbers)}, {"position", operation.position}, {"steps", operation.steps},
            {"line", operation.line}};
}

class PlanReader {
public:
    Result<LaunchPlan> read(const json& root) {
        const Place top{&root, ""};
        if (in_.object(top, {"schema", "buffers", "steps"},
                       {"task", "workload", "operators", "attributes", "printed", "host_steps", "data_dependent",
                        "deciding_steps"})) {
            if (in_.string(in_.member(top, "schema")) != schema) {
                in_.fail(in_.member(top, "schema"), fmt::format("`{}` is expected", schema));
            }
            plan_.task = optional_string(top, "task");
            plan_.workload = optional_string(top, "workload");
            plan_.printed = optional_string(top, "printed");
            plan_.host_steps = in_.has(top, "host_steps") ? in_.number(in_.member(top, "host_steps")) : 0;
            for (const Place& place : in_.elements(in_.member(top, "buffers"))) {
                buffer(place);
            }
            for (const Place& place : in_.elements(in_.member(top, "steps"))) {
                step(place);
            }
            if (in_.has(top, "operators")) {
                for (const Place& place : in_.elements(in_.member(top, "operators"))) {
                    operation(place);
                }
            }
            if (in_.has(top, "attributes")) {
                attributes(in_.member(top, "attributes"));
            }
            if (in_.has(top, "data_dependent") &&
                in_.boolean(in_.member(top, "data_dependent")) != is_data_dependent(plan_)) {
                in_.fail(in_.member(top, "data_dependent"), "a plan depends on data if it has a read, and only then");
            }
            plan_.deciding_steps = in_.has(top, "deciding_steps") ? in_.number(in_.member(top, "deciding_steps")) : 0;
        }
        if (auto read = in_.result(); !read) {
            return std::unexpected(std::move(read.error()));
        }
        return std::move(plan_);
    }

private:
    std::string optional_string(const Place& object, std::string_view key) {
        return in_.has(object, key) ? in_.string(in_.member(object, key)) : "";
    }

    std::uint32_t number32(const Place& object, std::string_view key) {
        return static_cast<std::uint32_t>(in_.number(in_.member(object, key), UINT32_MAX));
    }

    void buffer(const Place& place) {
        if (!in_.object(place, {"role", "index", "name", "bytes"})) {
            return;
        }
        Buffer buffer;
        const std::string role = in_.string(in_.member(place, "role"));
        const auto known = std::ranges::find(role_names, role);
        if (known == std::end(role_names)) {
            in_.fail(in_.member(place, "role"), fmt::format("`{}` is no role of a buffer", role),
                     "input, output, scratch or symbol");
            return;
        }
        buffer.role = static_cast<Buffer::Role>(known - std::begin(role_names));
        buffer.index = number32(place, "index");
        buffer.name = in_.string(in_.member(place, "name"));
        buffer.bytes = in_.number(in_.member(place, "bytes"));
        plan_.buffers.push_back(std::move(buffer));
    }

    Pointer pointer(const Place& place, const Place& buffer, const Place& offset, std::uint64_t bytes) {
        Pointer pointer{static_cast<std::uint32_t>(in_.number(buffer, UINT32_MAX)), in_.number(offset)};
        if (in_.failed()) {
            return {};
        }
        if (pointer.buffer >= plan_.buffers.size()) {
            in_.fail(place, fmt::format("there is no buffer {}", pointer.buffer));
            return {};
        }
        const Buffer& target = plan_.buffers[pointer.buffer];
        if (pointer.offset > target.bytes || bytes > target.bytes - pointer.offset) {
            in_.fail(place, fmt::format("{} bytes at offset {} go beyond `{}`, which has {}", bytes, pointer.offset,
                                        target.name, target.bytes));
        }
        return pointer;
    }

    Pointer pointer(const Place& place, std::uint64_t bytes) {
        const auto parts = in_.elements(place, 2);
        return pointer(place, parts[0], parts[1], bytes);
    }

    std::vector<Relocation> relocations(const Place& place, std::size_t data_bytes) {
        std::vector<Relocation> list;
        for (const Place& element : in_.elements(place)) {
            const auto parts = in_.elements(element, 3);
            Relocation relocation;
            relocation.at = in_.number(parts[0]);
            relocation.target = pointer(element, parts[1], parts[2], 0);
            if (data_bytes < 8 || relocation.at > data_bytes - 8) {
                in_.fail(element,
                         fmt::format("8 bytes at {} go beyond the data, which has {}", relocation.at, data_bytes));
            }
            list.push_back(relocation);
        }
        return list;
    }

    std::vector<std::uint64_t> numbers(const Place& place, std::size_t count) {
        std::vector<std::uint64_t> values;
        for (const Place& element : in_.elements(place, count)) {
            values.push_back(in_.number(element));
        }
        return values;
    }

    TensorMap tensor_map(const Place& place, std::size_t parameter_bytes) {
        TensorMap map;
        if (!in_.object(place,
                        {"at", "tensor", "type", "extents", "strides", "box", "steps", "interleave", "swizzle",
                         "promotion", "fill"},
                        {})) {
            return map;
        }
        map.at = in_.number(in_.member(place, "at"));
        if (parameter_bytes < TensorMap::bytes || map.at > parameter_bytes - TensorMap::bytes) {
            in_.fail(place, fmt::format("{} bytes at {} go beyond the parameters, which have {}", TensorMap::bytes,
                                        map.at, parameter_bytes));
        }
        map.target = pointer(in_.member(place, "tensor"), 0);
        const Place extents = in_.member(place, "extents");
        const std::size_t rank = in_.elements(extents).size();
        if (rank < 1 || rank > 5) {
            in_.fail(extents, "a tensor has 1 to 5 dimensions");
            return map;
        }
        map.extents = numbers(extents, rank);
        map.strides = numbers(in_.member(place, "strides"), rank - 1);
        map.box = numbers(in_.member(place, "box"), rank);
        map.steps = numbers(in_.member(place, "steps"), rank);
        map.type = number32(place, "type");
        map.interleave = number32(place, "interleave");
        map.swizzle = number32(place, "swizzle");
        map.promotion = number32(place, "promotion");
        map.fill = number32(place, "fill");
        return map;
    }

    std::array<std::uint32_t, 3> dim3(const Place& place) {
        std::array<std::uint32_t, 3> dim{};
        const auto parts = in_.elements(place, 3);
        for (std::size_t i = 0; i < 3; ++i) {
            dim[i] = static_cast<std::uint32_t>(in_.number(parts[i], UINT32_MAX));
            if (dim[i] == 0) {
                in_.fail(parts[i], "at least 1 is expected");
            }
        }
        return dim;
    }

    void step(const Place& place) {
        if (in_.has(place, "launch")) {
            launch(place);
        } else if (in_.has(place, "fill")) {
            fill(place);
        } else if (in_.has(place, "copy")) {
            copy(place);
        } else if (in_.has(place, "upload")) {
            upload(place);
        } else if (in_.has(place, "read")) {
            read_back(place);
        } else {
            in_.fail(place, "a step is a launch, fill, copy, upload or read");
        }
    }

    void launch(const Place& place) {
        if (!in_.object(place, {"launch", "grid", "block", "shared", "parameters", "relocations", "line"},
                        {"cluster", "cooperative", "stream", "tensor_maps"})) {
            return;
        }
        Launch step;
        step.kernel = in_.string(in_.member(place, "launch"));
        step.grid = dim3(in_.member(place, "grid"));
        step.block = dim3(in_.member(place, "block"));
        step.shared_bytes = number32(place, "shared");
        step.parameters = in_.hex(in_.member(place, "parameters"));
        step.relocations = relocations(in_.member(place, "relocations"), step.parameters.size());
        step.line = number32(place, "line");
        if (in_.has(place, "cluster")) {
            step.cluster = dim3(in_.member(place, "cluster"));
        }
        if (in_.has(place, "tensor_maps")) {
            for (const Place& map : in_.elements(in_.member(place, "tensor_maps"))) {
                step.tensor_maps.push_back(tensor_map(map, step.parameters.size()));
            }
        }
        step.cooperative = in_.has(place, "cooperative") && in_.boolean(in_.member(place, "cooperative"));
        step.stream = in_.has(place, "stream") ? in_.number(in_.member(place, "stream")) : 0;
        plan_.steps.emplace_back(std::move(step));
    }

    void fill(const Place& place) {
        if (!in_.object(place, {"fill", "value", "width", "count", "line"})) {
            return;
        }
        Fill step;
        step.value = number32(place, "value");
        step.width = number32(place, "width");
        step.count = in_.number(in_.member(place, "count"));
        step.line = number32(place, "line");
        if (step.width != 1 && step.width != 2 && step.width != 4) {
            in_.fail(in_.member(place, "width"), "1, 2 or 4 is expected");
            return;
        }
        if (step.width < 4 && step.value >> (8 * step.width) != 0) {
            in_.fail(in_.member(place, "value"), fmt::format("{} does not fit {} bytes", step.value, step.width));
        }
        std::uint64_t bytes = 0;
        if (__builtin_mul_overflow(step.count, std::uint64_t{step.width}, &bytes)) {
            in_.fail(in_.member(place, "count"), "more bytes than can be counted");
        }
        step.destination = pointer(in_.member(place, "fill"), bytes);
        plan_.steps.emplace_back(step);
    }

    void copy(const Place& place) {
        if (!in_.object(place, {"copy", "from", "bytes", "line"})) {
            return;
        }
        Copy step;
        step.bytes = in_.number(in_.member(place, "bytes"));
        step.destination = pointer(in_.member(place, "copy"), step.bytes);
        step.source = pointer(in_.member(place, "from"), step.bytes);
        step.line = number32(place, "line");
        plan_.steps.emplace_back(step);
    }

    void upload(const Place& place) {
        if (!in_.object(place, {"upload", "data", "relocations", "line"})) {
            return;
        }
        Upload step;
        step.data = in_.hex(in_.member(place, "data"));
        step.destination = pointer(in_.member(place, "upload"), step.data.size());
        step.relocations = relocations(in_.member(place, "relocations"), step.data.size());
        step.line = number32(place, "line");
        plan_.steps.emplace_back(std::move(step));
    }

    void read_back(const Place& place) {
        if (!in_.object(place, {"read", "bytes", "line"})) {
            return;
        }
        Read step;
        step.bytes = in_.number(in_.member(place, "bytes"));
        step.source = pointer(in_.member(place, "read"), step.bytes);
        step.line = number32(place, "line");
        plan_.steps.emplace_back(step);
    }

    std::vector<std::int64_t> extents(const Place& place) {
        std::vector<std::int64_t> list;
        for (const Place& element : in_.elements(place)) {
            list.push_back(static_cast<std::int64_t>(in_.number(element, INT64_MAX)));
        }
        return list;
    }

    Operator::Operand operand(const Place& place) {
        Operator::Operand operand;
        if (!in_.object(place, {"at", "dtype", "shape", "strides"})) {
            return operand;
        }
        const auto dtype = tasks::dtype_from(in_.string(in_.member(place, "dtype")));
        if (!dtype) {
            in_.fail(in_.member(place, "dtype"), "is no dtype");
            return operand;
        }
        operand.dtype = *dtype;
        operand.shape = extents(in_.member(place, "shape"));
        operand.strides = extents(in_.member(place, "strides"));
        if (operand.shape.size() != operand.strides.size()) {
            in_.fail(place, "shape and strides have different lengths");
            return operand;
        }
        // The bytes from the first element to the end of the last.
        std::int64_t last = 0;
        bool empty = false, fits = true;
        for (std::size_t i = 0; i < operand.shape.size(); ++i) {
            std::int64_t reach = 0;
            empty = empty || operand.shape[i] == 0;
            fits = fits && !__builtin_mul_overflow(operand.shape[i] - 1, operand.strides[i], &reach) &&
                   !__builtin_add_overflow(last, reach, &last) && last < INT64_MAX / 16;
        }
        if (!fits && !empty) {
            in_.fail(place, "reaches farther than any buffer");
            return operand;
        }
        const auto bytes = (static_cast<std::uint64_t>(last) + 1) * tasks::bytes_of(dtype.value());
        operand.place = pointer(in_.member(place, "at"), empty ? 0 : bytes);
        return operand;
    }

    void operation(const Place& place) {
        if (!in_.object(place, {"operator", "inputs", "output", "numbers", "position", "steps", "line"})) {
            return;
        }
        Operator operation;
        operation.name = in_.string(in_.member(place, "operator"));
        for (const Place& element : in_.elements(in_.member(place, "inputs"))) {
            operation.inputs.push_back(operand(element));
        }
        operation.output = operand(in_.member(place, "output"));
        for (const Place& element : in_.elements(in_.member(place, "numbers"))) {
            operation.numbers.push_back(in_.real(element));
        }
        operation.position = in_.number(in_.member(place, "position"), plan_.steps.size());
        operation.steps = in_.number(in_.member(place, "steps"), plan_.steps.size());
        operation.line = number32(place, "line");
        const std::uint64_t before = plan_.operators.empty() ? 0 : plan_.operators.back().position;
        if (operation.position < before) {
            in_.fail(in_.member(place, "position"), "the operators are not in order");
        }
        plan_.operators.push_back(std::move(operation));
    }

    void attributes(const Place& place) {
        if (!place.json->is_object()) {
            in_.fail(place, "an object is expected");
            return;
        }
        for (const auto& [kernel, value] : place.json->items()) {
            const Place attribute = in_.member(place, kernel);
            if (in_.object(attribute, {"max_dynamic_shared"})) {
                plan_.attributes[kernel].max_dynamic_shared = number32(attribute, "max_dynamic_shared");
            }
        }
    }

    JsonReader in_;
    LaunchPlan plan_;
};

} // namespace

json to_json(const LaunchPlan& plan) {
    json buffers = json::array();
    for (const Buffer& buffer : plan.buffers) {
        buffers.push_back({{"role", role_names[static_cast<std::size_t>(buffer.role)]},
                           {"index", buffer.index},
                           {"name", buffer.name},
                           {"bytes", buffer.bytes}});
    }
    json steps = json::array();
    for (const Step& step : plan.steps) {
        steps.push_back(std::visit([](const auto& value) { return to_json(value); }, step));
    }
    json operators = json::array();
    for (const Operator& operation : plan.operators) {
        operators.push_back(to_json(operation));
    }
    json attributes = json::object();
    for (const auto& [kernel, attribute] : plan.attributes) {
        attributes[kernel] = {{"max_dynamic_shared", attribute.max_dynamic_shared}};
    }
    json result{{"schema", schema},
                {"task", plan.task},
                {"workload", plan.workload},
                {"buffers", std::move(buffers)},
                {"steps", std::move(steps)},
                {"operators", std::move(operators)},
                {"attributes", std::move(attributes)},
                {"printed", plan.printed},
                {"host_steps", plan.host_steps}};
    if (is_data_dependent(plan)) {
        result["data_dependent"] = true;
    }
    if (plan.deciding_steps != 0) { // also of a last segment, which reads nothing itself
        result["deciding_steps"] = plan.deciding_steps;
    }
    return result;
}

Result<LaunchPlan> from_json(const json& json) {
    return PlanReader().read(json);
}

} // namespace assay::plan
