import fc from 'fast-check';
import { contentKey, reportKey, stagePrefix, taskKey } from '#core/domain/blob-key.ts';
import { isUlid, makeUlid } from '#core/domain/ids.ts';
import { ancestors, type LineageEdge, refuseCycle } from '#core/domain/lineage.ts';
import { applyPhase, architectureDifference, type Model } from '#core/domain/model.ts';
import { ROLES, requireRole } from '#core/domain/principal.ts';
import { ADMIN } from '#test/support/memory-ports.ts';
import { hashOf, toyArchitecture } from '#test/support/toy-models.ts';

const time = fc.nat({ max: 2 ** 47 });
const entropy = fc.uint8Array({ minLength: 10, maxLength: 32 });

describe('a ULID', () => {
  test('sorts by its time, whatever the chance', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 1e9 }), entropy, entropy, (at, later, one, two) => {
        expect(makeUlid(new Date(at), one) < makeUlid(new Date(at + later), two)).toBe(true);
      }),
      { seed: 11 },
    );
  });

  test('is the same for the same time and bytes, and another for other bytes', () => {
    fc.assert(
      fc.property(time, entropy, fc.nat({ max: 9 }), (at, bytes, place) => {
        const id = makeUlid(new Date(at), bytes);
        const other = bytes.map((byte, position) => (position === place ? byte ^ 1 : byte));
        expect(makeUlid(new Date(at), bytes)).toBe(id);
        expect(makeUlid(new Date(at), other)).not.toBe(id);
        expect(isUlid(id)).toBe(true);
      }),
      { seed: 12 },
    );
  });

  test('needs ten bytes', () => {
    expect(() => makeUlid(new Date(0), new Uint8Array(9))).toThrow('expected 10 bytes, got 9');
  });

  test.each([
    '',
    'toy',
    '01jz8f3m7q2x4v6b8n0c1d2e3f',
    '81JZ8F3M7Q2X4V6B8N0C1D2E3F',
    '01JZ8F3M7Q2X4V6B8N0C1D2E3U',
    '01JZ8F3M7Q2X4V6B8N0C1D2E3F\n',
  ])('is not %j', (text) => {
    expect(isUlid(text)).toBe(false);
  });
});

const edge = (parent: string, child: string): LineageEdge => ({
  parent,
  child,
  relation: 'merged-from',
  weight: 1,
});

describe('lineage', () => {
  const node = fc.nat({ max: 9 }).map(String);
  const graph = fc.array(fc.tuple(node, node), { maxLength: 40 });

  test('accepts edges until one would close a circle, and then no model is its own ancestor', () => {
    fc.assert(
      fc.property(graph, (pairs) => {
        const edges: LineageEdge[] = [];
        for (const [parent, child] of pairs) {
          const circular = parent === child || reaches(edges, child, parent);
          const add = () => refuseCycle(edges, edge(parent, child));
          if (circular)
            expect(add).toThrow(expect.objectContaining({ code: 'lineage_cycle', kind: 'conflict' }));
          else {
            add();
            edges.push(edge(parent, child));
          }
        }
        for (const { child } of edges) expect(ancestors(edges, child)).not.toContain(child);
      }),
      { seed: 13, numRuns: 200 },
    );
  });

  /** Is `to` below `from`? Found by brute force, unlike the code under test. */
  function reaches(edges: readonly LineageEdge[], from: string, to: string, steps = 10): boolean {
    if (steps === 0) return false;
    const children = edges.filter((each) => each.parent === from).map((each) => each.child);
    return children.some((child) => child === to || reaches(edges, child, to, steps - 1));
  }

  test('lists each ancestor once, the nearest first', () => {
    const edges = [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd'), edge('root', 'a')];
    expect(ancestors(edges, 'd')).toEqual(['b', 'c', 'a', 'root']);
    expect(ancestors(edges, 'root')).toEqual([]);
  });

  test('that is circular already does not hang the reader', () => {
    expect([...ancestors([edge('a', 'b'), edge('b', 'a')], 'a')].sort()).toEqual(['a', 'b']);
  });
});

describe('the life of a model', () => {
  const made = { phase: 'bitnet', runId: 'r', at: 'now', metrics: ['m'] } as const;

  test('keeps what its parent went through and adds what the phase changed', () => {
    const parent = {
      architecture: toyArchitecture(),
      lifecycle: applyPhase(null, { ...made, phase: 'cognate', architecture: toyArchitecture() }),
    } as unknown as Model;
    const architecture = toyArchitecture({ quantised: true, bits: 1.58 });
    const lifecycle = applyPhase(parent, { ...made, architecture });

    expect(lifecycle.map((event) => event.phase)).toEqual(['cognate', 'bitnet']);
    expect(lifecycle[1]?.difference).toEqual({
      quantised: { from: false, to: true },
      bits: { from: 32, to: 1.58 },
    });
  });

  test('differs in nothing from itself, and in everything from nothing', () => {
    expect(architectureDifference(toyArchitecture(), toyArchitecture())).toEqual({});
    expect(Object.keys(architectureDifference(null, toyArchitecture()))).toEqual(
      Object.keys(toyArchitecture()),
    );
  });
});

describe('keys of the blob store', () => {
  test('of content are its hash and nothing else', () => {
    const sha256 = hashOf('x');
    expect(contentKey('default', sha256)).toBe(`blobs/default/sha256/${sha256.slice(0, 2)}/${sha256}`);
    expect(() => contentKey('default', '../../etc/passwd')).toThrow(
      expect.objectContaining({ code: 'invalid_key' }),
    );
  });

  test('of a run are below its id', () => {
    expect(stagePrefix('R', 'cognate', 'base')).toBe('staging/R/cognate/base/');
    expect(taskKey('R', 'cognate', 'base')).toBe('runs/R/cognate/base.task.json');
    expect(reportKey('R', 'md')).toBe('runs/R/report.md');
  });
});

describe('a role', () => {
  test('may do what is wanted of it and of those below it, and nothing above', () => {
    for (const [rank, role] of ROLES.entries()) {
      for (const [needed, wanted] of ROLES.entries()) {
        const ask = () => requireRole({ ...ADMIN, role }, wanted);
        if (rank >= needed) expect(ask).not.toThrow();
        else expect(ask).toThrow(expect.objectContaining({ kind: 'forbidden', code: 'role_required' }));
      }
    }
  });
});
