// process: what is the whole process's and torch works better with. While our modules are loaded or
// run, two settings are changed, and put back when the last thread of them is done: a program that
// uses OpenBLAS or TorchScript itself finds its own. Its threads that do so at that very time see
// ours.
//
// malloc's thresholds stay changed (glibc cannot tell what they were): from the plug-in's loading
// on malloc keeps up to 64 MB for the next allocation, unless the environment sets one of them.
#ifndef TORCHC_PROCESS_H
#define TORCHC_PROCESS_H

namespace torchc {

/* Lives as long as a module is loaded or run. Several threads may have one each. */
class Lent {
  public:
    Lent();
    ~Lent();
    Lent(const Lent &) = delete;
    Lent &operator=(const Lent &) = delete;
};

/* Once, when the plug-in is loaded. */
void keep_memory();

} // namespace torchc
#endif
