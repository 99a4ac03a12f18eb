import type { QueryLanguage } from './definition.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { compileTemplate, type Template } from './jsonata.ts';

/** One thing that is wrong with a definition, with AWS's code for it. */
export interface Diagnostic {
  code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'DUPLICATE_STATE_NAME';
  message: string;
  /** Path into the definition, for example `/States/Train/Retry[0]`. */
  location: string;
}

/** A definition that no execution may be started with; lists everything that is wrong. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly diagnostics: Diagnostic[];

  constructor(diagnostics: Diagnostic[]) {
    const all = diagnostics.map(({ code, message, location }) => `'${code}: ${message} at ${location}'`);
    super(`Invalid State Machine Definition: ${all.join(', ')}`);
    this.diagnostics = diagnostics;
  }
}

/** Reads fields of a definition and collects what is wrong instead of stopping at the first fault. */
export class Checker {
  readonly diagnostics: Diagnostic[] = [];

  fault(location: string, message: string, code: Diagnostic['code'] = 'SCHEMA_VALIDATION_FAILED'): void {
    this.diagnostics.push({ code, message, location: location === '' ? '/' : location });
  }

  /** Refuses fields that the state does not know in its query language. */
  onlyFields(raw: JsonObject, allowed: readonly string[], location: string, language: QueryLanguage): void {
    for (const field of Object.keys(raw)) {
      if (!allowed.includes(field)) {
        const hint =
          language === 'JSONPath' ? '; this engine runs JSONPath states only without paths, use JSONata' : '';
        this.fault(location, `Field '${field}' is not supported here (QueryLanguage ${language}${hint})`);
      }
    }
  }

  object(raw: JsonObject, field: string, location: string): JsonObject | undefined {
    const value = this.required(raw, field, location);
    if (value === undefined) return undefined;
    if (isObject(value)) return value;
    this.fault(`${location}/${field}`, 'Expected value of type Object');
    return undefined;
  }

  string(raw: JsonObject, field: string, location: string): string {
    const value = this.required(raw, field, location);
    if (typeof value === 'string' && value.length > 0) return value;
    if (value !== undefined) this.fault(`${location}/${field}`, 'Expected value of type non-empty String');
    return '';
  }

  /** An optional plain number within bounds. */
  number(
    raw: JsonObject,
    field: string,
    location: string,
    fallback: number,
    bounds: [number, number],
  ): number {
    const value = raw[field];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= bounds[0] && value <= bounds[1]) return value;
    this.fault(
      `${location}/${field}`,
      `Expected a number from ${bounds[0]} to ${bounds[1]}, but was ${JSON.stringify(value)}`,
    );
    return fallback;
  }

  /** An optional list of objects, each handed on with its place. */
  objects<T>(
    raw: JsonObject,
    field: string,
    location: string,
    read: (item: JsonObject, place: string) => T,
  ): T[] {
    const value = raw[field];
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.fault(`${location}/${field}`, 'Expected value of type Array');
      return [];
    }
    const items: T[] = [];
    for (const [index, item] of value.entries()) {
      const place = `${location}/${field}[${index}]`;
      if (isObject(item)) items.push(read(item, place));
      else this.fault(place, 'Expected value of type Object');
    }
    return items;
  }

  /** An optional template with its expressions parsed. */
  template(raw: JsonObject, field: string, location: string, language: QueryLanguage): Template | undefined {
    const value = raw[field];
    return value === undefined ? undefined : this.compile(value, `${location}/${field}`, language);
  }

  /** An optional template that must be one expression or a literal of the given type. */
  typed(
    raw: JsonObject,
    field: string,
    location: string,
    language: QueryLanguage,
    type: 'number' | 'string' | 'boolean',
  ): Template | undefined {
    const template = this.template(raw, field, location, language);
    if (template && template.kind !== 'expression' && typeof raw[field] !== type) {
      this.fault(`${location}/${field}`, `Expected value of type ${type} or a JSONata expression`);
    }
    return template;
  }

  private compile(value: Json, location: string, language: QueryLanguage): Template {
    const onError = (place: string, message: string): void =>
      this.fault(`${location}${place}`, `The JSONata expression is invalid: ${message}`);
    if (language === 'JSONPath') this.refusePaths(value, location);
    return compileTemplate(value, onError, '', language === 'JSONPath');
  }

  private refusePaths(value: Json, location: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, field] of Object.entries(value)) {
      if (key.endsWith('.$')) {
        this.fault(location, `'${key}' needs JSONPath, which this engine does not evaluate; use JSONata`);
      }
      this.refusePaths(field, location);
    }
  }

  private required(raw: JsonObject, field: string, location: string): Json | undefined {
    const value = raw[field];
    if (value === undefined) this.fault(location, `The field '${field}' is required but was missing`);
    return value;
  }
}

/** Leaves out fields that are undefined, as `exactOptionalPropertyTypes` wants. */
export function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
