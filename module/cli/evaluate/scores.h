/* scores: what `lead evaluate` prints, as it comes, and what of it is kept for the tables below. */
#ifndef LEAD_CLI_EVALUATE_SCORES_H
#define LEAD_CLI_EVALUATE_SCORES_H

#include "cli/cli.h"
#include <lead/evaluate.h>

typedef struct lead_cli_scores {
    const lead_cli_list *predictors; /* as typed */
    const char *against;             /* NULL: none */
    double budget;                   /* s for a forecast, 0: none */
    lead_evaluate_row *rows;         /* with scores, done so far; room for [predictors][horizons] */
    int row_count;
    lead_evaluate_difference *differences; /* room for [predictors][horizons][LEAD_SCORE_COUNT] */
    int difference_count;
    bool begun;       /* the first table has its head */
    char reason[600]; /* why the row printed last has no scores */
} lead_cli_scores;

/* Callbacks of lead_evaluate whose `data` is a lead_cli_scores: a row of the first table; a
 * difference, for later; on a terminal a line that is rewritten with every window and gone when the
 * predictor is done. */
void lead_cli_scores_row(const lead_evaluate_row *row, void *data);
void lead_cli_scores_difference(const lead_evaluate_difference *difference, void *data);
void lead_cli_scores_progress(const char *predictor, int done, int all, void *data);

/* The tables below the first. */
void lead_cli_scores_print(const lead_cli_scores *scores);

#endif
