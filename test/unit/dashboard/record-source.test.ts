import { metricSource, pick, pointer, recordHref, valueAt } from '#dashboard/lib/record-source.ts';

describe('a pointer into a record', () => {
  const document = {
    items: [
      { id: 'run/a~b', value: 1.5 },
      { id: 'other', value: 2 },
    ],
    'a/b': [10, 20],
  };

  it('picks the item of a list by a field, whatever characters its value has', () => {
    expect(valueAt(document, pointer('items', pick('id', 'run/a~b'), 'value'))).toBe(1.5);
  });

  it('picks by position and by names with slashes, as RFC 6901 says', () => {
    expect(valueAt(document, pointer('a/b', 1))).toBe(20);
    expect(valueAt(document, '/a~1b/0')).toBe(10);
  });

  it.each(['/items/[id=gone]/value', '/items/7/value', '/gone/deeper', '/items/0/value/deeper'])(
    'gives nothing where %s leads nowhere',
    (at) => {
      expect(valueAt(document, at)).toBeUndefined();
    },
  );

  it('survives the address of the page that shows it', () => {
    const href = recordHref(metricSource('R1', 'R1/cognate/x&y'));
    const query = new URLSearchParams(href.split('?')[1]);

    expect(query.get('of')).toBe('/v1/runs/R1/metrics');
    expect(query.getAll('at')).toEqual(['/items/[id=R1~1cognate~1x&y]/value']);
  });
});
