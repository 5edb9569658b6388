/* Policies checked, and the names of what laps fall back on. */
#include "control/policy.h"

const char *lead_fallback_name(lead_fallback fallback) {
    static const char *const names[] = {
#define X(name, text) #name,
        LEAD_FALLBACK_LIST(X)
#undef X
    };
    return fallback < LEAD_FALLBACK_COUNT ? names[fallback] : "?";
}

const char *lead_fallback_text(lead_fallback fallback) {
    static const char *const texts[] = {
#define X(name, text) text,
        LEAD_FALLBACK_LIST(X)
#undef X
    };
    return fallback < LEAD_FALLBACK_COUNT ? texts[fallback] : "?";
}

lead_status lead_policy_check(const lead_policy *policy, int64_t step) {
    if (!policy->estimator || !policy->te)
        return lead_fail(LEAD_INVALID, "there is no %s", policy->te ? "estimator" : "te");
    if (step < 1)
        return lead_fail(LEAD_INVALID, "step of %lld s is not a time", (long long)step);
    if (policy->every < 0 || policy->every > 1000000)
        return lead_fail(LEAD_INVALID, "every of %d is not in 0..1000000", policy->every);
    if (!(policy->gain >= 0 && policy->gain <= 1))
        return lead_fail(LEAD_INVALID, "gain of %g is not in 0..1", policy->gain);
    if (!(policy->surprise >= 0 && policy->surprise <= 0.5))
        return lead_fail(LEAD_INVALID, "surprise of %g is not in 0..0.5", policy->surprise);
    if (policy->surprise > 0 && !policy->predictor)
        return lead_fail(LEAD_INVALID, "surprise of %g: there is no forecast to be surprised by",
                         policy->surprise);
    if (!(policy->budget >= 0 && policy->budget <= 1e6))
        return lead_fail(LEAD_INVALID, "budget of %g s is not in 0..1e6", policy->budget);
    return LEAD_OK;
}
