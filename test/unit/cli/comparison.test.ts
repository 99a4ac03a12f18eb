import { ownFigures } from '#cli/comparison/compare-models.ts';
import { differencesOf } from '#cli/comparison/differences.ts';
import { sideBySide } from '#cli/comparison/figures-side-by-side.ts';
import { renderDifferences, renderFigures } from '#cli/output/comparison.ts';
import { plain } from '#cli/output/paint.ts';

const figure = (value: number, name: string, unit = 'bits/byte') => ({
  value,
  unit,
  metric: `RUN/cognate/evaluate/1/${name}`,
});

describe('differences', () => {
  it('name the innermost field that differs, and null where one side has none', () => {
    const left = { same: [1], act: { n_max: 2, tau: 0.1 }, gone: 1, list: [1, 2] };
    const right = { same: [1], act: { n_max: 4, tau: 0.1 }, fresh: { deep: 2 }, list: [1, 3] };
    expect(differencesOf(left, right)).toEqual([
      { field: 'act.n_max', left: 2, right: 4 },
      { field: 'gone', left: 1, right: null },
      { field: 'list', left: [1, 2], right: [1, 3] },
      { field: 'fresh', left: null, right: { deep: 2 } },
    ]);
  });

  it('of equal records are none, and are told as that', () => {
    expect(differencesOf({ a: { b: null } }, { a: { b: null } })).toEqual([]);
    expect(renderDifferences('Architecture', [], ['a', 'b'], plain)).toBe('Architecture: the same');
  });

  it('stand in a table, long values cut', () => {
    const found = [{ field: 'hash', left: 'f'.repeat(64), right: null }];
    const lines = renderDifferences('Properties', found, ['a@1', 'b@1'], plain).split('\n');
    expect(lines.slice(0, 2)).toEqual(['Properties', expect.stringMatching(/^field +a@1 +b@1$/)]);
    expect(lines[2]).toMatch(/^hash +f{43}… +-$/);
  });
});

describe('figures side by side', () => {
  const pairs = sideBySide(
    { loss: figure(2, 'base/loss'), steps: figure(3, 'base/steps', 'steps') },
    { loss: figure(1.5, 'memory/loss'), steps: figure(3, 'memory/steps', 's'), own: figure(1, 'memory/own') },
  );

  it('say how far they are apart where both were measured in one unit, and nothing where not', () => {
    expect(pairs.map(({ name, change }) => [name, change])).toEqual([
      ['loss', -0.5],
      ['steps', null],
      ['own', null],
    ]);
    expect(pairs[2]).toMatchObject({ left: null, right: { metric: 'RUN/cognate/evaluate/1/memory/own' } });
  });

  it('are shown with the records that they were read from', () => {
    const text = renderFigures(pairs, ['a@1', 'b@1'], plain);
    expect(text).toMatch(/^loss +2 +1\.5 +-0\.5 +bits\/byte$/m);
    expect(text).toMatch(/^own +- +1 +- /m);
    expect(text).toContain('records of a@1: RUN/cognate/evaluate/1/base/<figure>\n');
    expect(text).toMatch(/records of b@1: RUN\/cognate\/evaluate\/1\/memory\/<figure>$/);
  });
});

describe('the figures of a model', () => {
  const metric = (name: string, phase: 'cognate' | 'bitnet' = 'cognate') => ({
    name,
    phase,
    split: null,
    source: 's',
    measured: figure(1, name),
  });
  const identity = {
    id: 'M',
    reference: 'my-first-memory@1',
    name: 'my-first-memory',
    version: 1,
    role: 'variant',
    status: 'active' as const,
    run: { id: 'R', name: 'my-first' },
    phase: 'cognate' as const,
    createdAt: '',
  };

  it('are its own, not those of the base that it came from, nor those of other phases', () => {
    const metrics = [metric('base/loss'), metric('memory/loss'), metric('memory/size', 'bitnet')];
    expect(ownFigures({ identity, metrics })).toEqual({ loss: figure(1, 'memory/loss') });
  });

  it('are none for a model that was not measured here', () => {
    expect(ownFigures({ identity: { ...identity, run: null, phase: null }, metrics: [] })).toEqual({});
  });
});
