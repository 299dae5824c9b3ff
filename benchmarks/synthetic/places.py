"""Regions, settlements and what lies in them, and whose law puts a region where."""

from .turtle import Sink, label, string, text
from .world import World, citation, entity, settlement, state, territory

_OTHERS = {
    "Area": ("area", "territory"),
    "WaterBody": ("lake", "territory"),
    "Facility": ("plant", "settlement"),
    "Watercourse": ("river", "territory"),
}


def write_places(world: World, sink: Sink) -> None:
    """Write all files about places."""
    with sink.file("territories/regions.ttl") as file:
        for number in range(world.territories):
            shape = f"geometry:region-{number + 1:03}"
            file.add(
                territory(number),
                "st:Region",
                label(f"Region {number + 1}", uk=f"Область {number + 1}"),
                ("st:iso31662Code", string(f"XX-{number + 1}")),
                ("geo:hasGeometry", shape),
            )
            point = f"POINT ({number % 180}.5 {number % 80}.25)"
            wkt = ("geo:asWKT", f"{string(point)}^^geo:wktLiteral")
            file.add(shape, "geo:Geometry", wkt)
    with sink.file("territories/settlements.ttl") as file:
        for number in range(world.settlements):
            file.add(
                settlement(number),
                "st:Settlement",
                label(f"Settlement {number + 1}"),
                ("st:locatedIn", territory(number % world.territories)),
            )
    _write_others(world, sink)
    _write_placements(world, sink)


def _write_others(world: World, sink: Sink) -> None:
    with sink.file("territories/others.ttl") as file:
        for number in range(world.territories):
            for kind, (noun, where) in _OTHERS.items():
                first = settlement(number % world.settlements)
                place = first if where == "settlement" else territory(number)
                name = label(f"{noun} {number + 1}")
                inside = ("st:locatedIn", place)
                file.add(f"place:{noun}-{number + 1:03}", f"st:{kind}", name, inside)


def _write_placements(world: World, sink: Sink) -> None:
    """Every region has one view; two in three are claimed by somebody else as well."""
    with sink.file("territories/placements.ttl") as file:
        for number in range(world.territories):
            one = number % world.states
            views = [state(one), state((one + 1) % world.states), entity(number % world.entities)]
            for view, owner in enumerate(views[: 1 + number % 3]):
                file.add(
                    f"placement:region-{number + 1:03}-{view + 1}",
                    "st:Placement",
                    label(f"Region {number + 1}, view {view + 1}"),
                    ("st:placed", territory(number)),
                    ("st:placedIn", owner),
                    ("st:accordingTo", owner),
                    ("dcterms:source", [citation(0), text(f"List {view + 1}")]),
                )
