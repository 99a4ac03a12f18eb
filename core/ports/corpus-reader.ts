import type { Corpus } from '../domain/corpus.ts';
import type { Ulid } from '../domain/ids.ts';
import type { Page, PageRequest } from './run-reader.ts';

export interface CorpusReader {
  get(tenant: string, id: Ulid): Promise<Corpus | null>;
  list(tenant: string, page: PageRequest): Promise<Page<Corpus>>;
  /** The newest corpus of a name. */
  byName(tenant: string, name: string): Promise<Corpus | null>;
  byHash(tenant: string, sha256: string): Promise<Corpus | null>;
}
