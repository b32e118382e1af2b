"""The command line `keras-modnet`, one file a command; nothing here imports Keras before a command needs it."""
