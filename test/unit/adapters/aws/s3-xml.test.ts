/** The reader of S3's answers takes what S3 sends, and nothing that is not XML. */
import { childrenOf, escapeXml, readXml, textOf } from '#adapters/aws/s3-xml.ts';

describe("the reader of S3's XML", () => {
  it('reads elements, text and entities, and looks past declarations, attributes and space', () => {
    const root = readXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<List xmlns="http://s3/a&b">\n  <Key>a&amp;b&lt;&#x63;&#100;&quot;</Key>\n  <Empty/><Key a="1" />\n</List>\n',
    );
    expect(root.name).toBe('List');
    expect(childrenOf(root, 'Key').map(({ text }) => text)).toEqual(['a&b<cd"', '']);
    expect(textOf(root, 'Empty')).toBe('');
    expect(textOf(root, 'Other')).toBeUndefined();
  });

  it.each([
    '',
    'words',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a>&unknown;</a>',
    '<a>a & b</a>',
    '<a><b</a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><![CDATA[b]]></a>',
    '{"a": 1}',
  ])('refuses %j', (text) => {
    expect(() => readXml(text)).toThrow(expect.objectContaining({ name: 'UnreadableAnswer' }));
  });

  it('gives back every text that was escaped', () => {
    const text = `"<>&' &amp; ü`;
    expect(readXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
  });
});
