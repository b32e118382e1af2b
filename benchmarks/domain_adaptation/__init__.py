"""A domain without labels: by order only, beside what a pooled network, its statistics and its weights can do.

Example:
    python -m benchmarks.domain_adaptation --data_dir=DIR --seeds=0,1,2 --only=digits

Domain-adversarial training (DANN) needs Keras on torch and skada, a library of domain adaptation; without them its row
is left out, with a line that says so. Torch is pinned in requirements/speed.txt, skada in requirements/domains.txt,
beside what the tests run with:

    python -m pip install --no-deps -r requirements/test.txt
    python -m pip install --no-deps -r requirements/speed.txt
    python -m pip install --no-deps -r requirements/domains.txt
    KERAS_BACKEND=torch python -m benchmarks.domain_adaptation --data_dir=DIR
"""
