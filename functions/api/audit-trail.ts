/**
 * Writes the audit log. While a command is carried out, each commit that it makes takes an entry along in its own
 * transaction: what was changed is never without one. A command that commits nothing gets its entry afterwards.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditEntry, AuditTarget } from '#core/domain/audit.ts';
import { toForgeError } from '#core/domain/errors.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Change, RegistryWriter } from '#core/ports/registry-writer.ts';

/** One command on its way. */
export interface Trail {
  readonly principal: Principal;
  readonly path: string;
  readonly requestId: string;
  /** Set once the route is known to be a command's: `POST /v1/runs/{id}/cancel`. */
  command: string | null;
  /** Whether a commit has taken an entry along. */
  written: boolean;
}

export interface AuditTrail {
  /** To be used by all that a request does. */
  readonly registry: RegistryWriter;
  /** Does the work of a request, and says afterwards what became of it. @param failure what the work ended with */
  follow(trail: Trail, work: () => Promise<void>, failure: () => unknown): Promise<void>;
}

type AuditPorts = Pick<Ports, 'registry' | 'clock' | 'entropy'>;

/** Refusals that say something about a person or about the state; a request that nobody could read says nothing. */
const REFUSALS: readonly string[] = ['forbidden', 'conflict', 'precondition_failed'];
const MAX_PATH = 300;

function targetOf(change: Change): readonly AuditTarget[] {
  switch (change.kind) {
    case 'run':
      return [{ kind: 'run', id: change.run.id, status: change.run.status }];
    case 'model':
      return [{ kind: 'model', id: change.model.id, status: change.model.status }];
    case 'alias': {
      const { name, alias, modelId } = change.alias;
      return [{ kind: 'alias', id: `${name}@${alias}`, status: modelId }];
    }
    case 'key':
      return [{ kind: 'key', id: change.key.id, status: change.key.revokedAt ? 'revoked' : 'active' }];
    case 'corpus':
      return [{ kind: 'corpus', id: change.corpus.id, status: null }];
    case 'quota':
      return [{ kind: 'quota', id: change.quota.tenant, status: 'saved' }];
    case 'preset':
      return [{ kind: 'preset', id: change.preset.name, status: 'saved' }];
    case 'delete-preset':
      return [{ kind: 'preset', id: change.name, status: 'deleted' }];
    case 'webhook':
      return [{ kind: 'webhook', id: change.webhook.id, status: 'saved' }];
    case 'delete-webhook':
      return [{ kind: 'webhook', id: change.id, status: 'deleted' }];
    default:
      return [];
  }
}

export function auditTrail(ports: AuditPorts): AuditTrail {
  const current = new AsyncLocalStorage<Trail>();
  const entryOf = (trail: Trail, said: Pick<AuditEntry, 'targets' | 'outcome' | 'code'>): Change => {
    const now = ports.clock.now();
    const { principal, path, requestId, command } = trail;
    const entry: AuditEntry = {
      schemaVersion: 1,
      tenant: principal.tenant,
      id: makeUlid(now, ports.entropy.bytes(10)),
      at: now.toISOString(),
      by: principal.subject,
      role: principal.role,
      command: command ?? '',
      path: path.slice(0, MAX_PATH),
      ...said,
      requestId,
    };
    return { kind: 'audit', entry };
  };
  return {
    registry: {
      async commit(tenant, changes) {
        const trail = current.getStore();
        if (!trail?.command || trail.principal.tenant !== tenant)
          return ports.registry.commit(tenant, changes);
        const targets = changes.flatMap(targetOf);
        const entry = entryOf(trail, { targets, outcome: 'done', code: null });
        await ports.registry.commit(tenant, [...changes, entry]);
        trail.written = true;
      },
    },
    async follow(trail, work, failure) {
      await current.run(trail, work);
      const said = trail.command === null ? null : outcomeOf(trail, failure());
      if (said)
        await ports.registry.commit(trail.principal.tenant, [entryOf(trail, { targets: [], ...said })]);
    },
  };
}

/** What is still to be said of a command; null when all is said, or when nobody could read what was wanted. */
function outcomeOf({ written }: Trail, failure: unknown): Pick<AuditEntry, 'outcome' | 'code'> | null {
  if (failure === undefined) return written ? null : { outcome: 'done', code: null };
  const { kind, code, facts } = toForgeError(failure);
  if (facts.http >= 500) return { outcome: 'failed', code };
  const refused = REFUSALS.includes(kind) || code === 'quota_exceeded';
  return refused ? { outcome: 'refused', code } : null;
}
