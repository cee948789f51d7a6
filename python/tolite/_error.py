"""The exception that every function of the package raises when it fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Unconverted:
    """Nodes that cannot be converted for one reason."""

    op: str
    reason: str
    way_out: str
    nodes: tuple[str, ...]
    code: str


class ConverterError(Exception):
    """A model cannot be read, converted or run.

    Attributes:
        code: the stable error code, such as "TL0200"; the documentation has a section for each.
        message: what happened.
        where: the file, node or layer it happened at; empty if it belongs to none.
        notes: further lines, such as the alternatives that exist.
        errors: what cannot be converted, grouped by op and reason; empty for other failures.
        report: the report of the conversion that failed; empty outside of conversions.
    """

    def __init__(self, message: str, code: str, where: str, notes: list[str], report_json: str) -> None:
        """Builds the text users see from the parts."""
        self.code = code
        self.message = message
        self.where = where
        self.notes = tuple(notes)
        self.report: dict[str, Any] = json.loads(report_json) if report_json else {}
        self.errors = tuple(
            Unconverted(group["op"], group["reason"], group["way_out"], tuple(group["nodes"]), group["code"])
            for group in self.report.get("unconverted", ())
        )
        super().__init__("\n".join([f"{code}: {message}", *self._details()]))

    def _details(self) -> list[str]:
        lines = [f"  at {self.where}"] if self.where and self.where not in self.message else []
        lines += [f"  {note}" for note in self.notes]
        for group in self.errors:
            names = ", ".join(group.nodes[:3]) + (f" and {len(group.nodes) - 3} more" if len(group.nodes) > 3 else "")
            lines.append(f"  {group.op} x{len(group.nodes)}: {group.reason} ({names})")
            if group.way_out:
                lines.append(f"    way out: {group.way_out}")
        return lines
