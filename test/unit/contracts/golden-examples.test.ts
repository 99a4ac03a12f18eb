/** The same files are validated by the Python package against contracts/schemas: both sides must agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMAS } from '#contracts/source/catalogue.ts';
import { renderSchemas } from '#contracts/source/json-schema.ts';
import { parseDocument } from '#contracts/source/problems.ts';

const CONTRACTS = join(process.cwd(), 'contracts');
const FEWEST = { valid: 2, invalid: 4 } as const;

interface Example {
  readonly title: string;
  readonly document: unknown;
}

function examplesOf(schema: string, kind: 'valid' | 'invalid'): readonly Example[] {
  const folder = join(CONTRACTS, 'examples', schema, kind);
  return readdirSync(folder).map((file) => ({
    title: `${schema}: ${file.replace('.json', '').replaceAll('-', ' ')}`,
    document: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown,
  }));
}

/** Of a phase without settings there is exactly one valid document. */
const takesNothing = (schema: string) =>
  schema.startsWith('phases/') && parseDocument(SCHEMAS[schema] ?? missing(schema), {}).ok;

function missing(schema: string): never {
  throw new Error(`there is no schema ${schema}`);
}

const all = (kind: 'valid' | 'invalid') =>
  Object.entries(SCHEMAS).flatMap(([name, schema]) =>
    examplesOf(name, kind).map((example): [string, Example, typeof schema] => [
      example.title,
      example,
      schema,
    ]),
  );

describe('golden examples', () => {
  test.each(Object.keys(SCHEMAS))('%s has enough of them', (name) => {
    const fewestValid = takesNothing(name) ? 1 : FEWEST.valid;
    expect(examplesOf(name, 'valid').length).toBeGreaterThanOrEqual(fewestValid);
    expect(examplesOf(name, 'invalid').length).toBeGreaterThanOrEqual(FEWEST.invalid);
  });

  test.each(all('valid'))('%s is accepted', (_, { document }, schema) => {
    expect(parseDocument(schema, document)).toMatchObject({ ok: true });
  });

  test.each(all('invalid'))('%s is refused with a pointer and a reason', (_, { document }, schema) => {
    const parsed = parseDocument(schema, document);
    expect(parsed.ok).toBe(false);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.pointer).toMatch(/^(\/|$)/);
      expect(problem.message.length).toBeGreaterThan(3);
    }
  });
});

describe('published schemas', () => {
  const written = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

  test('are what the sources say; after a change run: node scripts/generate-schemas.mjs', () => {
    const folder = join(CONTRACTS, 'schemas');
    const found = written(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
    const stale = 'contracts/schemas is stale; run: node scripts/generate-schemas.mjs';
    const differing = [...renderSchemas()]
      .filter(([name, text]) => new Map(found).get(name) !== text)
      .map(([name]) => `${stale} (${name})`);

    expect(differing).toEqual([]);
    expect(found.map(([name]) => name).sort()).toEqual([...renderSchemas().keys()].sort());
  });

  test('use only patterns that mean the same in JavaScript and in Python', () => {
    const patterns = [...renderSchemas().values()].flatMap((text) =>
      [...text.matchAll(/"pattern": (".*?[^\\]")/g)].map((match) => JSON.parse(match[1] ?? '""') as string),
    );
    expect(patterns.length).toBeGreaterThan(20);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\[wdsb]/);
      expect(pattern).toMatch(/^\^.*\$\(\?!\\n\)$/);
    }
  });
});
