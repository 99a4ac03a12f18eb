import type { Upload } from '../domain/upload.ts';
import type { Page, PageRequest } from './run-reader.ts';

export interface UploadReader {
  byContent(tenant: string, contentHash: string): Promise<Upload | null>;
  list(tenant: string, page: PageRequest): Promise<Page<Upload>>;
}
