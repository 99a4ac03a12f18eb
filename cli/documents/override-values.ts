/** `--set key=value`: changes one value of a document before it is checked. */
import { CliError } from '../errors.ts';
import { parseYaml } from './parse-yaml.ts';

export interface Override {
  /** JSON pointer of the value. */
  readonly pointer: string;
  readonly parts: readonly string[];
  readonly value: unknown;
  /** As it was written, for messages. */
  readonly text: string;
}

/** `a.b.0` or, where a name holds a dot, `/a/b.c`. */
function partsOf(key: string): readonly string[] {
  if (!key.startsWith('/')) return key.split('.');
  return key
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const parts = equals < 1 ? [] : partsOf(text.slice(0, equals));
  if (parts.length === 0 || parts.includes('')) {
    throw new CliError('validation', `--set "${text}" names no value; expected key=value.`, {
      code: 'invalid_override',
      hint: 'For example: --set config.cognate.steps=40',
    });
  }
  const pointer = parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  // The value is YAML, so that 1, true and [1, 2] are what they look like.
  const { value } = parseYaml(text.slice(equals + 1), `--set ${text}`);
  return { pointer, parts, value, text: `--set ${text}` };
}

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function write(container: Container, part: string, value: unknown): void {
  // As an own property, whatever the name: `__proto__` is a key like any other and refused as unknown.
  Object.defineProperty(container, part, { value, writable: true, enumerable: true, configurable: true });
}

function child(container: Container, part: string, override: Override): Container {
  const present = Object.hasOwn(container, part) ? (Reflect.get(container, part) as unknown) : undefined;
  if (isContainer(present)) return present;
  if (present !== undefined && present !== null) {
    throw new CliError(
      'validation',
      `${override.text}: "${part}" is ${JSON.stringify(present)} and has no inner values.`,
      {
        code: 'invalid_override',
      },
    );
  }
  const made = {};
  write(container, part, made);
  return made;
}

/** The document with the overrides applied, in their order; the given one is left as it is. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  if (overrides.length === 0 || !isContainer(value)) return value;
  const copy = structuredClone(value);
  for (const override of overrides) {
    const last = override.parts.at(-1) ?? '';
    const inner = override.parts
      .slice(0, -1)
      .reduce<Container>((at, part) => child(at, part, override), copy);
    if (Array.isArray(inner) && !/^(0|[1-9]\d{0,5})$/.test(last)) {
      throw new CliError('validation', `${override.text}: "${last}" is no position in a list.`, {
        code: 'invalid_override',
      });
    }
    write(inner, last, override.value);
  }
  return copy;
}
