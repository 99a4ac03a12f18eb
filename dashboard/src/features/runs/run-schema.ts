/** The JSON Schema of a run document, as far as a form is made of it. */
import document from '../../../../contracts/schemas/run.schema.json';

export interface FieldSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

const definitions = document.$defs as unknown as Readonly<Record<string, FieldSchema>>;

/** Follows a reference into $defs. */
export function resolved(schema: FieldSchema | undefined): FieldSchema {
  const name = schema?.$ref?.replace('#/$defs/', '');
  return name === undefined ? (schema ?? {}) : resolved(definitions[name]);
}

const run = resolved(document as unknown as FieldSchema);

export const fieldOf = (name: string): FieldSchema => resolved(run.properties?.[name]);

/** Settings of a phase that one input can hold: no lists and no objects. */
export function settingsOf(phase: string): readonly (readonly [name: string, schema: FieldSchema])[] {
  const settings = resolved(fieldOf('config').properties?.[phase]).properties ?? {};
  return Object.entries(settings)
    .map(([name, schema]) => [name, resolved(schema)] as const)
    .filter(
      ([, { type, enum: words }]) =>
        words !== undefined || ['integer', 'number', 'boolean', 'string'].includes(type ?? ''),
    );
}

export const PHASES: readonly string[] = Object.keys(fieldOf('config').properties ?? {});
