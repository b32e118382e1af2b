"""`python -m training.run` on a CPU that is parted in two devices, for `--strategy=mirrored`."""

import runpy

import tensorflow as tf

if __name__ == "__main__":
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    runpy.run_module("training.run", run_name="__main__", alter_sys=True)
