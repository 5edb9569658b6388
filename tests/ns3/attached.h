// A run of an ns-3 program under a controller, for tests: what it said, and the columns of its last
// epoch by their names.
#ifndef LEAD_TESTS_ATTACHED_H
#define LEAD_TESTS_ATTACHED_H

#include "../scratch.h"
#include "check.h"

#include "ns3/core-module.h"

#include <cstdlib>
#include <fstream>
#include <lead/attach.h>
#include <sstream>
#include <string>

struct Attached {
    std::string said, out;

    // Runs what the simulation holds for so many seconds, in epochs of one.
    Attached(const std::string &name, double seconds)
        : out(std::string(scratch_folder(nullptr)) + "/" + name) {
        std::string file = out + ".yaml";
        std::ofstream(file)
            << "name: " << name
            << "\ntime: { epoch: 1 s, simulated: 500 ms }\npolicies:\n"
               "  - { name: p, predict: { model: last }, te: { algorithm: mcf } }\n";
        lead_log_set_sink(keep, &said);
        lead_attachment *attachment;
        MUST(lead_attach(file.c_str(), out.c_str(), &attachment));
        ns3::Simulator::Stop(ns3::Seconds(seconds));
        ns3::Simulator::Run();
        MUST(lead_detach(attachment));
        lead_log_set_sink(nullptr, nullptr);
    }

    // NAN where the last row has nothing.
    double last(const std::string &column) const {
        std::ifstream file(out + "/epochs.csv");
        std::string head, line, row, name, cell;
        std::getline(file, head);
        while (std::getline(file, line))
            row = line;
        std::stringstream names(head), cells(row);
        while (std::getline(names, name, ',') && std::getline(cells, cell, ','))
            if (name == column)
                return cell.empty() ? NAN : std::stod(cell);
        CHECK(false, "no column %s in %s", column.c_str(), head.c_str());
        return NAN;
    }

    static void keep(lead_log_level, const char *line, void *data) {
        *static_cast<std::string *>(data) += std::string(line) + "\n";
    }
};

#endif
