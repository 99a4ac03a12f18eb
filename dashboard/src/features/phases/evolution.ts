/** The tree of an evolution, as the `generation_update` events tell it. */
import type { ForgeEvent } from '../../lib/api-types.ts';
import { pointer, type RecordSource } from '../../lib/record-source.ts';
import { eventPath } from '../../lib/run-events.ts';
import type { SceneNode } from './scene-props.ts';

export interface Individual {
  readonly id: string;
  readonly generation: number;
  readonly method: string;
  readonly parents: readonly string[];
  readonly fitness: number | null;
  readonly rank: number;
  readonly objectives: Readonly<Record<string, number>> | null;
  /** Where a field of it stands. */
  source(...field: readonly string[]): RecordSource;
}

type Told = Omit<Individual, 'source'>;

/** Everyone who was ever alive, as the last event about each says. */
export function individualsOf(events: readonly ForgeEvent[]): readonly Individual[] {
  const found = new Map<string, Individual>();
  for (const event of events) {
    if (event.type !== 'generation_update' || !Array.isArray(event.data.individuals)) continue;
    for (const [at, told] of (event.data.individuals as Told[]).entries()) {
      const source = (...field: readonly string[]) => ({
        of: eventPath(event),
        at: pointer('items', 0, 'data', 'individuals', at, ...field),
      });
      found.set(told.id, { ...told, source });
    }
  }
  return [...found.values()].sort((one, other) => one.generation - other.generation);
}

export const methodsOf = (all: readonly Individual[]): readonly string[] => [
  ...new Set(all.map(({ method }) => method)),
];

/** Generations from top to bottom; in space each on a circle of its own. */
export function treeOf(all: readonly Individual[]): readonly SceneNode[] {
  const last = Math.max(1, ...all.map(({ generation }) => generation));
  const fit = all.flatMap(({ fitness }) => (fitness === null ? [] : [fitness]));
  const [least, most] = [Math.min(...fit), Math.max(...fit)];
  const methods = methodsOf(all);
  return all.map(({ id, generation, method, fitness }): SceneNode => {
    const row = all.filter((each) => each.generation === generation);
    const place = row.findIndex((each) => each.id === id);
    const turn = (2 * Math.PI * place) / row.length;
    const down = generation / last;
    return {
      id,
      flat: [(place + 0.5) / row.length, down],
      deep: [Math.cos(turn) * 0.9, 0.9 - 1.8 * down, Math.sin(turn) * 0.9],
      size: fitness === null || most === least ? 0.3 : (fitness - least) / (most - least),
      series: methods.indexOf(method) + 1,
    };
  });
}
