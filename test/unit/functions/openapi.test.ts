/** The OpenAPI document lists exactly the routes there are, and holds together. */
import { apiWorld } from './api-world.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
  readonly security: readonly object[];
}

const world = apiWorld();
const METHODS = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options'];

async function readDocument() {
  const { status, body } = await world.send('GET', '/v1/openapi.json', { as: '' });
  expect(status).toBe(200);
  const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  return { document: body, operations };
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('the OpenAPI document', () => {
  it('lists exactly the routes that are there', async () => {
    const { operations } = await readDocument();
    const listed = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort();
    const there = world.app.routes
      .filter((route) => METHODS.includes(route.method.toLowerCase()))
      .map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(listed).toEqual([...new Set(there)].sort());
    expect(listed.length).toBeGreaterThan(20);
  });

  it('is OpenAPI 3.1: its version, facts, parameters and answers are complete', async () => {
    const { document, operations } = await readDocument();
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Agent Forge', version: '1.2.3' } });
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const given = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect([path, given.map((parameter) => parameter.name)]).toEqual([path, inPath]);
      expect(given.every((parameter) => parameter.required)).toBe(true);
      expect(METHODS).toContain(method);
      const statuses = Object.keys(operation.responses);
      expect(statuses).toContain('default');
      expect(statuses.every((status) => /^(default|[1-5]\d\d)$/.test(status))).toBe(true);
      expect(statuses.length).toBeGreaterThan(1);
    }
  });

  it('refers only to what it holds', async () => {
    const { document } = await readDocument();
    const found = references(document);
    expect(found.length).toBeGreaterThan(10);
    for (const reference of found) {
      const target = reference
        .replace('#/', '')
        .split('/')
        .reduce((inner, key) => inner?.[key], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });

  it('says which routes need a token, and they do', async () => {
    const { operations } = await readDocument();
    for (const { path, method, operation } of operations) {
      const open = operation.security.length === 0;
      const { status } = await world.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), { as: '' });
      expect([path, status === 401]).toEqual([path, !open]);
    }
  });

  it('names the events as a stream and the report as Markdown', async () => {
    const { document } = await readDocument();
    const types = (path: string) => Object.keys(document.paths[path].get.responses['200'].content);
    expect(types('/v1/runs/{id}/events')).toEqual(['application/json', 'text/event-stream']);
    expect(types('/v1/runs/{id}/report')).toEqual(['application/json', 'text/markdown']);
  });
});
