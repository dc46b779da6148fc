// CUDA graphs by capture: what host code issues between cudaStreamBeginCapture and cudaStreamEndCapture is taken out of
// the plan, and each cudaGraphLaunch puts a copy of it where it stands.
//
// All streams count as captured, since steps are in issue order anyway. A graph knows the pointers that it was captured
// with; it lives as long as the recording, so that none outlives the run whose buffers they are.
#include "plan/runtime.h"

namespace assay::plan {

namespace {

std::uint64_t data_bytes(const Step& step) {
    if (const auto* launch = std::get_if<Launch>(&step)) {
        return launch->parameters.size();
    }
    const auto* upload = std::get_if<Upload>(&step);
    return upload == nullptr ? 0 : upload->data.size();
}

} // namespace

Checked<> Runtime::begin_capture(HostCall& call) {
    const auto stream = handle(Handle::Stream, call.address(0));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    if (*stream == 0) {
        return refuse("the default stream cannot be captured", "create a stream with cudaStreamCreate");
    }
    if (capture_) {
        return refuse("another capture is under way", "end it with cudaStreamEndCapture");
    }
    capture_ = Capture{*stream, plan_.steps.size(), plan_.operators.size()};
    return {};
}

Checked<> Runtime::end_capture(HostCall& call) {
    const auto stream = handle(Handle::Stream, call.address(0));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    if (!capture_ || capture_->stream != *stream) {
        return refuse("this stream is not being captured", "begin with cudaStreamBeginCapture");
    }
    auto made = make_handle(Handle::Graph);
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    Graph& graph = graphs_[*made];
    const auto first_step = plan_.steps.begin() + static_cast<std::ptrdiff_t>(capture_->steps);
    const auto first_operator = plan_.operators.begin() + static_cast<std::ptrdiff_t>(capture_->operators);
    graph.steps.assign(std::make_move_iterator(first_step), std::make_move_iterator(plan_.steps.end()));
    graph.operators.assign(std::make_move_iterator(first_operator), std::make_move_iterator(plan_.operators.end()));
    for (Operator& operation : graph.operators) {
        operation.position -= capture_->steps;
    }
    plan_.steps.erase(first_step, plan_.steps.end());
    plan_.operators.erase(first_operator, plan_.operators.end());
    capture_.reset();
    return memory_.store(call.address(1), *made, 8);
}

Checked<> Runtime::is_capturing(HostCall& call) {
    const auto stream = handle(Handle::Stream, call.address(0));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    const bool active = capture_ && capture_->stream == *stream;
    return memory_.store(call.address(1), active ? 1 : 0, 4);
}

Checked<> Runtime::instantiate_graph(HostCall& call) {
    if (auto graph = handle(Handle::Graph, call.address(1)); !graph) {
        return std::unexpected(std::move(graph.error()));
    }
    auto made = make_handle(Handle::Executable);
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    graphs_[*made] = graphs_[call.address(1)]; // a graph that is destroyed leaves what was made of it
    return memory_.store(call.address(0), *made, 8);
}

Checked<> Runtime::launch_graph(HostCall& call) {
    const auto executable = handle(Handle::Executable, call.address(0));
    const auto stream = handle(Handle::Stream, call.address(1));
    if (!executable || !stream) {
        return std::unexpected(executable ? stream.error() : executable.error());
    }
    const Graph& graph = graphs_[call.address(0)];
    std::size_t next = 0;
    const auto add_operators = [&](std::size_t before) -> Checked<> {
        for (; next < graph.operators.size() && graph.operators[next].position <= before; ++next) {
            const std::uint32_t line = graph.operators[next].line;
            if (auto added = add_operator(graph.operators[next]); !added) {
                return added;
            }
            plan_.operators.back().line = line;
        }
        return {};
    };
    for (std::size_t i = 0; i <= graph.steps.size(); ++i) {
        if (auto added = add_operators(i); !added) {
            return added;
        }
        if (i == graph.steps.size()) {
            break;
        }
        if (auto added = add_step(graph.steps[i], data_bytes(graph.steps[i])); !added) {
            return added;
        }
    }
    return {};
}

Checked<> Runtime::upload_graph(HostCall& call) {
    auto executable = handle(Handle::Executable, call.address(0));
    return executable ? Checked<>{} : std::unexpected(std::move(executable.error()));
}

Checked<> Runtime::destroy_graph(HostCall& call) {
    graphs_.erase(call.address(0));
    return drop_handle(Handle::Graph, call.address(0));
}

Checked<> Runtime::destroy_executable(HostCall& call) {
    graphs_.erase(call.address(0));
    return drop_handle(Handle::Executable, call.address(0));
}

void Runtime::drop_capture() {
    if (capture_) {
        plan_.steps.resize(capture_->steps);
        plan_.operators.resize(capture_->operators);
        capture_.reset();
    }
}

} // namespace assay::plan
