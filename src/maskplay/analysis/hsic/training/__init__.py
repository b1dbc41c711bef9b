"""HSIC in Keras: losses, regularizers, metrics, layers, reports. Imported only where it is used."""
