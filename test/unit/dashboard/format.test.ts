import { formatBytes, formatNumber, formatSeconds, formatTime } from '#dashboard/lib/format.ts';

describe('values as people read them', () => {
  it.each([
    [1.8623456, '1.862'],
    [0.00024971, '0.0002497'],
    [0.0000249, '2.490e-5'],
    [34560, '34,560'],
    [123456789, '123,456,789'],
    [12345678.5, '1.235e+7'],
    [-0.5, '-0.5'],
    [0, '0'],
  ])('writes %p as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [105_800_000, '100.9 MiB'],
  ])('writes %p bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [4.24, '4.2 s'],
    [200, '3 min 20 s'],
    [18_120, '5 h 02 min'],
  ])('writes %p seconds as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it('writes a point in time to the second', () => {
    expect(formatTime('2026-11-24T01:02:03.456Z')).toBe('2026-11-24 01:02:03');
  });
});
