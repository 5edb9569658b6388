"""The experiments of the LEAD paper's summary: one command each makes a table and a figure. Called as

    /usr/bin/python3 -m models.experiments NAME [--net abilene] [--data DIR] ...

A new one is one row in table.py. docs/experiments.md says what each answers."""
