/* Reports as JUnit XML, as GitHub, GitLab and Jenkins read it. */
#include "base/expects.h"
#include <lead/baseline.h>
#include <libxml/xmlwriter.h>
#include <string.h>

#define TEXT(text) ((const xmlChar *)(text))

/* Begins a case; `ended` ends it. */
static void begin_case(xmlTextWriterPtr to, const char *scenario, const char *policy,
                       const char *name) {
    xmlTextWriterStartElement(to, TEXT("testcase"));
    if (*policy)
        xmlTextWriterWriteFormatAttribute(to, TEXT("classname"), "%s.%s", scenario, policy);
    else
        xmlTextWriterWriteAttribute(to, TEXT("classname"), TEXT(scenario));
    xmlTextWriterWriteAttribute(to, TEXT("name"), TEXT(name));
}

static void write_failure(xmlTextWriterPtr to, const char *message, const char *text) {
    char plain[1024];
    xmlTextWriterStartElement(to, TEXT("failure"));
    xmlTextWriterWriteAttribute(to, TEXT("message"),
                                TEXT(lead_printable(message, plain, sizeof plain)));
    if (text)
        xmlTextWriterWriteString(to, TEXT(text));
    xmlTextWriterEndElement(to);
}

static void write_metric(xmlTextWriterPtr to, const lead_baseline_report *report,
                         const lead_baseline_policy *policy, const lead_baseline_metric *metric) {
    char message[300];
    begin_case(to, report->name, policy->name, metric->name);
    if (metric->verdict == LEAD_VERDICT_WORSE) {
        snprintf(message, sizeof message, "%.9g -> %.9g (%s)", metric->before, metric->after,
                 metric->why);
        write_failure(to, message, policy->first);
    }
    xmlTextWriterEndElement(to);
}

static void write_policy(xmlTextWriterPtr to, const lead_baseline_report *report,
                         const lead_baseline_policy *policy) {
    for (int i = 0; i < policy->metric_count; i++)
        write_metric(to, report, policy, &policy->metrics[i]);
    begin_case(to, report->name, policy->name, "comparable");
    if (policy->problem)
        write_failure(to, policy->problem, NULL);
    xmlTextWriterEndElement(to);
}

static void count_cases(const lead_baseline_report *report, int *cases, int *failures) {
    *cases = 1;
    *failures = report->problem != NULL;
    for (int i = 0; i < report->policy_count; i++) {
        const lead_baseline_policy *policy = &report->policies[i];
        *cases += policy->metric_count + 1;
        *failures += policy->problem != NULL;
        for (int k = 0; k < policy->metric_count; k++)
            *failures += policy->metrics[k].verdict == LEAD_VERDICT_WORSE;
    }
}

static void write_suite(xmlTextWriterPtr to, const lead_baseline_report *report) {
    int cases, failures;
    count_cases(report, &cases, &failures);
    xmlTextWriterStartElement(to, TEXT("testsuite"));
    xmlTextWriterWriteAttribute(to, TEXT("name"), TEXT(report->name));
    xmlTextWriterWriteFormatAttribute(to, TEXT("tests"), "%d", cases);
    xmlTextWriterWriteFormatAttribute(to, TEXT("failures"), "%d", failures);
    xmlTextWriterWriteFormatAttribute(to, TEXT("errors"), "0");
    xmlTextWriterWriteFormatAttribute(to, TEXT("time"), "%.3f", report->seconds);
    begin_case(to, report->name, "", "run");
    if (report->problem)
        write_failure(to, report->problem, NULL);
    xmlTextWriterEndElement(to);
    for (int i = 0; i < report->policy_count; i++)
        write_policy(to, report, &report->policies[i]);
    if (report->note)
        xmlTextWriterWriteElement(to, TEXT("system-out"), TEXT(report->note));
    xmlTextWriterEndElement(to);
}

lead_status lead_baseline_write_junit(lead_baseline_report *const *reports, int count,
                                      const char *path) {
    LEAD_EXPECTS(reports && path);
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    xmlBufferPtr text = xmlBufferCreate();
    xmlTextWriterPtr to = text ? xmlNewTextWriterMemory(text, 0) : NULL;
    if (!to) {
        status = lead_fail(LEAD_MEMORY, "%s: no memory for its XML", path);
        goto fail;
    }
    lead_locale before = lead_locale_enter();
    xmlTextWriterSetIndent(to, 1);
    xmlTextWriterStartDocument(to, NULL, "UTF-8", NULL);
    xmlTextWriterStartElement(to, TEXT("testsuites"));
    for (int i = 0; i < count; i++)
        write_suite(to, reports[i]);
    lead_locale_leave(before);
    if (xmlTextWriterEndDocument(to) < 0) {
        status = lead_fail(LEAD_MEMORY, "%s: no memory for its XML", path);
        goto fail;
    }
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s", (const char *)xmlBufferContent(text));
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    xmlFreeTextWriter(to);
    xmlBufferFree(text);
    return status;
}
