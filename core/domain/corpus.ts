/** A corpus: one immutable NDJSON blob of documents, addressed by its hash. */
import type { Ulid } from './ids.ts';

export interface Corpus {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly documents: number;
  /** SPDX expression or a short text; what the texts may be used for. */
  readonly licence: string;
  readonly createdAt: string;
  readonly recordVersion: number;
}
