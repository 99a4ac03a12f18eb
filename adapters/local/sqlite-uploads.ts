/** What became of uploads, in SQLite: one row per content. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Upload } from '#core/domain/upload.ts';
import type { UploadReader } from '#core/ports/upload-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { AFTER_ALL_IDS, pageOf } from './sqlite-readers.ts';

export function sqliteUploadReader(database: SqliteDatabase): UploadReader {
  const byContent = database.prepare('SELECT document FROM uploads WHERE tenant = ? AND content_hash = ?');
  const list = database.prepare(
    'SELECT document FROM uploads WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  return {
    async byContent(tenant, contentHash) {
      return document<Upload>(byContent.get(tenant, contentHash));
    },
    async list(tenant, { limit, after }) {
      return pageOf(documents<Upload>(list.all(tenant, after ?? AFTER_ALL_IDS, limit + 1)), limit);
    },
  };
}

export function uploadHandler(
  database: SqliteDatabase,
): (tenant: string, change: { upload: Upload }) => void {
  const insert = database.prepare(
    'INSERT INTO uploads (tenant, id, content_hash, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return (tenant, { upload }) => {
    const { id, contentHash, folder } = upload;
    if (insert.run(tenant, id, contentHash, JSON.stringify(upload)).changes === 1) return;
    throw new ForgeError('conflict', `The upload of ${folder} is recorded already.`, { code: 'exists' });
  };
}
