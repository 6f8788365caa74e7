"""The cases by group. Whatever lies in this folder is found."""

import importlib
import pkgutil


def load():
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module("cases." + module.name)
