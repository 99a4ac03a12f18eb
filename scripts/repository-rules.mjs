#!/usr/bin/env node
/**
 * The rules that no linter knows: names, sizes, tests that cannot fail, unsafe formats.
 *
 *   node scripts/repository-rules.mjs            the whole checkout (git's files, ignored ones left out)
 *   node scripts/repository-rules.mjs --staged   what the next commit holds (used by .githooks/pre-commit)
 *   node scripts/repository-rules.mjs --root DIR another tree; without git every file below it
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyExceptions, EXCEPTIONS_FILE, readExceptions } from './rules/exceptions.mjs';
import { pathFindings, textFindings } from './rules/path-and-text-rules.mjs';
import { pythonFindings } from './rules/python-rules.mjs';
import { typescriptFindings } from './rules/typescript-rules.mjs';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const NEVER_WALKED = new Set(['.git', 'node_modules', '.venv', 'dist', '.forge', '__pycache__']);

const git = (root, args) =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function walk(root, folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NEVER_WALKED.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

/** Relative paths of every file that belongs to the tree at `root`. */
function filesOf(root) {
  try {
    if (resolve(git(root, ['rev-parse', '--show-toplevel']).trim()) !== resolve(root)) return walk(root);
  } catch {
    return walk(root);
  }
  const listed = git(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const isFile = (path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile();
  return [...new Set(listed.split('\0'))].filter((path) => path && isFile(path)).sort();
}

/**
 * Judges the given files of one tree.
 * @param root absolute folder
 * @param paths relative to it
 * @param partial true where only some files are looked at: an exception for another file is then no finding
 */
function findings(root, paths, partial = false) {
  const found = [
    ...pathFindings(paths),
    ...textFindings(root, paths),
    ...typescriptFindings(root, paths),
    ...pythonFindings(root, paths),
  ];
  return applyExceptions(found, readExceptions(root), partial);
}

/** The staged contents are judged, not the working tree: they are what the commit will hold. */
function stagedFindings(root) {
  const names = git(root, ['diff', '--cached', '--name-only', '-z', '--diff-filter=ACMR']);
  const paths = names.split('\0').filter(Boolean);
  const copy = mkdtempSync(join(tmpdir(), 'forge-staged-'));
  try {
    const exceptions = git(root, ['ls-files', '-z', '--', EXCEPTIONS_FILE]);
    // -f: the list of exceptions is named twice when it is itself staged.
    execFileSync('git', ['-C', root, 'checkout-index', '-q', '-f', '-z', '--stdin', `--prefix=${copy}/`], {
      input: `${names}${exceptions}`,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const present = paths.filter(
      (path) => existsSync(join(copy, path)) && lstatSync(join(copy, path)).isFile(),
    );
    return { count: present.length, found: findings(copy, present, true) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function main(args) {
  const at = args.indexOf('--root');
  const root = at >= 0 ? resolve(args[at + 1] ?? '') : PROJECT;
  if (!existsSync(root)) {
    console.error(`repository rules: no folder ${root}; give an existing one after --root.`);
    return 2;
  }
  const paths = args.includes('--staged') ? [] : filesOf(root);
  const { count, found } = args.includes('--staged')
    ? stagedFindings(root)
    : { count: paths.length, found: findings(root, paths) };
  for (const { path, line, rule, message } of found) {
    console.error(`${path}${line ? `:${line}` : ''}  [${rule}]  ${message}`);
  }
  if (found.length === 0) console.log(`repository rules: ${count} files, nothing to refuse`);
  else console.error(`repository rules: ${found.length} refused`);
  return found.length === 0 ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`repository rules: ${error.message}${error.fix ? `\n  ${error.fix}` : ''}`);
  process.exitCode = error.exitCode ?? 1;
}
