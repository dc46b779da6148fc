#include "plan/launch_plan.h"

#include <algorithm>
#include <iterator>

namespace assay::plan {

namespace {

void visit_pointers(Launch& launch, const std::function<void(Pointer&)>& visit) {
    for (Relocation& relocation : launch.relocations) {
        visit(relocation.target);
    }
    for (TensorMap& map : launch.tensor_maps) {
        visit(map.target);
    }
}

void visit_pointers(Fill& fill, const std::function<void(Pointer&)>& visit) {
    visit(fill.destination);
}

void visit_pointers(Copy& copy, const std::function<void(Pointer&)>& visit) {
    visit(copy.destination);
    visit(copy.source);
}

void visit_pointers(Upload& upload, const std::function<void(Pointer&)>& visit) {
    visit(upload.destination);
    for (Relocation& relocation : upload.relocations) {
        visit(relocation.target);
    }
}

void visit_pointers(Read& read, const std::function<void(Pointer&)>& visit) {
    visit(read.source);
}

} // namespace

void for_each_pointer(Step& step, const std::function<void(Pointer&)>& visit) {
    std::visit([&](auto& value) { visit_pointers(value, visit); }, step);
}

bool is_data_dependent(const LaunchPlan& plan) {
    return std::ranges::any_of(plan.steps, [](const Step& step) { return std::holds_alternative<Read>(step); });
}

bool ends_in_read(const LaunchPlan& plan) {
    return !plan.steps.empty() && std::holds_alternative<Read>(plan.steps.back());
}

void append(LaunchPlan& plan, LaunchPlan segment) {
    for (Operator& operation : segment.operators) {
        operation.position += plan.steps.size();
    }
    std::ranges::move(segment.operators, std::back_inserter(plan.operators));
    std::ranges::move(segment.steps, std::back_inserter(plan.steps));
    segment.operators = std::move(plan.operators);
    segment.steps = std::move(plan.steps);
    plan = std::move(segment);
}

} // namespace assay::plan
