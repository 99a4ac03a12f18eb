/** The statuses of runs and models as the event log and the audit log tell them, without a look at the registry. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { EventType } from '#contracts/source/event-types.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import type { Ports } from '#core/ports/ports.ts';

const RUN_STATUS: Partial<Record<EventType, string>> = {
  RunSubmitted: 'queued',
  RunStarted: 'running',
  RunCompleted: 'succeeded',
  RunFailed: 'failed',
  RunCancelled: 'cancelled',
  RunCancelRequested: 'cancelling',
  RunPauseRequested: 'pausing',
  RunPaused: 'paused',
  RunResumed: 'running',
};

export interface Replayed {
  readonly runs: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, string>;
}

async function wholeAudit({ audit }: Pick<Ports, 'audit'>, tenant: string): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let after: string | null = null; ; ) {
    const page = await audit.list(tenant, { limit: 50, after });
    all.push(...page.items);
    after = page.next;
    if (after === null) return all.reverse();
  }
}

async function wholeLog(
  { events }: Pick<Ports, 'events'>,
  tenant: string,
  run: string,
): Promise<ForgeEvent[]> {
  return [...(await events.read(tenant, run, 0, 100_000))];
}

/** @param ports the event log and the audit log; which runs there are is asked of the registry's list alone */
export async function replayed(
  ports: Pick<Ports, 'audit' | 'events' | 'runs'>,
  tenant: string,
): Promise<Replayed> {
  const runs = new Map<string, string>();
  const models = new Map<string, string>();
  const { items } = await ports.runs.list(tenant, {}, { limit: 1000, after: null });
  for (const { id } of items) {
    for (const { type, data } of await wholeLog(ports, tenant, id)) {
      const status = RUN_STATUS[type];
      if (status) runs.set(id, status);
      if (type === 'ModelRegistered') models.set(String(data.model), 'active');
    }
  }
  for (const { targets, outcome } of await wholeAudit(ports, tenant)) {
    for (const { kind, id, status } of targets) {
      if (outcome === 'done' && kind === 'model' && status) models.set(id, status);
    }
  }
  return { runs, models };
}
