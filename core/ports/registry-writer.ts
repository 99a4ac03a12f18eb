import type { ApiKey } from '../domain/api-key.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { Corpus } from '../domain/corpus.ts';
import type { CostEntry } from '../domain/cost-entry.ts';
import type { NewEvent } from '../domain/event.ts';
import type { Ulid } from '../domain/ids.ts';
import type { Model } from '../domain/model.ts';
import type { ModelAlias } from '../domain/model-alias.ts';
import type { Preset } from '../domain/preset.ts';
import type { GpuUse, Quota } from '../domain/quota.ts';
import type { Run } from '../domain/run.ts';
import type { Upload } from '../domain/upload.ts';
import type { Delivery, Webhook } from '../domain/webhook.ts';

/**
 * One conditional change. `expected` is the record version that must be in the store: null means that there must be
 * none. A model's `version` must be the next one of its name.
 */
export type Change =
  | { readonly kind: 'run'; readonly run: Run; readonly expected: number | null }
  | { readonly kind: 'model'; readonly model: Model; readonly expected: number | null }
  | { readonly kind: 'alias'; readonly alias: ModelAlias; readonly expected: number | null }
  | { readonly kind: 'corpus'; readonly corpus: Corpus; readonly expected: number | null }
  | { readonly kind: 'preset'; readonly preset: Preset; readonly expected: number | null }
  | { readonly kind: 'upload'; readonly upload: Upload; readonly expected: null }
  | { readonly kind: 'delete-preset'; readonly name: string; readonly expected: number }
  | {
      readonly kind: 'idempotency';
      readonly key: string;
      readonly bodyHash: string;
      readonly runId: Ulid;
      readonly now: string;
      readonly expiresAt: string;
    }
  | { readonly kind: 'webhook'; readonly webhook: Webhook; readonly expected: number | null }
  | { readonly kind: 'delete-webhook'; readonly id: Ulid; readonly expected: number }
  | { readonly kind: 'delivery'; readonly delivery: Delivery; readonly expected: number }
  /** A new delivery; one that is there already is left as it is. */
  | { readonly kind: 'queue-delivery'; readonly delivery: Delivery }
  | { readonly kind: 'key'; readonly key: ApiKey; readonly expected: number | null }
  | { readonly kind: 'quota'; readonly quota: Quota; readonly expected: number | null }
  /** Fewer than `most` runs other than this one work or wait to; it may be one that this very commit writes. */
  | { readonly kind: 'admit-run'; readonly run: Ulid; readonly most: number }
  /** Of a job that has ended; one that is there already is left as it is. */
  | { readonly kind: 'gpu-use'; readonly use: GpuUse }
  /** Of an attempt; one that is there already is left as it is. */
  | { readonly kind: 'cost'; readonly entry: CostEntry }
  /** Added only: nothing changes or deletes an entry. */
  | { readonly kind: 'audit'; readonly entry: AuditEntry }
  | { readonly kind: 'event'; readonly event: NewEvent };

export interface RegistryWriter {
  /**
   * Writes all changes or none.
   *
   * @throws ForgeError `conflict` with code `stale_version`, `exists` or `idempotency_key_in_use` when a condition does not
   * hold, and `limit` with code `quota_exceeded` for a run that is not let in.
   */
  commit(tenant: string, changes: readonly Change[]): Promise<void>;
}
