/** The reading half of the ports: all that a query is given. */
import type { AuditReader } from './audit-reader.ts';
import type { BlobReader } from './blob-reader.ts';
import type { Clock } from './clock.ts';
import type { CodeReader } from './code-reader.ts';
import type { CorpusReader } from './corpus-reader.ts';
import type { CostReader } from './cost-reader.ts';
import type { EventReader } from './event-reader.ts';
import type { JobReader } from './job-reader.ts';
import type { KeyReader } from './key-reader.ts';
import type { MetricReader } from './metric-reader.ts';
import type { ModelReader } from './model-reader.ts';
import type { PresetReader } from './preset-reader.ts';
import type { QuotaReader } from './quota-reader.ts';
import type { RunReader } from './run-reader.ts';
import type { TenantReader } from './tenant-reader.ts';
import type { UploadReader } from './upload-reader.ts';
import type { WebhookReader } from './webhook-reader.ts';

/** What a query may touch. */
export interface ReadPorts {
  readonly runs: RunReader;
  readonly models: ModelReader;
  readonly corpora: CorpusReader;
  readonly presets: PresetReader;
  readonly keys: KeyReader;
  readonly quotas: QuotaReader;
  readonly costs: CostReader;
  readonly audit: AuditReader;
  readonly events: EventReader;
  readonly metrics: MetricReader;
  readonly tenants: TenantReader;
  readonly uploads: UploadReader;
  readonly webhooks: WebhookReader;
  readonly blobs: BlobReader;
  readonly clock: Clock;
  /** Absent where the code of the jobs cannot be known; then it is not compared. */
  readonly code?: CodeReader;
  /** Absent where jobs cannot be asked; then a failed array that left no word is not tried again. */
  readonly jobs?: JobReader;
}
