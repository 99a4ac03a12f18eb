/** The committed records of experiments fit their schema and carry the hash of their own text. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceRecord } from '#contracts/source/evidence-record.ts';
import { parseDocument } from '#contracts/source/problems.ts';

const EVIDENCE = join(process.cwd(), 'evidence');
const records = readdirSync(EVIDENCE)
  .map((id): [string, string] => [id, join(EVIDENCE, id, 'full.json')])
  .filter(([, file]) => existsSync(file));

describe('committed evidence', () => {
  it('is there for at least two experiments', () => {
    expect(records.length).toBeGreaterThanOrEqual(2);
  });

  test.each(records)('%s fits the schema and its hash', (_, file) => {
    const text = readFileSync(file, 'utf8');
    const parsed = parseDocument(evidenceRecord, JSON.parse(text));
    expect(parsed).toMatchObject({ ok: true });
    const { sha256 } = JSON.parse(text) as { sha256: string };
    const hashed = createHash('sha256').update(text.replace(`"sha256": "${sha256}"`, '"sha256": ""'));
    expect(hashed.digest('hex')).toBe(sha256);
  });

  test.each(records)('%s gives each verdict as its must-lines say', (_, file) => {
    const record = evidenceRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
    const must = record.lines.filter(({ level }) => level === 'must').map(({ status }) => status);
    expect(must.length).toBeGreaterThan(0);
    expect(record.verdict).toBe(must.every((status) => status === 'held') ? 'held' : 'failed');
  });
});
