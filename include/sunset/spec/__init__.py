"""The spec of a product's sunset: what it may say, how it is read, and what is wrong with it."""

from sunset.spec.loading import Loaded, load_file, load_folder
from sunset.spec.model import Spec
from sunset.spec.problems import SpecError, SpecProblem

__all__ = ["Loaded", "Spec", "SpecError", "SpecProblem", "load_file", "load_folder"]
