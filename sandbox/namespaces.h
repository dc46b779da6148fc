// Namespaces: a worker's own view of mounts, network, and System V objects (man 7 namespaces).
//
// Root has them for the asking; an ordinary user makes a user namespace first, in which it may. The process must have
// one thread only, so they are entered first thing.
#pragma once

#include "sandbox/layer.h"

namespace assay::sandbox {

/// Enters network, IPC and UTS namespaces, and a mount namespace in which nothing has changed yet (minimal_root.h), and
/// says in `layers` which were to be had.
void enter_namespaces(Layers& layers, bool keep_mounts);

} // namespace assay::sandbox
