/**
 * Schemas without their descriptions: those are for the JSON Schemas that the API shows and the build writes, and nothing
 * that a function checks depends on them.
 */
import { readFileSync } from 'node:fs';

/** The node's `.describe(…)` with one text that is written out there, or undefined. */
function describing(ts, node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [text, ...others] = node.arguments;
  if (node.expression.name.text !== 'describe' || !text || others.length > 0) return undefined;
  const isText = ts.isStringLiteral(text) || ts.isNoSubstitutionTemplateLiteral(text);
  return isText ? node.expression.expression : undefined;
}

/** What the node `setting(schema, value, 'text')` says, or undefined. */
function saying(ts, node) {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'setting') return undefined;
  const text = node.arguments[2];
  return text && ts.isStringLiteral(text) ? text : undefined;
}

/**
 * @param ts the compiler, which is not there before the packages are
 * @returns the source with every `schema.describe('text')` as `schema`, and every setting without its text
 */
export function withoutDescribe(ts, source) {
  const file = ts.createSourceFile('contract.ts', source, ts.ScriptTarget.Latest, true);
  const cuts = [];
  const visit = (node) => {
    const schema = describing(ts, node);
    if (schema) cuts.push([schema.end, node.end]);
    const text = saying(ts, node);
    if (text) cuts.push([text.getStart() + 1, text.end - 1]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return cuts
    .sort(([a], [b]) => b - a)
    .reduce((text, [from, to]) => text.slice(0, from) + text.slice(to), source);
}

export const withoutDescriptions = {
  name: 'without-descriptions',
  setup(build) {
    build.onLoad({ filter: /[\\/]contracts[\\/]source[\\/].*\.ts$/ }, async ({ path }) => {
      const { default: ts } = await import('typescript');
      return { contents: withoutDescribe(ts, readFileSync(path, 'utf8')), loader: 'ts' };
    });
  },
};
