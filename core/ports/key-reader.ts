import type { ApiKey } from '../domain/api-key.ts';
import type { Ulid } from '../domain/ids.ts';
import type { Page, PageRequest } from './run-reader.ts';

export interface KeyReader {
  get(tenant: string, id: Ulid): Promise<ApiKey | null>;
  list(tenant: string, page: PageRequest): Promise<Page<ApiKey>>;
}
