"""Does running wide blocks more than once pay, where training goes on until little more is gained?

Example:
    python -m benchmarks.wide_reuse --data_dir=DIR --seeds=0 --only=128

CIFAR-10 with all its images, cropped and mirrored; basic blocks of width 96, 128 or 256 on a map of 8 x 8 behind a stem
of overlapping convolutions. One block or two run once, and 4, 8 or 12 times; beside them as many different blocks
(equal multiply-adds), the shallow network trained for as many multiply-adds, and networks grown from the shallow one. A
job is a training: what is there in `--work_dir` is not trained again, so that a run may be stopped at any time.
`--only` takes widths. The most telling rows come first. With `KERAS_BACKEND=jax` it runs on a GPU without TensorFlow.
"""
