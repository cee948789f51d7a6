"""All models of the zoo by name."""

from . import applications, forms, sequence, vision
from .model import Model

MODELS: dict[str, Model] = {
    model.name: model for family in (applications, vision, sequence, forms) for model in family.MODELS
}
