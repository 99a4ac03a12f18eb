import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const MAX_FUNCTION_LINES = 60;

const TYPESCRIPT = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const TEST_FILE = /\.(test|spec)\.[a-z]+$/;
const SWITCHED = new Set(['skip', 'only', 'todo', 'skipIf', 'failing']);
const RUNNERS = new Set(['describe', 'it', 'test']);
const PREFIXED = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe']);

/** ['describe', 'only', 'each'] of describe.only.each(...)(...): the names that a call is chained from, first one first. */
function chain(expression) {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isPropertyAccessExpression(expression))
    return [...chain(expression.expression), expression.name.text];
  if (ts.isCallExpression(expression)) return chain(expression.expression);
  return ts.isTaggedTemplateExpression(expression) ? chain(expression.tag) : [];
}

/** A describe block is a table of tests, not a function that anybody reads as one. */
const isDescribeBlock = (node) =>
  ts.isCallExpression(node.parent) && /^[xf]?describe$/.test(chain(node.parent.expression)[0] ?? '');

function nameOf(node) {
  if (node.name && ts.isIdentifier(node.name)) return node.name.text;
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { parent } = node;
  if (parent && (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)))
    return parent.name.getText();
  return '(anonymous)';
}

function functionFinding(path, source, node) {
  if (!ts.isFunctionLike(node) || !node.body || isDescribeBlock(node)) return [];
  const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
  const lines = last - first + 1;
  if (lines <= MAX_FUNCTION_LINES) return [];
  const name = nameOf(node);
  const message = `function ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}: give its parts names.`;
  return [{ path, line: first + 1, rule: 'function-lines', name, message }];
}

function switchedTestFinding(path, source, node) {
  if (!ts.isCallExpression(node)) return [];
  const { expression } = node;
  // describe.only.each([1])(...) is a call of a call: the inner one is enough.
  if (ts.isCallExpression(expression)) return [];
  const [runner = '', ...modifiers] = chain(expression);
  const bySuffix = RUNNERS.has(runner) && modifiers.some((name) => SWITCHED.has(name));
  if (!bySuffix && !PREFIXED.has(runner)) return [];
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const message = `${expression.getText(source)} switches tests off; make the test true or delete it.`;
  return [{ path, line, rule: 'switched-test', message }];
}

function fileFindings(root, path) {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    found.push(...functionFinding(path, source, node));
    if (TEST_FILE.test(path)) found.push(...switchedTestFinding(path, source, node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Long functions, and tests that are skipped or run alone. */
export function typescriptFindings(root, paths) {
  return paths.filter((path) => TYPESCRIPT.test(path)).flatMap((path) => fileFindings(root, path));
}
