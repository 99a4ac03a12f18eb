"""Target `automotive`: the steadiest call within a memory bound, and a pack of evidence about it."""

from agent_forge.phases.deployment.adapter import Adapter, Choice, Desk, Load, Measured, Plan
from agent_forge.phases.deployment.config import DeploymentConfig


class Automotive(Adapter):
    """One window at a time, under a monitor. Evidence for an assessment; nothing here is one."""

    target = "automotive"

    def plan(self, config: DeploymentConfig) -> Plan:
        """One row of the declared window; other batches are no way to run this."""
        usual = super().plan(config)
        window = int(config.own(self.target)["window"])
        loads = [Load(1, window, threads) for threads in config.thread_counts]
        return Plan(usual.variants, loads, usual.calls, usual.warm_ups)

    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """The lowest 99th percentile of those within the memory bound; the smallest one where none is."""
        bound = float(config.own(self.target)["memory_mib"])
        within = [point for point in measured.points if point.rss_mib <= bound]
        if within:
            best = min(within, key=lambda point: (point.p99_ms, point.max_ms))
            why = f"lowest 99th percentile of {len(within)} points within {bound:g} MiB"
            return Choice(best.variant, best.load, True, why)
        least = min(measured.points, key=lambda point: point.rss_mib)
        return Choice(
            least.variant, least.load, False, f"no point is within {bound:g} MiB; this one is nearest"
        )

    def emit(self, desk: Desk) -> None:
        """The evidence pack."""
        from agent_forge.phases.deployment.automotive.pack import write_pack

        write_pack(desk)


ADAPTER = Automotive()
