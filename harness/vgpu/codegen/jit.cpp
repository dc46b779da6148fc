// IR is optimised by a short pipeline and compiled by ORC's LLJIT, one instance for each piece of code, so that the
// code goes when its kernel goes. All of the runtime is called by address: there is no symbol to resolve but libm's.
#include "vgpu/codegen/jit.h"

#include <cstdlib>
#include <stdexcept>

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

namespace {

template <class T> T check(llvm::Expected<T> value) {
    if (!value) {
        throw std::runtime_error("LLVM: " + llvm::toString(value.takeError()));
    }
    return std::move(*value);
}

void check(llvm::Error error) {
    if (error) {
        throw std::runtime_error("LLVM: " + llvm::toString(std::move(error)));
    }
}

void initialize() {
    static const bool done = [] {
        llvm::InitializeNativeTarget();
        llvm::InitializeNativeTargetAsmPrinter();
        return true;
    }();
    (void)done;
}

Machine describe(const llvm::orc::JITTargetMachineBuilder& builder) {
    const std::string features = builder.getFeatures().getString();
    const auto has = [&](const char* name) { return features.find(std::string("+") + name) != std::string::npos; };
    Machine machine;
    machine.avx512 = has("avx512f") && has("avx512bw") && has("avx512dq") && has("avx512vl");
    machine.half = has("f16c");
    return machine;
}

void optimize(llvm::Module& module, llvm::TargetMachine& target) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder builder(&target);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass(true));
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    llvm::LoopPassManager in_loops;
    in_loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(in_loops), true));
    passes.addPass(llvm::EarlyCSEPass(true));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::ADCEPass());
    for (llvm::Function& function : module) {
        if (!function.isDeclaration()) {
            passes.run(function, functions);
        }
    }
}

/// For whoever works on the generator: ASSAY_VGPU_DUMP names a folder for the code of every kernel.
void dump(const llvm::Module& module, const std::string& path) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << module;
}

} // namespace

std::unique_ptr<Code> make_code(const Kernel& kernel, const Known& known) {
    initialize();
    auto machine_builder = check(llvm::orc::JITTargetMachineBuilder::detectHost());
    machine_builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
    const Machine machine = describe(machine_builder);
    const auto target = check(machine_builder.createTargetMachine());

    auto code = std::make_unique<Code>();
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>(kernel.flat.name, *context);
    module->setDataLayout(target->createDataLayout());
    module->setTargetTriple(target->getTargetTriple().str());

    const std::optional<Structure> structure = find_structure(kernel.graph);
    Facts facts = analyze(kernel.graph, *structure, known);
    Emitter(*module, kernel, *structure, facts, known, machine, *code).emit("kernel");
    const char* dump_to = std::getenv("ASSAY_VGPU_DUMP");
    if (dump_to != nullptr) {
        dump(*module, std::string(dump_to) + "/" + kernel.flat.name + ".ll");
    }
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (llvm::verifyModule(*module, &stream)) {
        throw std::runtime_error("the generator made invalid code for " + kernel.flat.name + ": " + problem);
    }
    optimize(*module, *target);
    if (dump_to != nullptr) {
        dump(*module, std::string(dump_to) + "/" + kernel.flat.name + ".optimized.ll");
    }

    std::shared_ptr<llvm::orc::LLJIT> jit =
        check(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(machine_builder)).create());
    jit->getMainJITDylib().addGenerator(
        check(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit->getDataLayout().getGlobalPrefix())));
    check(jit->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context))));
    code->function = check(jit->lookup("kernel")).toPtr<KernelFunction>();
    code->memory = jit;
    return code;
}

} // namespace assay::vgpu::codegen
