"""What do other formats change? Tasks of presets as files of ONNX and LiteRT, in float32 and in 8 bits, on test images.

Example:
    python -m benchmarks.formats --data_dir=DIR --seeds=0,1,2

A task of a preset becomes a static network, and that a file by `export_network`; the file's own runtime and the network
answer to all test images. The 8 bits take over the ranges of 200 training images; the seed draws which.
"""
