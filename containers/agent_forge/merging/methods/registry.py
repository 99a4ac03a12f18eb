"""All merge methods by the name that a recipe calls them."""

from collections.abc import Mapping

from agent_forge.merging.methods.breadcrumbs import BREADCRUMBS, BREADCRUMBS_TIES
from agent_forge.merging.methods.dare import DARE_LINEAR, DARE_TIES
from agent_forge.merging.methods.della import DELLA, DELLA_LINEAR
from agent_forge.merging.methods.dfs import DFS
from agent_forge.merging.methods.karcher import KARCHER
from agent_forge.merging.methods.linear import LINEAR
from agent_forge.merging.methods.method import Method
from agent_forge.merging.methods.model_stock import MODEL_STOCK
from agent_forge.merging.methods.nuslerp import NUSLERP
from agent_forge.merging.methods.passthrough import PASSTHROUGH
from agent_forge.merging.methods.slerp import SLERP
from agent_forge.merging.methods.task_arithmetic import TASK_ARITHMETIC
from agent_forge.merging.methods.ties import TIES

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        LINEAR,
        SLERP,
        NUSLERP,
        KARCHER,
        MODEL_STOCK,
        DFS,
        TASK_ARITHMETIC,
        TIES,
        DARE_LINEAR,
        DARE_TIES,
        DELLA,
        DELLA_LINEAR,
        BREADCRUMBS,
        BREADCRUMBS_TIES,
        PASSTHROUGH,
    )
}
