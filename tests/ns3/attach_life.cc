// The life of an attached controller, many times over in one process: a network is built, the
// controller of argv[1] is attached, three epochs pass, it is detached. In a locale with a decimal
// comma, with GSL's own error handler (which aborts), and, but for the first life, with memory that
// is refused at random. A life in which none was refused writes the bytes of the first; one in
// which some was ends with a message. Nothing is left of any: what malloc holds does not grow by
// more than ns-3 alone makes it.
//
//     attach_life CONTROLLER.yaml FOLDER LIVES SEED
#include "check.h"
#include "ring.h"

#include <clocale>
#include <fstream>
#include <gsl/gsl_errno.h>
#include <lead/attach.h>
#include <malloc.h>
#include <sstream>

using namespace ns3;

namespace {

struct Refusals {
    uint64_t state;
    unsigned one_in; // 0: none
    int count;
};

bool allowed(size_t, void *data) {
    Refusals *self = static_cast<Refusals *>(data);
    self->state = self->state * 6364136223846793005u + 1442695040888963407u;
    bool refused = self->one_in > 0 && (self->state >> 33) % self->one_in == 0;
    self->count += refused;
    return !refused;
}

std::string text_of(const std::string &path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Life {
    lead_status status = LEAD_OK;
    std::string message, epochs;
};

// `controller` NULL: ns-3 alone.
Life live(const char *controller, const std::string &folder) {
    Life life;
    lead_attachment *attachment = nullptr;
    build_ring({"1Mbps", "50kbps", 250, 4, 5});
    if (controller)
        life.status = lead_attach(controller, folder.c_str(), &attachment);
    Simulator::Stop(Seconds(0.7));
    Simulator::Run();
    if (attachment)
        life.status = lead_detach(attachment);
    Simulator::Destroy();
    if (life.status != LEAD_OK)
        life.message = lead_last_message();
    else if (controller)
        life.epochs = text_of(folder + "/epochs.csv");
    return life;
}

// Bytes that malloc holds more after so many lives, a life; the first ones fill caches.
double growth(const char *controller, const std::string &folder, int lives) {
    for (int i = 0; i < 20; i++)
        live(controller, folder);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < lives; i++)
        live(controller, folder);
    return (static_cast<double>(mallinfo2().uordblks) - static_cast<double>(before)) / lives;
}

void quiet(lead_log_level, const char *, void *) {}

} // namespace

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    const std::string folder = argv[2];
    const int lives = std::atoi(argv[3]);
    Refusals refusals = {std::strtoull(argv[4], nullptr, 10), 0, 0};
    CHECK(std::setlocale(LC_ALL, "de_DE.UTF-8"), "there is no locale de_DE.UTF-8");
    CHECK(std::localeconv()->decimal_point == std::string(","), "no decimal comma");
    gsl_set_error_handler(nullptr); // its own: it aborts
    lead_log_set_sink(quiet, nullptr);
    const Life first = live(argv[1], folder);
    CHECK(first.status == LEAD_OK && first.epochs.find("0.") != std::string::npos,
          "the first life: %s\n%s", first.message.c_str(), first.epochs.c_str());
    lead_memory_set_hook(allowed, &refusals);
    int whole = 0, refused = 0, ended = 0;
    for (int i = 0; i < lives && failures == 0; i++) {
        refusals.one_in = i % 4 == 0 ? 0 : i % 4 == 1 ? 40 : i % 4 == 2 ? 400 : 4000;
        refusals.count = 0;
        Life life = live(argv[1], folder);
        CHECK(life.status == LEAD_OK || (refusals.count > 0 && !life.message.empty()),
              "life %d ended with %s and \"%s\", %d refused", i, lead_status_name(life.status),
              life.message.c_str(), refusals.count);
        CHECK(refusals.count > 0 || life.epochs == first.epochs, "life %d has other numbers:\n%s",
              i, life.epochs.c_str());
        CHECK(life.epochs.find("0,002") == std::string::npos, "a decimal comma: %s",
              life.epochs.c_str());
        whole += refusals.count == 0;
        refused += refusals.count > 0;
        ended += life.status != LEAD_OK;
    }
    refusals.one_in = 0;
    const int measured = lives < 200 ? lives : 200;
    double alone = growth(nullptr, folder, measured), with = growth(argv[1], folder, measured);
    refusals.one_in = 100;
    double refusing = growth(argv[1], folder, measured);
    CHECK(with <= alone + 32, "%g bytes are left of a life, %g of one without a controller", with,
          alone);
    CHECK(refusing <= alone + 32,
          "%g bytes are left of a life without memory, %g of one without "
          "a controller",
          refusing, alone);
    std::printf("%d lives: %d whole, all with the numbers of the first; %d without some memory, "
                "%d of them ended with a message; bytes left of a life %.1f, %.1f without memory, "
                "%.1f of ns-3 alone\n",
                lives, whole, refused, ended, with, refusing, alone);
    return failures > 0;
}
