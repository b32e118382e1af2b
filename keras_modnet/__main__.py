"""`python -m keras_modnet` is the command line `keras-modnet`."""

import sys

from keras_modnet.cli.main import main

sys.exit(main())
