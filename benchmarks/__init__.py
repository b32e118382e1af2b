"""Measurements: one folder a question, each writes one JSON; `python -m benchmarks.render` renders them.

`python -m benchmarks.NAME` answers a question. In its folder `__init__.py` says what is asked, `rows.py` what is
compared, `run.py` what one job does, `table.py` how results are shown, `data.py` which images there are. (The jobs of
`speed` are in its `sections/`, each with its table.) What several questions use is in `shared/`.
"""
