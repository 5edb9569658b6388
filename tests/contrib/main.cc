// ns-3's test runner, for the suites of this folder; not built in an ns-3 tree, which has its own.
#include "ns3/test.h"

int main(int argc, char **argv) {
    return ns3::TestRunner::Run(argc, argv);
}
