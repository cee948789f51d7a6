"""All models of the zoo by name."""

from . import applications, forms, sequence, version_1, vision
from .model import Model

MODELS: dict[str, Model] = {
    model.name: model for family in (applications, vision, sequence, forms, version_1) for model in family.MODELS
}
